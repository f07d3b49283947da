import AT
import Testing

@testable import Platforms

/// All values of +MIPLEVENT (5.7): their names, and what they do to a session.
@Suite struct OneNETEventTests {
    static let table: [(code: Int, title: String, name: String)] = [
        (1, "EVENT_BOOTSTRAP_START", "bootstrap_started"), (2, "EVENT_BOOTSTRAP_SUCCESS", "bootstrap_succeeded"),
        (3, "EVENT_BOOTSTRAP_FAILED", "bootstrap_failed"), (4, "EVENT_CONNECT_SUCCESS", "connected"),
        (5, "EVENT_CONNECT_FAILED", "connection_failed"), (6, "EVENT_REG_SUCCESS", "registered"),
        (7, "EVENT_REG_FAILED", "registration_failed"), (8, "EVENT_REG_TIMEOUT", "registration_timed_out"),
        (9, "EVENT_LIFETIME_TIMEOUT", "lifetime_expired"), (10, "EVENT_STATUS_HALT", "halted"),
        (11, "EVENT_UPDATE_SUCCESS", "update_succeeded"), (12, "EVENT_UPDATE_FAILED", "update_failed"),
        (13, "EVENT_UPDATE_TIMEOUT", "update_timed_out"), (14, "EVENT_UPDATE_NEED", "update_needed"),
        (15, "EVENT_DEREG_DONE", "deregistered"), (20, "EVENT_RESPONSE_FAILED", "response_failed"),
        (21, "EVENT_RESPONSE_SUCCESS", "response_succeeded"), (25, "EVENT_NOTIFY_FAILED", "uplink_not_acknowledged"),
        (26, "EVENT_NOTIFY_SUCCESS", "uplink_acknowledged"),
        (40, "EVENT_FIRMWARE_DOWNLOADING", "firmware_downloading"),
        (41, "EVENT_FIRMWARE_DOWNLOAD_FAILED", "firmware_download_failed"),
        (42, "EVENT_FIRMWARE_DOWNLOADED", "firmware_downloaded"),
        (43, "EVENT_FIRMWARE_UPDATING", "firmware_updating"),
        (48, "EVENT_FIRMWARE_ERASE_SUCCESS", "firmware_package_erased"),
        (49, "EVENT_FIRMWARE_ERASE_FAIL", "firmware_package_not_erased"),
    ]

    @Test(arguments: table, ["+MIPLEVENT: 0,", "+MIPLEVENT:0,", "+MIPLEVENT: 0, "])
    func `every event has its name, however it is spelt`(row: (code: Int, title: String, name: String), head: String) {
        let events = OneNETWorld().hear("\(head)\(row.code)")
        let detail = [Detail("code", .number(row.code)), Detail("name", .text(row.title))]
        #expect(events.first == .other(name: row.name, detail: detail))
        #expect(OneNETEvent(row.code).code == row.code)
        #expect(OneNETEvent.table.count == Self.table.count)
    }

    @Test(arguments: [0, 16, 22, 44, 50, -1])
    func `an unknown event keeps its number`(code: Int) {
        let events = OneNETWorld().hear("+MIPLEVENT: 0,\(code),7,8")
        let detail = [
            Detail("code", .number(code)), Detail("extend", .number(7)), Detail("ack_id", .number(8)),
        ]
        #expect(events == [.other(name: "module_event_\(code)", detail: detail)])
    }

    @Test(arguments: [
        (14, "300", [Detail("remaining", .number(300))]), (20, "3123", [Detail("message_id", .number(3123))]),
        (21, "3123", [Detail("message_id", .number(3123))]), (25, "255", [Detail("ack_id", .number(255))]),
        (26, "255", [Detail("ack_id", .number(255))]),
        (25, "3123,255", [Detail("message_id", .number(3123)), Detail("ack_id", .number(255))]),
        (26, "0,255", [Detail("message_id", .number(0)), Detail("ack_id", .number(255))]),
    ])
    func `the further fields have their names`(code: Int, fields: String, expected: [Detail]) throws {
        guard case .other(_, let detail) = try #require(OneNETWorld().hear("+MIPLEVENT: 0,\(code),\(fields)").first)
        else {
            Issue.record("an event")
            return
        }
        #expect(Array(detail.dropFirst(2)) == expected)
    }

    /// What an event does to a session that is registered.
    @Test(
        arguments: [
            (1, nil), (2, nil), (3, .registrationFailed), (4, nil), (5, .registrationFailed), (6, nil),
            (7, .registrationFailed), (8, .timeout), (9, .invalid), (10, .invalid), (11, nil), (12, .invalid),
            (13, .timeout), (14, nil), (15, .deregistered), (20, nil), (21, nil), (25, nil), (26, nil), (40, nil),
            (41, nil), (42, nil), (43, nil), (48, nil), (49, nil), (99, nil),
        ] as [(Int, Registration?)])
    func `an event may end the registration`(code: Int, state: Registration?) async throws {
        let world = try await OneNETWorld.registered()
        #expect(world.session.maySend && world.session.registration == .registered)
        let events = world.hear("+MIPLEVENT: 0,\(code)")
        let losses = events.compactMap { if case .registrationLost(let error) = $0 { error } else { nil } }
        #expect(losses.count == (state == nil ? 0 : 1))
        #expect(world.session.maySend == (state == nil))
        #expect(world.session.registration == state ?? .registered)
        if let loss = losses.first {
            #expect(loss.code == code && loss.name == OneNETEvent(code).name && loss.source == .cloud)
            // A doubled report is no second loss.
            #expect(world.hear("+MIPLEVENT: 0,\(code)").count == 1)
        }
    }

    /// A session that has not made a registration does not believe in one.
    @Test(arguments: table)
    func `events of an instance of before change nothing`(row: (code: Int, title: String, name: String)) {
        let world = OneNETWorld()
        let events = world.hear("+MIPLEVENT: 0,\(row.code)")
        #expect(!world.session.maySend && world.session.registration == nil)
        #expect(!events.contains { if case .registrationLost = $0 { true } else { false } })
        #expect(!events.contains(.registration(.registered)))
    }

    @Test func `an event 14 is a reason to renew, and only while registered`() async throws {
        let world = try await OneNETWorld.registered()
        #expect(world.hear("+MIPLEVENT: 0,14,300").last == .dataWaiting)
        #expect(OneNETWorld().hear("+MIPLEVENT: 0,14,300").count == 1)
    }
}
