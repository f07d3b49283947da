import AT
import Platforms
import Testing

/// Registrations whose end is not reported, and sessions that are not recovered (2.14, 3.12, 6).
@Suite struct LwM2MLostReportTests {
    private func failure(of world: LwM2MWorld) async -> SessionFailure? {
        await PlatformsTests.failure(of: { () throws(SessionFailure) in try await world.session.register() })
    }

    @Test func `a result whose report is lost is found by asking`() async throws {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [0, 1, 2])
        world.channel.scriptRegistration()
        world.channel.script("AT+QLAREG", .ok)
        try await world.session.register()
        #expect(world.session.maySend)
        let asked = world.channel.sent.filter { $0.command == "AT+QLASTATUS?" }.dropFirst().map(\.at.components.seconds)
        #expect(asked == [15, 30])
    }

    @Test func `a request of the cloud shows that it knows the module`() async throws {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [0, 2])
        world.channel.scriptRegistration()
        world.channel.script(
            "AT+QLAREG", .ok, after: [(.seconds(4), "+QLAURC: \"observe\",45419,0,19,0,0")])
        try await world.session.register()
        #expect(world.session.maySend)
        #expect(world.channel.sent.filter { $0.command == "AT+QLASTATUS?" }.last.map { $0.at < .seconds(5) } == true)
    }

    @Test func `a failure whose report is lost is found by asking too`() async {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [0, 0])
        world.channel.scriptRegistration()
        world.channel.script("AT+QLAREG", .ok)
        #expect(await failure(of: world)?.name == "registration_failed")
        #expect(world.channel.now > .seconds(30) && world.channel.now < .seconds(35))
    }

    @Test func `a failure that is found by asking is named by a report that comes then`() async {
        let world = makeLwM2M()
        world.channel.scriptFresh(status: [0, 0])
        world.channel.scriptRegistration()
        world.channel.script("AT+QLAREG", .ok, after: [(.seconds(31), "+QLAREG: 403")])
        #expect(await failure(of: world)?.name == "forbidden")
    }

    @Test(arguments: [(false, Duration.seconds(200)), (true, .seconds(300))])
    func `a registration without any result is a failure`(bootstrap: Bool, limit: Duration) async {
        let world = makeLwM2M { $0.bootstrap = bootstrap }
        world.channel.scriptFresh(status: [0, 1])
        world.channel.scriptRegistration(
            lwm2mConfigure.replacing("=0,", with: bootstrap ? "=1," : "=0,"))
        world.channel.script("AT+QLAREG", .ok)
        #expect(await failure(of: world)?.name == "registration_failed")
        #expect(!world.session.maySend)
        #expect(world.channel.now >= limit && world.channel.now < limit + .seconds(2))
    }

    // MARK: Recovery

    /// A module that was registered, and whose session is not recovered.
    private func makeUnrecovered(_ status: [Int]) -> LwM2MWorld {
        let world = makeRegisteredLwM2M()
        _ = world.session.understand("+QLAURC: \"recovered\",3")
        world.channel.scriptFresh(status: status, objects: lwm2mShownObjects)
        world.channel.script("AT+QLACONFIG?", .ok([lwm2mConfigured]))
        world.channel.scriptRegistration()
        return world
    }

    @Test func `a session that is not recovered is registered again without being ended`() async throws {
        let world = makeUnrecovered([7, 2])
        try await world.session.register()
        #expect(world.orders == ["AT+QLAREG"] && world.session.maySend)
    }

    @Test func `a module that does not register without an end is asked to end it`() async throws {
        let world = makeUnrecovered([7, 7, 2])
        world.channel.scriptAll("AT+QLAREG", [.error, .ok])
        world.channel.script("AT+QLADEREG", .ok, after: [(.seconds(1), "+QLADEREG: 0")])
        world.channel.report("+QLAREG: 0", after: .seconds(5))
        try await world.session.register()
        #expect(world.orders == ["AT+QLAREG", "AT+QLADEREG", "AT+QLAREG"] && world.session.maySend)
    }

    @Test func `a registration that fails after the recovery is a failure`() async {
        let world = makeUnrecovered([7, 0])
        world.channel.script("AT+QLAREG", .ok, after: [(.seconds(3), "+QLAREG: 403")])
        #expect(await failure(of: world)?.name == "forbidden")
        #expect(world.orders == ["AT+QLAREG"])
    }

    // MARK: Observations

    /// Some platform never observes the resource for raw data.
    @MainActor @Test func `after another observation less is waited for`() async throws {
        let channel = OpenChannel()
        let resources = ResourceModel(objects: lwm2mObjects)
        let session = LwM2MSession(
            options: .init(service: .cuDMP, host: "h", port: 1, endpoint: "e", lifetime: 300), resources: resources,
            channel: channel)
        channel.session = session
        channel.answers = ["AT+QLASTATUS?": ["+QLASTATUS: 0"]]
        var requests: [CloudRequest] = []
        channel.heard = { command in
            guard command == "AT+QLAREG" else { return [] }
            let events = session.understand("+QLAURC: \"observe\",17015,0,19,1,-1")
            for case .request(let request) in events { requests.append(request) }
            return ["+QLAREG: 0"]
        }
        let registration = Task { @MainActor in try await session.register() }
        for _ in 0..<10_000 where channel.limits.last != .seconds(10) { await Task.yield() }
        let request = try #require(requests.first)
        _ = try await session.answer(request, with: try #require(resources.respond(to: request)))
        for _ in 0..<10_000 where channel.limits.last != .seconds(3) { await Task.yield() }
        #expect(channel.limits.suffix(2) == [.seconds(10), .seconds(3)])
        channel.endWaits()
        try await registration.value
        #expect(session.maySend)
    }
}
