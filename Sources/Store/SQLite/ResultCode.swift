import CSQLite

/// An extended result code of SQLite; the set is open, so an unknown one keeps its number.
struct ResultCode: RawRepresentable, Hashable, Sendable {
    let rawValue: Int32

    init(rawValue: Int32) { self.rawValue = rawValue }

    /// The code without its refinement: `IOERR_FSYNC` is an `IOERR`.
    var primary: ResultCode { ResultCode(rawValue: rawValue & 0xFF) }

    static let ok = ResultCode(rawValue: SQLITE_OK)
    static let row = ResultCode(rawValue: SQLITE_ROW)
    static let done = ResultCode(rawValue: SQLITE_DONE)
    static let busy = ResultCode(rawValue: SQLITE_BUSY)
    static let locked = ResultCode(rawValue: SQLITE_LOCKED)
    static let readOnly = ResultCode(rawValue: SQLITE_READONLY)
    static let ioError = ResultCode(rawValue: SQLITE_IOERR)
    static let corrupt = ResultCode(rawValue: SQLITE_CORRUPT)
    static let full = ResultCode(rawValue: SQLITE_FULL)
    static let cannotOpen = ResultCode(rawValue: SQLITE_CANTOPEN)
    static let notADatabase = ResultCode(rawValue: SQLITE_NOTADB)
    static let permission = ResultCode(rawValue: SQLITE_PERM)
    /// The file system itself says that it is damaged.
    static let damagedFileSystem = ResultCode(rawValue: SQLITE_IOERR | (33 << 8))
}

/// A call of SQLite that failed: its code, the library's own words and the kernel's errno behind it, if any.
struct SQLiteError: Error, Equatable {
    let code: ResultCode
    let message: String
    let systemCode: Int32

    init(code: ResultCode, message: String, systemCode: Int32 = 0) {
        self.code = code
        self.message = message
        self.systemCode = systemCode
    }
}
