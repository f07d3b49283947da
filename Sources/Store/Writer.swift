/// Carries out batches: the statements that change something, prepared once, and the order in which they run.
final class Writer {
    let connection: Connection
    private let transaction: Transaction
    private let uplinks: UplinkWriter
    private let others: OtherWriter
    private let reserve: Statement

    /// The highest sequence ever given, and the one up to which the file says that all may have been given.
    private(set) var highestSequence: Int64
    private var reservedSequence: Int64
    private var waitsForDisk = true

    init(_ connection: Connection) throws(SQLiteError) {
        self.connection = connection
        transaction = try Transaction(connection)
        uplinks = try UplinkWriter(connection)
        others = try OtherWriter(connection)
        reserve = try connection.prepare("UPDATE counter SET value = ?1 WHERE name = 'sequence'")
        reservedSequence = try connection.number("SELECT value FROM counter WHERE name = 'sequence'")
        highestSequence = reservedSequence
    }

    func commit(_ batch: Batch) throws(SQLiteError) {
        let highest = max(highestSequence, batch.highestSequence)
        let reserved = highest > reservedSequence ? highest + Self.reservation : reservedSequence
        guard !batch.isEmpty || reserved != reservedSequence else {
            highestSequence = highest
            return
        }
        try transact(waitForDisk: batch.mustReachDisk || reserved != reservedSequence) { () throws(SQLiteError) in
            if reserved != reservedSequence { try write(reserved) }
            for uplink in batch.uplinks { try uplinks.write(uplink) }
            try others.write(batch)
        }
        highestSequence = highest
        reservedSequence = reserved
    }

    /// For work that belongs to no batch.
    func transact(waitForDisk: Bool, _ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try self.waitForDisk(waitForDisk)
        try transaction.run(body)
    }

    /// Gives back the sequences that were reserved and not used.
    func finish() throws(SQLiteError) {
        guard reservedSequence != highestSequence else { return }
        try transact(waitForDisk: true) { () throws(SQLiteError) in try write(highestSequence) }
        reservedSequence = highestSequence
    }

    private func write(_ sequence: Int64) throws(SQLiteError) {
        try reserve.bind(1, sequence)
        try reserve.run()
    }

    // FULL syncs the journal at every commit, NORMAL at the next checkpoint only. What NORMAL wrote is on disk with the
    // next FULL, and is lost by nothing but a loss of power.
    private func waitForDisk(_ wait: Bool) throws(SQLiteError) {
        guard wait != waitsForDisk else { return }
        try connection.execute(wait ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
        waitsForDisk = wait
    }

    // One row more in ten thousand messages, and no sequence is ever given twice, not even of a message that left no
    // trace.
    private static let reservation: Int64 = 10_000
}
