import AT
import Platforms
import Testing

/// From no registration to one that takes data (2.1 to 2.3, 2.6).
@Suite struct LwM2MRegisterTests {
    private func failure(of world: LwM2MWorld) async -> SessionFailure? {
        await PlatformsTests.failure(of: { () throws(SessionFailure) in try await world.session.register() })
    }

    @Test func `a new registration configures, offers objects and ends with the result`() async throws {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [0, 2])
        world.channel.scriptRegistration()
        try await world.session.register()
        #expect(world.orders == [lwm2mConfigure] + lwm2mAddObjects + ["AT+QLAREG"])
        #expect(world.session.maySend && world.session.registration == .registered)
        #expect(world.channel.events.contains(.registration(.registered)))
        // The platform did not observe within 10 s, which is no failure.
        #expect(world.channel.now >= .seconds(15) && world.channel.now < .seconds(17))
    }

    /// It cannot be configured in these states (2.1), but need not be.
    @Test(arguments: [4, 5])
    func `a module that was registered as wished is registered without being configured`(status: Int) async throws {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [status, 2])
        world.channel.scriptRegistration()
        world.channel.script("AT+QLACONFIG?", .ok([lwm2mConfigured]))
        try await world.session.register()
        #expect(world.orders == lwm2mAddObjects + ["AT+QLAREG"] && world.session.maySend)
    }

    @Test(
        arguments: [4, 5],
        [nil, lwm2mConfigured.replacing("5683", with: "5684"), lwm2mConfigured.replacing(",300,", with: ",301,")])
    func `one that was registered otherwise is restarted first`(status: Int, shown: String?) async throws {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [status])
        world.channel.script("AT+QLACONFIG?", .ok(shown.map { [$0] } ?? []))
        guard case .needsRestart = await failure(of: world) else {
            Issue.record("a restart is needed")
            return
        }
        #expect(world.orders.isEmpty)
        world.session.moduleRestarted()
        world.channel.scriptFresh(status: [0, 2])
        world.channel.scriptRegistration()
        try await world.session.register()
        #expect(world.orders == [lwm2mConfigure] + lwm2mAddObjects + ["AT+QLAREG"])
    }

    @Test func `another handshake wants a restart too`() async {
        let world = makeLwM2M {
            $0.psk = "00"
            $0.dtlsMode = 1
        }
        world.channel.scriptFresh(status: [4])
        guard case .needsRestart = await failure(of: world) else {
            Issue.record("a restart is needed")
            return
        }
        #expect(world.orders.isEmpty)
    }

    @Test func `a result before the OK is not missed`() async throws {
        let world = makeLwM2M(.andlink) { $0.deviceType = "500677" }
        world.channel.scriptFresh(service: .andlink)
        world.channel.scriptRegistration()
        world.channel.script("AT+QLAREG", .ok, before: ["+QLAREG: 0"], after: [])
        try await world.session.register()
        #expect(world.session.maySend)
        // Andlink takes data without an observation.
        #expect(world.channel.now < .seconds(2))
    }

    @Test(
        arguments: [
            (1, "timeout", PlatformError.Source.cloud), (2, "not_sent", .module), (400, "bad_request", .cloud),
            (403, "forbidden", .cloud), (404, "not_found", .cloud), (412, "precondition_failed", .cloud),
            (900, "other_error", .module), (321, "result_321", .module),
        ])
    func `a registration that fails says why`(code: Int, name: String, source: PlatformError.Source) async {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [0, 1])
        world.channel.scriptRegistration()
        world.channel.script("AT+QLAREG", .ok, after: [(.seconds(60), "+QLAREG: \(code)")])
        guard case .failed(let error) = await failure(of: world) else {
            Issue.record("it should fail")
            return
        }
        #expect(error.code == code && error.name == name && error.source == source)
        #expect(!world.session.maySend && world.session.registration == .registrationFailed)
    }

    @Test func `a registration whose OK is lost is awaited all the same`() async throws {
        let world = makeLwM2M()
        world.channel.scriptFresh()
        world.channel.scriptRegistration()
        world.channel.script("AT+QLAREG", .timedOut, after: [(.seconds(30), "+QLAREG: 0")])
        try await world.session.register()
        #expect(world.session.maySend)
        #expect(world.channel.commands.filter { $0 == "AT+QLAREG" }.count == 1)
    }

    @Test(arguments: ["AT+QLAREG", lwm2mConfigure, "AT+QLAADDOBJ=19,0,1,0"])
    func `a step that is refused is named`(command: String) async {
        let world = makeLwM2M()
        world.channel.scriptFresh()
        world.channel.scriptRegistration()
        world.channel.script(command, .error)
        #expect(
            await failure(of: world)
                == .failed(
                    PlatformError(
                        name: "ERROR", text: "the module refused \(command) without a code", source: .module)))
        #expect(!world.session.maySend)
    }

    @Test func `a line that is lost while the result is awaited ends the wait`() async {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [0, 1])
        world.channel.scriptRegistration()
        world.channel.script("AT+QLAREG", .ok)
        world.channel.lose(.closed("gone"), after: .seconds(40))
        #expect(await failure(of: world) == .lost(.closed("gone")))
    }

    /// It may be neither registered nor ready to register; a restart brings it back, once.
    @Test(arguments: [4, 5], [lwm2mConfigure, "AT+QLAREG"])
    func `a module that does not register in its state is restarted once`(status: Int, refused: String) async throws {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [status])
        world.channel.scriptRegistration()
        world.channel.script("AT+QLACONFIG?", .ok(refused == "AT+QLAREG" ? [lwm2mConfigured] : []))
        world.channel.script(refused, .error)
        guard case .needsRestart = await failure(of: world) else {
            Issue.record("a restart is needed")
            return
        }
        #expect(await failure(of: world)?.name == "ERROR")
        // No answer is no refusal, and one that has worked again may be restarted again.
        world.channel.script(refused, .timedOut)
        if refused == lwm2mConfigure { #expect(await failure(of: world)?.name == "no_answer") }
        world.channel.scriptRegistration()
        try await world.session.register()
        world.session.distrust()
        world.channel.script(refused, .error)
        guard case .needsRestart = await failure(of: world) else {
            Issue.record("a restart is needed")
            return
        }
    }

    // MARK: Objects

    @Test func `objects that are left over or different are deleted before the new ones are added`() async throws {
        let world = makeLwM2M()
        world.channel.scriptFresh(objects: ["17,0,1,0", "19,0,2,0,1", "3,0,1,17"])
        world.channel.scriptRegistration()
        world.channel.script("AT+QLADELOBJ=17", .ok)
        world.channel.script("AT+QLADELOBJ=19", .ok)
        try await world.session.register()
        #expect(
            world.orders == [lwm2mConfigure, "AT+QLADELOBJ=17", "AT+QLADELOBJ=19"] + lwm2mAddObjects + ["AT+QLAREG"])
    }

    @Test func `more objects than a module takes are a failure that says so`() async {
        let objects = (10...13).map {
            ObjectDescription(id: $0, resources: [ResourceDescription(id: 0, kind: .string)])
        }
        let world = makeLwM2M(objects: objects)
        world.channel.scriptFresh()
        world.channel.script(lwm2mConfigure, .ok)
        #expect(await failure(of: world)?.name == "too_many_objects")
    }

    @MainActor @Test func `an observation ends the wait as soon as its answer is taken`() async throws {
        let channel = OpenChannel()
        let resources = ResourceModel(objects: lwm2mObjects)
        let session = LwM2MSession(
            options: .init(service: .ctIoT, host: "h", port: 1, endpoint: "e", lifetime: 300), resources: resources,
            channel: channel)
        channel.session = session
        channel.answers = ["AT+QLASTATUS?": ["+QLASTATUS: 0"]]
        var requests: [CloudRequest] = []
        channel.heard = { command in
            if command == "AT+QLAREG" {
                let events = session.understand("+QLAURC: \"observe\",23618,0,19,0,0")
                for case .request(let request) in events { requests.append(request) }
                return ["+QLAREG: 0"]
            }
            return command.hasPrefix("AT+QLAOBSRSP") ? ["+QLAOBSRSP: 0"] : []
        }
        let registration = Task { @MainActor in try await session.register() }
        while requests.isEmpty { await Task.yield() }
        let answer = try #require(resources.respond(to: requests[0]))
        _ = try await session.answer(requests[0], with: answer)
        try await registration.value
        #expect(session.maySend && channel.commands.last == "AT+QLAOBSRSP=23618,1,19,0,0,2,0,\"\",0")
    }
}
