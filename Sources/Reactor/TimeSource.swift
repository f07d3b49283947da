/// Where time comes from. Everything that waits takes one, so a test of a thirty-minute watchdog takes a millisecond.
///
/// Actions run on the reactor's thread. An action that has been cancelled never runs.
package protocol TimeSource: AnyObject, Sendable {
    var now: Instant { get }
    var timestamp: Timestamp { get }

    @discardableResult
    func schedule(at deadline: Instant, _ action: @escaping @Sendable () -> Void) -> Timer
}

extension TimeSource {
    @discardableResult
    package func schedule(after delay: Duration, _ action: @escaping @Sendable () -> Void) -> Timer {
        schedule(at: now + delay, action)
    }

    /// Suspends until the delay is over; throws when the task is cancelled first. To be called on the reactor.
    package func sleep(for delay: Duration) async throws {
        let waiter = SleepWaiter()
        // Set here and not in the closures below, which may run elsewhere.
        let timer = schedule(after: delay) { waiter.finish(.success(())) }
        defer { timer.cancel() }
        try await withTaskCancellationHandler {
            try await waiter.wait()
        } onCancel: {
            waiter.finish(.failure(CancellationError()))
        }
    }
}

/// One action that waits for its deadline. Unchecked: belongs to the reactor's thread.
package final class Timer: @unchecked Sendable {
    let deadline: Instant
    let action: @Sendable () -> Void
    /// Place in the heap; nil once it has fired or was cancelled.
    var index: Int?
    weak var heap: TimerHeap?

    init(deadline: Instant, action: @escaping @Sendable () -> Void) {
        self.deadline = deadline
        self.action = action
    }

    package func cancel() { heap?.remove(self) }
}
