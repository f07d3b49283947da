import CSystemd
import Glibc
package import Reactor

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

    /// From now on says twice in systemd's time limit that the reactor turns, if a time limit is set.
    package func watch(_ reactor: Reactor) async {
        var microseconds: UInt64 = 0
        guard isHeard, unsafe sd_watchdog_enabled(0, &microseconds) > 0 else { return }
        await Watchdog(reactor, every: .microseconds(Int64(microseconds / 2)), notifier: self).begin()
    }

    fileprivate func alive() { send("WATCHDOG=1") }

    private func send(_ state: String) {
        guard isHeard else { return }
        _ = unsafe sd_notify(0, state)
    }

    private static func oneLine(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }
}

/// A timer on the reactor itself: a loop that is stuck falls silent, and systemd restarts the bridge.
private actor Watchdog {
    private let reactor: Reactor
    private let interval: Duration
    private let notifier: Notifier

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    init(_ reactor: Reactor, every interval: Duration, notifier: Notifier) {
        self.reactor = reactor
        self.interval = interval
        self.notifier = notifier
    }

    /// Each timer holds the watchdog, so it lives as long as the reactor.
    func begin() {
        notifier.alive()
        reactor.schedule(after: interval) { self.assumeIsolated { $0.begin() } }
    }
}
