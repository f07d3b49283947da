package import Reactor

/// What is between the two worlds, on disk.
///
/// Everything is written by `commit`: one transaction for all that is ready, on disk when it returns. Nobody is told
/// of a change (the broker by a PUBACK, a module by an answer) before.
///
/// The actor has a thread of its own, because the disk blocks. Opening happens on the caller's thread.
///
///     let store = try Store(directory: "/var/lib/narrowbridge")
///     let meter = try await store.module(named: "meter-1")
///     try await store.commit([.accept(uplink)])
package actor Store {
    private let thread: WorkerThread
    private let ownsThread: Bool
    /// Nil once closed.
    private var lock: DirectoryLock?
    private let path: String
    /// The bridge before this one has died: what it had sent may still be answered.
    package nonisolated let lastEndWasUnclean: Bool
    /// Nil once closed.
    private var database: (files: Database, writer: Writer)?
    private let freeBytes: @Sendable () -> Int64?
    /// The damage that was met: from then on nothing is written.
    private var damage: StoreError?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    /// Opens or makes `directory/narrowbridge.db`, and is the only bridge to do so.
    ///
    /// `maximumBytes` bounds the file, for a gateway whose disk belongs to others too; beyond it the store is full.
    package init(directory: String, thread: WorkerThread? = nil, maximumBytes: Int64? = nil) throws(StoreError) {
        try self.init(directory: directory, thread: thread, maximumBytes: maximumBytes, schema: .current)
    }

    // The file is checked only after an end that was not clean: SQLite itself finds what it stumbles over, and the
    // check reads everything.
    init(
        directory: String, thread: WorkerThread? = nil, maximumBytes: Int64? = nil, schema: Schema,
        freeBytes: (@Sendable () -> Int64?)? = nil
    ) throws(StoreError) {
        self.freeBytes = freeBytes ?? { FreeSpace.bytes(in: directory) }
        let lock = try DirectoryLock(directory: directory)
        let files = try Database(
            directory: directory, schema: schema,
            as: .bridge(check: lock.lastEndWasUnclean, maximumBytes: maximumBytes))
        path = files.path
        lastEndWasUnclean = lock.lastEndWasUnclean
        do { database = (files, try Writer(files.connection)) } catch { throw StoreError(error, path: files.path) }
        self.lock = consume lock
        ownsThread = thread == nil
        self.thread = thread ?? WorkerThread(name: "store")
    }

    deinit {
        if ownsThread { thread.stop() }
    }

    /// For the command line: another view of the file, while the bridge runs or not.
    package static func openForInspection(directory: String) throws(StoreError) -> StoreInspector {
        try StoreInspector(directory: directory)
    }

    /// One transaction, all or nothing. When it throws, none of the changes happened, and the next call may succeed.
    package func commit(_ changes: [Change]) throws(StoreError) {
        try refuseAfterDamage()
        let batch = Batch(changes)
        try makeRoom(for: batch.growth, ofUplinks: batch.takesUplinks)
        try use { files, writer throws(SQLiteError) in
            try writer.commit(batch)
        }
        guard let database, !database.files.connection.fileIsGone else { throw .replaced(path: path) }
    }

    /// Uplinks that are taken need room to be ended again: a disk that they fill to the brim could never be emptied.
    func makeRoom(for growth: Int64, ofUplinks: Bool) throws(StoreError) {
        guard let free = freeBytes(), free < Self.plenty else { return }
        let needed = Self.spare + growth
        guard free < needed + FreeSpace.size(of: path + "-wal") else { return }
        // What stands in the journal several times, or is gone already, gives its room back.
        _ = try? use { files, _ throws(SQLiteError) in
            try files.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        guard ofUplinks, let left = freeBytes() else { return }
        // The file keeps its size: what was sent leaves room within it.
        let within = try use { files, _ throws(SQLiteError) in
            try files.connection.number("PRAGMA freelist_count") * 4096
        }
        if left < Self.journalSpare + growth || left + within < needed { throw .full(path: path) }
    }

    /// Kept for the ends of what was taken, and for what modules say.
    private static let spare: Int64 = 256 * 1024
    /// The part of it that the file itself cannot give.
    private static let journalSpare: Int64 = 64 * 1024
    /// More than the journal ever has: nothing to look after.
    private static let plenty: Int64 = 16 * 1024 * 1024

    /// Forgets some of the ids accepted before the moment; returns how many. Small steps, so that commits come between:
    /// call again while it returns `limit`.
    @discardableResult
    package func forget(olderThan moment: Timestamp, limit: Int = 500) throws(StoreError) -> Int {
        try refuseAfterDamage()
        return try use { files, writer throws(SQLiteError) in
            let statement = try files.connection.prepare(SQL.forget)
            try statement.bind(1, moment.milliseconds)
            try statement.bind(2, Int64(limit))
            try writer.transact(waitForDisk: false) { () throws(SQLiteError) in try statement.run() }
            return files.connection.changes
        }
    }

    /// The highest sequence ever given, or more: after a crash some thousands are skipped rather than given twice.
    package func highestSequence() -> Int64 { database?.writer.highestSequence ?? 0 }

    /// Everything is in the file and the journal is gone; the next start needs no check. Further calls throw `closed`.
    package func close() {
        guard database != nil else { return }
        let finished = damage == nil && (try? database?.writer.finish()) != nil
        // The file closes here, while the directory is still ours.
        database = nil
        if finished { lock?.endCleanly() }
        lock = nil
    }

    func refuseAfterDamage() throws(StoreError) {
        if let damage { throw damage }
    }

    func use<Result>(
        _ body: (Database, Writer) throws(SQLiteError) -> Result
    ) throws(StoreError) -> Result {
        guard let database else { throw .closed }
        do {
            return try body(database.files, database.writer)
        } catch {
            let error = StoreError(error, path: path)
            if case .damaged = error { damage = error }
            throw error
        }
    }
}
