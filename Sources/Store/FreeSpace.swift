import Glibc

/// Room on the disk.
enum FreeSpace {
    /// For who is not root, in bytes; nil where the file system does not tell.
    static func bytes(in directory: String) -> Int64? {
        var information = statvfs()
        guard unsafe statvfs(directory, &information) == 0, information.f_blocks > 0 else { return nil }
        let (bytes, overflows) = UInt64(information.f_bavail).multipliedReportingOverflow(
            by: UInt64(information.f_frsize))
        return overflows ? .max : Int64(clamping: bytes)
    }

    static func size(of path: String) -> Int64 {
        var information = stat()
        return unsafe stat(path, &information) == 0 ? Int64(information.st_size) : 0
    }
}
