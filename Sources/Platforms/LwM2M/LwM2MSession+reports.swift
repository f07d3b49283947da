package import AT

/// What the module says unasked (BC260Y-CN R01 note, chapter 3), and its results, which come as reports too.
extension LwM2MSession {
    package func understand(_ line: Line) -> [SessionEvent] {
        if line.hasPrefix("+QIND") { return LwM2MFirmware.understand(line) }
        guard line.hasPrefix("+QLA") else { return [] }
        var fields = Fields(line)
        let name = fields.name
        if name == "+QLAURC" { return notice(line) }
        guard let number = fields.next()?.int else { return Self.malformed(line) }
        let second = fields.next()?.int
        switch name {
        case "+QLAREG": return registered(number)
        case "+QLAUPDATE": return updated(number, second)
        case "+QLADEREG": return deregistered(number)
        case "+QLAADDOBJ": return told(adding, "object_added", number)
        case "+QLADELOBJ": return told(deleting, "object_deleted", number)
        case "+QLARDRSP": return told(answeringRead, "read_answered", number)
        case "+QLAWRRSP": return told(answeringWrite, "write_answered", number)
        case "+QLAEXERSP": return told(answeringExecute, "execute_answered", number)
        case "+QLAOBSRSP": return told(answeringObserve, "observe_answered", number)
        case "+QLANOTIFY": return notified(number)
        case "+QLASENDDATA":
            if let second { data.announce(second) }
            return told(sendingData, "data_sent", number, messageID: second)
        default: return []
        }
    }

    static func malformed(_ line: Line) -> [SessionEvent] {
        [.other(name: "malformed_report", detail: [Detail("line", .text(line.text))])]
    }

    /// An event with a result code, its name, and the message's number where there is one.
    private func event(_ name: String, _ code: Int, messageID: Int? = nil) -> SessionEvent {
        var detail = [Detail("code", .number(code)), Detail("result", .text(LwM2MResult(code).name))]
        if let messageID { detail.append(Detail("message_id", .number(messageID))) }
        return .other(name: name, detail: detail)
    }

    private func event(_ name: String, messageID: Int) -> SessionEvent {
        .other(name: name, detail: [Detail("message_id", .number(messageID))])
    }

    private func told(_ pending: LwM2MPending, _ name: String, _ code: Int, messageID: Int? = nil) -> [SessionEvent] {
        pending.tell(code)
        return [event(name, code, messageID: messageID)]
    }

    // MARK: The registration

    private func set(_ new: Registration?) {
        registration = new
        registrationReports += 1
        transition.raise()
    }

    private func lost(_ error: PlatformError) -> SessionEvent { .registrationLost(error) }

    private func registered(_ code: Int) -> [SessionEvent] {
        let wasRegistered = maySend
        let isAwaited = registering.isExpected
        set(code == 0 ? .registered : .registrationFailed)
        registering.tell(code)
        if code == 0 { hasSeenRegistration = true }
        let event = event("registration_result", code)
        if code == 0 { return [event, .registration(.registered)] }
        let error = LwM2MResult(code).ofRegistration
        return [event, .registration(.registrationFailed)] + (wasRegistered && !isAwaited ? [lost(error)] : [])
    }

    private func deregistered(_ code: Int) -> [SessionEvent] {
        let wasRegistered = maySend
        let isAwaited = deregistering.isExpected
        if code == 0 { set(.deregistered) } else { transition.raise() }
        deregistering.tell(code)
        let event = event("deregistration_result", code)
        guard code == 0 else { return [event, .registration(.deregistrationFailed)] }
        let error = PlatformError(
            name: "deregistered", text: "the module has deregistered without being asked", source: .module)
        return [event, .registration(.deregistered)] + (wasRegistered && !isAwaited ? [lost(error)] : [])
    }

    /// `+QLAUPDATE: <id>` before OK, `+QLAUPDATE: 0,<id>` after it.
    private func updated(_ number: Int, _ messageID: Int?) -> [SessionEvent] {
        guard let messageID else { return [event("update_sent", messageID: number)] }
        updating.tell(number)
        return [event("update_result", number, messageID: messageID)]
    }

    /// The module has renewed its registration, or failed to (3.1). After a failure the module's status tells whether
    /// there still is one.
    private func renewed(_ code: Int) -> [SessionEvent] {
        let event = event("ping", code)
        guard code != 0, registration == .registered else { return [event] }
        set(nil)
        let result = LwM2MResult(code)
        if result.remedy == .register { isVoid = true }
        return [event, lost(result.published)]
    }

