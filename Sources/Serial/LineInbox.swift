import Glibc
package import Reactor

/// Memory of one line that outlives the process: bytes are read straight into a shared mapping of a file, so that what
/// was taken from the kernel is in the page cache the moment the read returns, whatever happens to the process then.
///
/// A module that has printed a message has forgotten it; between the read and the database lies at least a commit. What
/// is still here after a start is fed to the parser before anything else.
///
/// Layout: the number of bytes in use, when the last of them came, then the bytes. What is not in use is zero, so bytes
/// that were read but not yet counted are found too: AT lines hold no NUL.
///
/// Unchecked: belongs to the reactor's thread.
@safe package final class LineInbox: @unchecked Sendable {
    package static let size = 32 * 1024
    private static let headerSize = 16

    private static let capacity = size - headerSize

    private let memory: UnsafeMutableRawPointer
    private var data: UnsafeMutableRawPointer { unsafe memory + Self.headerSize }

    private var used: Int {
        get { Int(unsafe memory.load(as: UInt32.self)) }
        set { unsafe memory.storeBytes(of: UInt32(newValue), as: UInt32.self) }
    }

    /// When the last of the bytes was handed on, in milliseconds since 1970; 0 where none was.
    package var lastHeard: Int64 {
        get { unsafe memory.load(fromByteOffset: 8, as: Int64.self) }
        set { unsafe memory.storeBytes(of: newValue, toByteOffset: 8, as: Int64.self) }
    }

    /// Slot `number` of a file that all lines share.
    package init(path: String, number: Int) throws(SystemError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("open \(path)") }
        defer { close(descriptor) }
        let end = off_t((number + 1) * Self.size)
        if lseek(descriptor, 0, SEEK_END) < end, ftruncate(descriptor, end) != 0 { throw .last("extend \(path)") }
        let address = unsafe mmap(
            nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, off_t(number * Self.size))
        guard let address = unsafe address, unsafe address != MAP_FAILED else { throw .last("map \(path)") }
        // Read ahead, every line would hold all its pages in memory instead of the first.
        unsafe madvise(address, Self.size, MADV_RANDOM)
        unsafe memory = address
        if used > Self.capacity { used = 0 }
    }

    deinit { unsafe munmap(memory, Self.size) }

    package var isEmpty: Bool { used == 0 }

    /// What a process before this one has read and not seen to its end. It stays until `clear`.
    package func recover() -> [UInt8] {
        var end = used
        while end < Self.capacity, unsafe data.load(fromByteOffset: end, as: UInt8.self) != 0 { end += 1 }
        used = end
        return unsafe Array(UnsafeRawBufferPointer(start: data, count: end))
    }

    /// Everything taken in so far is safe elsewhere.
    package func clear() {
        let end = used
        used = 0
        lastHeard = 0
        unsafe _ = memset(data, 0, end)
    }

    /// Hands the memory back to the page cache, where it is as safe, until it is needed again.
    package func rest() { unsafe _ = madvise(memory, Self.size, MADV_DONTNEED) }

    /// Reads what fits; nil when it is full and the bytes must go elsewhere.
    func read(from descriptor: Int32) -> (count: Int, bytes: UnsafeRawBufferPointer)? {
        let start = used
        guard Self.capacity - start >= 256 else { return nil }
        let space = unsafe data + start
        let count = unsafe Glibc.read(descriptor, space, Self.capacity - start)
        if count > 0 { used = start + count }
        return unsafe (count, UnsafeRawBufferPointer(start: space, count: max(0, count)))
    }
}
