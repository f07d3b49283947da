import Glibc
package import Reactor

/// A port over a nonblocking descriptor of any kind: a serial line, a socket, the far end of a pseudo-terminal.
///
/// Unchecked: everything in it belongs to the reactor's thread, which every entry checks.
package final class DescriptorPort: Port, @unchecked Sendable {
    package enum Kind: Sendable { case terminal, farEnd, socket }

    private let kind: Kind
    private let reactor: Reactor
    private let handlers: PortHandlers
    private let buffer: ReadBuffer
    /// -1 once closed.
    private(set) var descriptor: Int32
    private var queue: [UInt8] = []
    private var queueStart = 0
    private var failing = false

    /// Takes over the descriptor, which must be nonblocking.
    package init(
        adopting descriptor: Int32, kind: Kind, on reactor: Reactor, handlers: PortHandlers
    ) throws(SystemError) {
        self.descriptor = descriptor
        self.kind = kind
        self.reactor = reactor
        self.handlers = handlers
        buffer = .shared(by: reactor)
        try reactor.watch(descriptor, for: .readable) { [self] in ready($0) }
    }

    package var isClosed: Bool { descriptor < 0 }

    /// How much waits for the kernel.
    package var unsent: Int { queue.count - queueStart }

    package func write(_ bytes: [UInt8]) {
        reactor.checkIsolated()
        guard !isClosed, !bytes.isEmpty else { return }
        guard unsent == 0 else {
            queue.append(contentsOf: bytes)
            return
        }
        let taken = unsafe bytes.withUnsafeBytes { unsafe offer($0) }
        guard taken < bytes.count, !failing else { return }
        queue.append(contentsOf: bytes[taken...])
        reactor.rewatch(descriptor, for: .bothWays)
    }

    package func close() {
        reactor.checkIsolated()
        guard !isClosed else { return }
        reactor.unwatch(descriptor)
        // A serial driver would otherwise wait up to half a minute, in close, for a peer that takes nothing.
        if kind == .terminal { tcflush(descriptor, TCOFLUSH) }
        _ = Glibc.close(descriptor)
        descriptor = -1
        queue = []
        queueStart = 0
    }

    // MARK: The descriptor

    private func ready(_ readiness: Reactor.Readiness) {
        if readiness.contains(.writable) { drain() }
        // Two bits, of which one suffices.
        if !readiness.isDisjoint(with: .hungUp) {
            while !isClosed, readOnce() {}
            fail(.hungUp)
        } else if readiness.contains(.readable), !isClosed {
            _ = readOnce()
        }
    }

    /// False when there was nothing to read.
    private func readOnce() -> Bool {
        let (count, bytes) = unsafe handlers.inbox?.read(from: descriptor) ?? readShared()
        if count > 0 {
            unsafe handlers.received(bytes)
            return true
        }
        if count < 0, errno == EAGAIN || errno == EINTR { return false }
        fail(.hungUp)
        return false
    }

    private func readShared() -> (count: Int, bytes: UnsafeRawBufferPointer) {
        let count = unsafe read(descriptor, buffer.bytes.baseAddress, buffer.bytes.count)
        return unsafe (count, UnsafeRawBufferPointer(rebasing: buffer.bytes[..<max(0, count)]))
    }

    private func drain() {
        let taken = unsafe queue.withUnsafeBytes { unsafe offer(UnsafeRawBufferPointer(rebasing: $0[queueStart...])) }
        queueStart += taken
        guard !isClosed else { return }
        if unsent == 0 {
            queue.removeAll(keepingCapacity: queue.capacity <= 4096)
            queueStart = 0
            reactor.rewatch(descriptor, for: .readable)
        } else if queueStart > 64 * 1024 {
            queue.removeFirst(queueStart)
            queueStart = 0
        }
    }

    /// How many bytes the kernel took. A failure is told at the turn's end, so that no handler runs inside `write`.
    private func offer(_ bytes: UnsafeRawBufferPointer) -> Int {
        let count =
            switch kind {
            case .terminal, .farEnd: unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            case .socket: unsafe send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
        if count >= 0 { return count }
        if errno != EAGAIN, errno != EINTR, !failing {
            failing = true
            reactor.atEndOfTurn { [self] in fail(.hungUp) }
        }
        return 0
    }

    private func fail(_ error: PortError) {
        guard !isClosed else { return }
        close()
        handlers.closed(error)
    }
}
