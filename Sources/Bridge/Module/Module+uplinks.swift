import MQTT
import Platforms
import Reactor
import Store

/// Uplinks: from acceptance to their last outcome.
extension Module {
    /// A parcel that has left its place in the queue often enough without an answer may itself be what resets the
    /// module.
    private static let mostLosses = 20
    private static let mostUnclear = 5
    /// Refusals in a row after which a new connection is tried.
    private static let patience = 6

    // MARK: Acceptance

    /// Takes a checked request into the queue, or rejects it.
    func accept(_ request: UplinkRequest, reply: ReplyTo?) {
        do throws(Rejection) {
            try check(request)
            if let target = request.target {
                try set(request, at: target, reply: reply)
                return
            }
            try makeRoom(for: request)
            add(record(of: request, reply: reply))
        } catch {
            reject(error, reply: reply)
        }
    }

    /// Publishes the last outcome again for an id that was accepted before. False if it was not.
    func repeatOutcome(of id: String, remembered: RememberedID?, reply: ReplyTo?) -> Bool {
        if freshIDs.contains(id) { return true }
        guard let remembered, now - remembered.acceptedAt < .seconds(86_400) else { return false }
        let outcome = remembered.outcome ?? Outcome(id: id, state: .accepted, time: remembered.acceptedAt).json
        for message in outcomeMessages(outcome, reply: reply) { services.outbox.publish(message, acknowledged: nil) }
        return true
    }

    func reject(_ rejection: Rejection, reply: ReplyTo?) {
        status.counters.rejected += 1
        let error = PlatformError(name: rejection.name, text: rejection.text, source: .bridge)
        let id = rejection.id ?? UplinkID.text()
        let outcome = Outcome(id: id, state: .rejected, time: now, error: error)
        for message in outcomeMessages(outcome.json, reply: reply) {
            services.outbox.publish(message, acknowledged: nil)
        }
        publishCounters()
    }

