import AT

extension LwM2MSession {
    /// `taken` is called when the module has said that it sent the last of it, which for a confirmed uplink comes long
    /// before the end.
    package func send(_ uplink: UplinkData, taken: () -> Void) async throws(SessionFailure) -> SendResult {
        guard maySend else { return .needsRegistration(Self.notRegistered) }
        if !uplink.readings.isEmpty { return try await sendReadings(of: uplink, taken: taken) }
        let limit = Self.uplinkLimit(
            of: uplink.payload, as: options.service.takesData ? .string : resources.kind(of: options.dataUp) ?? .opaque)
        guard uplink.payload.count <= limit else {
            return .refused(
                PlatformError(
                    name: "too_long",
                    text: "the uplink has \(uplink.payload.count) bytes; at most \(limit) are expected",
                    source: .bridge))
        }
        if options.service.takesData { return try await sendDirectly(uplink, taken: taken) }
        guard let observation = resources.observation(of: options.dataUp) else {
            return .later(
                PlatformError(
                    name: "not_observed", text: "the platform does not observe \(options.dataUp) yet", source: .cloud))
        }
        let reading = ResourceReading(options.dataUp, value(of: uplink.payload))
        return try await notify([reading], under: observation, uplink, taken: taken)
    }

    /// Bytes, unless the resource for raw data is configured as text and they are such.
    private func value(of payload: [UInt8]) -> ResourceValue {
        guard resources.kind(of: options.dataUp) == .string, let text = String(validating: payload, as: UTF8.self)
        else { return .opaque(payload) }
        return .string(text)
    }

    /// Bytes too, unless there are too many of them and they can go as text.
    private func directValue(of payload: [UInt8]) -> ResourceValue {
        payload.count > Self.uplinkLimit && Self.isQuotable(payload)
            ? .string(String(decoding: payload, as: UTF8.self)) : .opaque(payload)
    }

    /// One report for each observation that covers some of them; usually that is one.
    private func sendReadings(of uplink: UplinkData, taken: () -> Void) async throws(SessionFailure) -> SendResult {
        var reports: [(observation: ResourceModel.Observation, readings: [ResourceReading])] = []
        for reading in uplink.readings {
            guard let observation = resources.observation(of: reading.path) else { continue }
            if let index = reports.firstIndex(where: { $0.observation == observation }) {
                reports[index].readings.append(reading)
            } else {
                reports.append((observation, [reading]))
            }
        }
        guard let last = reports.popLast() else { return .unobserved }
        for report in reports {
            let result = try await notify(report.readings, under: report.observation, uplink, taken: {})
            guard result == .taken || result == .delivered else { return result }
        }
        return try await notify(last.readings, under: last.observation, uplink, taken: taken)
    }

    /// The two ways up: reports of observed resources, and Andlink's data.
    private enum Carrier { case report, data }

    private func pending(_ carrier: Carrier) -> LwM2MPending { carrier == .report ? notifying : sendingData }

    private func confirmation(_ carrier: Carrier) -> LwM2MConfirmation { carrier == .report ? report : data }

    /// How far the module has got with something that it is to send.
    private enum Handing {
        case accepted
        /// The result did not come, or not even OK.
        case silent(hasOK: Bool)
        case ended(SendResult)
    }

    private func notify(
        _ readings: [ResourceReading], under observation: ResourceModel.Observation, _ uplink: UplinkData,
        taken: () -> Void
    ) async throws(SessionFailure) -> SendResult {
        try await waitUntilHeld(observation)
        guard maySend else { return .needsRegistration(Self.notRegistered) }
        guard resources.observations[observation.path] != nil else {
            return .later(
                PlatformError(
                    name: "not_observed", text: "the platform has just ceased to observe \(observation.path)",
                    source: .cloud))
        }
        if uplink.confirm { report.begin() }
        defer { if uplink.confirm { report.end() } }
        let handing = try await handOver(
            readings, under: observation.path, confirm: uplink.confirm, rai: uplink.rai, priority: .uplink)
        if uplink.confirm { report.accept() }
        return try await conclude(handing, .report, confirm: uplink.confirm, taken: taken)
    }

