import Glibc

extension Store {
    /// Proves that a commit would succeed, by writing what is there already, and returns how many bytes the files have.
    /// The disk need not have it, so that asking often wears nothing out.
    package func probe() throws(StoreError) -> Int64 {
        try refuseAfterDamage()
        let found = try use { files, writer throws(SQLiteError) in
            try writer.transact(waitForDisk: false) { () throws(SQLiteError) in
                try files.connection.execute("UPDATE counter SET value = value WHERE name = 'sequence'")
            }
            return (path: files.path, isGone: files.connection.fileIsGone)
        }
        guard !found.isGone else { throw .replaced(path: found.path) }
        return Self.size(of: found.path) + Self.size(of: found.path + "-wal")
    }

    private static func size(of path: String) -> Int64 {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
