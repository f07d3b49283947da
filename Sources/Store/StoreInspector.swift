import Glibc
package import Reactor

/// A message that waits, as `narrowbridge queue list` shows it.
package struct QueueEntry: Equatable, Sendable {
    package enum State: Equatable, Sendable {
        /// To be sent; `attempts` says how often it was tried.
        case waiting
        /// Ended; the broker does not have the outcome yet.
        case ended(outcome: [UInt8])
    }

    package let state: State
    package let sequence: Int64
    package let module: ModuleRow
    package let id: [UInt8]
    /// All below is known of waiting ones only.
    package let target: String
    package let size: Int
    package let attempts: Int
    package let priority: Priority
    package let acceptedAt: Timestamp?
    package let expiresAt: Timestamp?
}

/// A view of the store for the command line, with the bridge running or not.
///
/// What it changes, the bridge sees when it is told to look again. It takes no lock of its own and works in small
/// transactions, so the bridge never waits for long.
package final class StoreInspector {
    private let database: Database

    /// Which waiting uplinks of a module are meant.
    package enum Selection: Equatable, Sendable {
        case all
        case ids([[UInt8]])
    }

    init(directory: String) throws(StoreError) {
        do {
            database = try Database(directory: directory, as: .visitor)
        } catch {
            if case .other(let code, _) = error, ResultCode(rawValue: code).primary == .cannotOpen {
                let path = directory + "/narrowbridge.db"
                if unsafe access(path, F_OK) != 0 { throw .missing(path: path) }
                // It would have to make its -shm beside the file.
                if unsafe access(directory, W_OK) != 0 { throw .readOnly(path: path) }
            }
            throw error
        }
    }

    package func modules() throws(StoreError) -> [ModuleRow] {
        try use { () throws(SQLiteError) in try database.reader.modules() }
    }

    package func backlog() throws(StoreError) -> [Int32: Backlog] {
        try use { () throws(SQLiteError) in try database.reader.backlog() }
    }

    /// Calls the body with every message of the module, in the order in which they will be sent, then with every ended
    /// one whose outcome waits. The list is read in pages: a message that moves meanwhile may be missing.
    package func list(module name: String, _ body: (QueueEntry) -> Void) throws(StoreError) {
        let module = try module(named: name)
        try eachPage(of: module) { records throws(StoreError) in
            for record in records { body(QueueEntry(record, module)) }
        }
        var after: Int64 = 0
        while true {
            let page = try use { () throws(SQLiteError) in
                try database.reader.pendingOutcomes(after: after, limit: Self.page)
            }
            for outcome in page where outcome.module == module.number { body(QueueEntry(outcome, module)) }
            guard let last = page.last else { return }
            after = last.sequence
        }
    }

    /// Ends waiting uplinks with the outcome that the closure writes; returns how many.
    ///
    /// The running bridge publishes the outcomes. One of the messages may be on its way into the module at this moment:
    /// then what becomes of it replaces the outcome given here, unless that was published already.
    @discardableResult
    package func drop(
        module name: String, _ selection: Selection, outcome: (UplinkRecord) -> [UInt8]
    ) throws(StoreError) -> Int {
        let writer = try use { () throws(SQLiteError) in try UplinkWriter(database.connection) }
        return try change(name, selection) { record throws(SQLiteError) in
            try writer.drop(record.sequence, outcome(record))
        }
    }

    /// Gives waiting uplinks all their attempts back and lets them live at least until the moment; returns how many.
    /// An uplink that has ended has no payload any more: only its sender can send it again.
    @discardableResult
    package func retry(module name: String, _ selection: Selection, until moment: Timestamp) throws(StoreError) -> Int {
        let renew = try use { () throws(SQLiteError) in
            try database.connection.prepare(
                "UPDATE uplink SET attempts = 0, expires_at = max(expires_at, ?2) WHERE sequence = ?1")
        }
        return try change(name, selection) { record throws(SQLiteError) in
            try renew.bind(1, record.sequence)
            try renew.bind(2, moment.milliseconds)
            try renew.run()
            return database.connection.changes == 1
        }
    }

    // MARK: Steps

    private static let page = 500

    /// A transaction for each page: the bridge commits in between. The body says whether the message was still there.
    private func change(
        _ name: String, _ selection: Selection, _ body: (UplinkRecord) throws(SQLiteError) -> Bool
    ) throws(StoreError) -> Int {
        let transaction = try use { () throws(SQLiteError) in try Transaction(database.connection) }
        var count = 0
        try eachPage(of: try module(named: name)) { records throws(StoreError) in
            let chosen = records.filter(selection.contains)
            if chosen.isEmpty { return }
            var changed = 0
            try use { () throws(SQLiteError) in
                try transaction.run { () throws(SQLiteError) in
                    for record in chosen where try body(record) { changed += 1 }
                }
            }
            count += changed
        }
        return count
    }

    private func eachPage(
        of module: ModuleRow, _ body: ([UplinkRecord]) throws(StoreError) -> Void
    ) throws(StoreError) {
        var place: QueuePlace?
        while true {
            let records = try use { () throws(SQLiteError) in
                try database.reader.uplinks(of: module.number, after: place, limit: Self.page)
            }
            guard let last = records.last else { return }
            try body(records)
            place = last.place
        }
    }

    private func module(named name: String) throws(StoreError) -> ModuleRow {
        guard let row = try use({ () throws(SQLiteError) in try database.reader.module(named: name) }) else {
            throw .unknownModule(name)
        }
        return row
    }

    private func use<Result: ~Copyable>(_ body: () throws(SQLiteError) -> Result) throws(StoreError) -> Result {
        do { return try body() } catch { throw StoreError(error, path: database.path) }
    }
}

extension StoreInspector.Selection {
    fileprivate func contains(_ record: UplinkRecord) -> Bool {
        switch self {
        case .all: true
        case .ids(let ids): ids.contains(record.id)
        }
    }
}

extension QueueEntry {
    fileprivate init(_ record: UplinkRecord, _ module: ModuleRow) {
        self.init(
            state: .waiting, sequence: record.sequence, module: module, id: record.id, target: record.target,
            size: record.payload.count, attempts: record.attempts, priority: record.priority,
            acceptedAt: record.acceptedAt, expiresAt: record.expiresAt)
    }

    fileprivate init(_ outcome: PendingOutcome, _ module: ModuleRow) {
        self.init(
            state: .ended(outcome: outcome.outcome), sequence: outcome.sequence, module: module, id: outcome.id,
            target: "", size: 0, attempts: 0, priority: .normal, acceptedAt: nil, expiresAt: nil)
    }
}
