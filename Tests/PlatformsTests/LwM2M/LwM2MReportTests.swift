import AT
import Platforms
import Testing

/// What the module says unasked (chapter 3), field by field.
@Suite struct LwM2MReportTests {
    private func understand(_ session: LwM2MSession, _ line: String) -> [SessionEvent] {
        session.understand(Line(Array(line.utf8)))
    }

    private static func number(_ name: String, _ detail: (String, Int)...) -> SessionEvent {
        .other(name: name, detail: detail.map { Detail($0.0, .number($0.1)) })
    }

    @Test(
        arguments: [
            ("+QLAURC: \"ping\",0", [lwm2mEvent("ping", 0, "success")]),
            ("+QLAURC: \"bs_finished\"", [.other(name: "bootstrap_finished", detail: [])]),
            ("+QLAURC: \"report\",52157", [number("report_sent", ("message_id", 52_157))]),
            ("+QLAURC: \"report_ack\",0,52157", [lwm2mEvent("report_acknowledged", 0, "success", messageID: 52_157)]),
            ("+QLAURC: \"send_ack\",1,70000", [lwm2mEvent("data_acknowledged", 1, "timeout", messageID: 70_000)]),
            (
                "+QLAURC: \"lifetime_changed\",86400",
                [number("lifetime_changed", ("lifetime", 86_400), ("renewal_interval", 82_045))]
            ),
            (
                "+QLAURC: \"binding_changed\",U",
                [.other(name: "binding_changed", detail: [Detail("binding", .text("U"))])]
            ),
            (
                "+QLAURC: \"binding_changed\",\"UQ\"",
                [.other(name: "binding_changed", detail: [Detail("binding", .text("UQ"))])]
            ),
            (
                "+QLAURC: \"lw_event\",0,5,41760",
                [number("lwm2m_event", ("type", 0), ("code", 5), ("message_id", 41_760))]
            ),
            ("+QLAURC: \"lw_event\",1,6,2", [number("lwm2m_event", ("type", 1), ("code", 6), ("message_id", 2))]),
            ("+QLAURC:\"lw_event\",0,5", [number("lwm2m_event", ("type", 0), ("code", 5))]),
            (
                "+QLAURC: \"recovered\",0",
                [lwm2mEvent("session_recovered", 0, "success"), .registration(.registered)]
            ),
            ("+QLAREG: 0", [lwm2mEvent("registration_result", 0, "success"), .registration(.registered)]),
            (
                "+QLAREG: 403",
                [lwm2mEvent("registration_result", 403, "forbidden"), .registration(.registrationFailed)]
            ),
            ("+QLAUPDATE: 59797", [number("update_sent", ("message_id", 59_797))]),
            ("+QLAUPDATE: 0,59797", [lwm2mEvent("update_result", 0, "success", messageID: 59_797)]),
            ("+QLADEREG: 0", [lwm2mEvent("deregistration_result", 0, "success"), .registration(.deregistered)]),
            (
                "+QLADEREG: 1",
                [lwm2mEvent("deregistration_result", 1, "timeout"), .registration(.deregistrationFailed)]
            ),
            ("+QLAADDOBJ: 0", [lwm2mEvent("object_added", 0, "success")]),
            ("+QLADELOBJ: 0", [lwm2mEvent("object_deleted", 0, "success")]),
            ("+QLARDRSP: 0", [lwm2mEvent("read_answered", 0, "success")]),
            ("+QLARDRSP: 231", [lwm2mEvent("read_answered", 231, "continue")]),
            ("+QLAWRRSP: 0", [lwm2mEvent("write_answered", 0, "success")]),
            ("+QLAEXERSP: 0", [lwm2mEvent("execute_answered", 0, "success")]),
            ("+QLAOBSRSP: 0", [lwm2mEvent("observe_answered", 0, "success")]),
            ("+QLANOTIFY: 0", [lwm2mEvent("report_result", 0, "success")]),
            ("+QLANOTIFY: 777", [lwm2mEvent("report_result", 777, "result_777")]),
            ("+QLASENDDATA: 0,5004", [lwm2mEvent("data_sent", 0, "success", messageID: 5004)]),
            (
                "+QLAURC: \"buffer\",8",
                [.other(name: "module_report", detail: [Detail("line", .text("+QLAURC: \"buffer\",8"))])]
            ),
        ] as [(String, [SessionEvent])])
    func `a report is an event with every field`(line: String, events: [SessionEvent]) {
        #expect(understand(makeLwM2M().session, line) == events)
    }

