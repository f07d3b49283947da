import AT
import Testing

@testable import Platforms

/// How a registration ends (5.7), what is kept of one that is there, and the wait for the platform's observation.
@Suite struct OneNETResultTests {
    private func registering(_ world: OneNETWorld) async -> SessionFailure? {
        await failure(of: { () throws(SessionFailure) in try await world.session.register() })
    }

    /// A module that has just started.
    private func fresh(_ world: OneNETWorld = OneNETWorld()) -> OneNETWorld {
        world.scriptSuccess()
        world.session.moduleRestarted()
        return world
    }

    // MARK: Results

    @Test(arguments: [
        (3, "bootstrap_failed", Registration.registrationFailed), (5, "connection_failed", .registrationFailed),
        (7, "registration_failed", .registrationFailed), (8, "registration_timed_out", .timeout),
        (10, "halted", .invalid),
    ])
    func `a registration that fails says why, and is made anew`(code: Int, name: String, state: Registration)
        async throws
    {
        let world = fresh()
        world.channel.script(OneNETWorld.open, .ok, after: [(.seconds(9), "+MIPLEVENT: 0,\(code)")])
        guard case .failed(let error)? = await registering(world) else {
            Issue.record("it should fail")
            return
        }
        #expect(error.code == code && error.name == name && error.source == .cloud)
        #expect(world.session.registration == state && !world.session.maySend)
        #expect(world.channel.now < .seconds(12))
        world.channel.forget()
        world.scriptSuccess()
        try await world.session.register()
        #expect(
            world.channel.commands
                == ["AT+MIPLDELOBJ=0,3311", "AT+MIPLDELOBJ=0,3200", "AT+MIPLCLOSE=0", "AT+MIPLDELETE=0"]
                + OneNETWorld.beginning)
        #expect(world.session.maySend)
    }

    @Test func `events before the OK are not missed`() async throws {
        let world = fresh()
        world.channel.script(
            OneNETWorld.open, .ok,
            before: ["+MIPLEVENT: 0,1", "+MIPLEVENT: 0,2", "+MIPLEVENT: 0,4", "+MIPLEVENT: 0,6"],
            after: [])
        try await world.session.register()
        // What follows is the wait for observations alone.
        #expect(world.session.maySend && world.channel.now < .seconds(6))
    }

    @Test func `doubled events change nothing`() async throws {
        let world = fresh()
        world.channel.script(OneNETWorld.open, .ok, after: OneNETWorld.successes.flatMap { [$0, $0] })
        try await world.session.register()
        #expect(world.channel.events.filter { $0 == .registration(.registered) }.count == 1)
        #expect(world.hear("+MIPLEVENT: 0,6").count == 1)
        #expect(world.session.maySend)
    }

    @Test func `late events of the registration before do not end a new one`() async throws {
        let world = fresh()
        let late: [(Duration, String)] = [9, 12, 13, 15].map { (.milliseconds(100), "+MIPLEVENT: 0,\($0)") }
        world.channel.script(OneNETWorld.open, .ok, after: late + OneNETWorld.successes)
        try await world.session.register()
        #expect(world.session.maySend)
    }

    @Test(arguments: [(true, Duration.seconds(250)), (false, .seconds(130))])
    func `a result that never comes is a failure after the module's own time`(bootstrap: Bool, limit: Duration) async {
        let world = fresh(OneNETWorld(bootstrap: bootstrap))
        world.channel.script("AT+MIPLCONFIG=0,0,0,\"183.230.40.39\",5683,1", .ok)
        world.channel.script(OneNETWorld.open, .ok)
        #expect(await registering(world)?.name == "no_result")
        #expect(world.session.registration == .timeout)
        #expect(world.channel.now >= limit && world.channel.now < limit + .seconds(2))
    }

    @Test func `a result that comes after all is taken`() async throws {
        let world = fresh()
        world.channel.script(OneNETWorld.open, .ok)
        _ = await registering(world)
        #expect(world.hear("+MIPLEVENT: 0,6").last == .registration(.registered))
        world.channel.forget()
        try await world.session.register()
        #expect(world.channel.commands == [] && world.session.maySend)
    }

    @Test(
        arguments: [
            (.code(652), .failed(OneNETError.codes[652].published)),
            (.code(7777), .failed(OneNETError.codes[7777].published)),
            (
                .error,
                .failed(
                    PlatformError(
                        name: "ERROR", text: "the module refused AT+MIPLOPEN=0,86400,120 without a code",
                        source: .module))
            ),
            (
                .timedOut,
                .failed(
                    PlatformError(
                        name: "no_answer", text: "the module did not answer AT+MIPLOPEN=0,86400,120", source: .module))
            ),
            (.lost(.reset("RDY")), .lost(.reset("RDY"))),
        ] as [(ScriptedChannel.Reply, SessionFailure)])
    func `an opening that is refused says why`(reply: ScriptedChannel.Reply, expected: SessionFailure) async {
        let world = fresh()
        world.channel.script(OneNETWorld.open, reply)
        #expect(await registering(world) == expected)
        #expect(!world.session.maySend)
    }

    @Test func `a line that is lost while the result is awaited ends the wait`() async {
        let world = fresh()
        world.channel.script(OneNETWorld.open, .ok)
        world.channel.lose(.closed("gone"), after: .seconds(40))
        #expect(await registering(world) == .lost(.closed("gone")))
    }

    // MARK: What was before

    @Test func `a registration of ours is kept, with its observations`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, id: 5)
        try await world.session.register()
        #expect(world.channel.commands == [])
        #expect(world.session.registration == .registeredAndObserved)
        #expect(!world.resources.observations.isEmpty)
    }

    @Test func `a new registration forgets the observations of the one before`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, id: 5)
        _ = world.hear("+MIPLEVENT: 0,9")
        try await world.session.register()
        #expect(world.resources.observations.isEmpty)
        #expect(world.channel.commands.suffix(5) == OneNETWorld.beginning[...])
    }

    @Test func `a registration that is distrusted is made anew`() async throws {
        let world = try await OneNETWorld.registered()
        world.session.distrust()
        #expect(!world.session.maySend && world.session.registration == nil)
        try await world.session.register()
        #expect(world.channel.commands.count == 4 + OneNETWorld.beginning.count)
        #expect(world.session.maySend)
    }

    @Test func `a restart of the module leaves nothing to delete`() async throws {
        let world = try await OneNETWorld.registered()
        world.session.moduleRestarted()
        #expect(world.session.registration == nil)
        try await world.session.register()
        #expect(world.channel.commands == OneNETWorld.beginning)
    }

    // MARK: The data resource

    @Test func `without an observation of the data resource the wait ends after 20 s`() async throws {
        let world = fresh(OneNETWorld(dataUp: OneNETWorld.data))
        try await world.session.register()
        #expect(world.session.maySend && world.session.registration == .registered)
        #expect(world.channel.now >= .seconds(24) && world.channel.now < .seconds(26))
    }

    @Test func `the observation of the data resource ends the wait when it is answered`() async throws {
        let world = fresh()
        let channel = AnsweringChannel(world.channel, world.resources)
        let session = OneNETSession(
            options: .init(
                host: "183.230.40.39", bootstrap: true, lifetime: 86_400, dataUp: OneNETWorld.data),
            resources: world.resources, channel: channel, firstAckID: 1)
        channel.session = session
        world.channel.attach(session)
        world.channel.script(
            OneNETWorld.open, .ok,
            after: OneNETWorld.successes + [(.seconds(7), "+MIPLOBSEVER: 0,91530,1,3200,0,-1")])
        world.channel.script("AT+MIPLOBSERVERSP=0,91530,1", .ok)
        try await session.register()
        #expect(session.registration == .registeredAndObserved)
        // Of the data resource: the other object has five seconds more.
        #expect(world.channel.now < .seconds(17))
        #expect(world.channel.events.contains(.registration(.registeredAndObserved)))
        #expect(
            world.channel.sent.last
                == .init(
                    command: "AT+MIPLOBSERVERSP=0,91530,1", priority: .answer, at: world.channel.sent.last?.at ?? .zero)
        )
    }

    /// A value that is set in between would be told to nobody.
    @Test func `nothing may be sent before the platform has observed`() async throws {
        let world = fresh(OneNETWorld(dataUp: OneNETWorld.data))
        world.session.isSettling = true
        world.session.standing = .registered
        #expect(!world.session.maySend)
        world.session.isSettling = false
        #expect(world.session.maySend)
    }

    @Test func `a registration that is lost while the observation is awaited is none`() async {
        let world = fresh(OneNETWorld(dataUp: OneNETWorld.data))
        world.channel.script(OneNETWorld.open, .ok, after: OneNETWorld.successes + [(.seconds(9), "+MIPLEVENT: 0,10")])
        #expect(await registering(world)?.name == "halted")
        #expect(world.channel.now < .seconds(12))
    }
}
