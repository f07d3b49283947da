import AT
import Platforms
import Testing

/// What the module says of itself: states, servers, keys.
@Suite struct AndlinkValueTests {
    static let states: [(name: String, registration: Registration, published: String, maySend: Bool)] = [
        ("UNINITIALISED", .uninitialised, "uninitialised", false),
        ("MISSING_CONFIG", .missingConfiguration, "missing_configuration", false),
        ("INIITIALISING", .initialising, "initialising", false),
        ("INIITIALISED", .initialised, "initialised", false),
        ("INIT_FAILED", .initialisationFailed, "initialisation_failed", false),
        ("REGISTERING", .registering, "registering", false),
        ("REGISTERED", .registered, "registered", true),
        ("DEREGISTERED", .deregistered, "deregistered", false),
        ("MO_DATA_ENABLED", .dataEnabled, "data_enabled", true),
        ("NO_UE_IP", .noAddress, "no_address", false),
        ("REJECTED_BY_SERVER", .rejected, "rejected_by_server", false),
        ("TIMEOUT_AND_RETRYING", .timeoutAndRetrying, "timeout_and_retrying", false),
        ("REG_FAILED", .registrationFailed, "registration_failed", false),
        ("DEREG_FAILED", .deregistrationFailed, "deregistration_failed", false),
    ]

    @Test(arguments: states, ["+QLASTATUS:", "+QLASTATUS: ", "+QLASTATUS="])
    func `a state of QLASTATUS is known`(
        row: (name: String, registration: Registration, published: String, maySend: Bool), head: String
    ) async throws {
        #expect(AndlinkStatus(Line(Array((head + row.name).utf8))) == .known(row.registration))
        #expect(row.registration.rawValue == row.published)
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .ok([head + row.name]))
        try await world.session.refresh()
        #expect(world.session.registration == row.registration)
        #expect(world.session.maySend == row.maySend)
    }

    @Test(arguments: [("+QLASTATUS:\"REGISTERED\"", Registration.registered), ("+QLASTATUS:INITIALISED", .initialised)])
    func `a state is known in other spellings`(line: String, registration: Registration) {
        #expect(AndlinkStatus(Line(Array(line.utf8))) == .known(registration))
    }

    @Test(arguments: ["+QLASTATUS:SLEEPY", "+QLASTATUS:", "+QLASTATUS:registered"])
    func `a state that the note does not have changes nothing`(line: String) async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASTATUS?", .ok([line]))
        try await world.session.refresh()
        #expect(world.session.registration == .registeredAndObserved && world.session.maySend)
    }

    @Test(arguments: [ScriptedChannel.Reply.error, .timedOut, .ok])
    func `a module that does not tell its state changes nothing`(reply: ScriptedChannel.Reply) async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASTATUS?", reply)
        try await world.session.refresh()
        #expect(world.session.maySend)
    }

    @Test func `a state of registered does not hide that data are observed`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script(
            "AT+QLASTATUS?", .state("REGISTERED"), .state("DEREGISTERED"), .state("REGISTERED"))
        try await world.session.refresh()
        #expect(world.session.registration == .registeredAndObserved)
        try await world.session.refresh()
        try await world.session.refresh()
        #expect(world.session.registration == .registered)
    }

    @Test(
        arguments: [
            ("BS,180.101.147.115,5683", AndlinkServer(.bootstrap, host: "180.101.147.115", port: 5683)),
            ("LWM2M,180.101.147.115,5684", AndlinkServer(.lwm2m, host: "180.101.147.115", port: 5684)),
            ("\"BS\",\"lwm.home.komect.com\",5684", AndlinkServer(.bootstrap, host: "lwm.home.komect.com", port: 5684)),
            ("+QLASERVERIP:BS,1.2.3.4,1", AndlinkServer(.bootstrap, host: "1.2.3.4", port: 1)),
            ("+QLASERVERIP: LWM2M, 1.2.3.4, 65535", AndlinkServer(.lwm2m, host: "1.2.3.4", port: 65535)),
            ("BS,1.2.3.4", AndlinkServer(.bootstrap, host: "1.2.3.4", port: 5683)),
            ("+QLASERVERIP:", nil), ("OK", nil), ("BS", nil), ("BS,", nil), ("DEL,1.2.3.4,1", nil),
        ] as [(String, AndlinkServer?)])
    func `a server is read from its line`(line: String, server: AndlinkServer?) {
        #expect(AndlinkServer(Line(Array(line.utf8))) == server)
    }

    @Test(
        arguments: [
            (0, .established, "dtls_established"), (1, .notStarted, "dtls_not_started"),
            (2, .negotiating, "dtls_negotiating"), (3, .failed, "dtls_failed"), (4, .other(4), "dtls_state_4"),
            (-1, .other(-1), "dtls_state_-1"),
        ] as [(Int, AndlinkEncryptionState, String)], ["+QLADTLSSTAT:", "+QLADTLSSTAT: "])
    func `a state of DTLS has its name`(row: (Int, AndlinkEncryptionState, String), head: String) {
        let (code, state, name) = row
        #expect(AndlinkEncryptionState(code) == state)
        let events = AndlinkWorld().hear("\(head)\(code)")
        #expect(events == [.other(name: name, detail: [Detail("code", .number(code))])])
    }

    @Test func `the model of such a module has its data under one path, as bytes`() {
        let path = ResourcePath(object: 20, instance: 2, resource: 7)
        let resources = ResourceModel(objects: AndlinkSession.objects(dataDown: path))
        #expect(resources.kind(of: path) == .opaque)
        #expect(AndlinkSession.objects().first?.id == 19)
    }
}
