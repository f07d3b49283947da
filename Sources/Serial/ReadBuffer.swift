import Reactor
import Synchronization

/// The one buffer into which all ports of a reactor read. Only one of them reads at a time, so a thousand quiet lines
/// cost no memory. Unchecked: the bytes are touched on the reactor's thread only.
@safe final class ReadBuffer: @unchecked Sendable {
    private struct Weak { weak var buffer: ReadBuffer? }

    private static let buffers = Mutex<[ObjectIdentifier: Weak]>([:])

    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    private let owner: ObjectIdentifier

    static func shared(by reactor: Reactor) -> ReadBuffer {
        let owner = ObjectIdentifier(reactor)
        return buffers.withLock { buffers in
            if let buffer = buffers[owner]?.buffer { return buffer }
            let buffer = ReadBuffer(owner: owner)
            buffers[owner] = Weak(buffer: buffer)
            return buffer
        }
    }

    private init(owner: ObjectIdentifier) { self.owner = owner }

    deinit {
        unsafe bytes.deallocate()
        Self.buffers.withLock { buffers in
            if buffers[owner]?.buffer == nil { buffers[owner] = nil }
        }
    }
}
