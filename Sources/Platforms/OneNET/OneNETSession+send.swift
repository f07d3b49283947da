import AT

/// What a confirmed report waits for: event 25 or 26 with its ackId.
final class Acknowledgement {
    enum Outcome {
        case succeeded
        case failed
        case lost(PlatformError)
    }

    let messageID: Int
    let signal = Signal()
    private(set) var outcome: Outcome?

    init(messageID: Int) { self.messageID = messageID }

    func end(_ outcome: Outcome) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        signal.raise()
    }
}

/// The values that are sent under one observation.
struct OneNETNotification {
    var messageID: Int
    var values: [(path: ResourcePath, value: ValueParameters)]
}

extension OneNETSession {
    package func send(_ uplink: UplinkData, taken: () -> Void) async throws(SessionFailure) -> SendResult {
        guard standing == .registered else { return .needsRegistration(lastFailure ?? Self.notRegistered) }
        let notifications: [OneNETNotification]
        switch plan(uplink) {
        case .send(let planned): notifications = planned
        case .end(let result): return result
        }
        var awaited: [Int: Acknowledgement] = [:]
        defer { for id in awaited.keys { acknowledgements[id] = nil } }
        for notification in notifications {
            let ackID = uplink.confirm ? freshAckID() : 0
            if uplink.confirm {
                let acknowledgement = Acknowledgement(messageID: notification.messageID)
                acknowledgements[ackID] = acknowledgement
                awaited[ackID] = acknowledgement
            }
            if let result = try await send(notification, ackID: ackID, rai: uplink.rai) { return result }
        }
        unclearRefusals = 0
        taken()
        for acknowledgement in awaited.values {
            let result = try await confirmation(acknowledgement)
            if result != .delivered { return result }
        }
        return uplink.confirm ? .delivered : .taken
    }

    /// All values, from index N−1 to 0. Nil if the module took them.
    private func send(
        _ notification: OneNETNotification, ackID: Int, rai: UInt8
    ) async throws(SessionFailure) -> SendResult? {
        var index = notification.values.count
        for (path, value) in notification.values {
            index -= 1
            // Until the last part more follows, so the radio is still wanted.
            let command = OneNETCommand.notify(
                reference, under: notification.messageID, path, value, index: index, ackID: ackID,
                rai: index == 0 ? rai : 0)
            do throws(CommandFailure) {
                _ = try await channel.perform(command, priority: .uplink)
            } catch {
                if case .timedOut = error, index == 0 { return try await lostAnswer(ackID) }
                return try result(of: error, command)
            }
            if standing != .registered { return .needsRegistration(lastFailure ?? Self.notRegistered) }
        }
        return nil
    }

    /// The module may or may not have sent the report. Nil: it has, and the acknowledgement is there.
    private func lostAnswer(_ ackID: Int) async throws(SessionFailure) -> SendResult? {
        let error = PlatformError(
            name: "outcome_unknown", text: "the module's answer did not come: the uplink may or may not have been sent",
            source: .module)
        guard let acknowledgement = acknowledgements[ackID] else { return .unknown(error) }
        if acknowledgement.outcome == nil {
            _ = try await wait(for: acknowledgement.signal, atMost: Limit.acknowledgement)
        }
        return acknowledgement.outcome == nil ? .unacknowledged(error) : nil
    }

    private func result(of failure: CommandFailure, _ command: Command) throws(SessionFailure) -> SendResult {
        let error = Self.error(of: failure, command)
        switch failure {
        case .lost(let loss): throw .lost(loss)
        case .timedOut, .unprompted: return .unclear(error)
        case .refused(let code):
            switch code?.number.map({ OneNETError.codes[$0].remedy }) ?? .unknown {
            case .giveUp: return .refused(error)
            case .tryLater: return .later(error)
            case .register:
                distrust()
                return .needsRegistration(error)
            case .restart, .unknown: return unclear(error)
            }
        }
    }

    /// The module cannot be asked whether it is still registered. After some refusals in a row a new registration is tried.
    private func unclear(_ error: PlatformError) -> SendResult {
        unclearRefusals += 1
        guard unclearRefusals >= 3 else { return .unclear(error) }
        unclearRefusals = 0
        distrust()
        return .needsRegistration(error)
    }

    // MARK: Acknowledgements

    /// Counts up, so that a late event of an uplink that was given up fits none of the next 65,534.
    private func freshAckID() -> Int {
        repeat {
            lastAckID = lastAckID >= 65_535 ? 1 : lastAckID + 1
        } while acknowledgements[lastAckID] != nil
        return lastAckID
    }

    private func confirmation(_ acknowledgement: Acknowledgement) async throws(SessionFailure) -> SendResult {
        if acknowledgement.outcome == nil {
            _ = try await wait(for: acknowledgement.signal, atMost: Limit.acknowledgement)
        }
        switch acknowledgement.outcome {
        case .succeeded: return .delivered
        case .failed:
            return .unacknowledged(OneNETEvent.notifyFailed.error("the platform did not acknowledge the uplink"))
        case .lost(let error): return .needsRegistration(error)
        case nil:
            return .unacknowledged(
                PlatformError(
                    name: "uplink_not_acknowledged",
                    text: "the module did not say in time whether the platform has acknowledged the uplink",
                    source: .cloud))
        }
    }

    /// The ackId is the fourth field by the note's syntax (5.7) and the third in its examples (7.8.4); with event 25 the third may
    /// also be the message id. Returns the fields with their names.
    func acknowledge(_ event: OneNETEvent, _ third: Int?, _ fourth: Int?) -> [Detail] {
        let outcome: Acknowledgement.Outcome = event == .notifySuccess ? .succeeded : .failed
        for id in [fourth, third].compactMap({ $0 }) {
            guard let acknowledgement = acknowledgements[id] else { continue }
            acknowledgement.end(outcome)
            let other = id == fourth ? third : nil
            return (other.map { [Detail("message_id", .number($0))] } ?? []) + [Detail("ack_id", .number(id))]
        }
        if let third, fourth == nil || fourth == 0 {
            // Only one at a time bears that number, for uplinks go one after the other.
            if let match = acknowledgements.values.first(where: { $0.messageID == third }) {
                match.end(outcome)
                return [Detail("message_id", .number(third))]
            }
            return [Detail("ack_id", .number(third))]
        }
        return (third.map { [Detail("message_id", .number($0))] } ?? [])
            + (fourth.map { [Detail("ack_id", .number($0))] } ?? [])
    }
}
