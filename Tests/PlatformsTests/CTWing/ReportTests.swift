import AT
import Platforms
import Testing

/// What the reports of the note (chapter 3) mean.
@Suite struct ReportTests {
    @Test(
        arguments: [
            // 3.2; unquoted and quoted, any case, with and without a blank.
            ("+NNMI: 4,AAAA0000", [0xAA, 0xAA, 0, 0]), ("+NNMI:4,AAAA0000", [0xAA, 0xAA, 0, 0]),
            ("+NNMI: 4,\"AAAA0000\"", [0xAA, 0xAA, 0, 0]), ("+NNMI: 4,aaaa0000", [0xAA, 0xAA, 0, 0]),
            ("+NNMI: 4,\"aAaA0000\"", [0xAA, 0xAA, 0, 0]), ("+NNMI: 4, AAAA0000", [0xAA, 0xAA, 0, 0]),
            ("+NNMI=1,00", [0]),
            // Read too late for its command (2.3.4).
            ("+NMGR: 4,AAAA0000", [0xAA, 0xAA, 0, 0]), ("+NMGR:1,\"ff\"", [0xFF]),
        ] as [(String, [UInt8])])
    func `a message is a downlink`(line: String, data: [UInt8]) {
        #expect(makeSession().session.understand(Line(Array(line.utf8))) == [.downlink(data)])
    }

    @Test(arguments: ["+NNMI", "+NNMI:"])
    func `a bare NNMI says that data wait`(line: String) {
        #expect(makeSession().session.understand(Line(Array(line.utf8))) == [.dataWaiting])
    }

    @Test(arguments: ["+NNMI: \"recv\",buff full", "+NNMI:\"recv\",buff full", "+NNMI: \"recv\",\"buff full\""])
    func `a full buffer is an event, and a reason to fetch`(line: String) {
        let events = makeSession().session.understand(Line(Array(line.utf8)))
        #expect(events == [.other(name: "module_buffer_full", detail: []), .dataWaiting])
    }

    @Test(arguments: [
        "+NNMI: 5,AAAA0000", "+NNMI: 4,AAAA000", "+NNMI: 4,AAAAGG00", "+NNMI: 4", "+NNMI: x,00", "+NNMI: \"sent\",1",
        "+QLWEVTIND: x", "+QLWEVTIND:", "+NMGR: 5,AAAA0000", "+NMGR: garbage",
    ])
    func `a report that cannot be understood is shown as it is`(line: String) {
        let events = makeSession().session.understand(Line(Array(line.utf8)))
        #expect(events == [.other(name: "malformed_report", detail: [Detail("line", .text(line))])])
    }

    /// Some firmware numbers the steps of its update like the events of the session, but for the blank.
    @Test(arguments: [
        (nil, "+QLWEVTIND:6", "session_resumed"), (nil, "+QLWEVTIND:7", "session_resumption_failed"),
        ("DOWNLOAD START", "+QLWEVTIND:6", "firmware_step"), ("DOWNLOAD START", "+QLWEVTIND:7", "firmware_step"),
        ("DOWNLOADING\",512,\"x", "+QLWEVTIND:6", "firmware_step"), ("START", "+QLWEVTIND:7", "firmware_step"),
        ("DOWNLOAD START", "+QLWEVTIND: 6", "session_resumed"),
        ("DOWNLOAD START", "+QLWEVTIND:5", "uplink_not_acknowledged"),
        ("END\",0,\"x", "+QLWEVTIND:7", "session_resumption_failed"),
        ("DOWNLOAD\",4,\"x", "+QLWEVTIND:6", "session_resumed"),
    ])
    func `firmware that runs tells a step from a session`(_ step: String?, _ line: String, _ name: String) {
        let session = makeSession().session
        if let step { _ = session.understand(Line(Array("+QIND: \"FOTA\",\"\(step)\"".utf8))) }
        let events = session.understand(Line(Array(line.utf8)))
        let code = Int(String(line.last ?? "0")) ?? 0
        #expect(events.first == .other(name: name, detail: [Detail("code", .number(code))]))
        #expect((events.count == 1) == (name == "firmware_step" || code == 5))
    }

    static let events: [(code: Int, event: CTWingEvent, name: String)] = [
        (-1, .connectionException, "connection_exception"),
        (0, .connected, "connected"),
        (1, .rejectedOrTimedOut, "registration_rejected_or_timed_out"),
        (2, .lifetimeUpdated, "lifetime_updated"),
        (3, .observed, "observed"),
        (4, .delivered, "uplink_acknowledged"),
        (5, .notDelivered, "uplink_not_acknowledged"),
        (6, .resumed, "session_resumed"),
        (7, .resumptionFailed, "session_resumption_failed"),
        (8, .firmwareObserved, "firmware_state_observed"),
        (9, .firmwareObservationCancelled, "firmware_state_observation_cancelled"),
        (10, .reset, "uplink_reset_by_platform"),
        (11, .other(11), "module_event_11"),
        (99, .other(99), "module_event_99"),
        (-2, .other(-2), "module_event_-2"),
    ]

