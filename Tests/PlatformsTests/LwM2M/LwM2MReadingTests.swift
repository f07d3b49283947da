import AT
import Platforms
import Testing

/// Values that are reported (2.12), parts in turn, and Andlink's data (2.13).
@Suite struct LwM2MReadingTests {
    private static let lights = [
        ObjectDescription(
            id: 3311,
            resources: [
                ResourceDescription(id: 5850, kind: .boolean), ResourceDescription(id: 5851, kind: .integer),
                ResourceDescription(id: 5852, kind: .float),
            ])
    ]
    private static func path(_ resource: UInt16) -> ResourcePath {
        ResourcePath(object: 3311, instance: 0, resource: resource)
    }
    private static let readings = [
        ResourceReading(path(5850), .boolean(true)), ResourceReading(path(5851), .integer(500)),
        ResourceReading(path(5852), .float(1.5)),
    ]
    private static let parts = [
        "AT+QLANOTIFY=3311,0,5850,5,1,1,2,0", "AT+QLANOTIFY=3311,0,5851,3,2,500,1,0",
        "AT+QLANOTIFY=3311,0,5852,4,4,1.5,0,0",
    ]

    private func world(observing path: ObjectPath? = ObjectPath(object: 3311, instance: 0)) -> LwM2MWorld {
        let world = makeRegisteredLwM2M(objects: Self.lights, observed: false)
        if let path { world.resources.observe(path, messageID: 9) }
        return world
    }

    private func uplink(_ readings: [ResourceReading] = readings, confirm: Bool = false) -> UplinkData {
        UplinkData(payload: [], readings: readings, confirm: confirm, rai: 0)
    }

    /// Compatible firmware answers 231 to a part, others 0 or nothing.
    @Test(arguments: ["+QLANOTIFY: 231", "+QLANOTIFY: 0", nil] as [String?])
    func `several readings are one report, the last with index 0`(partResult: String?) async throws {
        let world = world()
        for part in Self.parts[..<2] {
            world.channel.script(part, .ok, after: partResult.map { [(.milliseconds(100), $0)] } ?? [])
        }
        world.channel.script(Self.parts[2], .ok, after: [(.seconds(1), "+QLANOTIFY: 0")])
        let (result, taken) = try await world.send(uplink())
        #expect(result == .taken && taken == 1)
        #expect(world.channel.commands == Self.parts)
    }

    @Test func `a late result of a part is not that of the last one`() async throws {
        let world = world()
        for part in Self.parts[..<2] { world.channel.script(part, .ok) }
        world.channel.script(
            Self.parts[2], .ok, after: [(.milliseconds(100), "+QLANOTIFY: 231"), (.seconds(1), "+QLANOTIFY: 2")])
        #expect(try await world.send(uplink()).result == .later(LwM2MResult(2).published))
    }

    @Test(
        arguments: [
            (.error, nil), (.timedOut, nil), (.ok, "+QLANOTIFY: 2"), (.ok, "+QLANOTIFY: 900"),
        ] as [(ScriptedChannel.Reply, String?)])
    func `a report that fails in the middle is begun again from its first part`(
        reply: ScriptedChannel.Reply, report: String?
    ) async throws {
        let world = world()
        world.channel.script(Self.parts[0], .ok, after: [(.zero, "+QLANOTIFY: 231")])
        world.channel.script(Self.parts[1], reply, after: report.map { [(.milliseconds(100), $0)] } ?? [])
        let (result, taken) = try await world.send(uplink())
        switch result {
        case .later, .unclear: break
        default: Issue.record("\(result)")
        }
        #expect(taken == 0 && !world.channel.commands.contains(Self.parts[2]))
        for part in Self.parts { world.channel.script(part, .ok, after: [(.zero, "+QLANOTIFY: 0")]) }
        world.channel.forget()
        #expect(try await world.send(uplink()).result == .taken)
        #expect(world.channel.commands == Self.parts)
    }

    @Test func `what is not observed is not sent`() async throws {
        let world = world(observing: nil)
        let (result, taken) = try await world.send(uplink())
        #expect(result == .unobserved && taken == 0 && world.channel.commands.isEmpty)
    }

    @Test func `readings under different observations are different reports`() async throws {
        let world = world(observing: ObjectPath(Self.path(5850)))
        world.resources.observe(ObjectPath(Self.path(5852)), messageID: 10)
        let commands = ["AT+QLANOTIFY=3311,0,5850,5,1,1,0,0", Self.parts[2]]
        for command in commands { world.channel.script(command, .ok, after: [(.zero, "+QLANOTIFY: 0")]) }
        let (result, taken) = try await world.send(uplink())
        #expect(result == .taken && taken == 1)
        #expect(world.channel.commands == commands)
    }

    @Test func `a text that cannot be carried is refused with a reason`() async throws {
        let objects = [ObjectDescription(id: 40, resources: [ResourceDescription(id: 0, kind: .string)])]
        let world = makeRegisteredLwM2M(objects: objects, observed: false)
        world.resources.observe(ObjectPath(object: 40), messageID: 1)
        let text = String(repeating: "\"", count: 600)
        let path = ResourcePath(object: 40, instance: 0, resource: 0)
        guard case .refused(let error) = try await world.send(uplink([ResourceReading(path, .string(text))])).result
        else {
            Issue.record("it should be refused")
            return
        }
        #expect(error.name == "bad_value" && world.channel.commands.isEmpty)
    }

