import MQTT
import Platforms
import Reactor
import Store

/// Uplinks on their way in: checked, put into the queue, saved; or rejected.
extension Module {
    /// Takes a checked request into the queue, or rejects it.
    func accept(_ request: UplinkRequest, reply: ReplyTo?) {
        do throws(Rejection) {
            try take(request, reply: reply)
        } catch {
            reject(Rejection(error.name, error.text, id: error.id ?? request.id), reply: reply)
        }
    }

    func take(_ request: UplinkRequest, reply: ReplyTo?) throws(Rejection) {
        try check(request)
        if let target = request.target {
            try set(request, at: target, reply: reply)
            return
        }
        try makeRoom(for: request)
        add(record(of: request, reply: reply))
    }

    /// Publishes the last outcome again for an id that was accepted before. False if it was not.
    func repeatOutcome(of id: String, remembered: RememberedID?, reply: ReplyTo?) -> Bool {
        if freshIDs.contains(id) { return true }
        guard let remembered, now - remembered.acceptedAt < .seconds(86_400) else { return false }
        let outcome = remembered.outcome ?? Outcome(id: id, state: .accepted, time: remembered.acceptedAt).json
        for message in outcomeMessages(outcome, reply: reply) { services.outbox.publish(message, acknowledged: nil) }
        return true
    }

    func countRejection(_ rejection: Rejection) {
        status.counters.rejected += 1
        note(.up, "rejected: \(rejection.text)", [])
    }

    /// An answer to a request is refused in the same words, but is no uplink to be counted.
    func reject(_ rejection: Rejection, reply: ReplyTo?, isUplink: Bool = true) {
        if isUplink { countRejection(rejection) }
        let error = PlatformError(name: rejection.name, text: rejection.text, source: .bridge)
        let id = rejection.id ?? UplinkID.text()
        let outcome = Outcome(id: id, state: .rejected, time: now, error: error)
        for message in outcomeMessages(outcome.json, reply: reply) {
            services.outbox.publish(message, acknowledged: nil)
        }
        publishCounters()
    }

    private func check(_ request: UplinkRequest) throws(Rejection) {
        try settings.checkUplink(request.payload, target: request.target)
        if let failure = services.journal.currentFailure {
            throw Rejection("store", "the uplink cannot be saved: \(failure)")
        }
    }

    func makeRoom(for request: UplinkRequest) throws(Rejection) {
        guard status.queue.waiting >= settings.queueLimit else { return }
        if settings.queueFull == .dropOldest, window.needsRefill {
            // The oldest is in the store alone: one too many for a moment.
            Task(executorPreference: services.reactor) { await self.dropOldest() }
            return
        }
        guard settings.queueFull == .dropOldest, let oldest = window.oldest else {
            throw Rejection(
                "queue_full", "\(status.queue.waiting) uplinks are waiting, and the limit is \(settings.queueLimit)")
        }
        drop(oldest)
    }

    private func drop(_ oldest: UplinkRecord) {
        _ = window.remove(sequence: oldest.sequence)
        end(
            oldest, .failed,
            PlatformError(name: "dropped", text: "dropped for a newer uplink: the queue was full", source: .bridge))
    }

    private func dropOldest() async {
        if window.needsRefill { await refill() }
        while status.queue.waiting > settings.queueLimit, let oldest = window.oldest { drop(oldest) }
    }

    func record(of request: UplinkRequest, reply: ReplyTo?) -> UplinkRecord {
        let accepted = now
        return UplinkRecord(
            sequence: services.sequences.next(), module: number,
            id: request.id.map { Array($0.utf8) } ?? UplinkID.make(),
            idGiven: request.id != nil, target: request.target?.description ?? "", payload: request.payload,
            confirm: request.confirm ?? settings.confirm, rai: request.rai ?? UInt8(settings.rai),
            priority: request.isHighPriority ? .high : .normal, acceptedAt: accepted,
            expiresAt: accepted + .seconds(request.ttl ?? settings.ttl), attempts: 0, reply: reply)
    }

    /// The line may have it before the disk does; the broker's acknowledgement, and every outcome, waits for the disk.
    func add(_ uplink: UplinkRecord) {
        let id = uplink.idText
        if uplink.idGiven { freshIDs.insert(id) }
        status.queue.waiting += 1
        if status.queue.oldest == nil { status.queue.oldest = uplink.acceptedAt }
        window.insert(uplink)
        unsaved.insert(uplink.sequence)
        note(.up, "accepted", uplink.payload, sequence: uplink.sequence)
        watchExpiry(from: uplink.expiresAt)
        services.journal.record(.accept(uplink), .now) { [weak self] error in
            self?.assumeIsolated { $0.saved(uplink, error) }
        }
        doorbell.raise()
    }

    private func saved(_ uplink: UplinkRecord, _ error: StoreError?) {
        if uplink.idGiven { freshIDs.remove(uplink.idText) }
        let stillWaits = unsaved.remove(uplink.sequence) != nil && inFlight?.sequence != uplink.sequence
        if let error {
            // What the line has already taken goes on; the rest was never promised.
            guard stillWaits else { return }
            _ = window.remove(sequence: uplink.sequence)
            status.queue.waiting -= 1
            noteEnd(of: uplink)
            forgetReport(of: uplink)
            reject(
                Rejection("store", "the uplink cannot be saved: \(error)", id: uplink.idText), reply: uplink.reply)
            return
        }
        status.counters.accepted += 1
        // The line may have had it meanwhile: `sent` is not to be earlier.
        announce(Outcome(id: uplink.idText, state: .accepted, time: uplink.acceptedAt), of: uplink)
        publishCounters()
    }
}
