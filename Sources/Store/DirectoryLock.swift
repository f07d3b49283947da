import Glibc

/// The right to be the one bridge of a directory: an exclusive lock on its file `lock`, which holds the process id.
///
/// The kernel gives the lock back when the process dies, however it dies. The process id then stays in the file: it
/// tells the next bridge that the last one did not end cleanly.
struct DirectoryLock: ~Copyable {
    private let descriptor: Int32
    let lastEndWasUnclean: Bool

    init(directory: String) throws(StoreError) {
        try Self.make(directory)
        let path = directory + "/lock"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.error(errno, path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let owner = Self.processID(in: descriptor)
            close(descriptor)
            throw reason == EWOULDBLOCK ? .locked(directory: directory, pid: owner) : Self.error(reason, path)
        }
        let unclean = Self.processID(in: descriptor) != nil
        guard Self.write(processID: getpid(), in: descriptor) else {
            let reason = errno
            close(descriptor)
            throw Self.error(reason, path)
        }
        self.descriptor = descriptor
        lastEndWasUnclean = unclean
    }

    deinit {
        // Said aloud: a child of this process that has not reached its exec yet holds the descriptor too.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Says that nothing is left to be checked at the next start.
    func endCleanly() { _ = ftruncate(descriptor, 0) }

    private static func write(processID: Int32, in descriptor: Int32) -> Bool {
        let text = [UInt8]("\(processID)\n".utf8)
        guard ftruncate(descriptor, 0) == 0 else { return false }
        return unsafe pwrite(descriptor, text, text.count, 0) == text.count
    }

    private static func processID(in descriptor: Int32) -> Int32? {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = unsafe pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: buffer[..<count].prefix { $0 != 0x0A }, as: UTF8.self))
    }

    /// Only the last component: a whole missing path is more likely a volume that is not mounted.
    private static func make(_ directory: String) throws(StoreError) {
        guard unsafe mkdir(directory, 0o750) != 0 else { return }
        guard errno == EEXIST else { throw error(errno, directory) }
    }

    private static func error(_ code: Int32, _ path: String) -> StoreError {
        switch code {
        case ENOSPC, EDQUOT: .full(path: path)
        case EROFS, EACCES, EPERM: .readOnly(path: path)
        default: .other(code: code, message: "\(path): \(unsafe String(cString: strerror(code)))")
        }
    }
}
