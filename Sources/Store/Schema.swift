/// The tables, version by version. `PRAGMA user_version` says which version a file has; a file of an older one is
/// brought up step by step, each step in its own transaction, so that an interrupted migration goes on where it was.
struct Schema {
    /// Step n makes version n + 1 of version n. Steps are only ever added.
    let steps: [String]

    var version: Int { steps.count }

    static let current = Schema(steps: [version1])

    func migrate(_ connection: Connection, path: String) throws(StoreError) {
        let found = try version(of: connection, path: path)
        do {
            let transaction = try Transaction(connection)
            for next in max(0, found)..<version {
                try transaction.run { () throws(SQLiteError) in
                    try connection.execute(steps[next])
                    try connection.execute("PRAGMA user_version = \(next + 1)")
                }
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// For who must not migrate: the file is in a running bridge's hands, or waits for the next one.
    func check(_ connection: Connection, path: String) throws(StoreError) {
        let found = try version(of: connection, path: path)
        if found < version { throw .olderSchema(path: path, found: found, supported: version) }
    }

    private func version(of connection: Connection, path: String) throws(StoreError) -> Int {
        let found: Int
        do { found = try Int(connection.number("PRAGMA user_version")) } catch { throw StoreError(error, path: path) }
        if found > version { throw .newerSchema(path: path, found: found, supported: version) }
        return found
    }

    // An uplink is one row at the right edge of a table and one small entry in the queue's order. The order could be
    // the table's own key, which saves the second tree; measured, it saves nothing (10 µs a life either way) and
    // would need the module and priority of every sequence to be known. Outcomes have a table of their own, small and
    // mostly empty, instead of a state in the row: finding them again needs no index then.
    // Every index ends with the row's sequence by itself, so it serves for the order too.
    private static let version1 = """
        CREATE TABLE counter (
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) WITHOUT ROWID;
        INSERT INTO counter VALUES ('sequence', 0);

        CREATE TABLE module (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        );

        CREATE TABLE uplink (
            sequence INTEGER PRIMARY KEY,
            module INTEGER NOT NULL,
            priority INTEGER NOT NULL,
            id TEXT NOT NULL,
            id_given INTEGER NOT NULL,
            target TEXT NOT NULL,
            payload BLOB NOT NULL,
            confirm INTEGER NOT NULL,
            rai INTEGER NOT NULL,
            accepted_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            reply_topic TEXT,
            reply_correlation BLOB
        );
        CREATE INDEX uplink_order ON uplink (module, priority);

        CREATE TABLE outcome (
            sequence INTEGER PRIMARY KEY,
            module INTEGER NOT NULL,
            id TEXT NOT NULL,
            outcome TEXT NOT NULL,
            reply_topic TEXT,
            reply_correlation BLOB
        );

        CREATE TABLE remembered (
            sequence INTEGER PRIMARY KEY,
            module INTEGER NOT NULL,
            id TEXT NOT NULL,
            accepted_at INTEGER NOT NULL,
            outcome TEXT
        );
        CREATE UNIQUE INDEX remembered_id ON remembered (module, id);
        CREATE INDEX remembered_age ON remembered (accepted_at);

        CREATE TABLE downlink (
            sequence INTEGER PRIMARY KEY,
            module INTEGER NOT NULL,
            kind TEXT NOT NULL,
            target TEXT NOT NULL,
            id TEXT NOT NULL,
            payload BLOB NOT NULL,
            received_at INTEGER NOT NULL
        );
        CREATE INDEX downlink_order ON downlink (module);

        CREATE TABLE command (
            sequence INTEGER PRIMARY KEY,
            module INTEGER NOT NULL,
            name TEXT NOT NULL,
            payload BLOB NOT NULL,
            reply_topic TEXT,
            reply_correlation BLOB
        );

        CREATE TABLE retained (
            topic TEXT PRIMARY KEY
        ) WITHOUT ROWID;

        CREATE TABLE journal (
            module INTEGER NOT NULL,
            key TEXT NOT NULL,
            value BLOB NOT NULL,
            PRIMARY KEY (module, key)
        ) WITHOUT ROWID;
        """
}
