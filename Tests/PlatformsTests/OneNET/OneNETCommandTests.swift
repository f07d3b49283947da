import AT
import Testing

@testable import Platforms

/// The bytes of all sixteen commands of the note (3.3), in every form and with every parameter.
@Suite struct OneNETCommandTests {
    private func text(_ command: Command) -> String { String(decoding: command.bytes, as: UTF8.self) }

    private func path(_ object: UInt16, _ instance: UInt16, _ resource: UInt16) -> ResourcePath {
        ResourcePath(object: object, instance: instance, resource: resource)
    }

    private static let server = OneNETCommand.Server(bootstrap: true, host: "183.230.40.39", port: 5683)

    @Test(
        arguments: [
            (.hex, nil, "AT+MIPLCONFIG=0,0"), (.text, nil, "AT+MIPLCONFIG=0,1"),
            // 7.2.2 and 7.2.3.
            (.text, server, "AT+MIPLCONFIG=0,1,1,\"183.230.40.39\",5683"),
            (
                .text, .init(bootstrap: false, host: "183.230.40.40", port: 5683),
                "AT+MIPLCONFIG=0,1,0,\"183.230.40.40\",5683"
            ),
            (.hex, .init(bootstrap: false, host: "h", port: 1, autoUpdate: true), "AT+MIPLCONFIG=0,0,0,\"h\",1,1"),
            (.hex, .init(bootstrap: true, host: "h", port: 2, autoUpdate: false), "AT+MIPLCONFIG=0,0,1,\"h\",2,0"),
        ] as [(OneNETCommand.ReceiveFormat, OneNETCommand.Server?, String)])
    func `MIPLCONFIG has all its parameters`(
        format: OneNETCommand.ReceiveFormat, server: OneNETCommand.Server?, expected: String
    ) throws {
        let command = try OneNETCommand.configure(format, server)
        #expect(text(command) == expected)
        #expect(command.timeLimit == .seconds(5))
    }