    @Test(arguments: events, ["+QLWEVTIND: ", "+QLWEVTIND:", "+QLWEVTIND=", "+QLWEVTIND: \t"])
    func `every event has its name, however it is spelt`(
        row: (code: Int, event: CTWingEvent, name: String), head: String
    ) {
        #expect(CTWingEvent(row.code) == row.event)
        let events = makeSession().session.understand(Line(Array("\(head)\(row.code)".utf8)))
        #expect(events.first == .other(name: row.name, detail: [Detail("code", .number(row.code))]))
    }

    /// What an event does to a session that may send, or to one that may not.
    @Test(
        arguments: [
            (-1, true, false, nil), (0, false, false, .registered), (1, true, false, nil),
            (2, true, true, .registeredAndObserved), (3, false, true, .registeredAndObserved),
            (4, true, true, .registeredAndObserved), (5, true, true, .registeredAndObserved),
            (6, false, true, .registeredAndObserved), (7, true, false, .resumptionFailed),
            (8, true, true, .registeredAndObserved), (9, true, true, .registeredAndObserved), (10, true, false, nil),
            (99, true, true, .registeredAndObserved),
        ] as [(Int, Bool, Bool, Registration?)])
    func `an event changes what may be sent`(code: Int, before: Bool, after: Bool, registration: Registration?) {
        let session = before ? makeRegisteredSession().session : makeSession().session
        #expect(session.maySend == before)
        _ = session.understand(Line(Array("+QLWEVTIND: \(code)".utf8)))
        #expect(session.maySend == after)
        #expect(session.registration == registration)
    }

    @Test(arguments: [-1, 1, 7, 10])
    func `an event that ends the connection is told as its loss`(code: Int) throws {
        let session = makeRegisteredSession().session
        let events = session.understand(Line(Array("+QLWEVTIND: \(code)".utf8)))
        let losses = events.compactMap { if case .registrationLost(let error) = $0 { error } else { nil } }
        #expect(losses.count == 1)
        #expect(losses.first?.source == .cloud)
        #expect(losses.first?.name == CTWingEvent(code).name)
    }

    @Test func `what is no report of the platform means nothing to it`() {
        for line in ["+CSCON: 1", "RDY", "OK", "", "+QLWEVT: 1", "+QIND: \"PSM\",1"] {
            #expect(makeSession().session.understand(Line(Array(line.utf8))) == [])
        }
    }

    @Test(
        arguments: [
            ("+CEREG: 1", .attached(true)), ("+CEREG:5", .attached(true)), ("+CEREG: 0", .attached(false)),
            ("+CEREG: 2", .attached(false)), ("+CEREG: 1,\"1A2B\",\"01A2D201\",9", .attached(true)),
            ("+CSCON: 1", .connected(true)), ("+CSCON:0", .connected(false)),
            ("+QNBIOTEVENT: \"ENTER DEEPSLEEP\"", .sleeping(true)),
            ("+QNBIOTEVENT: \"EXIT DEEPSLEEP\"", .sleeping(false)),
            // As 4.2.2 of the note has it.
            ("+QNBITEVENT: \"ENTER DEEPSLEEP\"", .sleeping(true)), ("+QNBITEVENT:\"EXIT DEEPSLEEP\"", .sleeping(false)),
            ("+QNBIOTEVENT: \"ENTER PSM\"", .sleeping(true)), ("+QNBIOTEVENT: \"EXIT PSM\"", .sleeping(false)),
            ("+NPSMR:1", .sleeping(true)), ("+NPSMR: 0", .sleeping(false)),
            ("ENTER DEEPSLEEP", .sleeping(true)), ("EXIT DEEPSLEEP", .sleeping(false)),
            ("ENTER PSM", .sleeping(true)), ("EXIT PSM", .sleeping(false)),
            (
                "+QNBIOTEVENT: \"ENTER DORMANT\"",
                .other(name: "module_power", detail: [Detail("report", .text("ENTER DORMANT"))])
            ),
        ] as [(String, SessionEvent)])
    func `a common report is understood in every spelling`(line: String, event: SessionEvent) {
        #expect(CommonReport.understand(Line(Array(line.utf8))) == [event])
    }

    @Test func `a common report that says nothing for us has no meaning`() {
        for line in ["+CPIN: READY", "+CFUN: 1", "+IP: 10.0.0.7", "+CGEV:ME PDN ACT 1", "+CEREG: x", "+CSCON:"] {
            #expect(CommonReport.understand(Line(Array(line.utf8))) == [])
        }
    }
}
