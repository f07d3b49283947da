package import AT

extension CTWingSession {
    package func understand(_ line: Line) -> [SessionEvent] {
        if line.hasPrefix("+NNMI") { return received(line) }
        if line.hasPrefix("+QLWEVTIND") { return happened(line) }
        if line.hasPrefix("+NMGR") { return [Self.data(of: line).map { .downlink($0) } ?? Self.malformed(line)] }
        if line.hasPrefix("+QIND") { return updated(line) }
        return []
    }

    static func malformed(_ line: Line) -> SessionEvent {
        .other(name: "malformed_report", detail: [Detail("line", .text(line.text))])
    }

    private func updated(_ line: Line) -> [SessionEvent] {
        let events = CTWingFirmware.understand(line)
        for case .firmware(let step) in events { firmwareRuns = step.goesOn }
        return events
    }

    private func received(_ line: Line) -> [SessionEvent] {
        if let data = Self.data(of: line) { return [.downlink(data)] }
        let fields = Fields(line)
        if fields.count == 0 || (fields.count == 1 && fields[0]?.text == "") { return [.dataWaiting] }
        // `"recv",buff full`: the new message is gone, and what is buffered should be fetched.
        if fields[0]?.text == "recv" { return [.other(name: "module_buffer_full", detail: []), .dataWaiting] }
        return [Self.malformed(line)]
    }

    private func happened(_ line: Line) -> [SessionEvent] {
        guard let code = Fields(line)[0]?.int else { return [Self.malformed(line)] }
        // Some firmware numbers the steps of its update so, and writes them without a blank: they say nothing of the
        // session, which goes on.
        if firmwareRuns, code == 6 || code == 7, line.text == "+QLWEVTIND:\(code)" {
            return [.other(name: "firmware_step", detail: [Detail("code", .number(code))])]
        }
        let event = CTWingEvent(code)
        return [.other(name: event.name, detail: [Detail("code", .number(code))])] + take(event)
    }

    /// The event's effect on the session, and what the bridge must know of it.
    private func take(_ event: CTWingEvent) -> [SessionEvent] {
        switch event {
        case .connected:
            registration = .registered
            lastConnectionResult = event
            connectionResult.raise()
            return [.registration(.registered)]
        case .rejectedOrTimedOut:
            let wasRegistered = maySend
            registration = nil
            lastConnectionResult = event
            connectionResult.raise()
            // Unasked, it ends a connection that the module was renewing by itself.
            return wasRegistered ? [lost(event, "the platform rejected the module, or did not answer it")] : []
        case .observed, .resumed:
            registration = .registeredAndObserved
            observation.raise()
            return [.registration(.registeredAndObserved)]
        case .delivered, .notDelivered:
            lastAcknowledgement = event
            acknowledgement.raise()
            return []
        case .reset:
            distrust()
            lastAcknowledgement = event
            acknowledgement.raise()
            return [lost(event, "the platform answered with RST: a new connection is needed")]
        case .resumptionFailed:
            distrust()
            registration = .resumptionFailed
            return [
                .registration(.resumptionFailed), lost(event, "the session could not be resumed after deep sleep"),
            ]
        case .connectionException:
            distrust()
            return [lost(event, "the connection to the platform has failed")]
        case .lifetimeUpdated, .firmwareObserved, .firmwareObservationCancelled, .other:
            return []
        }
    }

    private func lost(_ event: CTWingEvent, _ text: String) -> SessionEvent {
        .registrationLost(PlatformError(name: event.name, text: text, source: .cloud))
    }
}
