import CSystemd
import Glibc
import Reactor

/// Tells systemd how the bridge is doing (sd_notify(3)). Without a systemd that listens, nothing happens.
package struct Notifier: Sendable {
    private let isHeard: Bool

    package init() { isHeard = unsafe getenv("NOTIFY_SOCKET") != nil }

    /// The bridge serves, after its start or after a reload.
    package func ready(_ status: String) { send("READY=1\nSTATUS=\(Self.oneLine(status))") }

    /// A reload has begun; systemd compares the time with that of its request.
    package func reloading() {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)")
    }

    package func stopping() { send("STOPPING=1\nSTATUS=stopping") }

    package func status(_ text: String) { send("STATUS=\(Self.oneLine(text))") }

    /// From now on says twice in systemd's time limit that the bridge gets on, as long as it does, if a time limit is
    /// set.
    package func watch(_ health: Health, log: Log) async {
        var microseconds: UInt64 = 0
        guard isHeard, unsafe sd_watchdog_enabled(0, &microseconds) > 0 else { return }
        await Watchdog(health, every: .microseconds(Int64(microseconds / 2)), notifier: self, log: log).begin()
    }

    fileprivate func alive() { send("WATCHDOG=1") }

    private func send(_ state: String) {
        guard isHeard else { return }
        _ = unsafe sd_notify(0, state)
    }

    private static func oneLine(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }
}

/// A timer on the reactor itself: a loop that is stuck falls silent, and so does one whose parts are; systemd then
/// restarts the bridge.
private actor Watchdog {
    private let health: Health
    private let interval: Duration
    private let notifier: Notifier
    private let log: Log

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe health.reactor.asUnownedSerialExecutor() }

    init(_ health: Health, every interval: Duration, notifier: Notifier, log: Log) {
        self.health = health
        self.interval = interval
        self.notifier = notifier
        self.log = log
    }

    /// Each timer holds the watchdog, so it lives as long as the reactor.
    func begin() {
        health.assumeIsolated { [log, notifier] health in
            health.check { stuck in
                if stuck.isEmpty { return notifier.alive() }
                log.error("bridge", "no progress: \(stuck.map(\.rawValue).joined(separator: ", "))")
            }
        }
        health.reactor.schedule(after: interval) { self.assumeIsolated { $0.begin() } }
    }
}
