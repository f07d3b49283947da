import AT
import Testing

@testable import Platforms

/// Reports (3.3.15, 7.8), and every way they may end.
@Suite struct OneNETSendTests {
    private typealias Reporting = OneNETReporting

    // MARK: What is sent

    @Test(arguments: [UInt8(0), 1, 2])
    func `raw data go to the data resource`(rai: UInt8) async throws {
        let world = try await Reporting.observedWorld()
        world.channel.script(Reporting.data(rai: Int(rai)), .ok)
        let (result, taken) = try await Reporting.send(world, payload: Reporting.hello, rai: rai)
        #expect(result == .taken && taken == 1)
        #expect(world.channel.sent.map(\.priority) == [.uplink])
    }

    @Test func `readings are one report, whose index counts down`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, id: 653_687)
        for command in Reporting.report(653_687, rai: 2) { world.channel.script(command, .ok) }
        let (result, taken) = try await Reporting.send(world, Reporting.readings, rai: 2)
        #expect(result == .taken && taken == 1)
        #expect(world.channel.commands == Reporting.report(653_687, rai: 2))
    }

    /// 7.8.3: the index begins anew with every instance.
    @Test func `an object that is observed is reported instance by instance`() async throws {
        let kinds: [ResourceDescription] = [.init(id: 5700, kind: .float), .init(id: 5701, kind: .string)]
        let world = OneNETWorld(objects: [0, 1].map { ObjectDescription(id: 3303, instance: $0, resources: kinds) })
        world.scriptSuccess()
        world.channel.script("AT+MIPLADDOBJ=0,3303,2,\"11\",2,0", .ok)
        try await world.session.register()
        try await world.observe(3303, id: 196_301)
        let commands = [
            "AT+MIPLNOTIFY=0,196301,3303,0,5700,4,4,9.8,1,0,0,0",
            "AT+MIPLNOTIFY=0,196301,3303,0,5701,1,3,\"Cel\",0,0,0,0",
            "AT+MIPLNOTIFY=0,196301,3303,1,5700,4,4,0.2,1,0,0,0",
            "AT+MIPLNOTIFY=0,196301,3303,1,5701,1,3,\"Cel\",0,0,0,0",
        ]
        for command in commands { world.channel.script(command, .ok) }
        let values: [(UInt16, UInt16, ResourceValue)] = [
            (0, 5700, .float(9.8)), (0, 5701, .string("Cel")), (1, 5700, .float(0.2)), (1, 5701, .string("Cel")),
        ]
        let readings = values.map { instance, resource, value in
            ResourceReading(ResourcePath(object: 3303, instance: instance, resource: resource), value)
        }
        #expect(try await Reporting.send(world, readings).result == .taken)
        #expect(world.channel.commands == commands)
    }

    /// 7.8.5: every part bears the ackId.
    @Test func `a confirmed report ends with event 26 of its ackId`() async throws {
        let world = try await OneNETWorld.registered(firstAckID: 258)
        try await world.observe(3311, 0, id: 487_674)
        let commands = Reporting.report(487_674, ack: 258)
        for command in commands { world.channel.script(command, .ok) }
        world.channel.script(commands[3], .ok, after: [(.seconds(3), "+MIPLEVENT: 0,26,258")])
        let (result, taken) = try await Reporting.send(world, Reporting.readings, confirm: true)
        #expect(result == .delivered && taken == 1)
        #expect(world.channel.commands == commands)
    }

    @Test func `several readings keep together under the widest observation`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, 5805, id: 1)
        try await world.observe(3311, 0, id: 2)
        for command in Reporting.report(2) { world.channel.script(command, .ok) }
        #expect(try await Reporting.send(world, Reporting.readings).result == .taken)
        let single = "AT+MIPLNOTIFY=0,1,3311,0,5805,4,4,10.24,0,0,0,0"
        world.channel.script(single, .ok)
        #expect(try await Reporting.send(world, [Reporting.readings[0]]).result == .taken)
        #expect(world.channel.commands.last == single)
    }

    @Test func `readings under observations of their own are reports of their own`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, 5805, id: 1)
        try await world.observe(3311, 0, 5850, id: 2)
        let first = "AT+MIPLNOTIFY=0,1,3311,0,5805,4,4,10.24,0,0,255,0"
        let second = "AT+MIPLNOTIFY=0,2,3311,0,5850,5,1,1,0,0,256,0"
        world.channel.script(first, .ok, after: [(.seconds(5), "+MIPLEVENT: 0,26,255")])
        world.channel.script(second, .ok, after: [(.seconds(1), "+MIPLEVENT: 0,26,256")])
        let (result, taken) = try await Reporting.send(world, Reporting.readings, confirm: true)
        #expect(result == .delivered && taken == 1)
        #expect(world.channel.commands == [first, second])
    }

    @Test func `what nobody observes is not sent`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3200, 0, id: 1)
        #expect(try await Reporting.send(world, Reporting.readings).result == .unobserved)
        #expect(world.channel.commands == [])
    }

    @Test func `raw data wait for an observation`() async throws {
        let world = try await OneNETWorld.registered(dataUp: OneNETWorld.data)
        guard case .later(let error) = try await Reporting.send(world, payload: Reporting.hello).result else {
            Issue.record("later")
            return
        }
        #expect(error.name == "not_observed" && error.source == .cloud)
        #expect(world.channel.commands == [])
    }

    @Test func `nothing is reported under an observation that is not answered yet`() async throws {
        let world = try await OneNETWorld.registered(dataUp: OneNETWorld.data)
        let request = try #require(world.request("+MIPLOBSERVE: 0,11,1,3200,0,-1"))
        let answer = try #require(world.resources.respond(to: request))
        guard case .later = try await Reporting.send(world, payload: Reporting.hello).result,
            case .later = try await Reporting.send(world, [ResourceReading(OneNETWorld.data, .string("hello"))]).result
        else {
            Issue.record("later")
            return
        }
        #expect(world.channel.commands == [])
        world.channel.script("AT+MIPLOBSERVERSP=0,11,1", .ok)
        _ = try await world.session.answer(request, with: answer)
        world.channel.script(Reporting.data(), .ok)
        #expect(try await Reporting.send(world, payload: Reporting.hello).result == .taken)
    }

    @Test(arguments: [nil, ResourcePath(object: 9000, instance: 0, resource: 0)])
    func `raw data without a place to go are refused`(dataUp: ResourcePath?) async throws {
        let world = try await OneNETWorld.registered(dataUp: dataUp)
        guard case .refused(let error) = try await Reporting.send(world, payload: Reporting.hello).result else {
            Issue.record("refused")
            return
        }
        #expect(error.name == "no_data_resource")
    }

    @Test func `without a registration nothing is sent`() async throws {
        let world = try await Reporting.observedWorld()
        _ = world.hear("+MIPLEVENT: 0,15")
        guard case .needsRegistration(let error) = try await Reporting.send(world, payload: Reporting.hello).result
        else {
            Issue.record("a registration is needed")
            return
        }
        #expect(error.name == "deregistered")
        #expect(world.channel.commands == [])
    }

    // MARK: Bytes

    @Test func `all 256 bytes go up as they are`() async throws {
        let bytes = (0...255).map { UInt8($0) }
        for (dataUp, resource) in [(OneNETWorld.opaque, 5751), (OneNETWorld.data, 5750)] {
            let world = try await Reporting.observedWorld(dataUp)
            let command = "AT+MIPLNOTIFY=0,11,3200,0,\(resource),2,256,\(Hex.string(bytes)),0,0,0,0"
            world.channel.script(command, .ok)
            #expect(try await Reporting.send(world, payload: bytes).result == .taken)
            #expect(world.channel.commands == [command])
        }
    }

    @Test(arguments: [
        (OneNETWorld.data, [UInt8](repeating: 0x41, count: 1024), true),
        (OneNETWorld.data, [UInt8](repeating: 0x41, count: 1025), false),
        (OneNETWorld.data, [UInt8](repeating: 0x22, count: 512), true),
        (OneNETWorld.data, [UInt8](repeating: 0x22, count: 513), false),
        (OneNETWorld.data, [UInt8](repeating: 0xFF, count: 512), true),
        (OneNETWorld.data, [UInt8](repeating: 0xFF, count: 513), false),
        (OneNETWorld.opaque, [UInt8](repeating: 0xFF, count: 512), true),
        (OneNETWorld.opaque, [UInt8](repeating: 0xFF, count: 513), false),
    ])
    func `data that no command can carry are refused with a reason`(
        dataUp: ResourcePath, payload: [UInt8], fits: Bool
    ) async throws {
        let world = try await Reporting.observedWorld(dataUp)
        let isText = payload.count > 512 || payload.first == 0x41
        let value = isText ? "\"\(String(decoding: payload, as: UTF8.self))\"" : Hex.string(payload)
        world.channel.script(
            "AT+MIPLNOTIFY=0,11,3200,0,\(dataUp.resource),\(isText ? 1 : 2),\(payload.count),\(value),0,0,0,0", .ok)
        let result = try await Reporting.send(world, payload: payload).result
        if fits {
            #expect(result == .taken)
        } else if case .refused(let error) = result {
            #expect(["bad_value", "too_long"].contains(error.name) && !error.text.isEmpty)
            #expect(world.channel.commands == [])
        } else {
            Issue.record("\(result)")
        }
    }

    @Test func `a report of more than eleven values is refused`() async throws {
        let resources = (0..<12).map { ResourceDescription(id: $0, kind: .boolean) }
        let world = OneNETWorld(objects: [ObjectDescription(id: 4000, resources: resources)])
        world.scriptSuccess()
        world.channel.script("AT+MIPLADDOBJ=0,4000,1,\"1\",12,0", .ok)
        try await world.session.register()
        world.resources.observe(ObjectPath(object: 4000), messageID: 1)
        world.channel.forget()
        let readings = resources.map { ResourceReading(Reporting.path($0.id, object: 4000), .boolean(true)) }
        guard case .refused(let error) = try await Reporting.send(world, readings).result else {
            Issue.record("refused")
            return
        }
        #expect(error.name == "too_many_values" && world.channel.commands == [])
        for index in 0...10 {
            world.channel.script("AT+MIPLNOTIFY=0,1,4000,0,\(10 - index),5,1,1,\(index),0,0,0", .ok)
        }
        #expect(try await Reporting.send(world, Array(readings.prefix(11))).result == .taken)
    }

    @Test func `a report of 1024 bytes is refused`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, id: 1)
        func report(_ count: Int) -> [ResourceReading] {
            let text = String(repeating: "A", count: count)
            return [ResourceReading(Reporting.path(5706), .string(text)), Reporting.readings[0]]
        }
        guard case .refused(let error) = try await Reporting.send(world, report(1020)).result else {
            Issue.record("refused")
            return
        }
        #expect(error.name == "too_long" && world.channel.commands == [])
        let text = String(repeating: "A", count: 1019)
        world.channel.script("AT+MIPLNOTIFY=0,1,3311,0,5706,1,1019,\"\(text)\",1,0,0,0", .ok)
        world.channel.script("AT+MIPLNOTIFY=0,1,3311,0,5805,4,4,10.24,0,0,0,0", .ok)
        #expect(try await Reporting.send(world, report(1019)).result == .taken)
    }
}
