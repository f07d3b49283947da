import AT
import Platforms
import Testing

/// Renewing a registration (2.4).
@Suite struct LwM2MUpdateTests {
    private func update(_ world: LwM2MWorld, _ lifetime: Int?) async -> SessionFailure? {
        await failure(of: { () throws(SessionFailure) in try await world.session.update(lifetime: lifetime) })
    }

    @Test(
        arguments: [
            (["+QLAUPDATE: 59797"], ["+QLAUPDATE: 0,59797"]), ([], ["+QLAUPDATE: 0,59797"]),
            (["+QLAUPDATE: 0,59797"], []), ([], ["+QLAUPDATE: 59797", "+QLAUPDATE: 0,59797"]),
            (["+QLAUPDATE: 0,59797"], ["+QLAUPDATE: 59797"]),
        ] as [([String], [String])])
    func `an update ends with its result, in either order`(before: [String], after: [String]) async {
        let world = makeRegisteredLwM2M()
        world.channel.script(
            "AT+QLAUPDATE=0,1000", .ok, before: before, after: after.map { (.milliseconds(500), $0) })
        #expect(await update(world, 1000) == nil)
        #expect(world.orders == ["AT+QLAUPDATE=0,1000"] && world.session.maySend)
        #expect(world.channel.now < .seconds(2))
    }

    @Test func `without a lifetime the present one is renewed`() async {
        let world = makeRegisteredLwM2M()
        world.channel.script("AT+QLAUPDATE=0,300", .ok, after: [(.seconds(1), "+QLAUPDATE: 0,1")])
        #expect(await update(world, nil) == nil)
    }

    @Test func `a lifetime that was refused is not the present one`() async {
        let world = makeRegisteredLwM2M()
        world.channel.script("AT+QLAUPDATE=0,1000", .error)
        #expect(await update(world, 1000)?.name == "update_failed")
        world.channel.script("AT+QLAUPDATE=0,300", .ok, after: [(.seconds(1), "+QLAUPDATE: 0,1")])
        #expect(await update(world, nil) == nil)
    }

    @Test(arguments: [19, 31_536_001, -1])
    func `a lifetime out of range reaches no module`(lifetime: Int) async {
        let world = makeRegisteredLwM2M()
        #expect(await update(world, lifetime)?.name == "bad_lifetime")
        #expect(world.channel.commands.isEmpty)
    }

    @Test(arguments: [20, 31_536_000])
    func `a lifetime at the edge of the range is taken`(lifetime: Int) async {
        let world = makeRegisteredLwM2M()
        world.channel.script("AT+QLAUPDATE=0,\(lifetime)", .ok, after: [(.seconds(1), "+QLAUPDATE: 0,1")])
        #expect(await update(world, lifetime) == nil)
    }

    @Test(
        arguments: [
            (.ok, ["+QLAUPDATE: 4,7"], "update_failed"), (.ok, ["+QLAUPDATE: 1,7"], "timeout"),
            (.error, [], "update_failed"), (.timedOut, [], "update_failed"), (.ok, [], "update_failed"),
        ] as [(ScriptedChannel.Reply, [String], String)])
    func `an update that fails is a failure while the module is registered, else a new registration`(
        reply: ScriptedChannel.Reply, reports: [String], name: String
    ) async {
        let world = makeRegisteredLwM2M()
        world.channel.script("AT+QLAUPDATE=0,1000", reply, after: reports.map { (.seconds(1), $0) })
        #expect(await update(world, 1000)?.name == name)
        #expect(world.orders == ["AT+QLAUPDATE=0,1000"])

        world.channel.scriptFresh(status: [2, 0], objects: lwm2mShownObjects)
        let configure = lwm2mConfigure.replacing(",300,", with: ",1000,")
        world.channel.scriptRegistration(configure)
        #expect(await update(world, 1000) == nil)
        #expect(world.orders.suffix(3) == ["AT+QLAUPDATE=0,1000", configure, "AT+QLAREG"])
        #expect(world.session.maySend)
    }

    @Test func `a module that is not registered is registered with the new lifetime`() async {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [0], objects: lwm2mShownObjects)
        let configure = lwm2mConfigure.replacing(",300,", with: ",1000,")
        world.channel.scriptRegistration(configure)
        #expect(await update(world, 1000) == nil)
        #expect(world.orders == [configure, "AT+QLAREG"])
    }

    @Test func `the retransmissions of the module say how long a result may take`() async throws {
        let world = makeRegisteredLwM2M { $0.lifetime = 1000 }
        world.channel.scriptFresh(
            status: [2],
            settings: ScriptedChannel.settings(.ctIoT).map {
                $0.replacing("\"retransmit\",4,4", with: "\"retransmit\",20,4")
            },
            objects: lwm2mShownObjects)
        world.channel.script("AT+QLACONFIG?", .ok([lwm2mConfigured]))
        world.channel.script("AT+QLAUPDATE=0,1000", .ok, after: [(.seconds(600), "+QLAUPDATE: 0,1")])
        try await world.session.register()
        #expect(world.channel.now >= .seconds(600) && world.orders == ["AT+QLAUPDATE=0,1000"])
    }

    // MARK: While the cloud updates the firmware (4.1.2.1)

    @Test(arguments: [300, 86_399])
    func `the lifetime is long while the firmware is updated, and then as before`(lifetime: Int) async throws {
        let world = makeRegisteredLwM2M { $0.lifetime = lifetime }
        for value in [86_400, lifetime] {
            world.channel.script("AT+QLAUPDATE=0,\(value)", .ok, after: [(.seconds(1), "+QLAUPDATE: 0,7")])
        }
        try await world.session.updateBegan()
        #expect(world.orders == ["AT+QLAUPDATE=0,86400"])
        try await world.session.updateEnded()
        #expect(world.orders == ["AT+QLAUPDATE=0,86400", "AT+QLAUPDATE=0,\(lifetime)"])
    }

    @Test(arguments: [86_400, 31_536_000])
    func `a lifetime that is long enough stays`(lifetime: Int) async throws {
        let world = makeRegisteredLwM2M { $0.lifetime = lifetime }
        try await world.session.updateBegan()
        try await world.session.updateEnded()
        #expect(world.orders.isEmpty)
    }

    @Test(arguments: [true, false])
    func `without a registration there is no lifetime to change`(restarted: Bool) async throws {
        let world = makeRegisteredLwM2M()
        if restarted { world.session.moduleRestarted() } else { world.session.distrust() }
        try await world.session.updateBegan()
        try await world.session.updateEnded()
        #expect(world.orders.isEmpty)
    }

    @Test(arguments: [ScriptedChannel.Reply.error, .timedOut, .ok])
    func `an update of the firmware goes on though the lifetime cannot be changed`(
        reply: ScriptedChannel.Reply
    ) async throws {
        let world = makeRegisteredLwM2M()
        world.channel.script("AT+QLAUPDATE=0,86400", reply)
        try await world.session.updateBegan()
        #expect(world.session.maySend)
    }
}
