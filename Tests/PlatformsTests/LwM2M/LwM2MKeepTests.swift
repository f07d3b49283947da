import AT
import Platforms
import Testing

/// Whatever state a module is in at the start: what is sound is kept, the rest is made anew.
@Suite struct LwM2MKeepTests {
    private func scriptRegistered(
        _ world: LwM2MWorld, status: [Int] = [2], shown: String = lwm2mConfigured, service: LwM2MService = .ctIoT,
        settings: [String]? = nil, objects: [String] = lwm2mShownObjects
    ) {
        if world.resources.observations.isEmpty { world.resources.observe(ObjectPath(lwm2mDataUp), messageID: 3) }
        world.channel.scriptFresh(status: status, settings: settings, service: service, objects: objects)
        world.channel.script("AT+QLACONFIG?", .ok([shown]))
        world.channel.script("AT+QLADEREG", .ok, after: [(.seconds(2), "+QLADEREG: 0")])
    }

    @Test func `a registration that is as wished is kept with its observations`() async throws {
        let world = makeLwM2M()
        world.resources.observe(ObjectPath(lwm2mDataUp), messageID: 3)
        scriptRegistered(world)
        try await world.session.register()
        #expect(world.orders.isEmpty && world.session.maySend)
        #expect(world.resources.observation(of: lwm2mDataUp) != nil)
        #expect(world.channel.now < .seconds(1))
    }

    /// The bridge is new to it, and what the cloud observes it cannot ask.
    @Test(arguments: [LwM2MService.ctIoT, .andlink])
    func `a registration of which nothing is known is made anew where observations matter`(
        service: LwM2MService
    ) async throws {
        let world = makeLwM2M(service)
        scriptRegistered(world, service: service)
        world.resources.forgetObservations()
        world.channel.scriptRegistration()
        try await world.session.register()
        #expect(world.session.maySend)
        #expect(world.orders == (service == .andlink ? [] : ["AT+QLADEREG", "AT+QLAREG"]))
        // Now it has seen it begin.
        world.channel.forget()
        world.resources.forgetObservations()
        try await world.session.register()
        #expect(world.orders.isEmpty && world.session.maySend)
    }

    @Test(
        arguments: [
            lwm2mConfigured.replacing("180.101.147.115", with: "1.2.3.4"),
            lwm2mConfigured.replacing("5683", with: "5684"),
            lwm2mConfigured.replacing(lwm2mIMEI, with: "other"),
            lwm2mConfigured.replacing("300,3", with: "300,0,\"id\",\"k\""),
            "+QLACONFIG: nonsense",
        ])
    func `a registration elsewhere is ended and a new one made`(shown: String) async throws {
        let world = makeLwM2M()
        world.resources.observe(ObjectPath(lwm2mDataUp), messageID: 3)
        scriptRegistered(world, shown: shown)
        // It cannot be configured before it has forgotten the old one (2.1).
        guard
            case .needsRestart = await failure(of: { () throws(SessionFailure) in try await world.session.register() })
        else {
            Issue.record("a restart is needed")
            return
        }
        #expect(world.orders == ["AT+QLADEREG"] && world.resources.observations.isEmpty)
        world.session.moduleRestarted()
        world.channel.scriptFresh(status: [0, 2], objects: lwm2mShownObjects)
        world.channel.scriptRegistration()
        try await world.session.register()
        #expect(world.orders == ["AT+QLADEREG", lwm2mConfigure, "AT+QLAREG"] && world.session.maySend)
    }

    @Test func `which bootstrap server has assigned a server is not asked`() async throws {
        let world = makeLwM2M { $0.bootstrap = true }
        scriptRegistered(world, shown: lwm2mConfigured.replacing("180.101.147.115", with: "1.2.3.4"))
        try await world.session.register()
        #expect(world.orders.isEmpty && world.session.maySend)
    }

