package import AT

extension OneNETSession {
    package func understand(_ line: Line) -> [SessionEvent] {
        if line.hasPrefix("+QIND") || line.hasPrefix("+FIRMWARE") || line.hasPrefix("FIRMWARE") {
            return OneNETFirmware.understand(line)
        }
        guard line.hasPrefix("+MIP") else { return [] }
        let name = Fields(line).name
        if name == "+MIPLEVENT" { return happened(line) }
        guard let kind = OneNETReport.kinds[name] else { return [] }
        guard let report = OneNETReport(kind, line) else { return [Self.malformed(line)] }
        switch report {
        case .request(let request): return asked(request)
        case .observe(let messageID, let path, let flag): return observed(messageID, path, flag)
        case .part(let messageID, let value, let index): return written(messageID, value, index)
        }
    }

    static func malformed(_ line: Line) -> SessionEvent {
        .other(name: "malformed_report", detail: [Detail("line", .text(line.text))])
    }

    // MARK: Requests

    private func asked(_ request: CloudRequest) -> [SessionEvent] {
        guard recent.insert(request.messageID, .request(request), at: channel.now) else {
            return [repeated(request.messageID)]
        }
        return [.request(request)]
    }

    private func repeated(_ messageID: Int) -> SessionEvent {
        .other(name: "request_repeated", detail: [Detail("message_id", .number(messageID))])
    }

    private func observed(_ messageID: Int, _ path: ObjectPath, _ flag: Int) -> [SessionEvent] {
        guard recent.insert(messageID, .observe(messageID: messageID, path, flag: flag), at: channel.now) else {
            return [repeated(messageID)]
        }
        let begins = beginsObservation(flag, path)
        let request = CloudRequest(messageID: messageID, path: path, action: begins ? .observe : .cancelObserve)
        if begins { unansweredObservations.insert(messageID) }
        guard standing == .registered, !resources.resources(of: path).isEmpty else { return [.request(request)] }
        return [.request(request), .registration(isObserved(after: request) ? .registeredAndObserved : .registered)]
    }

    /// Whether the platform observes the data resource, or anything where there is none, once the request is carried out.
    private func isObserved(after request: CloudRequest) -> Bool {
        var paths = Set(resources.observations.keys)
        if request.action == .observe { paths.insert(request.path) } else { paths.remove(request.path) }
        return options.dataUp.map { dataUp in paths.contains { $0.covers(dataUp) } } ?? !paths.isEmpty
    }

    /// 1 observes and 0 ends that (5.2). As long as the module has not shown that it means the same, a flag that contradicts what
    /// is known is read the other way; afterwards it is a renewal, or an end of nothing.
    private func beginsObservation(_ flag: Int, _ path: ObjectPath) -> Bool {
        let isObserved = resources.observations[path] != nil
        if flagIsProven { return flag == 1 }
        if flag == 1, !isObserved { flagIsProven = true }
        return !isObserved
    }

    private func written(_ messageID: Int, _ value: WrittenValue, _ index: Int) -> [SessionEvent] {
        guard !recent.hold(value, of: messageID, at: channel.now) else { return [repeated(messageID)] }
        return results(of: parts.add(.init(messageID: messageID, value: value, index: index)))
    }

    package func settleParts() -> [SessionEvent] { results(of: parts.settle()) }

    private func results(of outcomes: [RequestParts.Outcome]) -> [SessionEvent] {
        outcomes.flatMap { outcome -> [SessionEvent] in
            switch outcome {
            case .held: return [.partsHeld]
            case .complete(let messageID, let values):
                guard let request = CloudRequest.write(messageID: messageID, values) else { return [] }
                let isNew = recent.insert(messageID, .request(request), at: channel.now)
                return isNew ? [.request(request)] : [repeated(messageID)]
            case .broken(let messageID):
                return [.other(name: "incomplete_write", detail: [Detail("message_id", .number(messageID))])]
            }
        }
    }

    // MARK: Events

    private func happened(_ line: Line) -> [SessionEvent] {
        let fields = Fields(line)
        guard fields[0]?.int != nil, let code = fields[1]?.int else { return [Self.malformed(line)] }
        let event = OneNETEvent(code)
        var detail = [Detail("code", .number(code))]
        if let title = event.title { detail.append(Detail("name", .text(title))) }
        let extend = fields[2]?.int
        let ackID = fields[3]?.int
        switch event {
        case .notifyFailed, .notifySuccess:
            detail += acknowledge(event, extend, ackID)
        case .updateNeed:
            if let extend { detail.append(Detail("remaining", .number(extend))) }
        case .responseFailed, .responseSuccess:
            if let extend { detail.append(Detail("message_id", .number(extend))) }
        default:
            if let extend { detail.append(Detail("extend", .number(extend))) }
        }
        if let ackID, event != .notifyFailed, event != .notifySuccess {
            detail.append(Detail("ack_id", .number(ackID)))
        }
        return [.other(name: event.name, detail: detail)] + take(event)
    }

    /// The event's effect on the session, and what the bridge must know of it.
    private func take(_ event: OneNETEvent) -> [SessionEvent] {
        if let step = OneNETFirmware.step(event) { return [.firmware(step)] }
        switch event {
        case .registrationSuccess: return registered()
        case .bootstrapFailed:
            return failed(event.error("the bootstrap server gave no server to register at"), .registrationFailed)
        case .connectFailed:
            return failed(event.error("the module could not connect to the platform"), .registrationFailed)
        case .registrationFailed:
            return failed(
                event.error(
                    "the platform rejected the registration: check the server's address and that IMEI and IMSI are "
                        + "known there"), .registrationFailed)
        case .registrationTimeout:
            return failed(
                event.error("the platform did not answer the registration: check the server's address"), .timeout)
        case .lifetimeTimeout: return lost(event.error("the lifetime of the registration is over"), .invalid)
        case .statusHalt: return failed(event.error("the module has halted its connection"), .invalid)
        case .updateFailed:
            return lost(event.error("the platform refused to renew the registration"), .invalid)
        case .updateTimeout:
            return lost(event.error("the platform did not answer the renewal of the registration"), .timeout)
        case .deregistrationDone:
            closed.raise()
            return isClosing ? [] : lost(event.error("the module has deregistered"), .deregistered)
        case .updateSuccess:
            updateResult.raise()
            return []
        case .updateNeed where standing == .registered:
            updateIsDue = true
            return [.dataWaiting]
        default: return []
        }
    }

    /// Counts only for an attempt of ours: what an instance of before says is of no use.
    private func registered() -> [SessionEvent] {
        guard standing == .opening else { return [] }
        standing = .registered
        lastFailure = nil
        registrationResult.raise()
        return registration.map { [.registration($0)] } ?? []
    }

    private func failed(_ error: PlatformError, _ state: Registration) -> [SessionEvent] {
        guard standing == .opening else { return lost(error, state) }
        lastFailure = error
        shown = state
        registrationResult.raise()
        return [.registration(state)]
    }

    /// While a new registration is being made, such an event is a late one of the registration before.
    private func lost(_ error: PlatformError, _ state: Registration) -> [SessionEvent] {
        guard standing == .registered else { return [] }
        standing = .void
        hasEnded = true
        shown = state
        lastFailure = error
        updateResult.raise()
        observation.raise()
        for acknowledgement in acknowledgements.values { acknowledgement.end(.lost(error)) }
        return [.registrationLost(error)]
    }
}
