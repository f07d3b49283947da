import CMicroHTTPD

/// A body that comes bit by bit: first what its source gives, as fast as the client takes it, then what is sent.
///
/// What a slow client leaves lying is bounded: beyond that the stream ends, and the client may come again.
/// Unchecked: belongs to the reactor's thread.
@safe package final class ResponseStream: @unchecked Sendable {
    /// Called until it gives nil.
    private var source: (() -> [UInt8]?)?
    private let endsWithSource: Bool
    private let limit: Int
    private var waiting: [[UInt8]] = []
    private var waitingBytes = 0
    /// Of the first part, so many bytes are gone already.
    private var offset = 0
    private var isEnded = false
    private var connection: OpaquePointer?
    private var isSuspended = false
    /// The library is to look at the connection again.
    var whenResumed: () -> Void = {}
    /// The client has gone, or has all of it.
    package var whenClosed: () -> Void = {}

    /// With a limit of 0 the stream ends with its source.
    package init(limit: Int = 0, source: @escaping () -> [UInt8]?) {
        self.source = source
        self.limit = limit
        endsWithSource = limit == 0
    }

    /// The bytes are shared with other streams.
    package func send(_ bytes: [UInt8]) {
        guard !isEnded, !bytes.isEmpty else { return }
        guard waitingBytes + bytes.count <= limit else {
            waiting = []
            waitingBytes = 0
            offset = 0
            return end()
        }
        waiting.append(bytes)
        waitingBytes += bytes.count
        wake()
    }

    /// After what waits.
    package func end() {
        isEnded = true
        wake()
    }

    // MARK: For the server

    func open(_ connection: OpaquePointer) { unsafe self.connection = connection }

    func close() {
        unsafe connection = nil
        source = nil
        waiting = []
        isEnded = true
        whenClosed()
        whenClosed = {}
        whenResumed = {}
    }

    /// So that the library can let go of the connection.
    func wake() {
        guard isSuspended, let connection = unsafe connection else { return }
        isSuspended = false
        unsafe MHD_resume_connection(connection)
        whenResumed()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while waiting.isEmpty, let next = source?() { if !next.isEmpty { waiting.append(next) } }
        guard let first = waiting.first else {
            source = nil
            if isEnded || endsWithSource { return -1 }
            guard let connection = unsafe connection else { return -2 }
            isSuspended = true
            unsafe MHD_suspend_connection(connection)
            return 0
        }
        let count = min(buffer.count, first.count - offset)
        unsafe first.withUnsafeBytes { unsafe buffer.copyMemory(from: .init(rebasing: $0[offset..<offset + count])) }
        offset += count
        waitingBytes = max(0, waitingBytes - count)
        if offset == first.count {
            waiting.removeFirst()
            offset = 0
        }
        return count
    }
}
