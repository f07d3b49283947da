import AT
import Testing

@testable import Platforms

/// The six requests of the note (5.1 to 5.6): every spelling, every field, and what is none.
@Suite struct OneNETReportTests {
    private static func path(_ text: String) -> ObjectPath { ObjectPath(text) ?? ObjectPath(object: 0) }

    @Test(
        arguments: [
            ("+MIPLDISCOVER: 0,26384,3311", 26_384, "3311", .discover),
            ("+MIPLDISCOVER:0,268435455,65535", 268_435_455, "65535", .discover),
            // 7.3.
            ("+MIPLREAD: 0,3123,3311,0,5805", 3123, "3311/0/5805", .read),
            ("+MIPLREAD: 0,25466,3311,0,-1", 25_466, "3311/0", .read),
            ("+MIPLREAD: 0,39299,3311,-1,-1", 39_299, "3311", .read),
            ("+MIPLREAD:0,8070,3311,0,-1", 8070, "3311/0", .read),
            ("+MIPLREAD: 0, 8070, 3311, 0, -1 ", 8070, "3311/0", .read),
            ("+MIPREAD: 0,3123,3311,0,5805", 3123, "3311/0/5805", .read),
            ("+MIPLREAD: 0,39299,3311", 39_299, "3311", .read),
            ("+MIPLREAD: 0,39299,3311,2,", 39_299, "3311/2", .read),
            // 7.5.
            ("+MIPLEXECUTE: 0,36476,3303,0,5605,5,\"reset\"", 36_476, "3303/0/5605", .execute(arguments: "reset")),
            ("+MIPLEXECUTE: 0,36476,3303,0,5605", 36_476, "3303/0/5605", .execute(arguments: nil)),
            ("+MIPLEXECUTE: 0,36476,3303,0,5605,0,\"\"", 36_476, "3303/0/5605", .execute(arguments: nil)),
            ("+MIPLEXECUTE: 0,36476,3303,0,5605,0", 36_476, "3303/0/5605", .execute(arguments: nil)),
            ("+MIPLEXECUTE: 0,1,3303,0,5605,5,reset", 1, "3303/0/5605", .execute(arguments: "reset")),
            ("+MIPLEXECUTE: 0,1,3303,0,5605,5,\"a\",\"b\"", 1, "3303/0/5605", .execute(arguments: "a\",\"b")),
            ("+MIPLEXECUTE: 0,1,3303,0,5605,8,\"a\r\nOK\r\nb\"", 1, "3303/0/5605", .execute(arguments: "a\r\nOK\r\nb")),
            // A length that counts something else.
            ("+MIPLEXECUTE: 0,1,3303,0,5605,6,\"reset\"", 1, "3303/0/5605", .execute(arguments: "reset")),
            // 7.6.
            (
                "+MIPLPARAMETER: 0,56642,3303,0,5700,38,\"pmin=2;pmax=190;gt=100.0;lt=1.0;st=0.2\"", 56_642,
                "3303/0/5700", .writeAttributes("pmin=2;pmax=190;gt=100.0;lt=1.0;st=0.2")
            ),
            ("+MIPLPARAMETER: 0,1,3303,0,-1,6,\"pmin=2\"", 1, "3303/0", .writeAttributes("pmin=2")),
            ("+MIPLPARAMETER: 0,1,3303,-1,-1,6,pmin=2", 1, "3303", .writeAttributes("pmin=2")),
        ] as [(String, Int, String, CloudRequest.Action)])
    func `a request is read field by field`(line: String, id: Int, path: String, action: CloudRequest.Action) {
        #expect(
            OneNETWorld().hear(line)
                == [.request(CloudRequest(messageID: id, path: Self.path(path), action: action))])
    }

    @Test(
        arguments: ["MIPLOBSERVE", "MIPLOBSEVE", "MIPLOBERVE", "MIPLOBSEIVE", "MIPLOBSEVER"],
        [(3311, 0, -1, "3311/0"), (3303, -1, -1, "3303"), (3303, 0, 5700, "3303/0/5700")])
    func `an observation is understood in every spelling`(
        name: String, ids: (object: Int, instance: Int, resource: Int, path: String)
    ) {
        let line = "+\(name): 0,69234,1,\(ids.object),\(ids.instance),\(ids.resource)"
        let request = CloudRequest(messageID: 69_234, path: Self.path(ids.path), action: .observe)
        #expect(OneNETWorld().hear(line) == [.request(request)])
        #expect(OneNETSession.reports.count == OneNETReport.kinds.count + 3)
    }

    // MARK: Writes

    private static let resource = ResourcePath(object: 3311, instance: 0, resource: 5706)

    @Test(
        arguments: [
            // 7.4.1; unquoted and quoted, any case.
            ("2,5,68656C6C6F,0,0", Array("hello".utf8), .bytes),
            ("2,5,\"68656c6C6F\",0,0", Array("hello".utf8), .bytes), ("2,1,01,0,0", [1], .bytes),
            ("2,0,,0,0", [], .bytes),
            ("2,8,00000002DFDC1C3E,0,0", [0, 0, 0, 2, 0xDF, 0xDC, 0x1C, 0x3E], .bytes),
            ("2,3,000D22,2,0", [0, 13, 34], .bytes), ("2,1,01", [1], .bytes),
            // The text format.
            ("1,5,\"hello\",0,0", Array("hello".utf8), .text), ("1,5,hello,0,0", Array("hello".utf8), .text),
            ("1,20,\"{\"outletStatus\":\"1\"}\",0,0", Array("{\"outletStatus\":\"1\"}".utf8), .text),
            ("1,9,\"a,0\r\nOK\",\",0,0", Array("a,0\r\nOK\",".utf8), .text), ("1,0,\"\",0,0", [], .text),
            ("1,5,68656C6C6F,0,0", Array("hello".utf8), .bytes),
            ("3,4,-123,0,0", Array("-123".utf8), .text), ("3,1,123,0,0", Array("123".utf8), .text),
            ("3,,123,0,0", Array("123".utf8), .text), ("4,4,1.88,0,0", Array("1.88".utf8), .text),
            ("5,1,1,0,0", Array("1".utf8), .text),
        ] as [(String, [UInt8], WrittenValue.Form)])
    func `a written value is read by its type`(value: String, data: [UInt8], form: WrittenValue.Form) {
        let expected = CloudRequest(
            messageID: 38_017, path: ObjectPath(Self.resource),
            action: .write([WrittenValue(Self.resource, data, form)]))
        #expect(OneNETWorld().hear("+MIPLWRITE: 0,38017,3311,0,5706,\(value)") == [.request(expected)])
    }

    @Test func `all 256 bytes of a write arrive as they are`() {
        let bytes = (0...255).map { UInt8($0) }
        let request = OneNETWorld().request("+MIPLWRITE: 0,1,3311,0,5706,2,256,\(Hex.string(bytes)),0,0")
        #expect(request?.action == .write([WrittenValue(Self.resource, bytes, .bytes)]))
    }

    private func value(_ resource: UInt16, _ data: [UInt8], instance: UInt16 = 0) -> WrittenValue {
        WrittenValue(ResourcePath(object: 3311, instance: instance, resource: resource), data, .bytes)
    }

    /// 7.4.2.
    @Test func `a write in parts is one request`() {
        let world = OneNETWorld()
        #expect(world.hear("+MIPLWRITE: 0,46584,3311,0,5706,2,5,68656C6C6F,0,2") == [.partsHeld])
        #expect(world.hear("+MIPLWRITE: 0,46584,3311,0,5850,2,1,01,0,1") == [.partsHeld])
        let last = "+MIPLWRITE: 0,46584,3311,0,5851,2,8,00000002DFDC1C3E,0,0"
        let values = [
            value(5706, Array("hello".utf8)), value(5850, [1]), value(5851, [0, 0, 0, 2, 0xDF, 0xDC, 0x1C, 0x3E]),
        ]
        let request = CloudRequest(messageID: 46_584, path: Self.path("3311/0"), action: .write(values))
        #expect(world.hear(last) == [.request(request)])
        #expect(
            world.hear(last) == [.other(name: "request_repeated", detail: [Detail("message_id", .number(46_584))])])
        #expect(world.session.settleParts() == [])
    }

    @Test func `a write over instances is one of the object`() {
        let world = OneNETWorld()
        _ = world.hear("+MIPLWRITE: 0,5,3311,0,5706,2,1,41,0,1")
        let request = world.request("+MIPLWRITE: 0,5,3311,1,5706,2,1,42,0,0")
        #expect(request?.path == Self.path("3311"))
    }

    /// 7.4.1: a single write with index 2.
    @Test func `a part that stays alone is a whole write`() {
        let world = OneNETWorld()
        #expect(world.hear("+MIPLWRITE: 0,38018,3311,0,5706,2,5,68656C6C6F,0,2") == [.partsHeld])
        let request = CloudRequest(
            messageID: 38_018, path: ObjectPath(Self.resource), action: .write([value(5706, Array("hello".utf8))]))
        #expect(world.session.settleParts() == [.request(request)])
        #expect(world.session.settleParts() == [])
        #expect(
            world.hear("+MIPLWRITE: 0,38018,3311,0,5706,2,5,68656C6C6F,0,2")
                == [.other(name: "request_repeated", detail: [Detail("message_id", .number(38_018))])])
    }

    @Test func `parts that lack an end are not believed`() {
        let world = OneNETWorld()
        _ = world.hear("+MIPLWRITE: 0,7,3311,0,5706,2,1,41,0,2")
        _ = world.hear("+MIPLWRITE: 0,7,3311,0,5850,2,1,01,0,1")
        let broken = SessionEvent.other(name: "incomplete_write", detail: [Detail("message_id", .number(7))])
        #expect(world.session.settleParts() == [broken])
        _ = world.hear("+MIPLWRITE: 0,8,3311,0,5706,2,1,41,0,2")
        _ = world.hear("+MIPLWRITE: 0,8,3311,0,5850,2,1,01,0,1")
        // A new write breaks the one that is held, and the module repeats it.
        let events = world.hear("+MIPLWRITE: 0,9,3311,0,5706,2,1,42,0,0")
        #expect(events.first == .other(name: "incomplete_write", detail: [Detail("message_id", .number(8))]))
        #expect(events.count == 2)
        _ = world.hear("+MIPLWRITE: 0,8,3311,0,5706,2,1,41,0,1")
        #expect(world.request("+MIPLWRITE: 0,8,3311,0,5850,2,1,01,0,0") != nil)
    }

    @Test func `a restart forgets what was begun`() {
        let world = OneNETWorld()
        _ = world.hear("+MIPLWRITE: 0,7,3311,0,5706,2,1,41,0,1")
        world.session.moduleRestarted()
        #expect(world.session.settleParts() == [])
    }

    // MARK: Repetitions

    @Test(arguments: [
        "+MIPLREAD: 0,3123,3311,0,5805", "+MIPLOBSERVE: 0,3123,1,3311,0,-1", "+MIPLDISCOVER: 0,3123,3311",
        "+MIPLWRITE: 0,3123,3311,0,5706,2,1,41,0,0", "+MIPLEXECUTE: 0,3123,3311,0,5823",
        "+MIPLPARAMETER: 0,3123,3311,0,5805,6,\"pmin=2\"",
    ])
    func `a request that the module repeats is one request`(line: String) {
        let world = OneNETWorld()
        #expect(world.request(line) != nil)
        let repeated = SessionEvent.other(name: "request_repeated", detail: [Detail("message_id", .number(3123))])
        #expect(world.hear(line) == [repeated])
        for id in 0..<63 { _ = world.hear("+MIPLREAD: 0,\(id),3311,0,5805") }
        #expect(world.hear(line) == [repeated])
        world.session.moduleRestarted()
        #expect(world.request(line) != nil)
    }

    @Test(arguments: ["+MIPLREAD: 0,5,3311,0,5805", "+MIPLWRITE: 0,5,3311,0,5706,2,1,41,0,0"])
    func `the same request is a new one half a minute later`(line: String) async throws {
        let world = OneNETWorld()
        #expect(world.request(line) != nil)
        for _ in 0..<3 {
            try await world.channel.pause(for: .seconds(29))
            #expect(world.request(line) == nil)
        }
        try await world.channel.pause(for: .seconds(31))
        #expect(world.request(line) != nil)
    }

    /// Ids are used again, and the end of an observation may bear the observation's.
    @Test func `another request under an id that is known is a new one`() {
        let world = OneNETWorld()
        #expect(world.request("+MIPLREAD: 0,5,3311,0,5805")?.action == .read)
        #expect(world.request("+MIPLREAD: 0,5,3311,0,5850") != nil)
        #expect(world.request("+MIPLEXECUTE: 0,5,3311,0,5823") != nil)
        #expect(world.request("+MIPLWRITE: 0,5,3311,0,5706,2,1,41,0,0") != nil)
        #expect(world.request("+MIPLWRITE: 0,5,3311,0,5706,2,1,41,0,0") == nil)
        #expect(world.request("+MIPLWRITE: 0,5,3311,0,5706,2,1,42,0,0") != nil)
    }

    @Test func `an observation may be ended and begun under one id`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, id: 1)
        let end = try #require(world.request("+MIPLOBSERVE: 0,1,0,3311,0,-1"))
        #expect(end.action == .cancelObserve)
        _ = world.resources.respond(to: end)
        #expect(world.request("+MIPLOBSERVE: 0,1,1,3311,0,-1")?.action == .observe)
    }

    // MARK: The flag of an observation

    @Test func `flag 0 ends an observation`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, id: 1)
        let events = world.hear("+MIPLOBSERVE: 0,2,0,3311,0,-1")
        let request = CloudRequest(messageID: 2, path: Self.path("3311/0"), action: .cancelObserve)
        #expect(events == [.request(request), .registration(.registered)])
    }

    @Test func `an observation of what is observed renews it`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, id: 1)
        try await world.observe(3311, 0, id: 2)
        #expect(world.resources.observations.values.map(\.messageID) == [2])
    }

    @Test func `an end of nothing ends nothing once the flags are known`() async throws {
        let world = try await OneNETWorld.registered()
        try await world.observe(3311, 0, id: 1)
        #expect(world.request("+MIPLOBSERVE: 0,2,0,3200,0,-1")?.action == .cancelObserve)
    }

    @Test func `a module with the opposite flags is understood`() async throws {
        let world = try await OneNETWorld.registered()
        let begin = try #require(world.request("+MIPLOBSERVE: 0,1,0,3311,0,-1"))
        #expect(begin.action == .observe)
        _ = world.resources.respond(to: begin)
        #expect(world.request("+MIPLOBSERVE: 0,2,1,3311,0,-1")?.action == .cancelObserve)
    }

    // MARK: What is none

    @Test(arguments: [
        "+MIPLREAD: 0", "+MIPLREAD: x,1,3311,0,1", "+MIPLREAD: 0,x,3311,0,1", "+MIPLREAD: 0,-1,3311,0,1",
        "+MIPLREAD: 0,1,-1,0,1", "+MIPLREAD: 0,1,65536,0,1", "+MIPLREAD: 0,1,3311,-2,1", "+MIPLREAD: 0,1,3311,0,x",
        "+MIPLREAD", "+MIPLREAD:", "+MIPLDISCOVER: 0,1", "+MIPLOBSERVE: 0,1,2,3311,0,-1", "+MIPLOBSERVE: 0,1",
        "+MIPLEXECUTE: 0,1,3303,0,-1", "+MIPLEXECUTE: 0,1,3303,0,5605,9,\"rese",
        "+MIPLEXECUTE: 0,1,3303,0,5605,x,\"a\"",
        "+MIPLEXECUTE: 0,1,3303,0,5605,5", "+MIPLEXECUTE: 0,1,3303,0,5605,9,rese", "+MIPLPARAMETER: 0,1,3303,0,5700",
        "+MIPLWRITE: 0,1,3311,0,-1,2,1,41,0,0", "+MIPLWRITE: 0,1,3311,0,5706,2,2,41,0,0",
        "+MIPLWRITE: 0,1,3311,0,5706,2,10,68656C6C6F,0,0",
        "+MIPLWRITE: 0,1,3311,0,5706,2,1,4,0,0", "+MIPLWRITE: 0,1,3311,0,5706,2,1,GG,0,0",
        "+MIPLWRITE: 0,1,3311,0,5706,9,1,41,0,0", "+MIPLWRITE: 0,1,3311,0,5706,2,1,41,0,-1",
        "+MIPLWRITE: 0,1,3311,0,5706,2,1,41,0", "+MIPLWRITE: 0,1,3311,0,5706,2,x,41,0,0",
        "+MIPLWRITE: 0,1,3311,0,5706", "+MIPLWRITE: 0,1,3311,0,5706,3,4,,0,0",
        "+MIPLWRITE: 0,1,3311,0,5706,1,9,\"a\",0,0",
        "+MIPLEVENT: x", "+MIPLEVENT: 0", "+MIPLEVENT: 0,x", "+MIPLEVENT",
    ])
    func `a report that cannot be understood is shown as it is`(line: String) {
        let events = OneNETWorld().hear(line)
        #expect(events == [.other(name: "malformed_report", detail: [Detail("line", .text(line))])])
    }

    @Test func `what is no report of the platform means nothing to it`() {
        for line in ["+CSCON: 1", "RDY", "OK", "", "+MIPL: 1", "+MIPLOTHER: 0,1", "+MIP"] {
            #expect(OneNETWorld().hear(line) == [])
        }
    }

    /// Texts with line ends and with what looks like results stay in one piece, wherever the bytes are split.
    @Test(arguments: [
        "+MIPLEXECUTE: 0,1,3303,0,5605,9,\"a\r\nOK\r\n\"b\"", "+MIPLPARAMETER: 0,1,3303,0,5700,8,\"\r\npmin=2\"",
        "+MIPLWRITE: 0,1,3311,0,5706,1,7,\"\r\nRDY\r\n\",0,0",
    ])
    func `a text of announced length is heard whole`(text: String) {
        let bytes = Array("\r\n\(text)\r\n+CSCON:1\r\n".utf8)
        for split in bytes.indices {
            var dialogue = Dialogue(catalog: .common.adding(OneNETSession.reports))
            var events: [Dialogue.Event] = []
            dialogue.receive(Array(bytes[..<split]), into: &events)
            dialogue.receive(Array(bytes[split...]), into: &events)
            #expect(events == [.report(Line(Array(text.utf8))), .report("+CSCON:1")])
        }
        #expect(OneNETWorld().request(text) != nil)
    }
}
