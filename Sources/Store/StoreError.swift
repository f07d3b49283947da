import Glibc

/// Why the store refuses, in sentences that say what to do.
package enum StoreError: Error, Equatable, Sendable {
    case damaged(path: String, detail: String)
    /// No room. Nothing of the batch is kept, and the next one may succeed.
    case full(path: String)
    case readOnly(path: String)
    /// Another bridge has this directory. The process id is nil when it has not written it yet.
    case locked(directory: String, pid: Int32?)
    case newerSchema(path: String, found: Int, supported: Int)
    /// Only for who looks into the file of a bridge that does not run.
    case olderSchema(path: String, found: Int, supported: Int)
    case missing(path: String)
    /// Another process held the file for longer than we wait.
    case busy(path: String)
    /// The file was deleted or renamed under a running bridge.
    case replaced(path: String)
    case unknownModule(String)
    case closed
    case other(code: Int32, message: String)
}

extension StoreError {
    init(_ error: SQLiteError, path: String) {
        switch error.code.primary {
        case _ where error.code == .damagedFileSystem: self = .damaged(path: path, detail: error.message)
        case .corrupt, .notADatabase: self = .damaged(path: path, detail: error.message)
        case .full: self = .full(path: path)
        case .readOnly, .permission: self = .readOnly(path: path)
        case .busy, .locked: self = .busy(path: path)
        case .ioError, .cannotOpen: self = StoreError(ofSystem: error, path: path)
        default: self = .other(code: error.code.rawValue, message: error.message)
        }
    }

    /// The kernel's reason says more than "disk I/O error".
    private init(ofSystem error: SQLiteError, path: String) {
        switch error.systemCode {
        case ENOSPC, EDQUOT: self = .full(path: path)
        case EROFS, EACCES, EPERM: self = .readOnly(path: path)
        case 0: self = .other(code: error.code.rawValue, message: error.message)
        case let code:
            let reason = unsafe String(cString: strerror(code))
            self = .other(code: error.code.rawValue, message: "\(error.message): \(reason)")
        }
    }
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .damaged(let path, let detail):
            "The store \(path) is damaged (\(detail)). Nothing more is written to it. Stop the bridge, move the file "
                + "and its -wal and -shm aside, and start again with an empty store; `sqlite3 FILE .recover` may save "
                + "what is in the old one."
        case .full(let path):
            "There is no space left for the store \(path). What comes now is refused until there is."
        case .readOnly(let path):
            "The store \(path) cannot be written. Check the owner and mode of its directory and how the file system "
                + "is mounted."
        case .locked(let directory, let pid?):
            "Another bridge (process \(pid)) uses \(directory). Stop it, or give this one a state_dir of its own."
        case .locked(let directory, nil):
            "Another bridge uses \(directory). Stop it, or give this one a state_dir of its own."
        case .newerSchema(let path, let found, let supported):
            "The store \(path) is of version \(found), written by a newer narrowbridge; this one knows versions up to "
                + "\(supported). Install the newer one again, or use another state_dir."
        case .olderSchema(let path, let found, let supported):
            "The store \(path) is of version \(found) and this narrowbridge works with version \(supported). Start "
                + "the bridge once: it converts the file."
        case .missing(let path):
            "There is no store \(path). Check state_dir; a bridge that has never run has none."
        case .busy(let path):
            "Another process has held the store \(path) for more than five seconds. Try again when it is done."
        case .replaced(let path):
            "The store \(path) was deleted or renamed while the bridge ran. Put it back, or restart the bridge to "
                + "begin an empty one."
        case .unknownModule(let name):
            "The store knows no module named \(name)."
        case .closed:
            "The store is closed."
        case .other(let code, let message):
            "The store failed: \(message) (SQLite \(code))."
        }
    }
}