    /// The module holds an observation when it has taken the answer to it.
    private func waitUntilHeld(_ observation: ResourceModel.Observation) async throws(SessionFailure) {
        for _ in 0..<8 {
            observeAnswered.lower()
            guard unansweredObserves.contains(observation.messageID) else { return }
            guard try await wait(for: observeAnswered, atMost: Limit.answer) else { break }
        }
        // Its time is over; the module will say whether it holds it.
        unansweredObserves.remove(observation.messageID)
    }

    /// Gives a report to the module, its parts in turn.
    private func handOver(
        _ readings: [ResourceReading], under path: ObjectPath, confirm: Bool, rai: UInt8, priority: CommandPriority
    ) async throws(SessionFailure) -> Handing {
        let commands: [Command]
        do throws(Quoted.Refusal) {
            commands = try readings.enumerated().map { place, reading throws(Quoted.Refusal) in
                LwM2MCommand.notify(
                    reading.path, try ValueParameters(reading.value), index: readings.count - 1 - place,
                    confirm: confirm, rai: rai == 0 ? nil : rai)
            }
        } catch {
            return .ended(.refused(PlatformError(name: "bad_value", text: "\(error)", source: .bridge)))
        }
        guard try await takeTurn(notifying) else { return .ended(.later(Self.busy)) }
        defer { notifying.turn.pass() }
        for (place, command) in commands.enumerated() where place < commands.count - 1 {
            let handing = try await hand(command, .report, isLast: false, priority)
            guard case .accepted = handing else { return handing }
        }
        guard let last = commands.last else { return .accepted }
        lastNotified = path
        return try await hand(last, .report, isLast: true, priority)
    }

    private static let notRegistered = PlatformError(
        name: "not_registered", text: "the module is not registered", source: .module)

    private static let busy = PlatformError(
        name: "busy", text: "the module is still busy with another report", source: .module)

    private func hand(
        _ command: Command, _ carrier: Carrier, isLast: Bool, _ priority: CommandPriority
    ) async throws(SessionFailure) -> Handing {
        let pending = pending(carrier)
        pending.expect(lastPart: isLast)
        var hasOK = true
        do throws(CommandFailure) {
            _ = try await channel.perform(command, priority: priority)
        } catch {
            switch error {
            case .lost(let loss):
                pending.end()
                throw .lost(loss)
            case .refused(let code):
                pending.end()
                return .ended(try await unclear(Self.refusal(code, of: nil)))
            case .timedOut where isLast: hasOK = false
            case .timedOut, .unprompted:
                pending.end()
                // A part in the middle: the whole report is begun again.
                return .ended(
                    .later(
                        PlatformError(
                            name: "no_answer", text: "the module did not answer a part of the report", source: .module)
                    ))
            }
        }
        let limit = !hasOK ? Limit.lateResult : isLast ? Limit.sending : Limit.partResult
        switch try await result(pending, atMost: limit) {
        case 0, LwM2MResult.continues: return .accepted
        case nil: return isLast ? .silent(hasOK: hasOK) : .accepted
        case let code?: return .ended(try await outcome(of: LwM2MResult(code), carrier))
        }
    }

    /// From the module's result to the end of the uplink.
    private func conclude(
        _ handing: Handing, _ carrier: Carrier, confirm: Bool, taken: () -> Void
    ) async throws(SessionFailure) -> SendResult {
        switch handing {
        case .ended(let result): return result
        case .silent where !confirm:
            return .unknown(
                PlatformError(
                    name: "outcome_unknown",
                    text: "the module's result did not come: the uplink may or may not have been sent",
                    source: .module))
        case .silent(let hasOK) where !confirmation(carrier).isAnnounced:
            // Its number may have been lost with the rest.
            return try await acknowledged(carrier, atMost: hasOK ? acknowledgementLimit : .seconds(5))
        case .accepted, .silent: break
        }
        refusals = 0
        taken()
        return confirm ? try await acknowledged(carrier, atMost: acknowledgementLimit) : .taken
    }

