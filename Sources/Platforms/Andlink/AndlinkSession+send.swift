import AT

extension AndlinkSession {
    /// `taken` is called when the module has said OK, which for a confirmed uplink comes long before the end.
    package func send(_ uplink: UplinkData, taken: () -> Void) async throws(SessionFailure) -> SendResult {
        guard uplink.readings.count <= 1 else {
            return refused("several_values", "this platform's uplinks carry one value, not \(uplink.readings.count)")
        }
        let payload = uplink.readings.first?.value.published ?? uplink.payload
        guard (1...AndlinkCommand.uplinkLimit).contains(payload.count) else {
            return refused(
                "bad_length", "the uplink has \(payload.count) bytes; 1 to \(AndlinkCommand.uplinkLimit) are expected")
        }
        try await negotiateAnew()
        if uplink.confirm { try await awaitEarlierUplink() }
        let mode = AndlinkSendMode(confirm: uplink.confirm, rai: uplink.rai)
        if let failure = try await transmit(payload, mode) { return try await result(of: failure, uplink) }
        if uplink.confirm { lastUplinkStatus = .awaitingResponse }
        taken()
        guard uplink.confirm else { return .taken }
        return try await confirmation()
    }

    /// The module sends one at a time, and the one before may be of another session.
    private func awaitEarlierUplink() async throws(SessionFailure) {
        acknowledgement.lower()
        guard mayHaveUplinkUnderWay else { return }
        mayHaveUplinkUnderWay = false
        guard try await uplinkStatus() == .awaitingResponse else { return }
        _ = try await wait(for: acknowledgement, atMost: Limit.acknowledgement)
    }

    private func refused(_ name: String, _ text: String) -> SendResult {
        .refused(PlatformError(name: name, text: text, source: .bridge))
    }

    /// Behind the prompt; within the command where the module refuses the prompt and the data allow it. Nil is success.
    private func transmit(_ payload: [UInt8], _ mode: AndlinkSendMode) async throws(SessionFailure) -> CommandFailure? {
        let prompted = AndlinkCommand.send(payload, mode)
        let direct = AndlinkCommand.sendDirectly(payload, mode)
        let forms = sendsDirectly ? [direct, prompted] : [prompted, direct]
        var failure: CommandFailure?
        for case let form? in forms {
            do throws(CommandFailure) {
                _ = try await channel.perform(form, priority: .uplink)
            } catch {
                // The second form tells no better what the first one's refusal means.
                failure = failure ?? error
                if case .lost = error { throw Self.failure(of: error, command: nil) }
                // The other form comes first next time, should the module know no prompt at all.
                if error == .unprompted { sendsDirectly = true }
                guard mayMeanTheForm(error) else { return error }
                continue
            }
            sendsDirectly = form.payload == nil
            return nil
        }
        return failure
    }

    /// Nothing was sent, so it can be sent again.
    private static let unprompted = PlatformError(
        name: "no_prompt", text: "the module did not ask for the uplink's data: nothing was sent", source: .module)

    private func mayMeanTheForm(_ failure: CommandFailure) -> Bool {
        switch failure {
        case .refused(.number(let code)?): [4, 50, 303].contains(code)
        case .refused: true
        case .timedOut, .unprompted, .lost: false
        }
    }

    private func result(of failure: CommandFailure, _ uplink: UplinkData) async throws(SessionFailure) -> SendResult {
        switch failure {
        case .lost(let loss):
            throw .lost(loss)
        case .unprompted:
            return try await situation(.unclear(Self.unprompted), Self.unprompted)
        case .timedOut where uplink.confirm:
            // Not repeated blindly: the module knows whether it has sent it.
            return try await confirmationOfLostAnswer()
        case .timedOut:
            return .unknown(
                PlatformError(
                    name: "outcome_unknown",
                    text: "the module's answer did not come: the uplink may or may not have been sent", source: .module)
            )
        case .refused(let code):
            let error = Self.refusal(code, of: nil)
            switch code?.number.map({ AndlinkError.codes[$0].remedy }) ?? .unknown {
            case .giveUp: return .refused(error)
            case .tryLater: return try await situation(.later(error), error)
            case .register:
                distrust()
                return .needsRegistration(error)
            case .restart, .unknown: return try await situation(.unclear(error), error)
            }
        }
    }

