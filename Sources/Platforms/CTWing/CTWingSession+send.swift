import AT

extension CTWingSession {
    /// `taken` is called when the module has said OK, which for a confirmed uplink comes long before the end.
    package func send(_ uplink: UplinkData, taken: () -> Void) async throws(SessionFailure) -> SendResult {
        if uplink.confirm { acknowledgement.lower() }
        do throws(CommandFailure) {
            _ = try await channel.perform(CTWingCommand.send(uplink), priority: .uplink)
        } catch {
            return try await result(of: error, uplink)
        }
        hasRestartedEngine = false
        if uplink.confirm { lastUplinkStatus = .awaitingResponse }
        taken()
        guard uplink.confirm else { return .taken }
        return try await confirmation()
    }

    private func result(of failure: CommandFailure, _ uplink: UplinkData) async throws(SessionFailure) -> SendResult {
        switch failure {
        case .lost(let loss):
            throw .lost(loss)
        case .timedOut where uplink.confirm:
            // Not repeated blindly: the module knows whether it has sent it.
            return try await confirmationOfLostAnswer()
        case .timedOut, .unprompted:
            return .unknown(
                PlatformError(
                    name: "outcome_unknown",
                    text: "the module's answer did not come: the uplink may or may not have been sent", source: .module)
            )
        case .refused(let code?):
            guard let number = code.number else { return try await unclear(code) }
            let error = CTWingError.codes[number]
            switch error.remedy {
            case .giveUp: return .refused(error.published)
            case .tryLater: return try await situation(.later(error.published), error.published)
            case .restart:
                try demandRestart(error)
                return .later(error.published)
            case .register:
                distrust()
                return .needsRegistration(error.published)
            case .unknown: return try await situation(.unclear(error.published), error.published)
            }
        case .refused(nil):
            return try await unclear(nil)
        }
    }

    private func unclear(_ code: ErrorCode?) async throws(SessionFailure) -> SendResult {
        let error = Self.refusal(code, of: nil)
        return try await situation(.unclear(error), error)
    }

    /// Whatever the error says: only while the module is registered and observed is it worth another attempt.
    private func situation(
        _ result: SendResult, _ error: PlatformError
    ) async throws(SessionFailure) -> SendResult {
        let status = try await status()
        return status == nil || status == .registeredAndObserved ? result : .needsRegistration(error)
    }

    /// Events 4, 5 or 10 end a confirmed uplink; where none comes, QLWULDATASTATUS tells.
    private func confirmation() async throws(SessionFailure) -> SendResult {
        if try await wait(for: acknowledgement, atMost: Limit.acknowledgement), let event = lastAcknowledgement {
            return result(of: event)
        }
        let answer = try await ask(CTWingCommand.uplinkStatus)?.lines.first.flatMap { Fields($0)[0]?.int }
        switch answer.map(UplinkStatus.init) {
        case .delivered: return .delivered
        case .reset: return result(of: .reset)
        case .notSent, .awaitingResponse, .failed, .timedOut, .other, nil:
            return .unacknowledged(
                PlatformError(
                    code: answer, name: "uplink_not_acknowledged",
                    text: "the platform did not acknowledge the uplink in time", source: .cloud))
        }
    }

    /// The module's OK did not come. Its status may still be that of the confirmed uplink before, so "delivered" alone
    /// proves nothing if that one was delivered too; then it is sent again rather than lost.
    private func confirmationOfLostAnswer() async throws(SessionFailure) -> SendResult {
        let earlier = lastUplinkStatus
        if try await wait(for: acknowledgement, atMost: .seconds(1)), let event = lastAcknowledgement {
            return result(of: event)
        }
        let answer = try await ask(CTWingCommand.uplinkStatus)?.lines.first.flatMap { Fields($0)[0]?.int }
        switch answer.map(UplinkStatus.init) {
        case .awaitingResponse: return try await confirmation()
        case .delivered where earlier != .delivered: return .delivered
        default: break
        }
        return .unacknowledged(
            PlatformError(
                code: answer, name: "outcome_unknown",
                text: "the module's answer did not come, and its status does not say that the uplink was delivered",
                source: .module))
    }

    private func result(of event: CTWingEvent) -> SendResult {
        switch event {
        case .delivered:
            lastUplinkStatus = .delivered
            return .delivered
        case .reset:
            distrust()
            return .needsRegistration(
                PlatformError(
                    code: 10, name: event.name,
                    text: "the platform answered the uplink with RST: a new connection is needed",
                    source: .cloud))
        default:
            return .unacknowledged(
                PlatformError(
                    code: 5, name: event.name, text: "the platform did not acknowledge the uplink", source: .cloud))
        }
    }

    package func fetch(_ deliver: ([UInt8]) -> Void) async throws(SessionFailure) {
        // One that cannot be read is passed over, but a module that repeats it is not asked for ever.
        var unreadable = 0
        // An update may begin in the midst of it; what is left is fetched after that.
        while unreadable < 8, !firmwareRuns, let lines = try await ask(CTWingCommand.read)?.lines, !lines.isEmpty {
            for line in lines {
                if let data = Self.data(of: line) {
                    deliver(data)
                } else {
                    unreadable += 1
                    findings.append(Self.malformed(line))
                }
            }
        }
        if !firmwareRuns { try await countDropped() }
    }

    /// `4,AAAA0000`, quoted or not; nil where length and data do not fit.
    static func data(of line: Line) -> [UInt8]? {
        let fields = Fields(line)
        guard let length = fields[0]?.int, let data = fields[1]?.hex, data.count == length else { return nil }
        return data
    }
}
