import MQTT
import Platforms
import Reactor
import Store

/// Uplinks on their way out: the last outcome, time to live, and how the steps are told.
extension Module {
    /// The last outcome. It is published when it is on disk, and forgotten when the broker has it.
    func end(_ uplink: UplinkRecord, _ state: Outcome.State, _ error: PlatformError?) {
        if inFlight?.sequence == uplink.sequence {
            inFlight = nil
            status.queue.inFlight = 0
        } else {
            status.queue.waiting -= 1
        }
        unsaved.remove(uplink.sequence)
        note(uplink, state, error)
        noteEnd(of: uplink)
        if state != .sent, state != .delivered { forgetReport(of: uplink) }
        if state == .failed { status.counters.failed += 1 }
        if state == .expired { status.counters.expired += 1 }
        if status.queue.waiting == 0 {
            status.queue.oldest = nil
        } else {
            status.queue.oldest = window.oldest?.acceptedAt ?? status.queue.oldest
        }
        var outcome = Outcome(id: uplink.idText, state: state, time: now, attempts: uplink.attempts, error: error)
        outcome.isUnreported = state == .accepted
        let json = outcome.json
        let parcel = Parcel(sequence: uplink.sequence, messages: outcomeMessages(json, reply: uplink.reply))
        let outcomes = services.outcomes
        services.journal.record(.end(sequence: uplink.sequence, outcome: json), .soon) { _ in outcomes.send(parcel) }
        publishCounters()
    }

    func expire(_ uplink: UplinkRecord) {
        end(
            uplink, .expired,
            PlatformError(name: "expired", text: "it waited longer than its time to live", source: .bridge))
    }

    /// Makes sure that the module looks for expired uplinks at that time.
    func watchExpiry(from deadline: Timestamp) {
        if let earliestExpiry, earliestExpiry <= deadline { return }
        earliestExpiry = deadline
        expiryTimer?.cancel()
        expiryTimer = services.time.schedule(after: max(.zero, deadline - now) + .milliseconds(1)) { [weak self] in
            self?.assumeIsolated { $0.beginExpiring() }
        }
    }

    private func beginExpiring() {
        Task(executorPreference: services.reactor) { await self.expireWaiting() }
    }

    private func expireWaiting() async {
        earliestExpiry = nil
        guard status.queue.waiting > 0 else { return }
        guard await settled(), let found = try? await services.store.expired(of: number, at: now) else {
            watchExpiry(from: now + .seconds(5))
            return
        }
        for uplink in found.uplinks where uplink.sequence != inFlight?.sequence {
            _ = window.remove(sequence: uplink.sequence)
            expire(uplink)
        }
        if let next = found.next { watchExpiry(from: next) }
    }

    func settled() async -> Bool {
        await withCheckedContinuation { continuation in
            services.journal.whenSettled { continuation.resume(returning: $0 == nil) }
        }
    }

    // MARK: Telling

    /// A step that is not the last: told once.
    func announce(_ outcome: Outcome, of uplink: UplinkRecord) {
        guard services.outbox.isConnected else { return }
        for message in outcomeMessages(outcome.json, reply: uplink.reply) {
            services.outbox.publish(message, acknowledged: nil)
        }
    }

    func outcomeMessages(_ json: [UInt8], reply: ReplyTo?) -> [OutboundMessage] {
        OutcomeMessages.make(json, topic: topics.result, reply: reply)
    }
}
