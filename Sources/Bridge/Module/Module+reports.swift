import AT
import JSON
import MQTT
import Modem
import Platforms
import Reactor
import Store

/// What the module says without being asked: downlinks, changes of state, and events.
extension Module {
    func heard(_ line: Line) {
        let common = CommonReport.understand(line)
        var events = common.isEmpty ? understandFirmware(line) : common
        if events.isEmpty { events = session?.understand(line) ?? [] }
        guard !events.isEmpty else {
            publishEvent("report", [Detail("line", .text(Redaction.redact(line.text)))])
            return
        }
        for event in events { apply(event, line) }
    }

    /// Neither awaited nor known: shown, for a person may know.
    func heardUnknown(_ line: Line) {
        // At another rate than the module's everything is nonsense.
        if line == "OK" || line == "ERROR" || rates.isSearching || settings.family.isBootText(line) { return }
        services.log.info(name, "unknown line: \(Redaction.redact(line.text))")
        publishEvent("unknown_line", [Detail("line", .text(Redaction.redact(line.text)))])
    }

    func noticed(_ trouble: Modem.Trouble) {
        switch trouble {
        case .timedOut(let command):
            counters.timeouts &+= 1
            services.log.warning(name, "no answer to \(command)")
            publishEvent("command_timed_out", [Detail("command", .text(command))])
        case .inStepAgain(let attempts):
            publishEvent("line_in_step_again", [Detail("attempts", .number(attempts))])
        case .discarded(let bytes):
            publishEvent("line_too_long", [Detail("bytes", .number(bytes))])
        case .noise where rates.isSearching: break
        case .noise(let bytes):
            publishEvent("line_noise", [Detail("bytes", .number(bytes))])
        case .woke(let attempts):
            status.isAsleep = false
            publishEvent("woken", [Detail("attempts", .number(attempts))])
        }
    }

    func apply(_ event: SessionEvent, _ line: Line? = nil) {
        switch event {
        case .downlink(let data):
            received(data)
        case .dataWaiting:
            dataWaiting = true
            beginFetching()
            doorbell.raise()
        case .registration(let registration):
            status.registration = registration
            resumption.raise()
            publishState()
            doorbell.raise()
        case .registrationLost(let error):
            status.registration = session?.registration
            status.error = error
            resumption.raise()
            publishState()
            doorbell.raise()
        case .sleeping(let asleep):
            fellAsleep(asleep)
        case .attached(let attached):
            if status.network.attached != attached { publishEvent(attached ? "attached" : "detached", []) }
            status.network.attached = attached
            // Without a network there is no address; the next one is asked for.
            if !attached { status.network.ip = nil }
            if attached { attachment.raise() }
            if attached, session == nil { refreshSoon() }
            doorbell.raise()
            publishState()
        case .connected(let connected):
            publishEvent(connected ? "radio_connected" : "radio_released", [])
        case .firmware(let report):
            heard(report)
        case .request(let request):
            requested(request, transmitted: .seconds(line?.bytes.count ?? 0) * 10 / max(settings.baud, 300))
        case .partsHeld:
            settlePartsLater()
        case .other(let name, let detail):
            publishEvent(name, detail)
        }
    }

    /// The rest of a write should follow at once; see `PlatformSession.settleParts`.
    private func settlePartsLater() {
        partsTimer?.cancel()
        partsTimer = services.time.schedule(after: .seconds(1)) { [weak self] in
            self?.assumeIsolated { module in
                for event in module.session?.settleParts() ?? [] { module.apply(event, nil) }
            }
        }
    }

    private func fellAsleep(_ asleep: Bool) {
        modem?.assumeIsolated { $0.sleeps(asleep) }
        status.isAsleep = asleep
        publishEvent(asleep ? "asleep" : "awake", [])
        if asleep, status.state == .ready { setState(.asleep) }
        if !asleep, status.state == .asleep { setState(.ready) }
        doorbell.raise()
    }

    // MARK: Downlinks

    /// On its way to the broker at once, and in the store until the broker has it.
    func received(_ data: [UInt8]) {
        let sequence = services.sequences.next()
        let record = DownlinkRecord(
            sequence: sequence, module: number, kind: "data", id: UplinkID.make(), payload: data,
            receivedAt: now)
        status.counters.downlinks += 1
        counters.lastDownlink = now
        note(.down, "", data)
        let settled = memory?.hold()
        services.journal.record(.received(record), .soon) { error in settled?(error) }
        services.downlinks.send(DownlinkMessages.parcel(of: record, topics: topics))
        publishCounters()
    }

    func publishEvent(_ event: String, _ detail: [Detail]) {
        let json = JSONText.object { json in
            json.member("event", event)
            json.member("time", time: now.milliseconds)
            json.object("detail") { json in
                for member in detail {
                    switch member.value {
                    case .number(let value): json.member(member.name, value)
                    case .text(let value): json.member(member.name, value)
                    case .flag(let value): json.member(member.name, value)
                    }
                }
            }
        }
        note(.event, event, json)
        guard services.outbox.isConnected else { return }
        services.outbox.publish(topics.event, json)
    }
}