    @Test func `another platform or device type wants a new registration`() async throws {
        let world = makeLwM2M(.andlink) { $0.deviceType = "1" }
        scriptRegistered(world, service: .andlink)
        world.channel.scriptRegistration()
        world.channel.script("AT+QLACFG=\"cfg_res\",3,0,17,\"1\"", .ok)
        try await world.session.register()
        #expect(
            world.orders
                == ["AT+QLADEREG", "AT+QLACFG=\"cfg_res\",3,0,17,\"1\"", "AT+QLAREG"])
    }

    @Test func `what does no harm is set without a new registration`() async throws {
        let world = makeLwM2M { $0.retransmission = LwM2MRetransmission(timeout: 2, times: 1) }
        let settings = ScriptedChannel.settings(.ctIoT).map {
            $0.replacing("\"auto_ack\",0", with: "\"auto_ack\",1").replacing("enable\",1", with: "enable\",0")
        }
        scriptRegistered(world, settings: settings)
        for setting in ["\"auto_ack\",0", "\"lifetime_enable\",1", "\"retransmit\",2,1"] {
            world.channel.script("AT+QLACFG=\(setting)", .ok)
        }
        try await world.session.register()
        #expect(world.orders.count == 3 && world.session.maySend)
    }

    @Test(arguments: [0, nil] as [Int?])
    func `a missing object is added, a left-over one deleted, while registered`(result: Int?) async throws {
        let world = makeLwM2M()
        scriptRegistered(world, objects: ["19,1,1,0", "17,0,1,0"])
        func reports(_ name: String) -> [(Duration, String)] { result.map { [(.seconds(1), "\(name): \($0)")] } ?? [] }
        world.channel.script("AT+QLADELOBJ=17", .ok, after: reports("+QLADELOBJ"))
        world.channel.script("AT+QLAADDOBJ=19,0,1,0", .ok, after: reports("+QLAADDOBJ"))
        try await world.session.register()
        #expect(world.orders == ["AT+QLADELOBJ=17", "AT+QLAADDOBJ=19,0,1,0"])
        #expect(world.session.maySend)
    }

    @Test(arguments: ["AT+QLADELOBJ=17", "AT+QLAADDOBJ=19,0,1,0"])
    func `an object that the platform does not take wants a new registration`(failing: String) async throws {
        let world = makeLwM2M()
        scriptRegistered(world, objects: ["19,1,1,0", "17,0,1,0"])
        world.channel.scriptRegistration(objects: [])
        for command in ["AT+QLADELOBJ=17", "AT+QLAADDOBJ=19,0,1,0"] {
            let name = command.contains("DEL") ? "+QLADELOBJ" : "+QLAADDOBJ"
            world.channel.script(command, .ok, after: [(.seconds(1), "\(name): \(command == failing ? 900 : 0)")])
        }
        try await world.session.register()
        #expect(world.orders.suffix(4).contains("AT+QLAREG") && world.orders.contains("AT+QLADEREG"))
    }

    @Test func `an object with other resources wants a new registration`() async throws {
        let world = makeLwM2M()
        scriptRegistered(world, objects: ["19,0,2,0,1", "19,1,1,0"])
        world.channel.scriptRegistration()
        world.channel.script("AT+QLADELOBJ=19", .ok)
        try await world.session.register()
        #expect(
            world.orders
                == ["AT+QLADEREG", "AT+QLADELOBJ=19"] + lwm2mAddObjects + ["AT+QLAREG"])
    }

    @Test func `another lifetime is told by an update`() async throws {
        let world = makeLwM2M { $0.lifetime = 1000 }
        scriptRegistered(world)
        world.channel.script(
            "AT+QLAUPDATE=0,1000", .ok, before: ["+QLAUPDATE: 59797"], after: [(.seconds(1), "+QLAUPDATE: 0,59797")])
        try await world.session.register()
        #expect(world.orders == ["AT+QLAUPDATE=0,1000"] && world.session.maySend)
    }

    @Test func `another binding is told by an update, and one that fails wants a new registration`() async throws {
        let world = makeLwM2M { $0.binding = .udpWithQueue }
        scriptRegistered(world)
        world.channel.scriptRegistration()
        world.channel.script("AT+QLAUPDATE=1,1", .ok, after: [(.seconds(1), "+QLAUPDATE: 1,59797")])
        try await world.session.register()
        #expect(world.orders == ["AT+QLAUPDATE=1,1", "AT+QLADEREG", "AT+QLAREG", "AT+QLAUPDATE=1,1"])
        #expect(world.session.maySend)
    }

    // MARK: On its way

    @Test(
        arguments: [
            (1, "+QLAREG: 0"), (6, "+QLAURC: \"recovered\",0"), (7, "+QLAURC: \"recovered\",0"),
        ])
    func `a module that is on its way is awaited`(status: Int, report: String) async throws {
        let world = makeLwM2M()
        world.resources.observe(ObjectPath(lwm2mDataUp), messageID: 3)
        scriptRegistered(world, status: [status, status, 2])
        world.channel.report(report, after: .seconds(2))
        try await world.session.register()
        #expect(world.orders.isEmpty && world.session.maySend && !world.resources.observations.isEmpty)
        #expect(world.channel.now < .seconds(5))
    }

    @Test func `a module whose report is lost on its way is found by asking`() async throws {
        let world = makeLwM2M()
        scriptRegistered(world, status: [1, 1, 1, 1, 2])
        try await world.session.register()
        #expect(world.orders.isEmpty && world.session.maySend)
    }

    @Test func `a module that is ending its registration is awaited`() async throws {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [3, 3, 4, 2])
        world.channel.scriptRegistration()
        world.channel.script("AT+QLACONFIG?", .ok([lwm2mConfigured]))
        try await world.session.register()
        #expect(world.orders == lwm2mAddObjects + ["AT+QLAREG"])
    }

    @Test(arguments: [1, 3])
    func `a module that stays on its way is restarted once, and then left alone`(status: Int) async {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [status])
        guard
            case .needsRestart = await failure(of: { () throws(SessionFailure) in try await world.session.register() })
        else {
            Issue.record("a restart is needed")
            return
        }
        world.session.moduleRestarted()
        #expect(
            await failure(of: { () throws(SessionFailure) in try await world.session.register() })?.name == "busy")
        #expect(world.orders.isEmpty)
    }

    @Test(arguments: [(6, Duration.seconds(130)), (7, .seconds(10))])
    func `a session that is not recovered is ended and a new registration made`(
        status: Int, limit: Duration
    ) async throws {
        let world = makeLwM2M()
        scriptRegistered(world, status: Array(repeating: status, count: 30))
        world.channel.script("AT+QLADEREG", .error)
        world.channel.scriptRegistration(objects: [])
        try await world.session.register()
        #expect(world.orders == ["AT+QLADEREG", "AT+QLAREG"])
        #expect(world.channel.sent.first { $0.command == "AT+QLADEREG" }.map { $0.at >= limit } == true)
    }

    @Test func `a session whose recovery fails is registered again`() async throws {
        let world = makeLwM2M()
        scriptRegistered(world, status: [7, 0])
        world.channel.report("+QLAURC: \"recovered\",3", after: .seconds(1))
        world.channel.scriptRegistration(objects: [])
        try await world.session.register()
        #expect(world.orders == [lwm2mConfigure, "AT+QLAREG"] && world.session.maySend)
    }

    // MARK: Void

    @Test(arguments: [true, false])
    func `a registration that is of no use is ended though the module still shows it`(restarted: Bool) async throws {
        let world = makeRegisteredLwM2M()
        if restarted { world.session.moduleRestarted() } else { world.session.distrust() }
        #expect(!world.session.maySend)
        scriptRegistered(world)
        world.channel.scriptRegistration()
        try await world.session.refresh()
        #expect(!world.session.maySend)
        try await world.session.register()
        #expect(world.orders == ["AT+QLADEREG", "AT+QLAREG"])
        #expect(world.session.maySend && world.resources.observations.isEmpty)
    }

    @Test func `a module that tells nothing is registered anew`() async throws {
        let world = makeLwM2M()
        for command in ["AT+QLASTATUS?", "AT+QLACFG?", "AT+QLAADDOBJ?", "AT+QLADEREG"] {
            world.channel.script(command, .error)
        }
        for setting in ["\"platform\",0", "\"auto_ack\",0", "\"lifetime_enable\",1"] {
            world.channel.script("AT+QLACFG=\(setting)", .ok)
        }
        world.channel.scriptRegistration()
        try await world.session.register()
        #expect(world.session.maySend)
    }

    // MARK: Ending

    @Test(arguments: [0, 4, 5])
    func `what is not registered needs no ending`(status: Int) async throws {
        let world = makeLwM2M()
        world.resources.observe(ObjectPath(lwm2mDataUp), messageID: 3)
        world.channel.scriptFresh(status: [status])
        try await world.session.deregister()
        #expect(world.orders.isEmpty && world.resources.observations.isEmpty)
    }

    @Test func `an end that is told with the OK is not overlooked`() async throws {
        let world = makeRegisteredLwM2M()
        world.channel.script("AT+QLADEREG", .ok, before: ["+QLADEREG: 0"], after: [])
        try await world.session.deregister()
        #expect(world.session.registration == .deregistered)
    }

    @Test func `an end that is not reported is asked for`() async throws {
        let world = makeRegisteredLwM2M()
        world.channel.scriptFresh(status: [2, 3, 3, 4])
        world.channel.script("AT+QLADEREG", .ok)
        try await world.session.deregister()
        #expect(world.session.registration == .deregistered && !world.session.maySend)
        #expect(world.resources.observations.isEmpty)
    }

    @Test func `an end that fails is a failure only while the module is still registered`() async throws {
        let world = makeRegisteredLwM2M()
        world.channel.script("AT+QLADEREG", .ok, after: [(.seconds(1), "+QLADEREG: 1")])
        #expect(
            await failure(of: { () throws(SessionFailure) in try await world.session.deregister() })
                == .failed(LwM2MResult(1).published))
        world.channel.scriptFresh(status: [2, 0])
        try await world.session.deregister()
        #expect(!world.session.maySend)
    }

    @Test func `a module that is still registering is not told to deregister`() async {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [1])
        #expect(
            await failure(of: { () throws(SessionFailure) in try await world.session.deregister() })?.name == "busy")
        #expect(world.orders.isEmpty)
    }
}
