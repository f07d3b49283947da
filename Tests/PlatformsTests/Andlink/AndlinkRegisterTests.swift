import AT
import Platforms
import Testing

/// From any state to one that takes data (3.4, 3.9, 3.10).
@Suite struct AndlinkRegisterTests {
    private let begin = "AT+QLASREGIND=0"

    @Test(arguments: [
        "UNINITIALISED", "MISSING_CONFIG", "INIITIALISED", "INIT_FAILED", "DEREGISTERED", "NO_UE_IP",
        "REJECTED_BY_SERVER", "REG_FAILED", "DEREG_FAILED", "SOMETHING_NEW",
    ])
    func `a registration is begun, and ends with events 0 and 3`(state: String) async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .state(state))
        world.channel.script(
            begin, .ok,
            after: [(.seconds(2), "+QLAEVTIND:4"), (.seconds(3), "+QLAEVTIND:0"), (.seconds(4), "+QLAEVTIND:3")])
        try await world.session.register()
        #expect(world.channel.commands == ["AT+QLASTATUS?", begin])
        #expect(world.session.maySend && world.session.registration == .registeredAndObserved)
        #expect(world.channel.now < .seconds(5))
    }

    @Test func `events before the OK are not missed`() async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .state("UNINITIALISED"))
        world.channel.script(begin, .ok, before: ["+QLAEVTIND:0", "+QLAEVTIND:3"], after: [])
        try await world.session.register()
        #expect(world.channel.now < .seconds(1))
    }

    @Test func `without event 3 the registration ends 20 seconds later all the same`() async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .state("INIITIALISED"), .state("REGISTERED"))
        world.channel.script(begin, .ok, after: [(.seconds(3), "+QLAEVTIND:0")])
        try await world.session.register()
        #expect(world.session.maySend && world.session.registration == .registered)
        #expect(world.channel.now > .seconds(23) && world.channel.now < .seconds(25))
    }

    @Test func `data that are enabled need no event 3`() async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .state("INIITIALISED"), .state("MO_DATA_ENABLED"))
        world.channel.script(begin, .ok)
        try await world.session.register()
        #expect(world.session.registration == .dataEnabled)
        #expect(world.channel.now < .seconds(6))
    }

    @Test func `a registration whose report was lost is found by asking`() async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .state("INIITIALISED"), .state("REGISTERING"), .state("REGISTERED"))
        world.channel.script(begin, .ok, after: [(.seconds(20), "+QLAEVTIND:3")])
        try await world.session.register()
        #expect(world.session.registration == .registeredAndObserved)
    }

    @Test(arguments: ["REGISTERED", "MO_DATA_ENABLED"])
    func `a module that is registered already is left alone`(state: String) async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .state(state))
        try await world.session.register()
        #expect(world.channel.commands == ["AT+QLASTATUS?"])
        #expect(world.session.maySend)
    }

    @Test func `a session that is of no use is ended and begun anew though the module still shows it`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.session.distrust()
        #expect(!world.session.maySend)
        world.channel.script("AT+QLASTATUS?", .state("REGISTERED"))
        world.channel.script("AT+QLASREGIND=1", .ok, after: [(.seconds(1), "+QLAEVTIND:1")])
        world.channel.script(begin, .ok, after: [(.seconds(3), "+QLAEVTIND:0"), (.seconds(4), "+QLAEVTIND:3")])
        try await world.session.register()
        #expect(world.channel.commands == ["AT+QLASTATUS?", "AT+QLASREGIND=1", begin])
        #expect(world.session.maySend)
    }

    @Test(arguments: ["REGISTERING", "INIITIALISING", "TIMEOUT_AND_RETRYING"])
    func `a registration that is under way is awaited, not begun again`(state: String) async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .state(state))
        world.channel.report("+QLAEVTIND:0", after: .seconds(100))
        world.channel.report("+QLAEVTIND:3", after: .seconds(101))
        try await world.session.register()
        #expect(Set(world.channel.commands) == ["AT+QLASTATUS?"])
        #expect(world.session.maySend)
    }

    @Test func `a registration that stays under way is ended and begun anew`() async throws {
        let world = AndlinkWorld(.init(server: AndlinkWorld.server))
        world.channel.script("AT+QLASTATUS?", .state("TIMEOUT_AND_RETRYING"))
        world.channel.script("AT+QLASREGIND=1", .ok, after: [(.seconds(1), "+QLAEVTIND:1")])
        world.channel.script(begin, .ok, after: [(.seconds(3), "+QLAEVTIND:0"), (.seconds(4), "+QLAEVTIND:3")])
        try await world.session.register()
        #expect(world.channel.commands.filter { $0 != "AT+QLASTATUS?" } == ["AT+QLASREGIND=1", begin])
        #expect(world.session.maySend)
    }

    // MARK: Automatic mode

    @Test(arguments: ["UNINITIALISED", "INIITIALISED", "NO_UE_IP"])
    func `a module that registers by itself is awaited`(state: String) async throws {
        let world = AndlinkWorld()
        world.scriptSettings(mode: "1")
        #expect(await world.restartReason() != nil)
        world.session.moduleRestarted()
        try await world.session.prepare()
        world.channel.forget()
        world.channel.script("AT+QLASTATUS?", .state(state))
        world.channel.report("+QLAEVTIND:0", after: .seconds(40))
        world.channel.report("+QLAEVTIND:3", after: .seconds(41))
        try await world.session.register()
        #expect(Set(world.channel.commands) == ["AT+QLASTATUS?"])
        #expect(world.session.maySend)
    }

    @Test func `a module that refuses because it registers by itself is awaited`() async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .state("UNINITIALISED"), .state("REGISTERING"))
        world.channel.script(
            begin, .code(516), after: [(.seconds(30), "+QLAEVTIND:0"), (.seconds(31), "+QLAEVTIND:3")])
        try await world.session.register()
        #expect(world.channel.commands.filter { $0 == begin }.count == 1)
        #expect(world.session.maySend)
    }

    @Test func `a module that is not ready yet is told again when it says REGISTERNOTIFY`() async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .state("UNINITIALISED"))
        world.channel.script(begin, .code(516), .ok)
        world.channel.report("REGISTERNOTIFY", after: .seconds(10))
        world.channel.report("+QLAEVTIND:0", after: .seconds(15))
        world.channel.report("+QLAEVTIND:3", after: .seconds(16))
        try await world.session.register()
        #expect(world.channel.sent.filter { $0.command == begin }.map { $0.at >= .seconds(10) } == [false, true])
        #expect(world.session.maySend)
    }

    @Test(arguments: [true, false])
    func `a registration that is refused says why`(isReady: Bool) async {
        let world = AndlinkWorld()
        if isReady { _ = world.hear("REGISTERNOTIFY") }
        world.channel.script("AT+QLASTATUS?", .state("MISSING_CONFIG"))
        world.channel.script(begin, .code(512))
        #expect(await world.registerFailure() == .failed(AndlinkError.codes[512].published))
        #expect(!world.session.maySend)
        // One that has said that it is ready need not be waited for.
        #expect(world.channel.now < (isReady ? .seconds(1) : .seconds(22)))
    }

    // MARK: Failures

    @Test(
        arguments: [
            ("REJECTED_BY_SERVER", "rejected_by_server", 15), ("REG_FAILED", "registration_failed", 15),
            ("INIT_FAILED", "initialisation_failed", 15), ("MISSING_CONFIG", "missing_configuration", 15),
            ("TIMEOUT_AND_RETRYING", "timeout", 180), ("REGISTERING", "timeout", 180), ("NO_UE_IP", "no_address", 180),
            ("DEREGISTERED", "registration_failed", 180),
        ] as [(String, String, Int)])
    func `a registration that fails is explained by the module's state`(
        state: String, name: String, seconds: Int
    ) async {
        let world = AndlinkWorld(.init(server: AndlinkWorld.server))
        world.channel.script("AT+QLASTATUS?", .state("UNINITIALISED"), .state(state))
        world.channel.script(begin, .ok)
        let failure = await world.registerFailure()
        #expect(failure?.name == name)
        if case .failed(let error) = failure { #expect(error.source == .cloud && !error.text.isEmpty) }
        #expect(!world.session.maySend)
        // It is shown as the module told it last.
        let told = Line(Array("+QLASTATUS:\(state)".utf8))
        #expect(world.session.registration.map(AndlinkStatus.known) == AndlinkStatus(told))
        #expect(world.channel.now >= .seconds(seconds) && world.channel.now < .seconds(seconds + 20))
    }

    @Test func `a state of the time before is not taken for the result`() async throws {
        let world = AndlinkWorld()
        world.channel.script(
            "AT+QLASTATUS?", .state("REJECTED_BY_SERVER"), .state("REJECTED_BY_SERVER"), .state("REGISTERING"),
            .state("REJECTED_BY_SERVER"), .state("REGISTERING"))
        world.channel.script(begin, .ok, after: [(.seconds(60), "+QLAEVTIND:0"), (.seconds(61), "+QLAEVTIND:3")])
        try await world.session.register()
        #expect(world.session.maySend)
    }

    @Test(arguments: [AndlinkWorld.plain, .init(server: AndlinkWorld.server, psk: AndlinkWorld.psk)])
    func `with a bootstrap server or encryption it may take longer`(options: AndlinkSession.Options) async throws {
        let world = AndlinkWorld(options)
        world.channel.script("AT+QLASTATUS?", .state("INIITIALISED"), .state("REGISTERING"))
        world.channel.script(begin, .ok, after: [(.seconds(250), "+QLAEVTIND:0"), (.seconds(251), "+QLAEVTIND:3")])
        try await world.session.register()
        #expect(world.session.maySend)
    }

    @Test func `a failed negotiation writes the keys again, once`() async throws {
        let world = AndlinkWorld(AndlinkWorld.encrypted)
        let keys = [
            "AT+QLASETBSPSK=\(AndlinkWorld.imei),\(AndlinkWorld.psk)",
            "AT+QLASETPSK=\(AndlinkWorld.imei),\(AndlinkWorld.psk)",
        ]
        for key in keys { world.channel.script(key, .ok) }
        world.channel.script("AT+QLASTATUS?", .state("INIITIALISED"))
        world.channel.script("AT+QLADTLSSTAT?", .lines("+QLADTLSSTAT:3"))
        world.channel.script(begin, .ok, after: [(.seconds(4), "+QLADTLSSTAT:3")])
        guard case .needsRestart(let reason) = await world.registerFailure() else {
            Issue.record("a restart is needed")
            return
        }
        #expect(reason.contains("PSK") && !reason.contains(AndlinkWorld.psk))
        #expect(world.channel.commands.suffix(2) == keys[...])
        #expect(world.channel.now < .seconds(5))
        world.session.moduleRestarted()
        #expect(await world.registerFailure()?.name == "dtls_failed")
        #expect(world.channel.commands.filter(keys.contains).count == 2)
    }

    @Test func `commands that the module lacks are named in the failure`() async {
        let world = AndlinkWorld()
        world.scriptSettings()
        world.channel.script("AT+QLABSSECSWT?", .lines("+QLABSSECSWT:1,0"))
        world.channel.script("AT+QLABSSECSWT=0", .error)
        _ = await failure(of: { () throws(SessionFailure) in try await world.session.prepare() })
        world.channel.script("AT+QLASTATUS?", .state("REJECTED_BY_SERVER"))
        world.channel.script(begin, .ok)
        guard case .failed(let error) = await world.registerFailure() else {
            Issue.record("it fails")
            return
        }
        #expect(error.text.hasSuffix("this module does not know AT+QLABSSECSWT"))
    }

    @Test func `a restart forgets what the module was`() {
        let world = AndlinkWorld(isRegistered: true)
        world.session.moduleRestarted()
        #expect(world.session.registration == nil && !world.session.maySend)
    }

    @Test(arguments: [LineLoss.closed("gone"), .reset("REBOOT_CAUSE_APPLICATION_AT"), .unresponsive])
    func `a lost line is thrown`(loss: LineLoss) async {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .state("UNINITIALISED"))
        world.channel.script(begin, .lost(loss))
        #expect(await world.registerFailure() == .lost(loss))
        world.channel.script(begin, .ok)
        world.channel.lose(loss, after: .seconds(3))
        #expect(await world.registerFailure() == .lost(loss))
    }
}