    private func acknowledged(
        _ carrier: Carrier, atMost limit: Duration
    ) async throws(SessionFailure) -> SendResult {
        acknowledgement.lower()
        if confirmation(carrier).code == nil { _ = try await wait(for: acknowledgement, atMost: limit) }
        guard let code = confirmation(carrier).code else {
            return .unacknowledged(
                PlatformError(
                    name: "outcome_unknown",
                    text: "whether the platform has the uplink, the module did not say in time",
                    source: .module))
        }
        guard code != 0 else { return .delivered }
        let result = LwM2MResult(code)
        return result.remedy == .tryLater
            ? .unacknowledged(
                PlatformError(
                    code: code, name: "uplink_not_acknowledged", text: "the platform did not acknowledge the uplink",
                    source: .cloud))
            : try await outcome(of: result, carrier)
    }

    // MARK: Andlink

    private func sendDirectly(_ uplink: UplinkData, taken: () -> Void) async throws(SessionFailure) -> SendResult {
        let value: ValueParameters
        do throws(Quoted.Refusal) {
            value = try ValueParameters(directValue(of: uplink.payload))
        } catch {
            return .refused(PlatformError(name: "bad_value", text: "\(error)", source: .bridge))
        }
        guard try await takeTurn(sendingData) else { return .later(Self.busy) }
        defer { sendingData.turn.pass() }
        data.begin()
        defer { data.end() }
        let command = LwM2MCommand.send(value, confirm: uplink.confirm, rai: uplink.rai == 0 ? nil : uplink.rai)
        let handing = try await hand(command, .data, isLast: true, .uplink)
        data.accept()
        return try await conclude(handing, .data, confirm: uplink.confirm, taken: taken)
    }

    // MARK: Failures

    private func outcome(of result: LwM2MResult, _ carrier: Carrier) async throws(SessionFailure) -> SendResult {
        switch result.remedy {
        case .none: return .taken
        case .giveUp: return .refused(result.published)
        case .tryLater, .askStatus: return try await situation(.later(result.published), result.published)
        case .register:
            distrust()
            return .needsRegistration(result.published)
        case .observationIsVoid:
            // Data need no observation, so they were refused for want of a registration.
            guard carrier == .data else { return .later(result.published) }
            distrust()
            return .needsRegistration(result.published)
        case .unknown: return try await unclear(result.published)
        }
    }

    /// What a refusal means that says nothing, the registration tells. A module that calls it sound and refuses again
    /// may have forgotten what is observed: one new registration, then the uplink itself is at fault.
    private func unclear(_ error: PlatformError) async throws(SessionFailure) -> SendResult {
        let result = try await situation(.unclear(error), error)
        guard case .unclear = result else { return result }
        refusals += 1
        guard refusals == 2 else { return result }
        distrust()
        return .needsRegistration(error)
    }

    private func situation(
        _ result: SendResult, _ error: PlatformError
    ) async throws(SessionFailure) -> SendResult {
        let status = try await status()
        return status == nil || status == .registered ? result : .needsRegistration(error)
    }

    // MARK: What a cloud whose observation was answered by the module wants to know

    /// Each value as a report of its own, unconfirmed, as soon as possible.
    func reportObserved(_ readings: [ResourceReading]) async throws(SessionFailure) -> SendResult {
        for reading in readings {
            guard let path = resources.observation(of: reading.path)?.path else { continue }
            switch try await handOver([reading], under: path, confirm: false, rai: 0, priority: .answer) {
            case .accepted: continue
            case .silent:
                return .unknown(
                    PlatformError(
                        name: "outcome_unknown", text: "the module's result of a report did not come", source: .module))
            case .ended(let result): return result
            }
        }
        return .taken
    }
}
