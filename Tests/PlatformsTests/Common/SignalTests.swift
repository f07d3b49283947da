import Platforms
import Synchronization
import Testing

/// A report and the one who waits for it, in either order.
@Suite struct SignalTests {
    private final class Waiter: Sendable {
        private let results = Mutex<[Bool]>([])
        var told: [Bool] { results.withLock { $0 } }
        func wait(for signal: Signal) {
            signal.await { [self] came in results.withLock { $0.append(came) } }
        }
    }

    @Test func `a signal that is raised first is not missed, and counts once`() {
        let signal = Signal()
        let waiter = Waiter()
        signal.raise()
        signal.raise()
        waiter.wait(for: signal)
        #expect(waiter.told == [true])
        waiter.wait(for: signal)
        #expect(waiter.told == [true])
        signal.raise()
        #expect(waiter.told == [true, true])
    }

    @Test func `a wait that is given up is told so, once`() {
        let signal = Signal()
        let waiter = Waiter()
        waiter.wait(for: signal)
        signal.abandon()
        signal.raise()
        #expect(waiter.told == [false])
    }

    @Test func `giving up when nobody waits is not remembered`() {
        let signal = Signal()
        let waiter = Waiter()
        signal.abandon()
        waiter.wait(for: signal)
        #expect(waiter.told == [])
        signal.raise()
        #expect(waiter.told == [true])
    }

    @Test func `a lowered signal is forgotten, but not who waits for it`() {
        let signal = Signal()
        let waiter = Waiter()
        signal.raise()
        signal.lower()
        waiter.wait(for: signal)
        #expect(waiter.told == [])
        signal.lower()
        signal.raise()
        #expect(waiter.told == [true])
    }
}
