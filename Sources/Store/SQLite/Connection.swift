import CSQLite

/// One open database. Used by one thread at a time; closes itself with its last owner, after its statements.
@safe final class Connection {
    enum Access {
        /// Makes the file when it is not there.
        case create
        case existing
    }

    private let handle: OpaquePointer

    /// Once a process, whatever comes of it.
    private static let configured: Int32 = csqlite_configure()

    init(path: String, access: Access) throws(SQLiteError) {
        _ = Self.configured
        var opened: OpaquePointer?
        let create = access == .create ? SQLITE_OPEN_CREATE : 0
        let code = unsafe sqlite3_open_v2(
            path, &opened, SQLITE_OPEN_READWRITE | create | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard let database = unsafe opened else {
            throw SQLiteError(code: ResultCode(rawValue: code), message: "no memory for a connection")
        }
        guard code == SQLITE_OK else {
            let error = unsafe SQLiteError(ResultCode(rawValue: code), of: database)
            unsafe sqlite3_close_v2(database)
            throw error
        }
        unsafe handle = database
        // Another process holds the file for moments only; five seconds mean that it hangs.
        unsafe sqlite3_busy_timeout(database, 5000)
    }

    // Version 2 waits for statements that are finalized later.
    deinit { unsafe sqlite3_close_v2(handle) }

    func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let statement = unsafe prepared else { throw error(code) }
        return unsafe Statement(statement)
    }

    /// Runs SQL that takes and returns nothing.
    func execute(_ sql: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// The first column of the first row, as a number.
    func number(_ sql: String) throws(SQLiteError) -> Int64 {
        let statement = try prepare(sql)
        return try statement.next() ? statement.int64(0) : 0
    }

    /// The first column of the first row, as text.
    func text(_ sql: String) throws(SQLiteError) -> String {
        let statement = try prepare(sql)
        return try statement.next() ? statement.string(0) : ""
    }

    /// Rows that the last statement inserted, changed or deleted.
    var changes: Int { unsafe Int(sqlite3_changes(handle)) }

    /// True when somebody deleted or renamed the file: what is written then is lost with the last descriptor.
    var fileIsGone: Bool { unsafe csqlite_has_moved(handle) != 0 }

    private func error(_ code: Int32) -> SQLiteError {
        unsafe SQLiteError(ResultCode(rawValue: code), of: handle)
    }
}

extension SQLiteError {
    @unsafe init(_ code: ResultCode, of database: OpaquePointer) {
        unsafe self.init(
            code: code, message: String(cString: sqlite3_errmsg(database)),
            systemCode: sqlite3_system_errno(database))
    }
}
