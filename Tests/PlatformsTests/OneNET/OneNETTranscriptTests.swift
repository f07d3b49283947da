import AT
import Testing

@testable import Platforms

/// Chapter 7 of the note, dialogue by dialogue: what the module prints, and what it is told. The bridge answers by itself where it
/// can.
@Suite struct OneNETTranscriptTests {
    private func path(_ object: UInt16, _ resource: UInt16) -> ResourcePath {
        ResourcePath(object: object, instance: 0, resource: resource)
    }

    /// The objects of the examples.
    private static let objects = [
        ObjectDescription(
            id: 3311,
            resources: [
                .init(id: 5850, kind: .boolean), .init(id: 5851, kind: .integer), .init(id: 5706, kind: .string),
                .init(id: 5805, kind: .float, value: .float(1.88)), .init(id: 5900, kind: .executable),
                .init(id: 5901, kind: .executable),
            ]),
        ObjectDescription(
            id: 3303,
            resources: [
                .init(id: 5700, kind: .float), .init(id: 5701, kind: .string), .init(id: 5601, kind: .float),
                .init(id: 5602, kind: .float), .init(id: 5605, kind: .executable),
            ]),
    ]

    private func registered() async throws -> OneNETWorld {
        let world = OneNETWorld(objects: Self.objects, firstAckID: 255)
        world.scriptSuccess()
        world.channel.script("AT+MIPLADDOBJ=0,3311,1,\"1\",4,2", .ok)
        world.channel.script("AT+MIPLADDOBJ=0,3303,1,\"1\",4,1", .ok)
        for object in [3311, 3303] { world.channel.script("AT+MIPLDELOBJ=0,\(object)", .ok) }
        world.session.moduleRestarted()
        try await world.session.register()
        world.channel.forget()
        return world
    }

    /// The bridge's part: carries the request out and has it answered.
    private func play(_ world: OneNETWorld, _ report: String, answers: [String]) async throws {
        for answer in answers { world.channel.script(answer, .ok) }
        world.channel.forget()
        let request = try #require(world.request(report))
        let answer = world.resources.respond(to: request) ?? RequestAnswer(.changed)
        #expect(try await world.session.answer(request, with: answer) == .taken)
        #expect(world.channel.commands == answers)
    }

