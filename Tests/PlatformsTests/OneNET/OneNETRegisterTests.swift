import AT
import Testing

@testable import Platforms

/// From any state of the module to a registration (3.3.1 to 3.3.7, 7.2).
@Suite struct OneNETRegisterTests {
    private func registering(_ world: OneNETWorld) async -> SessionFailure? {
        await failure(of: { () throws(SessionFailure) in try await world.session.register() })
    }

    /// A module that has just started.
    private func fresh(_ world: OneNETWorld = OneNETWorld()) -> OneNETWorld {
        world.scriptSuccess()
        world.session.moduleRestarted()
        return world
    }

    @Test func `a fresh module is configured, filled and registered in this order`() async throws {
        let world = fresh()
        try await world.session.register()
        #expect(world.channel.commands == OneNETWorld.beginning)
        #expect(world.session.maySend && world.session.registration == .registered)
        #expect(world.channel.events.last == .registration(.registered))
        #expect(world.session.renewalInterval == nil)
    }

    @Test func `a module that may hold an instance is emptied first`() async throws {
        let world = OneNETWorld()
        world.scriptSuccess()
        try await world.session.register()
        #expect(world.channel.commands == ["AT+MIPLCLOSE=0", "AT+MIPLDELETE=0"] + OneNETWorld.beginning)
        // Event 15 was awaited, and is no loss.
        #expect(!world.channel.events.contains { if case .registrationLost = $0 { true } else { false } })
        #expect(world.channel.sent[1].at >= .milliseconds(500))
    }

    @Test func `a module that holds none refuses twice, and is registered without delay`() async throws {
        let world = OneNETWorld()
        world.scriptSuccess()
        world.channel.script("AT+MIPLCLOSE=0", .code(655))
        world.channel.script("AT+MIPLDELETE=0", .error)
        try await world.session.register()
        #expect(world.channel.commands == ["AT+MIPLCLOSE=0", "AT+MIPLDELETE=0"] + OneNETWorld.beginning)
        #expect(world.channel.sent.last.map { $0.at < .seconds(5) } == true)
    }

