import Glibc
import Reactor

/// Signals as a stream. They are blocked in every thread and taken by one that does nothing else.
struct Signals {
    let stream: AsyncStream<Int32>

    init(_ signals: [Int32]) {
        let blocked = Self.block(signals)
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.stream = stream
        let waiter = SignalThread(WorkerThread(name: "signals"))
        Task { await waiter.wait(for: blocked, continuation) }
    }

    /// Blocks the signals in this thread and in those that it starts. The first thread must do so: the kernel
    /// prefers it, and one that does not block a signal is killed by it.
    @discardableResult
    static func block(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        return set
    }
}

private actor SignalThread {
    private let thread: WorkerThread

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(_ thread: WorkerThread) { self.thread = thread }

    func wait(for signals: sigset_t, _ continuation: AsyncStream<Int32>.Continuation) {
        var set = signals
        var signal: Int32 = 0
        while unsafe sigwait(&set, &signal) == 0 { continuation.yield(signal) }
    }
}