    private func check(_ request: UplinkRequest) throws(Rejection) {
        do throws(Rejection) {
            try settings.checkUplink(request.payload, target: request.target)
        } catch {
            throw Rejection(error.name, error.text, id: request.id)
        }
        if let failure = services.journal.currentFailure {
            throw Rejection("store", "the uplink cannot be saved: \(failure)", id: request.id)
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
                "queue_full", "\(status.queue.waiting) uplinks are waiting, and the limit is \(settings.queueLimit)",
                id: request.id)
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
            reject(
                Rejection("store", "the uplink cannot be saved: \(error)", id: uplink.idText), reply: uplink.reply)
            return
        }
        status.counters.accepted += 1
        announce(Outcome(id: uplink.idText, state: .accepted, time: now), of: uplink)
        publishCounters()
    }

    // MARK: Sending

    func refill() async {
        // What is accepted from here on may or may not be in the store's answer.
        window.beginRefill()
        guard await settled() else {
            // The store cannot be read or written: nothing is lost by waiting.
            try? await services.time.sleep(for: .seconds(1))
            return
        }
        guard let head = try? await services.store.uplinks(of: number, limit: UplinkWindow.capacity) else {
            try? await services.time.sleep(for: .seconds(1))
            return
        }
        window.endRefill(head)
    }

    /// One attempt to send the head of the queue.
    func send(_ head: UplinkRecord) async throws(SessionFailure) {
        guard let session, var uplink = window.remove(sequence: head.sequence) else { return }
        guard uplink.expiresAt > now else {
            expire(uplink)
            return
        }
        let data: UplinkData
        do throws(Rejection) {
            data = try uplinkData(of: uplink)
        } catch {
            // The configuration has changed since.
            end(uplink, .failed, PlatformError(name: error.name, text: error.text, source: .bridge))
            return
        }
        uplink.attempts += 1
        begin(uplink)
        let result: SendResult
        do throws(SessionFailure) {
            result = try await session.send(data) { taken(uplink) }
        } catch {
            putBack(uplink)
            if uplink.attempts >= Self.mostLosses { giveUp(uplink) }
            throw error
        }
        conclude(uplink, result)
    }

    private func begin(_ uplink: UplinkRecord) {
        inFlight = uplink
        status.queue.waiting -= 1
        status.queue.inFlight = 1
    }

    /// The module has said OK.
    private func taken(_ uplink: UplinkRecord) {
        hold = Hold()
        if status.error != nil {
            status.error = nil
            status.retryAt = nil
            publishState()
        }
        guard uplink.confirm else { return }
        status.counters.sent += 1
        let outcome = Outcome(id: uplink.idText, state: .sent, time: now, attempts: uplink.attempts)
        let step: Change =
            uplink.idGiven
            ? .note(sequence: uplink.sequence, outcome: outcome.json)
            : .attempted(sequence: uplink.sequence, attempts: uplink.attempts)
        // Told in the order of the commits: not before it is told that the uplink was accepted.
        services.journal.record(step, .soon) { [weak self] _ in
            self?.assumeIsolated { $0.announce(outcome, of: uplink) }
        }
        publishCounters()
    }

    private func conclude(_ uplink: UplinkRecord, _ result: SendResult) {
        switch result {
        case .taken:
            status.counters.sent += 1
            end(uplink, .sent, nil)
        case .delivered:
            status.counters.delivered += 1
            end(uplink, .delivered, nil)
        case .unacknowledged(let error):
            if uplink.attempts >= settings.attempts { end(uplink, .failed, error) } else { putBack(uplink) }
        case .later(let error):
            putBack(untried(uplink))
            waitBeforeNext(error)
            // Some firmware refuses for ever on a connection that it calls sound.
            if hold.failures % Self.patience == 0 { session?.distrust() }
        case .unclear(let error):
            if uplink.attempts >= Self.mostUnclear {
                end(uplink, .failed, error)
            } else {
                putBack(uplink)
                waitBeforeNext(error)
            }
        case .needsRegistration(let error):
            putBack(uplink)
            status.error = error
            if uplink.attempts >= Self.mostLosses { giveUp(uplink) }
        case .refused(let error), .unknown(let error):
            end(uplink, .failed, error)
        case .unobserved:
            end(uplink, .accepted, nil)
        }
    }

    /// A refusal for the time being is no attempt: the module has not sent anything.
    private func untried(_ uplink: UplinkRecord) -> UplinkRecord {
        var uplink = uplink
        uplink.attempts -= 1
        return uplink
    }

    private func waitBeforeNext(_ error: PlatformError) {
        let delay = hold.extend(from: services.time.now)
        status.error = error
        status.retryAt = now + delay
        publishState()
    }

    /// It keeps its place.
    private func putBack(_ uplink: UplinkRecord) {
        inFlight = nil
        status.queue.inFlight = 0
        status.queue.waiting += 1
        window.insert(uplink)
        watchExpiry(from: uplink.expiresAt)
        if uplink.attempts > 0 {
            services.journal.record(.attempted(sequence: uplink.sequence, attempts: uplink.attempts), .whenever)
        }
        publishCounters()
    }

    private func giveUp(_ uplink: UplinkRecord) {
        guard window.remove(sequence: uplink.sequence) != nil else { return }
        end(
            uplink, .failed,
            PlatformError(
                name: "too_many_losses",
                text: "the line or the registration was lost \(uplink.attempts) times under it",
                source: .bridge))
    }

    // MARK: Ends

    /// The last outcome. It is published when it is on disk, and forgotten when the broker has it.
    func end(_ uplink: UplinkRecord, _ state: Outcome.State, _ error: PlatformError?) {
        if inFlight?.sequence == uplink.sequence {
            inFlight = nil
            status.queue.inFlight = 0
        } else {
            status.queue.waiting -= 1
        }
        unsaved.remove(uplink.sequence)
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

    private func expire(_ uplink: UplinkRecord) {
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

    // MARK: Outcomes on their way

    /// A step that is not the last: told once.
    private func announce(_ outcome: Outcome, of uplink: UplinkRecord) {
        guard services.outbox.isConnected else { return }
        for message in outcomeMessages(outcome.json, reply: uplink.reply) {
            services.outbox.publish(message, acknowledged: nil)
        }
    }

    private func outcomeMessages(_ json: [UInt8], reply: ReplyTo?) -> [OutboundMessage] {
        OutcomeMessages.make(json, topic: topics.result, reply: reply)
    }
}