    @Test func `an instance that shows only by refusing another is deleted with its objects`() async throws {
        let world = OneNETWorld()
        world.scriptSuccess()
        world.channel.script("AT+MIPLCLOSE=0", .error)
        world.channel.script("AT+MIPLDELETE=0", .error, .ok)
        world.channel.script("AT+MIPLCREATE", .error, .lines("+MIPLCREATE: 0"))
        try await world.session.register()
        #expect(
            world.channel.commands == [
                "AT+MIPLCLOSE=0", "AT+MIPLDELETE=0", OneNETWorld.config, "AT+MIPLCREATE", "AT+MIPLDELOBJ=0,3311",
                "AT+MIPLDELOBJ=0,3200", "AT+MIPLCLOSE=0", "AT+MIPLDELETE=0",
            ] + OneNETWorld.beginning)
    }

    @Test func `an instance that is closed but not deleted loses its objects too`() async throws {
        let world = OneNETWorld()
        world.scriptSuccess()
        world.channel.script("AT+MIPLDELETE=0", .error, .ok)
        try await world.session.register()
        #expect(
            world.channel.commands.prefix(5) == [
                "AT+MIPLCLOSE=0", "AT+MIPLDELETE=0", "AT+MIPLDELOBJ=0,3311", "AT+MIPLDELOBJ=0,3200", "AT+MIPLDELETE=0",
            ])
        #expect(world.session.maySend)
    }

    /// A module may take MIPLCLOSE though nothing is registered, and then tells no end.
    @Test func `an instance from before that tells no end is not waited for long`() async throws {
        let world = OneNETWorld()
        world.scriptSuccess()
        world.channel.script("AT+MIPLCLOSE=0", .ok)
        try await world.session.register()
        #expect(world.channel.sent.last.map { $0.at <= .seconds(6) } == true)
        #expect(world.session.maySend)
    }

    @Test func `an end that takes its time is awaited where the instance cannot be deleted before`() async throws {
        let world = OneNETWorld()
        world.scriptSuccess()
        world.channel.script("AT+MIPLCLOSE=0", .ok, after: [(.seconds(30), "+MIPLEVENT: 0,15")])
        world.channel.script("AT+MIPLDELETE=0", .error, .ok)
        try await world.session.register()
        let deletions = world.channel.sent.filter { $0.command == "AT+MIPLDELETE=0" }.map(\.at)
        #expect(deletions.count == 2 && deletions[1] >= .seconds(30) && deletions[1] < .seconds(31))
    }

    @Test func `after a registration that has failed no end is waited for long`() async throws {
        let world = fresh()
        world.channel.script(OneNETWorld.open, .ok, after: [(.seconds(1), "+MIPLEVENT: 0,7")])
        #expect(await registering(world)?.name == "registration_failed")
        world.channel.forget()
        world.scriptSuccess()
        world.channel.script("AT+MIPLCLOSE=0", .ok)
        let began = world.channel.now
        try await world.session.register()
        let deletion = world.channel.sent.first { $0.command == "AT+MIPLDELETE=0" }
        #expect(deletion.map { $0.at - began < .seconds(12) } == true)
    }

    @Test func `an instance that cannot be replaced asks for one restart and no more`() async {
        let world = OneNETWorld()
        world.scriptSuccess()
        world.channel.script("AT+MIPLCLOSE=0", .error)
        world.channel.script("AT+MIPLDELETE=0", .error)
        world.channel.script("AT+MIPLCREATE", .code(651))
        guard case .needsRestart? = await registering(world) else {
            Issue.record("a restart is needed")
            return
        }
        #expect(await registering(world) == .failed(OneNETError.codes[651].published))
    }

    @Test func `MIPLCREATE without an answer leaves the module in doubt`() async throws {
        let world = fresh()
        world.channel.script("AT+MIPLCREATE", .timedOut, .lines("+MIPLCREATE: 0"))
        #expect(await registering(world)?.name == "no_answer")
        world.channel.forget()
        try await world.session.register()
        #expect(world.channel.commands.first == "AT+MIPLCLOSE=0")
    }

    @Test func `the number of the instance is the module's`() async throws {
        let world = fresh()
        world.channel.script("AT+MIPLCREATE", .lines("+MIPLCREATE: 1"))
        world.channel.script("AT+MIPLADDOBJ=1,3311,1,\"1\",4,1", .ok)
        world.channel.script("AT+MIPLADDOBJ=1,3200,1,\"1\",2,0", .ok)
        world.channel.script("AT+MIPLOPEN=1,86400,120", .ok, after: [(.seconds(1), "+MIPLEVENT: 1,6")])
        try await world.session.register()
        #expect(world.session.maySend)
    }

    // MARK: Configuration

    @Test func `firmware that does not know the automatic update is renewed by us`() async throws {
        let world = fresh()
        world.channel.script(OneNETWorld.config, .code(652))
        world.channel.script("AT+MIPLCONFIG=0,0,1,\"183.230.40.39\",5683", .ok)
        try await world.session.register()
        #expect(world.session.maySend)
        #expect(world.session.renewalInterval == .seconds(69_120))
    }

    @Test func `a lifetime of 0 is an hour`() async throws {
        let world = fresh(OneNETWorld(lifetime: 0))
        world.channel.script(OneNETWorld.config, .error)
        world.channel.script("AT+MIPLCONFIG=0,0,1,\"183.230.40.39\",5683", .ok)
        world.channel.script("AT+MIPLOPEN=0,0,120", .ok, after: OneNETWorld.successes)
        try await world.session.register()
        #expect(world.session.renewalInterval == .seconds(2880))
    }

    @Test func `a configuration that is refused in every form is a failure with the module's error`() async {
        let world = fresh()
        world.channel.script(OneNETWorld.config, .code(652))
        world.channel.script("AT+MIPLCONFIG=0,0,1,\"183.230.40.39\",5683", .error)
        world.session.hasRestartedModule = true
        #expect(await registering(world) == .failed(OneNETError.codes[652].published))
    }

    /// 7.2.3.
    @Test func `without bootstrap the server is the one to register at`() async throws {
        let world = fresh(OneNETWorld(host: "183.230.40.40", bootstrap: false))
        world.channel.script("AT+MIPLCONFIG=0,0,0,\"183.230.40.40\",5683,1", .ok)
        world.channel.script(
            OneNETWorld.open, .ok, after: [(.seconds(3), "+MIPLEVENT: 0,4"), (.seconds(4), "+MIPLEVENT: 0,6")])
        try await world.session.register()
        #expect(world.session.maySend)
    }

    @Test(arguments: [
        (ScriptedChannel.Reply.lines("+MIPLCONFIG: 0,0,1,\"10.0.0.1\",5000,0"), "\"10.0.0.1\",5000"),
        (.lines("+MIPLCONFIG: 0,0,0,\"10.0.0.1\",5000,0"), "\"183.230.40.39\",5683"),
        (.lines("+MIPLCONFIG: 0,0"), "\"183.230.40.39\",5683"), (.error, "\"183.230.40.39\",5683"),
    ])
    func `without a server the module's bootstrap server is taken`(
        reply: ScriptedChannel.Reply, address: String
    ) async throws {
        let world = fresh(OneNETWorld(host: nil))
        world.channel.script("AT+MIPLCONFIG?", reply)
        world.channel.script("AT+MIPLCONFIG=0,0,1,\(address),1", .ok)
        try await world.session.register()
        #expect(world.channel.commands[1] == "AT+MIPLCONFIG=0,0,1,\(address),1")
    }

    @Test func `a server that cannot be written is a failure`() async {
        let world = fresh(OneNETWorld(host: "a\"b"))
        #expect(await registering(world)?.name == "bad_server")
        #expect(world.channel.commands == [])
    }

    @Test(arguments: [-1, 1, 14, 268_435_456])
    func `a lifetime out of range reaches no module`(lifetime: Int) async {
        let world = fresh(OneNETWorld(lifetime: lifetime))
        #expect(await registering(world)?.name == "bad_lifetime")
        let preparing = await failure(of: { () throws(SessionFailure) in try await world.session.prepare() })
        #expect(preparing?.name == "bad_lifetime")
        #expect(world.channel.commands == [])
    }

    @Test(
        arguments: [
            (ScriptedChannel.Reply.lines("+MIPLVER: \"2.3.0\""), "2.3.0"), (.lines("+MIPLVER: 2.3.0"), "2.3.0"),
            (.error, nil), (.timedOut, nil),
        ] as [(ScriptedChannel.Reply, String?)])
    func `the version of the suite is asked for, and may be missing`(
        reply: ScriptedChannel.Reply, version: String?
    ) async throws {
        let world = OneNETWorld()
        world.channel.script("AT+MIPLVER?", reply)
        try await world.session.prepare()
        #expect(world.session.suiteVersion == version)
    }

    // MARK: Objects

    @Test func `an object that is there from before is described anew`() async throws {
        let world = fresh()
        world.channel.script(OneNETWorld.add3311, .error, .ok)
        try await world.session.register()
        #expect(
            world.channel.commands.dropFirst(2).prefix(3) == [
                OneNETWorld.add3311, "AT+MIPLDELOBJ=0,3311", OneNETWorld.add3311,
            ])
    }

    @Test func `an object that the module refuses is a failure, and the instance is deleted at the next attempt`()
        async throws
    {
        let world = fresh()
        world.channel.script(OneNETWorld.add3311, .code(655))
        #expect(await registering(world) == .failed(OneNETError.codes[655].published))
        #expect(!world.channel.commands.contains(OneNETWorld.open))
        world.channel.forget()
        world.scriptSuccess()
        try await world.session.register()
        // What was never opened is not closed.
        #expect(
            world.channel.commands
                == ["AT+MIPLDELOBJ=0,3311", "AT+MIPLDELOBJ=0,3200", "AT+MIPLDELETE=0"] + OneNETWorld.beginning)
    }

    @Test func `an instance that no bitmap should hold reaches no module`() async {
        let objects = [ObjectDescription(id: 3303, instance: 1024, resources: [.init(id: 1, kind: .float)])]
        let world = fresh(OneNETWorld(objects: objects))
        #expect(await registering(world)?.name == "instance_too_high")
        #expect(world.channel.commands == [])
    }
}