    // MARK: Observations that are not held yet

    @MainActor @Test func `a report waits until the observation is answered`() async throws {
        let channel = OpenChannel()
        let resources = ResourceModel(objects: lwm2mObjects)
        let session = LwM2MSession(
            options: .init(service: .ctIoT, host: "h", port: 1, lifetime: 300), resources: resources, channel: channel)
        channel.session = session
        channel.heard = { ["+\($0.dropFirst(3).prefix { $0 != "=" }): 0"] }
        _ = session.understand("+QLAREG: 0")
        var requests: [CloudRequest] = []
        for case .request(let request) in session.understand("+QLAURC: \"observe\",624,0,19,0,0") {
            requests.append(request)
        }
        let request = try #require(requests.first)
        let answer = try #require(resources.respond(to: request))
        let sending = Task { @MainActor in
            try await session.send(UplinkData(payload: [1], confirm: false, rai: 0)) {}
        }
        for _ in 0..<20 { await Task.yield() }
        #expect(channel.commands.isEmpty)
        #expect(try await session.answer(request, with: answer) == .taken)
        #expect(try await sending.value == .taken)
        #expect(
            channel.commands == ["AT+QLAOBSRSP=624,1,19,0,0,2,0,\"\",0", "AT+QLANOTIFY=19,0,0,2,1,\"01\",0,0"])
    }

    @Test func `an observation that is never answered does not hold up reports for ever`() async throws {
        let world = makeRegisteredLwM2M(observed: false)
        for case .request(let request) in world.session.understand("+QLAURC: \"observe\",624,0,19,0,0") {
            _ = world.resources.respond(to: request)
        }
        world.channel.script(
            "AT+QLANOTIFY=19,0,0,2,1,\"01\",0,0", .ok, after: [(.zero, "+QLANOTIFY: 0")])
        #expect(try await world.send(UplinkData(payload: [1], confirm: false, rai: 0)).result == .taken)
        #expect(world.channel.now >= .seconds(10) && world.channel.now < .seconds(12))
    }

    // MARK: Andlink

    private static let data = "AT+QLASENDDATA=2,2,\"5B7B\""

    private func data(confirm: Bool, rai: UInt8 = 0) -> UplinkData {
        UplinkData(payload: [0x5B, 0x7B], confirm: confirm, rai: rai)
    }

    @Test(arguments: [UInt8(0), 1, 2])
    func `Andlink takes data without an observation`(rai: UInt8) async throws {
        let world = makeRegisteredLwM2M(.andlink, observed: false)
        let end = rai == 0 ? "" : ",\(rai)"
        world.channel.script("\(Self.data),0\(end)", .ok, after: [(.seconds(1), "+QLASENDDATA: 0,5004")])
        let (result, taken) = try await world.send(data(confirm: false, rai: rai))
        #expect(result == .taken && taken == 1)
    }

    @Test(
        arguments: [
            (["+QLASENDDATA: 0,5005", "+QLAURC: \"send_ack\",0,5005"], .delivered),
            (["+QLAURC: \"send_ack\",0,5005", "+QLASENDDATA: 0,5005"], .delivered),
            (["+QLAURC: \"send_ack\",0,4999", "+QLASENDDATA: 0,5005", "+QLAURC: \"send_ack\",0,5005"], .delivered),
            (
                ["+QLASENDDATA: 0,5005", "+QLAURC: \"send_ack\",1,5005"],
                .unacknowledged(
                    PlatformError(
                        code: 1, name: "uplink_not_acknowledged", text: "the platform did not acknowledge the uplink",
                        source: .cloud))
            ), (["+QLASENDDATA: 2,5005"], .later(LwM2MResult(2).published)),
            (["+QLASENDDATA: 0,5005", "+QLAURC: \"send_ack\",400,5005"], .refused(LwM2MResult(400).published)),
            (
                ["+QLASENDDATA: 0,5005", "+QLAURC: \"lw_event\",0,5,5005"],
                .needsRegistration(LwM2MResult(5).published)
            ),
        ] as [([String], SendResult)])
    func `confirmed data end with their acknowledgement`(reports: [String], expected: SendResult) async throws {
        let world = makeRegisteredLwM2M(.andlink, observed: false)
        world.channel.script(
            "\(Self.data),1", .ok, after: reports.enumerated().map { (.seconds($0.offset), $0.element) })
        #expect(try await world.send(data(confirm: true)).result == expected)
    }

    @Test func `Andlink is told of objects by reports all the same`() async throws {
        let world = makeRegisteredLwM2M(.andlink)
        world.channel.script("AT+QLANOTIFY=19,0,0,2,1,\"07\",0,0", .ok, after: [(.zero, "+QLANOTIFY: 0")])
        #expect(try await world.send(uplink([ResourceReading(lwm2mDataUp, .opaque([7]))])).result == .taken)
    }
}
