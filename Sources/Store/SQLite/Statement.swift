import CSQLite

/// A prepared statement: one owner, one end. Parameters count from 1 and columns from 0, as in SQLite.
@safe struct Statement: ~Copyable {
    private let handle: OpaquePointer

    @unsafe init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe sqlite3_finalize(handle) }

    // MARK: Parameters

    func bind(_ index: Int32, _ value: Int64) throws(SQLiteError) {
        try check(unsafe sqlite3_bind_int64(handle, index, value))
    }

    func bindNull(_ index: Int32) throws(SQLiteError) { try check(unsafe sqlite3_bind_null(handle, index)) }

    func bind(_ index: Int32, blob: [UInt8]) throws(SQLiteError) {
        try check(
            unsafe blob.withUnsafeBytes { unsafe csqlite_bind_blob(handle, index, $0.baseAddress, Int32($0.count)) })
    }

    func bind(_ index: Int32, text: [UInt8]) throws(SQLiteError) {
        try check(
            unsafe text.withUnsafeBytes { unsafe csqlite_bind_text(handle, index, $0.baseAddress, Int32($0.count)) })
    }

    func bind(_ index: Int32, text: String) throws(SQLiteError) {
        var text = text
        try check(
            text.withUTF8 { unsafe csqlite_bind_text(handle, index, $0.baseAddress, Int32($0.count)) })
    }

    // MARK: Running

    /// True when there is a row to read. After an error or the end the statement is ready for the next use.
    func next() throws(SQLiteError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        defer { reset() }
        guard code == SQLITE_DONE else { throw error(code) }
        return false
    }

    /// For a statement that returns no row.
    func run() throws(SQLiteError) { while try next() {} }

    /// To be called by who leaves before the last row: an open read keeps the journal from shrinking.
    func reset() { unsafe _ = sqlite3_reset(handle) }

    // MARK: Columns

    func int64(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// The bytes of a text or a blob; none for NULL.
    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    func string(_ column: Int32) -> String {
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return "" }
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw error(code) }
    }

    private func error(_ code: Int32) -> SQLiteError {
        guard let database = unsafe sqlite3_db_handle(handle) else {
            return SQLiteError(code: ResultCode(rawValue: code), message: "")
        }
        return unsafe SQLiteError(ResultCode(rawValue: code), of: database)
    }
}
