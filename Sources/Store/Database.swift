/// The open file with everything prepared: what the bridge and the command line share.
final class Database {
    let connection: Connection
    let reader: Reader
    let path: String

    /// How the file is opened decides who may repair what.
    enum Role {
        /// The one bridge: makes and migrates the file; checks it when the last bridge did not end cleanly.
        case bridge(check: Bool, maximumBytes: Int64?)
        case visitor
    }

    init(directory: String, schema: Schema = .current, as role: Role) throws(StoreError) {
        path = directory + "/narrowbridge.db"
        do {
            switch role {
            case .bridge(let check, let maximumBytes):
                connection = try Connection(path: path, access: .create)
                try Self.prepareToOwn(connection, maximumBytes: maximumBytes)
                if check { try Self.check(connection) }
            case .visitor:
                connection = try Connection(path: path, access: .existing)
            }
            try Self.prepareToUse(connection)
        } catch {
            throw StoreError(error, path: path)
        }
        switch role {
        case .bridge: try schema.migrate(connection, path: path)
        case .visitor: try schema.check(connection, path: path)
        }
        do { reader = try Reader(connection) } catch { throw StoreError(error, path: path) }
    }

    // page_size 4096: one page of the disk and of the kernel; 1024 to 8192 measured the same or worse.
    // auto_vacuum none: pages of messages that are gone are used again; the file keeps the size of its worst day.
    // wal_autocheckpoint 1000 pages: the journal is copied back at 4 MiB, once in some 250 commits; at 16 MiB every
    // commit cost a third more, because the pages written no longer stay in the processor's caches.
    // journal_size_limit: what one huge batch made of the journal is cut back to 4 MiB by the next checkpoint.
    private static func prepareToOwn(_ connection: Connection, maximumBytes: Int64?) throws(SQLiteError) {
        try connection.execute("PRAGMA page_size = 4096")
        let mode = try connection.text("PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw SQLiteError(code: .cannotOpen, message: "the file system has no shared memory (journal is \(mode))")
        }
        try connection.execute("PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 4194304")
        if let maximumBytes { try connection.execute("PRAGMA max_page_count = \(maximumBytes / 4096)") }
    }

    // synchronous FULL: a commit that has returned survives a loss of power.
    // cache_size: 512 KiB are a hundred times what a short queue uses; a long one is read in order, once.
    // temp_store: no question here needs a temporary table; should one, it shall not need a writable /tmp.
    // secure_delete: Debian has it on; overwriting what is gone would double the pages that a deletion writes.
    // cell_size_check: a damaged page is recognised before it is used.
    private static func prepareToUse(_ connection: Connection) throws(SQLiteError) {
        try connection.execute(
            """
            PRAGMA synchronous = FULL;
            PRAGMA cache_size = -512;
            PRAGMA temp_store = MEMORY;
            PRAGMA secure_delete = OFF;
            PRAGMA cell_size_check = ON;
            PRAGMA trusted_schema = OFF;
            """)
    }

    private static func check(_ connection: Connection) throws(SQLiteError) {
        let verdict = try connection.text("PRAGMA quick_check(1)")
        guard verdict == "ok" else { throw SQLiteError(code: .corrupt, message: verdict) }
    }
}
