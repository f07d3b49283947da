import MQTT
import Platforms
import Reactor

/// What is shown in retained topics. Each payload is derived from one value; nothing is patched.
extension Module {
    /// The broker is there (again): everything anew.
    func publishEverything() {
        publishAvailability()
        publishState()
        publication.firmware = nil
        publishFirmware()
        publishResources()
    }

    func setState(_ wanted: Status.State) {
        // Whoever calls a module ready need not know that an update has begun meanwhile.
        let state = wanted == .ready && firmware.isRunning ? .updating : wanted
        guard status.state != state else { return }
        services.log.debug(name, "\(status.state) -> \(state)")
        let wasListed = status.state
        status.state = state
        status.since = now
        if state == .ready || state == .asleep || state == .stopped {
            status.error = nil
        }
        // The next attempt is under way, or none is needed.
        if state != .failed, state != .offline { status.retryAt = nil }
        publishState()
        if state == .offline {
            isShownOnline = false
            publishAvailability()
        }
        if wasListed != state { services.announce() }
        if state != .offline { releaseEarlyOrders() }
    }

    /// What the session has learned while it registers, which may take minutes, or of its observations since.
    func showRegistration() {
        guard let session, session.maySend || status.state == .registering else { return }
        guard let known = session.registration, known != status.registration else { return }
        status.registration = known
        publishState()
    }

    /// At the end of this turn, however many times it changes until then.
    func publishState() {
        guard !publication.isDue else { return }
        publication.isDue = true
        services.reactor.atEndOfTurn { [weak self] in self?.assumeIsolated { $0.publishStatusNow() } }
    }

    /// On the next full second, together with all other modules.
    func publishCounters() {
        guard publication.timer == nil, !publication.isDue else { return }
        let second: UInt64 = 1_000_000_000
        let next = (services.time.now.nanoseconds / second + 1) * second
        publication.timer = services.time.schedule(at: Instant(nanoseconds: next)) { [weak self] in
            self?.assumeIsolated { $0.publishStatusNow() }
        }
    }

    private func publishStatusNow() {
        publication.isDue = false
        publication.timer?.cancel()
        publication.timer = nil
        services.board.changed(name)
        guard services.outbox.isConnected else { return }
        services.outbox.publish(topics.status, status.json(now: now), retain: true)
    }

    func publishFirmware() {
        services.board.changed(name)
        let json = shownFirmware.json ?? firmware.json
        guard services.outbox.isConnected, json != publication.firmware else { return }
        publication.firmware = json
        services.outbox.publish(services.topics.firmware(name), json, retain: true)
        services.tellHub(name, .firmware)
    }

    func publishAvailability() {
        services.board.changed(name)
        guard services.outbox.isConnected else { return }
        services.outbox.publish(
            services.topics.availability(name), Array((isShownOnline ? "online" : "offline").utf8), retain: true)
    }
}
