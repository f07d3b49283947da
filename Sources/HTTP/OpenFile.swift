import Glibc
package import Reactor

/// A regular file that is open for reading, until nobody needs it any more.
package final class OpenFile: Sendable {
    package let size: Int
    /// Seconds and nanoseconds since 1970.
    package let modified: (seconds: Int, nanoseconds: Int)
    private let descriptor: Int32

    /// Nil where it is no regular file.
    package init?(path: String) throws(SystemError) {
        // Not to wait for the other end of a pipe.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .last("open \(path)") }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        size = status.st_size
        modified = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }

    deinit { close(descriptor) }

    /// How many bytes were read; 0 at the end, less than 0 if they cannot be.
    func read(into buffer: UnsafeMutableRawPointer, at offset: Int, count: Int) -> Int {
        unsafe pread(descriptor, buffer, count, offset)
    }
}
