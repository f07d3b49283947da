import Glibc

extension Store {
    /// Shows whether a small uplink would be taken, and returns how many bytes the files have. `writing` proves it, by
    /// writing something and taking it away again; the disk need not have it, so that asking often wears nothing out.
    package func probe(writing: Bool = true) throws(StoreError) -> Int64 {
        try refuseAfterDamage()
        try makeRoom(for: Self.smallUplink, ofUplinks: true)
        let found = try use { files, writer throws(SQLiteError) in
            if writing {
                try writer.transact(waitForDisk: false) { () throws(SQLiteError) in
                    try files.connection.execute(Self.probeText)
                }
            }
            return (path: files.path, isGone: files.connection.fileIsGone)
        }
        guard !found.isGone else { throw .replaced(path: found.path) }
        return Self.size(of: found.path) + Self.size(of: found.path + "-wal")
    }

    private static let smallUplink: Int64 = 1024

    // Longer than a page, so that it needs new ones.
    private static let probeText = """
        INSERT INTO counter (name, value) VALUES (hex(zeroblob(4096)), 0);
        DELETE FROM counter WHERE length(name) = 8192;
        """

    private static func size(of path: String) -> Int64 {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