    /// After deep sleep (3.12).
    private func recovered(_ code: Int) -> [SessionEvent] {
        let event = event("session_recovered", code)
        let result = LwM2MResult(code)
        guard code != 0 else {
            set(.registered)
            return [event, .registration(.registered)]
        }
        set(.resumptionFailed)
        if result.remedy == .register { isVoid = true }
        return [event, .registration(.resumptionFailed), lost(result.published)]
    }

    // MARK: Reports and data on their way

    private func notified(_ code: Int) -> [SessionEvent] {
        let isUnasked = !notifying.isExpected
        var events = told(notifying, "report_result", code)
        if code == LwM2MResult(5).code || (isUnasked && code == 900) { events += reset() }
        return events
    }

    /// The cloud has answered a report with RST: it observes no more. Which report, its number may tell; else it was
    /// the last one.
    private func reset(messageID: Int? = nil) -> [SessionEvent] {
        guard let path = lastNotified else { return [] }
        lastNotified = nil
        resources.cancelObservation(of: path)
        resets += 1
        var detail = [Detail("path", .text(path.description))]
        if let messageID { detail.append(Detail("message_id", .number(messageID))) }
        let event = SessionEvent.other(name: "observation_reset", detail: detail)
        guard resets >= 2 else { return [event] }
        distrust()
        registrationReports += 1
        let error = PlatformError(
            code: 5, name: "reset", text: "the platform has repeatedly answered reports with RST", source: .cloud)
        return [event, lost(error)]
    }

    private func acknowledge(
        _ confirmation: inout LwM2MConfirmation, _ name: String, _ code: Int, _ messageID: Int
    ) -> SessionEvent {
        confirmation.acknowledge(messageID, code: code)
        if confirmation.code != nil { acknowledgement.raise() }
        return event(name, code, messageID: messageID)
    }

    // MARK: +QLAURC

    private func notice(_ line: Line) -> [SessionEvent] {
        var fields = Fields(line)
        guard let kind = fields.next()?.text else { return Self.malformed(line) }
        switch kind {
        case "observe", "read", "execute": return request(kind, fields, line)
        case "write": return write(fields, line)
        case "bs_finished": return [.other(name: "bootstrap_finished", detail: [])]
        case "binding_changed":
            guard let binding = fields.next()?.text, !binding.isEmpty else { return Self.malformed(line) }
            return [.other(name: "binding_changed", detail: [Detail("binding", .text(binding))])]
        case "ping", "recovered", "report", "lifetime_changed":
            guard let number = fields.next()?.int else { return Self.malformed(line) }
            return notice(kind, number, line)
        case "report_ack", "send_ack":
            guard let code = fields.next()?.int, let id = fields.next()?.int else { return Self.malformed(line) }
            guard kind == "report_ack" else { return [acknowledge(&data, "data_acknowledged", code, id)] }
            let event = acknowledge(&report, "report_acknowledged", code, id)
            return [event] + (code == 5 ? reset(messageID: id) : [])
        case "lw_event": return happened(fields, line)
        default: return [.other(name: "module_report", detail: [Detail("line", .text(line.text))])]
        }
    }

    private func notice(_ kind: String, _ number: Int, _ line: Line) -> [SessionEvent] {
        switch kind {
        case "ping": return renewed(number)
        case "recovered": return recovered(number)
        case "report":
            report.announce(number)
            if report.code != nil { acknowledgement.raise() }
            return [event("report_sent", messageID: number)]
        default:
            guard LwM2MConfiguration.lifetimes.contains(number) else { return Self.malformed(line) }
            lifetime = number
            let interval = LwM2MLifetime.renewalInterval(of: number)
            return [
                .other(
                    name: "lifetime_changed",
                    detail: [
                        Detail("lifetime", .number(number)),
                        Detail("renewal_interval", .number(Int(interval.components.seconds))),
                    ])
            ]
        }
    }

    /// 3.13: type 0 with code 5 is the cloud's RST, the only one there is so far.
    private func happened(_ given: Fields, _ line: Line) -> [SessionEvent] {
        var fields = given
        guard let type = fields.next()?.int, let code = fields.next()?.int else { return Self.malformed(line) }
        let id = fields.next()?.int
        var detail = [Detail("type", .number(type)), Detail("code", .number(code))]
        if let id { detail.append(Detail("message_id", .number(id))) }
        let event = SessionEvent.other(name: "lwm2m_event", detail: detail)
        guard type == 0, code == 5 else { return [event] }
        guard let id else { return [event] + reset() }
        _ = acknowledge(&report, "report_acknowledged", code, id)
        _ = acknowledge(&data, "data_acknowledged", code, id)
        // Data that were refused have nothing to do with an observation.
        return [event] + (data.knows(id) ? [] : reset(messageID: id))
    }
}
