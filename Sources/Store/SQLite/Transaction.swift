/// The brackets around a batch, prepared once.
final class Transaction {
    private let connection: Connection
    private let begin: Statement
    private let commit: Statement

    init(_ connection: Connection) throws(SQLiteError) {
        self.connection = connection
        // Takes the write lock at once, so that nothing fails half way for a lock.
        begin = try connection.prepare("BEGIN IMMEDIATE")
        commit = try connection.prepare("COMMIT")
    }

    /// All or nothing.
    func run(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try begin.run()
        do {
            try body()
            try commit.run()
        } catch {
            // After some faults the library has rolled back already, and a second time only says so.
            try? connection.execute("ROLLBACK")
            throw error
        }
    }
}
