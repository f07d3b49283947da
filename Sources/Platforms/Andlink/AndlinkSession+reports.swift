package import AT

extension AndlinkSession {
    package func understand(_ line: Line) -> [SessionEvent] {
        if line.isNamed("+QLAREAD") { return asked(AndlinkRequest.read(line, at: options.dataDown), line) }
        if line.isNamed("+QLAWRITE") { return asked(AndlinkRequest.write(line, at: options.dataDown), line) }
        if line.isNamed("+QLAEVTIND") { return happened(line) }
        if line.isNamed("+QLADATASTATUS") || line.isNamed("+QLAULDATASTATUS") { return uplinkEnded(line) }
        if line.isNamed("+QLADTLSSTAT") { return encryptionChanged(line) }
        if line.hasPrefix("REGISTERNOTIFY") { return becameReady() }
        if line.hasPrefix("FIRMWARE") || line.hasPrefix("+FIRMWARE") { return firmwareMoved(line) }
        return []
    }

    private func asked(_ request: CloudRequest?, _ line: Line) -> [SessionEvent] {
        guard let request else { return [malformed(line)] }
        guard recent.isNew(request, at: channel.now) else {
            return [
                .other(
                    name: "request_repeated",
                    detail: [
                        Detail("kind", .text(request.action.name)), Detail("message_id", .number(request.messageID)),
                    ])
            ]
        }
        return [.request(request)]
    }

    private func malformed(_ line: Line) -> SessionEvent {
        .other(name: "malformed_report", detail: [Detail("line", .text(line.text))])
    }

    // MARK: +QLAEVTIND

    private func happened(_ line: Line) -> [SessionEvent] {
        guard let code = Fields(line)[0]?.int else { return [malformed(line)] }
        let event = AndlinkEvent(code)
        return [.other(name: event.name, detail: [Detail("code", .number(code))])] + take(event)
    }

    /// The event's effect on the session, and what the bridge must know of it.
    private func take(_ event: AndlinkEvent) -> [SessionEvent] {
        switch event {
        case .registered:
            registration = .registered
            isObserved = false
            isVoid = false
            registrationResult.raise()
            updateNews.raise()
            return [.registration(.registered)]
        case .deregistered:
            let wasRegistered = maySend
            registration = .deregistered
            isObserved = false
            deregistration.raise()
            // An uplink that waits for its acknowledgement will not get it any more.
            lastAcknowledgement = nil
            acknowledgement.raise()
            guard wasRegistered, !isDeregistering else { return [.registration(.deregistered)] }
            return [.registration(.deregistered), lost(event.name, "the registration has ended")]
        case .observed:
            registration = .registeredAndObserved
            isObserved = true
            // Nothing is observed without a registration, whose own report may have been lost.
            registrationResult.raise()
            observation.raise()
            return [.registration(.registeredAndObserved)]
        case .firmwareOffered:
            return decision
        case .firmwareDownloaded:
            return [.firmware(.downloaded)] + decision
        case .updated, .bootstrapped, .firmwareObserved, .other:
            return []
        }
    }

    private func lost(_ name: String, _ text: String) -> SessionEvent {
        .registrationLost(PlatformError(name: name, text: text, source: .cloud))
    }

    private func becameReady() -> [SessionEvent] {
        isReadyToRegister = true
        readiness.raise()
        updateNews.raise()
        let event = SessionEvent.other(name: "ready_to_register", detail: [])
        guard maySend else { return [event] }
        // It has restarted, and its banner was lost.
        registration = nil
        return [event, lost("registration_forgotten", "the module waits to be registered")]
    }

    // MARK: Uplinks and encryption

    private func uplinkEnded(_ line: Line) -> [SessionEvent] {
        guard let code = Fields(line)[0]?.int else { return [malformed(line)] }
        let status = UplinkStatus(code)
        let event = SessionEvent.other(name: status.andlinkName, detail: [Detail("code", .number(code))])
        guard status.isFinal, !isAskingUplinkStatus else { return [event] }
        lastAcknowledgement = status
        acknowledgement.raise()
        guard status == .reset else { return [event] }
        distrust()
        return [event, lost(status.andlinkName, "the platform answered with RST: a new registration is needed")]
    }

    private func encryptionChanged(_ line: Line) -> [SessionEvent] {
        guard let code = Fields(line)[0]?.int else { return [malformed(line)] }
        let state = AndlinkEncryptionState(code)
        hasEncryptionFailed = state == .failed
        if hasEncryptionFailed, !maySend { registrationResult.raise() }
        return [.other(name: state.name, detail: [Detail("code", .number(code))])]
    }

    // MARK: Firmware

    private var decision: [SessionEvent] {
        options.firmwareMode == .controlled ? [.firmware(.awaitsDecision)] : []
    }

    private func firmwareMoved(_ line: Line) -> [SessionEvent] {
        guard let step = AndlinkFirmware.Step(line) else {
            return [.other(name: "firmware_report", detail: [Detail("line", .text(line.text))])]
        }
        return [.other(name: step.name, detail: [])] + take(step)
    }

    private func take(_ step: AndlinkFirmware.Step) -> [SessionEvent] {
        updateNews.raise()
        switch step {
        case .downloading:
            return [.firmware(.downloadStarted)]
        case .downloadFailed:
            return [.firmware(.downloadFailed(AndlinkFirmware.downloadFailed))]
        case .downloaded:
            return [.firmware(.downloaded)] + decision
        case .updating:
            isFinishingUpdate = true
            return [.firmware(.updateStarted)]
        case .updated:
            // The module's own word, after its restart; the platform is told next.
            isFinishingUpdate = true
            return [.firmware(.ended)]
        case .updateFailed:
            isFinishingUpdate = false
            return [.firmware(.updateFailed(AndlinkFirmware.updateFailed))]
        case .over:
            // The platform has been told, of a failure perhaps.
            isFinishingUpdate = false
            return [.firmware(.closed)]
        }
    }
}
