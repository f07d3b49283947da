import Synchronization

/// Time that moves only when a test moves it. Due actions run on the reactor, in the order of their deadlines.
package final class ManualTime: TimeSource {
    private struct State: ~Copyable {
        var now = Instant(nanoseconds: 1_000_000_000)
        var timestamp = Timestamp(milliseconds: 1_767_225_600_000)
    }

    private let reactor: Reactor
    private let state = Mutex(State())
    private let timers: TimersOnReactor

    package init(reactor: Reactor) {
        self.reactor = reactor
        timers = TimersOnReactor(reactor: reactor)
    }

    package var now: Instant { state.withLock { $0.now } }
    package var timestamp: Timestamp { state.withLock { $0.timestamp } }

    @discardableResult
    package func schedule(at deadline: Instant, _ action: @escaping @Sendable () -> Void) -> Timer {
        timers.assumeIsolated { $0.insert(deadline, action) }
    }

    /// Moves the clock from deadline to deadline, letting the reactor finish what each one starts.
    package func advance(by duration: Duration) async {
        let end = now + duration
        while let next = await timers.first(until: end) {
            move(to: next)
            await timers.fire(at: next)
            for _ in 0..<8 { await Task.yield() }
        }
        move(to: end)
    }

    /// Somebody sets the clock: the calendar jumps, and nothing that waits comes sooner or later.
    package func setClock(forwardBy duration: Duration) {
        state.withLock { $0.timestamp = $0.timestamp + duration }
    }

    private func move(to instant: Instant) {
        state.withLock {
            guard instant > $0.now else { return }
            $0.timestamp = $0.timestamp + (instant - $0.now)
            $0.now = instant
        }
    }
}

private actor TimersOnReactor {
    private let reactor: Reactor
    private let heap = TimerHeap()

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    init(reactor: Reactor) { self.reactor = reactor }

    func insert(_ deadline: Instant, _ action: @escaping @Sendable () -> Void) -> Timer {
        let timer = Timer(deadline: deadline, action: action)
        heap.insert(timer)
        return timer
    }

    func first(until end: Instant) -> Instant? { heap.first.flatMap { $0 <= end ? $0 : nil } }

    func fire(at now: Instant) {
        while let timer = heap.popDue(at: now) { timer.action() }
    }
}