    @Test(arguments: [
        "+QLAURC:", "+QLAURC: \"ping\"", "+QLAURC: \"ping\",x", "+QLAURC: \"report\"", "+QLAURC: \"report_ack\",0",
        "+QLAURC: \"send_ack\",,1", "+QLAURC: \"lifetime_changed\"", "+QLAURC: \"binding_changed\"",
        "+QLAURC: \"lw_event\",0", "+QLAURC: \"observe\",1,0", "+QLAURC: \"observe\",1,2,19,0,0",
        "+QLAURC: \"observe\",x,0,19,0,0", "+QLAURC: \"read\",1,70000,0,0", "+QLAURC: \"read\",1,19,-2,0",
        "+QLAURC: \"execute\"", "+QLAURC: \"write\",1,19,0,0,2,7,\"5155\",0",
        "+QLAURC: \"write\",1,19,0,0,2,1,\"5X\",0",
        "+QLAURC: \"write\",1,19,0,0,9,1,\"5\",0", "+QLAURC: \"write\",1,19,0,0,1,9,\"abc\",0",
        "+QLAURC: \"write\",1,19,0,0,2,1,\"51\"", "+QLAURC: \"write\",1,19,0,0,2,1,\"51\",-1", "+QLAREG: x",
        "+QLANOTIFY:",
    ])
    func `a report that cannot be read is shown as it is`(line: String) {
        #expect(
            understand(makeLwM2M().session, line)
                == [.other(name: "malformed_report", detail: [Detail("line", .text(line))])])
    }

    /// A byte that is lost or doubled on the line, at every place.
    @Test(arguments: [
        "+QLAURC: \"observe\",17015,0,3311,0,-1", "+QLAURC: \"write\",8096,19,1,0,1,20,\"{\"outletStatus\":\"1\"}\",0",
        "+QLAURC: \"write\",36560,19,0,0,2,7,\"5155454354454C\",0", "+QLAURC: \"read\",62953,19,0,0,\"q\"",
        "+QLAURC: \"report_ack\",0,8563", "+QLAURC: \"lw_event\",0,5,7", "+QLAURC: \"recovered\",0",
        "+QLAURC: \"lifetime_changed\",99999999999999999999", "+QLANOTIFY: 0", "+QLASENDDATA: 0,5004", "+QLAREG: 0",
    ])
    func `a damaged report is neither swallowed nor fatal`(line: String) {
        let bytes = Array(line.utf8)
        for place in bytes.indices {
            for damaged in [
                Array(bytes[..<place] + bytes[(place + 1)...]), Array(bytes[...place] + bytes[place...]),
                Array(bytes[..<place]), Array(bytes[..<place] + [0xFF] + bytes[(place + 1)...]),
            ] {
                let session = makeRegisteredLwM2M().session
                let events = session.understand(Line(damaged))
                let name = Fields(Line(damaged)).name
                let isOwn = name == "+QLAURC" || line.hasPrefix("\(name):") && name.hasPrefix("+QLA")
                #expect(!isOwn || !events.isEmpty, "\(Line(damaged))")
            }
        }
    }

    @Test func `what is none of its own is left to others`() {
        #expect(understand(makeLwM2M().session, "+CSCON: 1").isEmpty)
        #expect(understand(makeLwM2M().session, "+QLACONFIG: 0").isEmpty)
    }

    // MARK: The registration

    @Test(arguments: [1, 3, 4])
    func `a renewal that fails asks for the module's status`(code: Int) async throws {
        let world = makeRegisteredLwM2M()
        let events = understand(world.session, "+QLAURC: \"ping\",\(code)")
        #expect(
            events == [
                lwm2mEvent("ping", code, LwM2MResult(code).name), .registrationLost(LwM2MResult(code).published),
            ])
        #expect(!world.session.maySend)
        // A module that is registered still is left alone, unless the registration is known to be over.
        world.channel.scriptFresh(status: [2], objects: lwm2mShownObjects)
        world.channel.script("AT+QLACONFIG?", .ok([lwm2mConfigured]))
        world.channel.script("AT+QLADEREG", .ok, after: [(.seconds(1), "+QLADEREG: 0")])
        world.channel.scriptRegistration(objects: [])
        try await world.session.register()
        #expect(world.orders.isEmpty == (code != 3))
        #expect(world.session.maySend && world.resources.observations.isEmpty == (code == 3))
    }

    @Test(arguments: [1, 3])
    func `a session that was not recovered is lost`(code: Int) {
        let session = makeRegisteredLwM2M().session
        #expect(
            understand(session, "+QLAURC: \"recovered\",\(code)") == [
                lwm2mEvent("session_recovered", code, LwM2MResult(code).name), .registration(.resumptionFailed),
                .registrationLost(LwM2MResult(code).published),
            ])
        #expect(!session.maySend)
    }

    @Test(arguments: ["+QLAREG: 1", "+QLADEREG: 0"])
    func `a registration that ends unasked is lost`(line: String) {
        let session = makeRegisteredLwM2M().session
        let events = understand(session, line)
        #expect(!session.maySend)
        guard case .registrationLost? = events.last else {
            Issue.record("it is lost: \(events)")
            return
        }
    }

    @Test func `a registration that succeeds late counts`() {
        let session = makeLwM2M().session
        _ = understand(session, "+QLAREG: 0")
        #expect(session.maySend)
    }

    @Test func `an older status does not overrule a report`() async throws {
        let world = makeLwM2M()
        world.channel.script("AT+QLASTATUS?", .lwm2mStatus(1), before: ["+QLAREG: 0"], after: [])
        try await world.session.refresh()
        #expect(world.session.maySend)
        world.channel.script("AT+QLASTATUS?", .lwm2mStatus(7))
        try await world.session.refresh()
        #expect(!world.session.maySend && world.session.registration == .needsResumption)
    }

    @Test func `the platform's lifetime is the one that is renewed`() async throws {
        let world = makeRegisteredLwM2M()
        _ = understand(world.session, "+QLAURC: \"lifetime_changed\",600")
        _ = understand(world.session, "+QLAURC: \"lifetime_changed\",5")
        world.channel.script("AT+QLAUPDATE=0,600", .ok, after: [(.seconds(1), "+QLAUPDATE: 0,1")])
        try await world.session.update(lifetime: nil)
    }

    // MARK: Observations that the cloud resets

    @Test(arguments: ["+QLANOTIFY: 900", "+QLANOTIFY: 5", "+QLAURC: \"lw_event\",0,5,7", "+QLAURC: \"report_ack\",5,7"])
    func `a reset ends the observation, and a second one the registration`(line: String) async throws {
        let world = makeRegisteredLwM2M()
        let command = "AT+QLANOTIFY=19,0,0,2,1,\"01\",0,0"
        world.channel.script(command, .ok, after: [(.zero, "+QLANOTIFY: 0")])
        // Before any report there is nothing to reset.
        #expect(understand(world.session, line).count == 1)
        for round in 1...2 {
            world.resources.observe(ObjectPath(lwm2mDataUp), messageID: round)
            _ = try await world.send(UplinkData(payload: [1], confirm: false, rai: 0))
            let events = understand(world.session, line)
            #expect(world.resources.observations.isEmpty)
            guard case .other("observation_reset", let detail) = events.dropFirst().first else {
                Issue.record("\(events)")
                return
            }
            #expect(detail.first == Detail("path", .text("19/0/0")))
            #expect(world.session.maySend == (round == 1))
            // The same reset is reported twice.
            #expect(understand(world.session, line).count == 1)
            if case .registrationLost? = events.last { #expect(round == 2) } else { #expect(round == 1) }
        }
    }
}
