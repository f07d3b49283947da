import Reactor

/// Protocol time, which may run faster than the reactor's.
struct ModuleClock: Sendable {
    let time: any TimeSource
    let scale: Double

    var now: Instant { time.now }

    @discardableResult
    func after(_ delay: Duration, _ action: @escaping @Sendable () -> Void) -> Timer {
        time.schedule(after: delay / scale, action)
    }
}
