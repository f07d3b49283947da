import AT

extension AndlinkSession {
    /// QLASENDRSP (3.6): what was read goes as its bytes, everything else without any.
    package func answer(
        _ request: CloudRequest, with answer: RequestAnswer
    ) async throws(SessionFailure) -> SendResult {
        let payload = answer.code == .content ? answer.readings.first?.value.published ?? [] : []
        guard payload.count <= AndlinkCommand.uplinkLimit else {
            return .refused(
                PlatformError(
                    name: "too_long",
                    text: "the value has \(payload.count) bytes; at most \(AndlinkCommand.uplinkLimit) are expected",
                    source: .bridge))
        }
        let command = AndlinkCommand.respond(
            messageID: request.messageID, token: request.token, code: answer.code, payload: payload)
        do throws(CommandFailure) {
            _ = try await channel.perform(command, priority: .answer)
            return .taken
        } catch {
            switch error {
            case .lost(let loss): throw .lost(loss)
            case .refused(let code): return .refused(Self.refusal(code, of: command))
            case .unprompted:
                return .refused(
                    PlatformError(
                        name: "no_prompt", text: "the module did not ask for the answer's data: nothing was sent",
                        source: .module))
            case .timedOut:
                return .unknown(
                    PlatformError(
                        name: "outcome_unknown",
                        text: "the module did not say whether it has passed on the answer", source: .module))
            }
        }
    }

    // MARK: Firmware

    package func firmwareMode(_ mode: AndlinkFirmware.Mode) async throws(SessionFailure) {
        try await demand(AndlinkCommand.firmware(mode))
    }

    /// Returns what that means for the update, where the module will not say it.
    @discardableResult
    package func decide(_ decision: FirmwareDecision) async throws(SessionFailure) -> FirmwareReport? {
        try await demand(AndlinkCommand.firmware(decision), priority: .uplink)
        switch decision {
        case .download, .update: return nil
        case .cancelDownload: return .downloadFailed(AndlinkFirmware.cancelled)
        case .cancelUpdate:
            isFinishingUpdate = false
            return .updateFailed(AndlinkFirmware.cancelled)
        }
    }

    /// Stops an update, so that urgent data can be sent (3.14); a module in the middle of it refuses.
    @discardableResult
    package func interruptUpdate() async throws(SessionFailure) -> FirmwareReport {
        try await demand(AndlinkCommand.interruptFirmware, priority: .uplink)
        isFinishingUpdate = false
        return .downloadFailed(AndlinkFirmware.interrupted)
    }
}
