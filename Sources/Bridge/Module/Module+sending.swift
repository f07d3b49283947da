import Platforms
import Reactor
import Store

/// Uplinks on the line: the head of the queue goes to the session, and what comes of it decides what follows.
extension Module {
    /// A parcel that has left its place in the queue often enough without an answer may itself be what resets the
    /// module.
    private static let mostLosses = 20
    private static let mostUnclear = 5
    /// Refusals in a row after which a new connection is tried.
    private static let patience = 6

    // MARK: The window

    /// Fetches what comes next while the line is busy with what the window still holds.
    func refillInTime() {
        guard window.isLow, refilling == nil else { return }
        let request = window.beginRefill(inFlight: inFlight?.sequence)
        refilling = Task(executorPreference: services.reactor) { await self.fetchNext(request) }
    }

    /// Ends when the window has been filled, or could not be.
    func refill() async {
        refillInTime()
        // The store cannot be read or written: nothing is lost by waiting.
        if await refilling?.value == false { try? await services.time.sleep(for: .seconds(1)) }
    }

    /// False when the store could not be asked.
    private func fetchNext(_ request: UplinkWindow.Request) async -> Bool {
        defer { refilling = nil }
        // What is accepted from here on may or may not be in the store's answer.
        guard await settled(),
            let next = try? await services.store.uplinks(of: number, after: request.after, limit: request.limit)
        else {
            window.cancelRefill(request)
            return false
        }
        window.endRefill(request, next)
        return true
    }

    // MARK: Sending

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
        refillInTime()
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
        counters.lastUplink = now
        services.metrics.uplinkSent.observe(now - uplink.acceptedAt)
        if status.error != nil {
            status.error = nil
            status.retryAt = nil
            publishState()
        }
        guard uplink.confirm else { return }
        status.counters.sent += 1
        note(uplink, .sent)
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
            services.metrics.uplinkDelivered.observe(now - uplink.acceptedAt)
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
}
