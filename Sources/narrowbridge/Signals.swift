import Glibc
import Reactor

/// Signals as a stream. They are blocked in every thread and taken by one that does nothing else.
struct Signals {
    let stream: AsyncStream<Int32>

    init(_ signals: [Int32]) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.stream = stream
        let waiter = SignalThread(WorkerThread(name: "signals"))
        let blocked = set
        Task { await waiter.wait(for: blocked, continuation) }
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
