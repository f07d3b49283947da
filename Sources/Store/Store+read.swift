extension Store {
    /// The module's row, made when it is new.
    package func module(named name: String) throws(StoreError) -> ModuleRow { try modules(named: [name])[0] }

    /// The modules' rows in the order of their names; all new ones are made in one transaction.
    package func modules(named names: [String]) throws(StoreError) -> [ModuleRow] {
        try refuseAfterDamage()
        return try use { files, writer throws(SQLiteError) in
            var numbers: [String: Int32] = [:]
            for row in try files.reader.modules() { numbers[row.name] = row.number }
            let new = names.filter { numbers[$0] == nil }
            if !new.isEmpty {
                let insert = try files.connection.prepare("INSERT INTO module (name) VALUES (?1) RETURNING number")
                try writer.transact(waitForDisk: true) { () throws(SQLiteError) in
                    for name in new where numbers[name] == nil {
                        try insert.bind(1, text: name)
                        while try insert.next() { numbers[name] = insert.int32(0) }
                    }
                }
            }
            return names.compactMap { name in numbers[name].map { ModuleRow(number: $0, name: name) } }
        }
    }

    /// Every module that ever had a row, in the order of their numbers.
    package func modules() throws(StoreError) -> [ModuleRow] {
        try use { files, _ throws(SQLiteError) in try files.reader.modules() }
    }

    /// Waiting uplinks in the order in which they are to be sent.
    package func uplinks(
        of module: Int32, after place: QueuePlace? = nil, limit: Int
    ) throws(StoreError) -> [UplinkRecord] {
        try use { files, _ throws(SQLiteError) in
            try files.reader.uplinks(of: module, after: place, limit: limit)
        }
    }

    /// What waits, for every module that has something waiting.
    package func backlog() throws(StoreError) -> [Int32: Backlog] {
        try use { files, _ throws(SQLiteError) in try files.reader.backlog() }
    }

    /// Outcomes that the broker does not have yet, by sequence.
    package func pendingOutcomes(after sequence: Int64 = 0, limit: Int) throws(StoreError) -> [PendingOutcome] {
        try use { files, _ throws(SQLiteError) in
            try files.reader.pendingOutcomes(after: sequence, limit: limit)
        }
    }

    /// Downlinks that the broker does not have yet, by sequence: of one module, or of all.
    package func downlinks(
        of module: Int32? = nil, after sequence: Int64 = 0, limit: Int
    ) throws(StoreError) -> [DownlinkRecord] {
        try use { files, _ throws(SQLiteError) in
            guard let module else { return try files.reader.downlinks(after: sequence, limit: limit) }
            return try files.reader.downlinks(of: module, after: sequence, limit: limit)
        }
    }

    /// Commands that are not carried out, in the order in which they came.
    package func commands() throws(StoreError) -> [CommandRecord] {
        try use { files, _ throws(SQLiteError) in try files.reader.commands() }
    }

    package func retainedTopics() throws(StoreError) -> [String] {
        try use { files, _ throws(SQLiteError) in try files.reader.retainedTopics() }
    }

    package func journal(of module: Int32) throws(StoreError) -> [String: [UInt8]] {
        try use { files, _ throws(SQLiteError) in try files.reader.journal(of: module) }
    }

    /// The same for all modules at once, by their numbers.
    package func journals() throws(StoreError) -> [Int32: [String: [UInt8]]] {
        try use { files, _ throws(SQLiteError) in try files.reader.journals() }
    }

    /// What is known of an id that a client gave, until `forget`.
    package func idMemory(module: Int32, id: [UInt8]) throws(StoreError) -> RememberedID? {
        try use { files, _ throws(SQLiteError) in try files.reader.remembered(module: module, id: id) }
    }

    /// The same for many at once, in the order of the question: a turn of the loop asks once.
    package func idMemory(_ ids: [(module: Int32, id: [UInt8])]) throws(StoreError) -> [RememberedID?] {
        try use { files, _ throws(SQLiteError) in
            var answers: [RememberedID?] = []
            for (module, id) in ids { answers.append(try files.reader.remembered(module: module, id: id)) }
            return answers
        }
    }
}
