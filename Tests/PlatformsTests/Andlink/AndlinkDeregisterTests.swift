import AT
import Platforms
import Testing

/// The end of a registration (3.4), asked for or as part of a new one.
@Suite struct AndlinkDeregisterTests {
    private let begin = "AT+QLASREGIND=0"
    private let end = "AT+QLASREGIND=1"

    private func deregisterFailure(_ world: AndlinkWorld) async -> SessionFailure? {
        await failure(of: { () throws(SessionFailure) in try await world.session.deregister() })
    }

    @Test func `a registration ends with event 1, and is not called lost`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASTATUS?", .state("REGISTERED"))
        world.channel.script(end, .ok, after: [(.milliseconds(500), "+QLAEVTIND:1")])
        try await world.session.deregister()
        #expect(world.session.registration == .deregistered && !world.session.maySend)
        #expect(!world.channel.events.contains { if case .registrationLost = $0 { true } else { false } })
        #expect(world.channel.commands == ["AT+QLASTATUS?", end])
    }

    @Test func `an end whose report was lost is found by asking`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASTATUS?", .state("MO_DATA_ENABLED"), .state("REGISTERED"), .state("DEREGISTERED"))
        world.channel.script(end, .ok)
        try await world.session.deregister()
        #expect(world.session.registration == .deregistered)
    }

    @Test(arguments: [
        "UNINITIALISED", "MISSING_CONFIG", "INIITIALISED", "INIT_FAILED", "DEREGISTERED", "REJECTED_BY_SERVER",
        "REG_FAILED", "NO_UE_IP",
    ])
    func `what is not registered needs no end`(state: String) async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .state(state))
        try await world.session.deregister()
        #expect(world.channel.commands == ["AT+QLASTATUS?"])
    }

    @Test func `a registration under way is awaited before it is ended`() async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .state("REGISTERING"))
        world.channel.report("+QLAEVTIND:0", after: .seconds(20))
        world.channel.script(end, .ok, after: [(.seconds(1), "+QLAEVTIND:1")])
        try await world.session.deregister()
        #expect(world.channel.sent.last.map { $0.command == end && $0.at >= .seconds(20) } == true)
    }

    @Test(arguments: [ScriptedChannel.Reply.error, .code(3), .timedOut])
    func `a module that tells no state and refuses is left alone`(reply: ScriptedChannel.Reply) async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLASTATUS?", .error)
        world.channel.script(end, reply)
        try await world.session.deregister()
    }

    @Test(
        arguments: [
            (.code(3), "REGISTERED", "operation_not_allowed"), (.ok, "DEREG_FAILED", "deregistration_failed"),
            (.ok, "REGISTERED", "still_registered"),
        ] as [(ScriptedChannel.Reply, String, String)])
    func `an end that fails says so`(reply: ScriptedChannel.Reply, state: String, name: String) async {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASTATUS?", .state("REGISTERED"), .state(state))
        world.channel.script(end, reply)
        #expect(await deregisterFailure(world)?.name == name)
    }

    @Test func `an update is a new registration, and sets no lifetime`() async throws {
        let world = AndlinkWorld(isRegistered: true)
        world.channel.script("AT+QLASTATUS?", .state("REGISTERED"), .state("DEREGISTERED"))
        world.channel.script(end, .ok, after: [(.seconds(1), "+QLAEVTIND:1")])
        world.channel.script(begin, .ok, after: [(.seconds(1), "+QLAEVTIND:0"), (.seconds(2), "+QLAEVTIND:3")])
        try await world.session.update(lifetime: nil)
        #expect(world.channel.commands == ["AT+QLASTATUS?", end, "AT+QLASTATUS?", begin])
        let failure = await failure(of: { () throws(SessionFailure) in try await world.session.update(lifetime: 60) })
        #expect(failure?.name == "not_supported")
    }

    @Test func `nothing is buffered`() async throws {
        let world = AndlinkWorld()
        try await world.session.fetch { _ in Issue.record("there is nothing") }
        #expect(world.session.droppedByModule == 0 && world.channel.commands.isEmpty)
    }
}