    /// Whatever the error says: only while the module is registered is it worth another attempt.
    private func situation(
        _ result: SendResult, _ error: PlatformError
    ) async throws(SessionFailure) -> SendResult {
        let status = try await status()
        return status == nil || isRegistered(status) ? result : .needsRegistration(error)
    }

    // MARK: The end of a confirmed uplink

    /// A report ends it (4.4); where none comes, the module is asked.
    private func confirmation() async throws(SessionFailure) -> SendResult {
        let isEnded = try await wait(for: acknowledgement, atMost: Limit.acknowledgement)
        if isEnded, let status = lastAcknowledgement { return try await result(of: status) }
        let status = try await uplinkStatus()
        if let status, status.isFinal { return try await result(of: status) }
        // An end of the registration that the module, when asked, knows nothing of: it still waits for the platform, and
        // refuses the next uplink.
        if isEnded, status == .awaitingResponse, isRegistered(try await self.status()) {
            return try await confirmation()
        }
        return try await unacknowledged(
            status, "uplink_not_acknowledged", "the platform did not acknowledge the uplink in time")
    }

    /// The module's OK did not come. Its status may still be that of the confirmed uplink before, so "delivered" alone
    /// proves nothing if that one was delivered too; then it is sent again rather than lost.
    private func confirmationOfLostAnswer() async throws(SessionFailure) -> SendResult {
        let earlier = lastUplinkStatus
        if try await wait(for: acknowledgement, atMost: .seconds(1)), let status = lastAcknowledgement {
            return try await result(of: status)
        }
        let status = try await uplinkStatus()
        switch status {
        case .awaitingResponse: return try await confirmation()
        case .delivered where earlier != .delivered: return try await result(of: .delivered)
        default: break
        }
        return .unacknowledged(
            PlatformError(
                code: status?.code, name: "outcome_unknown",
                text: "the module's answer did not come, and its status does not say that the uplink was delivered",
                source: .module))
    }

    private func result(of status: UplinkStatus) async throws(SessionFailure) -> SendResult {
        lastUplinkStatus = status
        switch status {
        case .delivered:
            return .delivered
        case .reset:
            distrust()
            return .needsRegistration(
                PlatformError(
                    code: status.code, name: status.andlinkName,
                    text: "the platform answered the uplink with RST: a new registration is needed", source: .cloud))
        case .timedOut:
            return try await unacknowledged(
                status, status.andlinkName, "the platform did not acknowledge the uplink in time")
        default:
            return try await unacknowledged(status, status.andlinkName, "the module could not send the uplink")
        }
    }

    /// On an encrypted line the reason may be that the other side has forgotten the keys of the session.
    private func unacknowledged(
        _ status: UplinkStatus?, _ name: String, _ text: String
    ) async throws(SessionFailure) -> SendResult {
        if isEncrypted, try await encryptionState() == .failed { hasEncryptionFailed = true }
        return .unacknowledged(PlatformError(code: status?.code, name: name, text: text, source: .cloud))
    }

    /// Asks under the name that this module knows.
    private func uplinkStatus() async throws(SessionFailure) -> UplinkStatus? {
        isAskingUplinkStatus = true
        defer { isAskingUplinkStatus = false }
        for spelling in [statusSpelling, statusSpelling.other] {
            do throws(CommandFailure) {
                let answer = try await channel.perform(
                    AndlinkCommand.uplinkStatus(spelling), priority: .housekeeping)
                statusSpelling = spelling
                return answer.lines.first.flatMap { Fields($0)[0]?.int }.map(UplinkStatus.init)
            } catch {
                switch error {
                case .refused: continue
                case .timedOut, .unprompted: return nil
                case .lost: throw Self.failure(of: error, command: nil)
                }
            }
        }
        return nil
    }

    /// After a failed negotiation the next uplink begins a new one, if the module is told so (3.11).
    private func negotiateAnew() async throws(SessionFailure) {
        guard hasEncryptionFailed else { return }
        hasEncryptionFailed = false
        _ = try await ask(AndlinkCommand.resetEncryption)
    }
}

extension UplinkStatus {
    /// The number that the module has for it.
    var code: Int {
        switch self {
        case .notSent: 0
        case .awaitingResponse: 1
        case .failed: 2
        case .timedOut: 3
        case .delivered: 4
        case .reset: 5
        case .other(let code): code
        }
    }
}