    @Test(arguments: [
        // 7.2.1 to 7.2.3.
        ("MIPLOBSERVE", 69_234, "MIPLOBSERVERSP", 26_384), ("MIPLOBSEVER", 91_530, "MIPLOBSEVERSP", 25_995),
        ("MIPLOBSEVER", 111_068, "MIPLOBSEVERSP", 45_533),
    ])
    func `7_2 registering, observing, discovering and ending`(
        report: String, observe: Int, response: String, discover: Int
    ) async throws {
        let world = try await registered()
        if response != "MIPLOBSERVERSP" {
            world.channel.script("AT+MIPLOBSERVERSP=0,\(observe),1", .error)
            world.channel.script("AT+\(response)=0,\(observe),1", .ok)
            let request = try #require(world.request("+\(report): 0,\(observe),1,3311,0,-1"))
            let answer = try #require(world.resources.respond(to: request))
            #expect(try await world.session.answer(request, with: answer) == .taken)
            #expect(world.channel.commands.last == "AT+\(response)=0,\(observe),1")
        } else {
            try await play(world, "+\(report): 0,\(observe),1,3311,0,-1", answers: ["AT+\(response)=0,\(observe),1"])
        }
        #expect(world.session.registration == .registeredAndObserved)
        try await play(
            world, "+MIPLDISCOVER: 0,\(discover),3311",
            answers: ["AT+MIPLDISCOVERRSP=0,\(discover),1,29,\"5850;5851;5706;5805;5900;5901\""])
        world.channel.forget()
        try await world.session.deregister()
        #expect(
            world.channel.commands == [
                "AT+MIPLDELOBJ=0,3311", "AT+MIPLDELOBJ=0,3303", "AT+MIPLCLOSE=0", "AT+MIPLDELETE=0",
            ])
    }

    @Test func `7_3_1 a read`() async throws {
        let world = try await registered()
        try await play(
            world, "+MIPLREAD: 0,3123,3311,0,5805", answers: ["AT+MIPLREADRSP=0,3123,1,3311,0,5805,4,4,1.88,0,0"])
    }

    @Test func `7_4_1 writes of a resource`() async throws {
        let world = try await registered()
        try await play(
            world, "+MIPLWRITE: 0,38017,3311,0,5706,2,5,68656C6C6F,0,0", answers: ["AT+MIPLWRITERSP=0,38017,2"])
        #expect(world.resources.value(of: path(3311, 5706)) == .string("hello"))
        // A single write with index 2 is whole when nothing follows.
        world.channel.script("AT+MIPLWRITERSP=0,38018,2", .ok)
        #expect(world.hear("+MIPLWRITE: 0,38018,3311,0,5706,2,5,68656C6C6F,0,2") == [.partsHeld])
        guard case .request(let request)? = world.session.settleParts().first else {
            Issue.record("a request")
            return
        }
        let answer = try #require(world.resources.respond(to: request))
        #expect(try await world.session.answer(request, with: answer) == .taken)
        #expect(world.channel.commands.last == "AT+MIPLWRITERSP=0,38018,2")
    }

    @Test func `7_4_2 a write of an instance`() async throws {
        let world = try await registered()
        #expect(world.hear("+MIPLWRITE: 0,46584,3311,0,5706,2,5,68656C6C6F,0,2") == [.partsHeld])
        #expect(world.hear("+MIPLWRITE: 0,46584,3311,0,5850,2,1,01,0,1") == [.partsHeld])
        try await play(
            world, "+MIPLWRITE: 0,46584,3311,0,5851,2,8,00000002DFDC1C3E,0,0",
            answers: ["AT+MIPLWRITERSP=0,46584,2"])
        #expect(world.resources.value(of: path(3311, 5850)) == .boolean(true))
        #expect(world.resources.value(of: path(3311, 5851)) == .integer(0x2_DFDC_1C3E))
    }

    @Test func `7_5 an execute`() async throws {
        let world = try await registered()
        try await play(
            world, "+MIPLEXECUTE: 0,36476,3303,0,5605,5,\"reset\"", answers: ["AT+MIPLEXECUTERSP=0,36476,2"])
    }

    @Test func `7_6 attributes`() async throws {
        let world = try await registered()
        try await play(
            world, "+MIPLPARAMETER: 0,56642,3303,0,5700,38,\"pmin=2;pmax=190;gt=100.0;lt=1.0;st=0.2\"",
            answers: ["AT+MIPLPARAMETERRSP=0,56642,2"])
        let attributes = world.resources.attributes(of: path(3303, 5700))
        #expect(attributes.shortest == 2 && attributes.longest == 190 && attributes.step == 0.2)
    }

    @Test func `7_7 an observation`() async throws {
        let world = try await registered()
        try await play(world, "+MIPLOBSEVE: 0,29620,1,3311,0,-1", answers: ["AT+MIPLOBSERVERSP=0,29620,1"])
        #expect(world.resources.observation(of: path(3311, 5805))?.messageID == 29_620)
    }

    /// The examples leave out what is 0; the session writes it.
    @Test(arguments: [false, true])
    func `7_8 reports`(confirm: Bool) async throws {
        let world = try await registered()
        try await play(world, "+MIPLOBSERVE: 0,122179,1,3303,0,-1", answers: ["AT+MIPLOBSERVERSP=0,122179,1"])
        let readings = [
            ResourceReading(path(3303, 5700), .float(10.24)), ResourceReading(path(3303, 5701), .string("Cel")),
            ResourceReading(path(3303, 5601), .float(0.16)), ResourceReading(path(3303, 5602), .float(100.86)),
        ]
        let ack = confirm ? 255 : 0
        let commands = [
            "AT+MIPLNOTIFY=0,122179,3303,0,5700,4,4,10.24,3,0,\(ack),0",
            "AT+MIPLNOTIFY=0,122179,3303,0,5701,1,3,\"Cel\",2,0,\(ack),0",
            "AT+MIPLNOTIFY=0,122179,3303,0,5601,4,4,0.16,1,0,\(ack),0",
            "AT+MIPLNOTIFY=0,122179,3303,0,5602,4,4,100.86,0,0,\(ack),0",
        ]
        for command in commands { world.channel.script(command, .ok) }
        world.channel.script(commands[3], .ok, after: [(.seconds(1), "+MIPLEVENT: 0,26,255")])
        world.channel.forget()
        let result = try await world.session.send(
            UplinkData(payload: [], readings: readings, confirm: confirm, rai: 0), taken: {})
        #expect(result == (confirm ? .delivered : .taken))
        #expect(world.channel.commands == commands)
    }

    /// The example leaves out the indication, which is 0.
    @Test func `7_9 a renewal`() async throws {
        let world = try await registered()
        world.channel.script("AT+MIPLUPDATE=0,86400,0,0", .ok, after: [(.seconds(1), "+MIPLEVENT: 0,11")])
        try await world.session.update(lifetime: 86_400)
        #expect(world.session.maySend)
    }
}
