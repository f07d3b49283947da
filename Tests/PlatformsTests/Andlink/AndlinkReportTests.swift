import AT
import Platforms
import Testing

/// What the reports of the note (chapters 2 and 4, 3.9, 3.12) mean.
@Suite struct AndlinkReportTests {
    static let events: [(code: Int, event: AndlinkEvent, name: String)] = [
        (0, .registered, "registered"), (1, .deregistered, "deregistered"), (2, .updated, "registration_updated"),
        (3, .observed, "observed"), (4, .bootstrapped, "bootstrapped"),
        (5, .firmwareObserved, "firmware_state_observed"),
        (6, .firmwareOffered, "firmware_offered"), (7, .firmwareDownloaded, "firmware_downloaded"),
        (8, .other(8), "module_event_8"), (99, .other(99), "module_event_99"), (-1, .other(-1), "module_event_-1"),
    ]

    @Test(arguments: events, ["+QLAEVTIND:", "+QLAEVTIND: ", "+QLAEVTIND=", "+QLAEVTIND: \t"])
    func `every event has its name, however it is spelt`(
        row: (code: Int, event: AndlinkEvent, name: String), head: String
    ) {
        #expect(AndlinkEvent(row.code) == row.event)
        let events = AndlinkWorld().hear("\(head)\(row.code)")
        #expect(events.first == .other(name: row.name, detail: [Detail("code", .number(row.code))]))
    }

    /// What an event does to a session that may send, or to one that may not.
    @Test(
        arguments: [
            (0, false, true, .registered), (0, true, true, .registered), (1, true, false, .deregistered),
            (1, false, false, .deregistered), (2, true, true, .registeredAndObserved), (2, false, false, nil),
            (3, false, true, .registeredAndObserved), (4, false, false, nil), (4, true, true, .registeredAndObserved),
            (5, true, true, .registeredAndObserved), (6, true, true, .registeredAndObserved),
            (7, true, true, .registeredAndObserved), (99, false, false, nil),
        ] as [(Int, Bool, Bool, Registration?)])
    func `an event changes what may be sent`(code: Int, before: Bool, after: Bool, registration: Registration?) {
        let world = AndlinkWorld(isRegistered: before)
        #expect(world.session.maySend == before)
        let events = world.hear("+QLAEVTIND:\(code)")
        #expect(world.session.maySend == after)
        #expect(world.session.registration == registration)
        let told = events.compactMap { if case .registration(let told) = $0 { told } else { nil } }
        #expect(told == ([0, 1, 3].contains(code) ? [registration].compactMap { $0 } : []))
    }

    @Test func `a registration that ends unasked is told as its loss, once`() {
        let world = AndlinkWorld(isRegistered: true)
        let losses = (0..<2).flatMap { _ in world.hear("+QLAEVTIND:1") }
            .compactMap { if case .registrationLost(let error) = $0 { error } else { nil } }
        #expect(losses.map(\.name) == ["deregistered"])
        #expect(losses.first?.source == .cloud)
    }

    @Test func `a registration that the module makes anew is of use again`() {
        let world = AndlinkWorld(isRegistered: true)
        world.session.distrust()
        _ = world.hear("+QLAEVTIND:0")
        #expect(world.session.maySend)
    }

    @Test(
        arguments: [
            (0, "uplink_not_sent"), (1, "uplink_awaits_response"), (2, "uplink_failed"), (3, "uplink_timed_out"),
            (4, "uplink_acknowledged"), (5, "uplink_reset_by_platform"), (6, "uplink_status_6"),
            (-1, "uplink_status_-1"),
        ], ["+QLADATASTATUS:", "+QLAULDATASTATUS:", "+QLADATASTATUS: ", "+QLAULDATASTATUS="])
    func `a status of an uplink has its name, under both names of its own`(row: (code: Int, name: String), head: String)
    {
        let world = AndlinkWorld(isRegistered: true)
        let events = world.hear("\(head)\(row.code)")
        #expect(events.first == .other(name: row.name, detail: [Detail("code", .number(row.code))]))
        let isLost = events.contains { if case .registrationLost = $0 { true } else { false } }
        #expect(isLost == (row.code == 5))
        #expect(world.session.maySend == (row.code != 5))
    }

    @Test(arguments: ["REGISTERNOTIFY", "REGISTERNOTIFY:", "REGISTERNOTIFY "])
    func `a module says that it can be registered`(line: String) {
        #expect(AndlinkWorld().hear(line) == [.other(name: "ready_to_register", detail: [])])
    }

    @Test func `a registered module that says so has forgotten its registration`() {
        let world = AndlinkWorld(isRegistered: true)
        let events = world.hear("REGISTERNOTIFY")
        #expect(events.count == 2 && !world.session.maySend)
        guard case .registrationLost(let error)? = events.last else {
            Issue.record("it is lost")
            return
        }
        #expect(error.name == "registration_forgotten")
        #expect(world.hear("REGISTERNOTIFY").count == 1)
    }

    @Test(arguments: [
        "+QLAEVTIND:", "+QLAEVTIND: x", "+QLAEVTIND", "+QLADATASTATUS:", "+QLAULDATASTATUS: four", "+QLADTLSSTAT:",
        "+QLADTLSSTAT: ok",
    ])
    func `a report that cannot be understood is shown as it is`(line: String) {
        #expect(
            AndlinkWorld().hear(line) == [.other(name: "malformed_report", detail: [Detail("line", .text(line))])])
    }

    @Test func `what is no report of the platform means nothing to it`() {
        for line in ["+CSCON:1", "Neul", "OK", "", "+QLAEVT:1", "+QLAREADY: 1", "+QLWEVTIND:0", "+NPSMR:1"] {
            #expect(AndlinkWorld().hear(line) == [])
        }
    }
}
