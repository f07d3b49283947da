import Reactor

/// The questions that a running bridge asks, prepared once. All go by an index; only `backlog` walks one from end to
/// end.
final class Reader {
    private let uplinksQuery: Statement
    private let backlogQuery: Statement
    private let pendingOutcomesQuery: Statement
    private let rememberedQuery: Statement
    private let downlinksOfModuleQuery: Statement
    private let connection: Connection

    init(_ connection: Connection) throws(SQLiteError) {
        self.connection = connection
        uplinksQuery = try connection.prepare(SQL.uplinks)
        backlogQuery = try connection.prepare(SQL.backlog)
        pendingOutcomesQuery = try connection.prepare(SQL.pendingOutcomes)
        rememberedQuery = try connection.prepare(SQL.remembered)
        downlinksOfModuleQuery = try connection.prepare(SQL.downlinksOfModule)
    }

    func uplinks(of module: Int32, after place: QueuePlace?, limit: Int) throws(SQLiteError) -> [UplinkRecord] {
        let place = place ?? QueuePlace(priority: .high, sequence: -1)
        guard place.priority == .high else {
            return try uplinks(of: module, .normal, after: place.sequence, limit: limit)
        }
        let high = try uplinks(of: module, .high, after: place.sequence, limit: limit)
        guard high.count < limit else { return high }
        return try high + uplinks(of: module, .normal, after: -1, limit: limit - high.count)
    }

    private func uplinks(
        of module: Int32, _ priority: Priority, after sequence: Int64, limit: Int
    ) throws(SQLiteError) -> [UplinkRecord] {
        try uplinksQuery.bind(1, Int64(module))
        try uplinksQuery.bind(2, Int64(priority.rawValue))
        try uplinksQuery.bind(3, sequence)
        try uplinksQuery.bind(4, Int64(limit))
        return try uplinksQuery.all { UplinkRecord($0) }
    }

    func backlog() throws(SQLiteError) -> [Int32: Backlog] {
        var result: [Int32: Backlog] = [:]
        while try backlogQuery.next() {
            let oldest = Timestamp(milliseconds: backlogQuery.int64(2))
            result[backlogQuery.int32(0)] = Backlog(waiting: Int(backlogQuery.int64(1)), oldest: oldest)
        }
        return result
    }

    func pendingOutcomes(after sequence: Int64, limit: Int) throws(SQLiteError) -> [PendingOutcome] {
        try pendingOutcomesQuery.bind(1, sequence)
        try pendingOutcomesQuery.bind(2, Int64(limit))
        return try pendingOutcomesQuery.all {
            PendingOutcome(
                sequence: $0.int64(0), module: $0.int32(1), id: $0.bytes(2), outcome: $0.bytes(3), reply: $0.reply(4))
        }
    }

    func remembered(module: Int32, id: [UInt8]) throws(SQLiteError) -> RememberedID? {
        try rememberedQuery.bind(1, Int64(module))
        try rememberedQuery.bind(2, text: id)
        return try rememberedQuery.all {
            RememberedID(
                sequence: $0.int64(0), acceptedAt: Timestamp(milliseconds: $0.int64(1)),
                outcome: $0.isNull(2) ? nil : $0.bytes(2))
        }.first
    }

    func downlinks(of module: Int32, after sequence: Int64, limit: Int) throws(SQLiteError) -> [DownlinkRecord] {
        try downlinksOfModuleQuery.bind(1, Int64(module))
        try downlinksOfModuleQuery.bind(2, sequence)
        try downlinksOfModuleQuery.bind(3, Int64(limit))
        return try downlinksOfModuleQuery.all { DownlinkRecord($0) }
    }

    // MARK: At the start only, so prepared when asked

    func downlinks(after sequence: Int64, limit: Int) throws(SQLiteError) -> [DownlinkRecord] {
        let statement = try connection.prepare(SQL.downlinks)
        try statement.bind(1, sequence)
        try statement.bind(2, Int64(limit))
        return try statement.all { DownlinkRecord($0) }
    }

    func commands() throws(SQLiteError) -> [CommandRecord] {
        try connection.prepare(SQL.commands).all {
            CommandRecord(
                sequence: $0.int64(0), module: $0.int32(1), name: $0.string(2), payload: $0.bytes(3),
                reply: $0.reply(4))
        }
    }

    func retainedTopics() throws(SQLiteError) -> [String] {
        try connection.prepare(SQL.retainedTopics).all { $0.string(0) }
    }

    func journal(of module: Int32) throws(SQLiteError) -> [String: [UInt8]] {
        let statement = try connection.prepare(SQL.journal)
        try statement.bind(1, Int64(module))
        var values: [String: [UInt8]] = [:]
        while try statement.next() { values[statement.string(0)] = statement.bytes(1) }
        return values
    }

    func journals() throws(SQLiteError) -> [Int32: [String: [UInt8]]] {
        let statement = try connection.prepare(SQL.journals)
        var values: [Int32: [String: [UInt8]]] = [:]
        while try statement.next() {
            values[statement.int32(0), default: [:]][statement.string(1)] = statement.bytes(2)
        }
        return values
    }

    func modules() throws(SQLiteError) -> [ModuleRow] {
        try connection.prepare(SQL.modules).all { ModuleRow(number: $0.int32(0), name: $0.string(1)) }
    }

    func module(named name: String) throws(SQLiteError) -> ModuleRow? {
        let statement = try connection.prepare(SQL.module)
        try statement.bind(1, text: name)
        return try statement.all { ModuleRow(number: $0.int32(0), name: name) }.first
    }
}

extension Statement {
    func int32(_ column: Int32) -> Int32 { Int32(truncatingIfNeeded: int64(column)) }

    func all<Record>(_ record: (borrowing Statement) -> Record) throws(SQLiteError) -> [Record] {
        var records: [Record] = []
        while try next() { records.append(record(self)) }
        return records
    }
}

extension UplinkRecord {
    /// From the columns of `uplink`, in their order.
    init(_ row: borrowing Statement) {
        self.init(
            sequence: row.int64(0), module: row.int32(1), id: row.bytes(3), idGiven: row.int64(4) != 0,
            target: row.string(5), payload: row.bytes(6), confirm: row.int64(7) != 0,
            rai: UInt8(clamping: row.int64(8)), priority: row.int64(2) == 0 ? .high : .normal,
            acceptedAt: Timestamp(milliseconds: row.int64(9)), expiresAt: Timestamp(milliseconds: row.int64(10)),
            attempts: Int(row.int64(11)), reply: row.reply(12))
    }
}

extension DownlinkRecord {
    /// From the columns of `downlink`, in their order.
    fileprivate init(_ row: borrowing Statement) {
        self.init(
            sequence: row.int64(0), module: row.int32(1), kind: row.string(2), target: row.string(3),
            id: row.bytes(4), payload: row.bytes(5), receivedAt: Timestamp(milliseconds: row.int64(6)))
    }
}