    @Test(arguments: ["a\"b", "a\rb", "a\nb", "a\0b"])
    func `a server that would end its string is refused`(host: String) {
        #expect(throws: Quoted.Refusal.self) {
            try OneNETCommand.configure(.hex, .init(bootstrap: true, host: host, port: 1))
        }
    }

    @Test(
        arguments: [
            (
                "+MIPLCONFIG: 0,0,1,\"183.230.40.39\",5683,1",
                .init(bootstrap: true, host: "183.230.40.39", port: 5683, autoUpdate: true)
            ),
            // The note shows the address without quotes here, and a stray sign at the end.
            ("+MIPLCONFIG: 0,1,0,h,1,0", .init(bootstrap: false, host: "h", port: 1, autoUpdate: false)),
            ("+MIPLCONFIG:0,1,0,\"h\",1", .init(bootstrap: false, host: "h", port: 1)),
            ("+MIPLCONFIG: 0,0,1,\"h\",1,1>", .init(bootstrap: true, host: "h", port: 1)),
            ("+MIPLCONFIG: 0,0", nil), ("+MIPLCONFIG: 0,0,1,\"\",5683,1", nil), ("+MIPLCONFIG: 0,0,1,\"h\",0", nil),
        ] as [(Line, OneNETCommand.Server?)])
    func `the answer of MIPLCONFIG is read`(line: Line, expected: OneNETCommand.Server?) {
        #expect(OneNETCommand.readConfiguration(line) == expected)
    }

    @Test(arguments: [
        (OneNETCommand.configuration, "AT+MIPLCONFIG?"),
        (OneNETCommand.create, "AT+MIPLCREATE"),
        (OneNETCommand.delete(0), "AT+MIPLDELETE=0"),
        (OneNETCommand.version, "AT+MIPLVER?"),
        (OneNETCommand.remove(object: 3311, from: 0), "AT+MIPLDELOBJ=0,3311"),
        (OneNETCommand.open(0, lifetime: 86_400), "AT+MIPLOPEN=0,86400"),
        (OneNETCommand.open(0, lifetime: 86_400, timeout: 30), "AT+MIPLOPEN=0,86400,30"),
        (OneNETCommand.close(0), "AT+MIPLCLOSE=0"),
        (OneNETCommand.update(0, lifetime: 86_400, withObjects: false), "AT+MIPLUPDATE=0,86400,0"),
        (OneNETCommand.update(0, lifetime: 0, withObjects: true, rai: 2), "AT+MIPLUPDATE=0,0,1,2"),
        // 7.2.1.
        (
            OneNETCommand.discovered(0, to: 26_384, result: 1, resources: [5850, 5851, 5706, 5805]),
            "AT+MIPLDISCOVERRSP=0,26384,1,19,\"5850;5851;5706;5805\""
        ),
        (
            OneNETCommand.discovered(named: "MIPLDISCOVERERRSP", 0, to: 1, result: 13, resources: [], rai: 1),
            "AT+MIPLDISCOVERERRSP=0,1,13,0,\"\",1"
        ),
        (OneNETCommand.respond("MIPLOBSERVERSP", 0, to: 69_234, result: 1), "AT+MIPLOBSERVERSP=0,69234,1"),
        (OneNETCommand.respond("MIPLWRITERSP", 0, to: 38_017, result: 2), "AT+MIPLWRITERSP=0,38017,2"),
        (
            OneNETCommand.respond("MIPLEXECUTERSP", 0, to: 268_435_455, result: 2, rai: 2),
            "AT+MIPLEXECUTERSP=0,268435455,2,2"
        ),
        (OneNETCommand.respond("MIPLPARAMETERRSP", 0, to: 56_642, result: 2), "AT+MIPLPARAMETERRSP=0,56642,2"),
    ])
    func `every other command is written as the note writes it`(command: Command, expected: String) {
        #expect(text(command) == expected)
        #expect(command.timeLimit == .seconds(5))
        #expect(command.payload == nil)
    }

    @Test(arguments: OneNETCommand.names)
    func `every command has its test form`(name: String) {
        #expect(text(OneNETCommand.syntax(of: name)) == "AT+\(name)=?")
        #expect(Set(OneNETCommand.names).count == 16)
    }

    /// 7.3: type, length and text of the five types.
    @Test(
        arguments: [
            (.float(1.88), "4,4,1.88"), (.boolean(true), "5,1,1"), (.boolean(false), "5,1,0"),
            (.integer(123), "3,2,123"), (.integer(-40_000), "3,4,-40000"), (.integer(1 << 40), "3,8,1099511627776"),
            (.string("1234567890"), "1,10,\"1234567890\""), (.string("Cel"), "1,3,\"Cel\""),
            (.string("温"), "1,3,\"温\""), (.string(""), "1,0,\"\""), (.opaque([0, 0x22, 0xFF]), "2,3,0022FF"),
            // What cannot stand between quotes goes as bytes.
            (.string("a\"b"), "2,3,612262"), (.string("\r\n"), "2,2,0D0A"),
        ] as [(ResourceValue, String)])
    func `a value is written by its type`(value: ResourceValue, expected: String) throws {
        let parameters = try ValueParameters(value)
        let read = OneNETCommand.readResponse(0, to: 3123, result: 1, path(3311, 0, 5805), parameters, index: 10)
        #expect(text(read) == "AT+MIPLREADRSP=0,3123,1,3311,0,5805,\(expected),10,0")
        let indicated = OneNETCommand.readResponse(0, to: 1, result: 1, path(1, 2, 3), parameters, index: 0, rai: 2)
        #expect(text(indicated) == "AT+MIPLREADRSP=0,1,1,1,2,3,\(expected),0,0,2")
        let report = OneNETCommand.notify(
            0, under: 122_179, path(3303, 0, 5700), parameters, index: 3, ackID: 65_535, rai: 1)
        #expect(text(report) == "AT+MIPLNOTIFY=0,122179,3303,0,5700,\(expected),3,0,65535,1")
    }

    @Test func `a list of resources is cut where the note ends it`() {
        let ids = (5000..<5100).map { UInt16($0) }
        let command = text(OneNETCommand.discovered(0, to: 1, result: 1, resources: ids))
        #expect(command.hasPrefix("AT+MIPLDISCOVERRSP=0,1,1,254,\"5000;5001"))
        #expect(command.hasSuffix(";5050\""))
    }

    @Test func `a list of resources names each once`() {
        let command = text(OneNETCommand.discovered(0, to: 1, result: 1, resources: [1, 2, 1, 3, 2]))
        #expect(command == "AT+MIPLDISCOVERRSP=0,1,1,5,\"1;2;3\"")
    }

    // MARK: Objects

    private func object(_ id: UInt16, _ instance: UInt16, _ kinds: [ResourceKind]) -> ObjectDescription {
        ObjectDescription(
            id: id, instance: instance,
            resources: kinds.enumerated().map { .init(id: UInt16($0.offset), kind: $0.element) })
    }

    @Test(
        arguments: [
            ([0], "1,\"1\""), ([0, 2], "3,\"101\""), ([0, 1, 3], "4,\"1101\""), ([5], "6,\"000001\""),
            ([2, 0], "3,\"101\""),
        ] as [([UInt16], String)])
    func `MIPLADDOBJ has a digit for every instance`(instances: [UInt16], expected: String) throws {
        let descriptions = instances.map { object(3303, $0, [.float, .executable, .string, .executable, .opaque]) }
        let objects = OneNETObject.all(of: descriptions)
        let first = try #require(objects.first)
        #expect(objects.count == 1)
        #expect(text(OneNETCommand.add(first, to: 0)) == "AT+MIPLADDOBJ=0,3303,\(expected),3,2")
    }

    @Test func `resources of several instances are counted once`() {
        let objects = OneNETObject.all(of: [
            object(3303, 0, [.float]), object(3311, 0, [.executable]), object(3303, 1, [.float, .string]),
        ])
        #expect(objects.map(\.id) == [3303, 3311])
        #expect(objects.map(\.attributes) == [2, 0])
        #expect(objects.map(\.actions) == [0, 1])
    }

    @Test func `the module's own objects are not added`() {
        #expect(OneNETObject.all(of: (0...7).map { object($0, 0, [.string]) }).map(\.id) == [6])
    }

    /// What the module prints while the command runs, what of it is the answer, and what is a report.
    @Test(arguments: [
        (OneNETCommand.create, ["+MIPLCREATE: 0"], ["+MIPLEVENT: 0,15", "+CSCON:0"]),
        (OneNETCommand.version, ["+MIPLVER: \"2.3.0\""], ["+MIPLREAD:0,8070,3311,0,-1"]),
        (OneNETCommand.configuration, ["+MIPLCONFIG: 0,0,1,\"183.230.40.39\",5683,1"], ["+MIPLOBSEVER: 0,1,1,3,0,-1"]),
        (
            OneNETCommand.syntax(of: "MIPLDISCOVERRSP"),
            ["+MIPLDISCOVERRSP: (0),(0-268435455),(1,11-15),(0-255),<valuestring>,(0-2)"],
            ["+MIPLDISCOVER: 0,26384,3311", "+MIPLEXECUTE: 0,1,3303,0,5605,4,\"\r\nOK\""]
        ),
        (
            OneNETCommand.close(0), [],
            [
                "+MIPLPARAMETER: 0,56642,3303,0,5700,7,\"p\r\nOK\r\n\"", "+MIPLWRITE: 0,1,3,0,1,1,4,\"\r\nOK\",0,0",
                "+FIRMWARE DOWNLOADING", "+QIND: \"FOTA\",\"START\"", "+MIPLOBSEIVE: 0,1,1,3,0,-1",
            ]
        ),
    ])
    func `answers are told from the reports among them`(command: Command, answer: [String], reports: [String]) {
        for place in 0...answer.count {
            var dialogue = Dialogue(catalog: .common.adding(OneNETSession.reports))
            _ = dialogue.begin(command)
            var lines = answer
            lines.insert(contentsOf: reports, at: place)
            var events: [Dialogue.Event] = []
            dialogue.receive(Array((lines + ["OK"]).map { "\r\n\($0)\r\n" }.joined().utf8), into: &events)
            let expected = reports.map { Dialogue.Event.report(Line(Array($0.utf8))) }
            let response = Response(lines: answer.map { Line(Array($0.utf8)) }, final: .ok)
            #expect(events == expected + [.completed(.answered(response))])
        }
    }
}
