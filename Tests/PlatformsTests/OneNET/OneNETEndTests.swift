import AT
import Testing

@testable import Platforms

/// The end of a registration (3.3.3, 3.3.6, 3.3.8) and its renewal (3.3.16).
@Suite struct OneNETEndTests {
    private static let end = ["AT+MIPLDELOBJ=0,3311", "AT+MIPLDELOBJ=0,3200", "AT+MIPLCLOSE=0", "AT+MIPLDELETE=0"]

    private func deregistering(_ world: OneNETWorld) async -> SessionFailure? {
        await failure(of: { () throws(SessionFailure) in try await world.session.deregister() })
    }

    private func updating(_ world: OneNETWorld, _ lifetime: Int?) async -> SessionFailure? {
        await failure(of: { () throws(SessionFailure) in try await world.session.update(lifetime: lifetime) })
    }

    @Test func `objects, registration and instance end in this order`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, id: 5)
        try await world.session.deregister()
        #expect(world.channel.commands == Self.end)
        #expect(world.session.registration == .deregistered && !world.session.maySend)
        #expect(world.resources.observations.isEmpty)
        // The end that was asked for is no loss.
        #expect(!world.channel.events.contains { if case .registrationLost = $0 { true } else { false } })
        world.channel.forget()
        try await world.session.deregister()
        #expect(world.channel.commands == [])
    }

    @Test func `the instance is not deleted before event 15`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLCLOSE=0", .ok, after: [(.seconds(30), "+MIPLEVENT: 0,15")])
        let began = world.channel.now
        try await world.session.deregister()
        #expect(world.channel.sent.last.map { $0.at >= began + .seconds(30) } == true)
    }

    @Test func `event 15 before the OK counts`() async throws {
        let world = try await OneNETWorld.registered()
        let began = world.channel.now
        world.channel.script("AT+MIPLCLOSE=0", .ok, before: ["+MIPLEVENT: 0,15"], after: [])
        try await world.session.deregister()
        #expect(world.channel.now < began + .seconds(1))
    }

    @Test func `an event 15 of an earlier time is not taken for this one's`() async throws {
        let world = try await OneNETWorld.registered()
        _ = world.hear("+MIPLEVENT: 0,15")
        world.channel.script("AT+MIPLCLOSE=0", .ok, after: [(.seconds(5), "+MIPLEVENT: 0,15")])
        let began = world.channel.now
        try await world.session.register()
        let deletion = world.channel.sent.first { $0.command == "AT+MIPLDELETE=0" }
        #expect(deletion.map { $0.at >= began + .seconds(5) } == true)
    }

    /// Compatible firmware says ERROR after five seconds and goes on.
    @Test(arguments: [ScriptedChannel.Reply.error, .timedOut])
    func `an end that follows a refusal is awaited`(reply: ScriptedChannel.Reply) async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLCLOSE=0", reply, after: [(.seconds(4), "+MIPLEVENT: 0,15")])
        let began = world.channel.now
        try await world.session.deregister()
        #expect(world.channel.commands == Self.end)
        #expect(world.channel.sent.last.map { $0.at >= began + .seconds(4) && $0.at < began + .seconds(6) } == true)
        #expect(world.session.registration == .deregistered)
    }

    @Test func `without event 15 the instance is deleted after a minute`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLCLOSE=0", .ok)
        let began = world.channel.now
        try await world.session.deregister()
        #expect(world.channel.now >= began + .seconds(60))
        #expect(world.session.registration == .deregistered)
    }

    @Test func `an instance that is not deleted at once is tried a second time`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLDELETE=0", .error, .ok)
        try await world.session.deregister()
        #expect(world.channel.commands == Self.end + ["AT+MIPLDELETE=0"])
    }

    @Test func `a module that refuses to delete says so`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLDELETE=0", .code(654))
        #expect(await deregistering(world) == .failed(OneNETError.codes[654].published))
        #expect(!world.session.maySend)
    }

    @Test func `a module of which nothing is known is emptied`() async throws {
        let world = OneNETWorld()
        world.scriptSuccess()
        try await world.session.deregister()
        #expect(world.channel.commands == ["AT+MIPLCLOSE=0", "AT+MIPLDELETE=0"])
        #expect(world.session.registration == .deregistered)
    }

    @Test(arguments: [LineLoss.closed("gone"), .reset("RDY")])
    func `a lost line ends the end`(loss: LineLoss) async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLCLOSE=0", .lost(loss))
        #expect(await deregistering(world) == .lost(loss))
        let other = try await OneNETWorld.registered()
        other.channel.script("AT+MIPLCLOSE=0", .ok)
        other.channel.lose(loss, after: .seconds(5))
        #expect(await deregistering(other) == .lost(loss))
    }

    // MARK: Renewal

    private static let update = "AT+MIPLUPDATE=0,86400,0,0"

    /// 7.9.
    @Test func `a renewal ends with event 11`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script(Self.update, .ok, after: [(.seconds(3), "+MIPLEVENT: 0,11")])
        try await world.session.update(lifetime: nil)
        #expect(world.channel.commands == [Self.update])
        #expect(world.session.maySend)
    }

    @Test func `a result before the OK counts`() async throws {
        let world = try await OneNETWorld.registered()
        let began = world.channel.now
        world.channel.script(Self.update, .ok, before: ["+MIPLEVENT: 0,11"], after: [])
        try await world.session.update(lifetime: nil)
        #expect(world.channel.now < began + .seconds(1))
    }

    @Test func `a new lifetime holds for later too`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLUPDATE=0,3600,0,0", .ok, after: [(.seconds(3), "+MIPLEVENT: 0,11")])
        try await world.session.update(lifetime: 3600)
        _ = world.hear("+MIPLEVENT: 0,9")
        world.channel.script("AT+MIPLOPEN=0,3600,120", .ok, after: OneNETWorld.successes)
        try await world.session.register()
        #expect(world.channel.commands.last == "AT+MIPLOPEN=0,3600,120")
    }

    @Test(arguments: [(12, "update_failed"), (13, "update_timed_out")])
    func `a renewal that fails ends the registration`(code: Int, name: String) async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script(Self.update, .ok, after: [(.seconds(3), "+MIPLEVENT: 0,\(code)")])
        #expect(await updating(world, nil)?.name == name)
        #expect(!world.session.maySend)
    }

    @Test func `a renewal without a result is a failure that ends nothing`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script(Self.update, .ok)
        #expect(await updating(world, nil)?.name == "update_without_result")
        #expect(world.session.maySend)
    }

    @Test func `a renewal that is refused keeps the lifetime`() async throws {
        let world = try await OneNETWorld.registered()
        world.channel.script("AT+MIPLUPDATE=0,3600,0,0", .code(652))
        #expect(await updating(world, 3600) == .failed(OneNETError.codes[652].published))
        #expect(world.session.lifetime == 86_400 && world.session.maySend)
    }

    @Test(arguments: [-5, 14, 268_435_456])
    func `a renewal with a lifetime out of range reaches no module`(lifetime: Int) async throws {
        let world = try await OneNETWorld.registered()
        #expect(await updating(world, lifetime)?.name == "bad_lifetime")
        #expect(world.channel.commands == [])
    }

    @Test func `a module that is not registered is registered instead`() async throws {
        let world = OneNETWorld()
        world.scriptSuccess()
        world.session.moduleRestarted()
        world.channel.script("AT+MIPLOPEN=0,600,120", .ok, after: OneNETWorld.successes)
        try await world.session.update(lifetime: 600)
        #expect(world.channel.commands.last == "AT+MIPLOPEN=0,600,120")
        #expect(world.session.maySend)
    }

    @Test func `event 14 is answered by a renewal at once, and by no second`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.session.fetch { _ in }
        #expect(world.channel.commands == [])
        _ = world.hear("+MIPLEVENT: 0,14,300")
        world.channel.script(Self.update, .ok, after: [(.seconds(3), "+MIPLEVENT: 0,11")])
        try await world.session.fetch { _ in }
        try await world.session.fetch { _ in }
        #expect(world.channel.commands == [Self.update])
        #expect(world.session.maySend)
    }

    @Test func `a renewal that event 14 has begun throws only when the line is lost`() async throws {
        let world = try await OneNETWorld.registered()
        _ = world.hear("+MIPLEVENT: 0,14,300")
        world.channel.script(Self.update, .error)
        try await world.session.fetch { _ in }
        _ = world.hear("+MIPLEVENT: 0,14,200")
        world.channel.script(Self.update, .lost(.unresponsive))
        let failure = await failure(of: { () throws(SessionFailure) in try await world.session.fetch { _ in } })
        #expect(failure == .lost(.unresponsive))
    }

    @Test func `a second renewal does not disturb the first`() async throws {
        let world = try await OneNETWorld.registered()
        world.session.isUpdating = true
        #expect(await updating(world, nil)?.name == "update_running")
        _ = world.hear("+MIPLEVENT: 0,14,300")
        try await world.session.fetch { _ in }
        #expect(world.channel.commands == [])
    }
}
