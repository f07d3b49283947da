import AT
import Platforms
import Testing

/// Every command of the note in every form (chapter 2).
@Suite struct LwM2MCommandTests {
    private static let dataUp = lwm2mDataUp
    private static let hex: [UInt8] = [2, 0, 1, 0, 4, 0, 2, 0x32, 0x38]

    private static func parameters(_ value: ResourceValue) throws -> ValueParameters { try ValueParameters(value) }

    private func text(_ command: Command) -> String { String(decoding: command.bytes, as: UTF8.self) }

    @Test func `QLACONFIG names server, endpoint and lifetime`() throws {
        let plain = LwM2MConfiguration(
            host: "221.229.214.202", port: 5683, endpoint: "urn:imei-imsi:866971030603068-460111174747875",
            lifetime: 300)
        #expect(
            text(try LwM2MCommand.configure(plain))
                == "AT+QLACONFIG=0,\"221.229.214.202\",5683,\"urn:imei-imsi:866971030603068-460111174747875\",300,3")
        let bootstrap = LwM2MConfiguration(
            isBootstrap: true, host: "lwm.home.komect.com", port: 5683, endpoint: "866971031275899", lifetime: 30)
        #expect(
            text(try LwM2MCommand.configure(bootstrap))
                == "AT+QLACONFIG=1,\"lwm.home.komect.com\",5683,\"866971031275899\",30,3")
    }

    @Test(arguments: [(nil, ""), (.udp, ",0"), (.udpWithQueue, ",1")] as [(LwM2MBinding?, String)])
    func `QLACONFIG with a key hides it from the log`(binding: LwM2MBinding?, end: String) throws {
        let configuration = LwM2MConfiguration(
            host: "h", port: 5684, endpoint: "e", lifetime: 86_400, key: LwM2MKey(id: "me", key: "00aa"),
            binding: binding)
        let command = try LwM2MCommand.configure(configuration)
        #expect(text(command) == "AT+QLACONFIG=0,\"h\",5684,\"e\",86400,0,\"me\",\"00aa\"\(end)")
        #expect(command.description == "AT+QLACONFIG=0,\"h\",5684,\"e\",86400,0,\"me\",<psk>\(end)")
    }

    @Test func `a text that would end early is refused`() {
        let configuration = LwM2MConfiguration(host: "h\"", port: 1, endpoint: "e", lifetime: 20)
        #expect(throws: Quoted.Refusal.self) { try LwM2MCommand.configure(configuration) }
        #expect(throws: Quoted.Refusal.self) {
            try LwM2MCommand.set(.resource(ResourcePath(object: 3, instance: 0, resource: 17), "a\rb"))
        }
    }

    @Test(
        arguments: [
            (.retransmission(LwM2MRetransmission(timeout: 4, times: 5)), "\"retransmit\",4,5"),
            (.platform(2), "\"platform\",2"),
            (.resource(ResourcePath(object: 3, instance: 0, resource: 17), "500677"), "\"cfg_res\",3,0,17,\"500677\""),
            (.acknowledgesObservations(true), "\"auto_ack\",1"), (.acknowledgesObservations(false), "\"auto_ack\",0"),
            (.renewsRegistration(true), "\"lifetime_enable\",1"), (.renewsRegistration(false), "\"lifetime_enable\",0"),
            (.dtlsMode(0), "\"dtls_mode\",0"), (.dtlsVersion(1), "\"dtls_version\",1"),
        ] as [(LwM2MSetting, String)])
    func `QLACFG sets, and reads back what it shows`(setting: LwM2MSetting, arguments: String) throws {
        #expect(text(try LwM2MCommand.set(setting)) == "AT+QLACFG=\(arguments)")
        for head in ["+QLACFG: ", "+QLACFG:"] {
            #expect(LwM2MSetting(Line(Array((head + arguments).utf8))) == setting)
        }
        #expect(LwM2MSetting.names.contains(setting.name))
        #expect(text(LwM2MCommand.setting(named: setting.name)) == "AT+QLACFG=\"\(setting.name)\"")
    }

    @Test(arguments: [
        "+QLACFG: \"later\",1", "+QLACFG: \"retransmit\",4", "+QLACFG: \"cfg_res\",3,0,-1,\"x\"", "+QLACFG:",
    ])
    func `a setting that is not known is passed over`(line: String) {
        #expect(LwM2MSetting(Line(Array(line.utf8))) == nil)
    }

    @Test(
        arguments: [
            (LwM2MCommand.configuration, "AT+QLACONFIG?"), (LwM2MCommand.settings, "AT+QLACFG?"),
            (LwM2MCommand.register, "AT+QLAREG"), (LwM2MCommand.deregister, "AT+QLADEREG"),
            (LwM2MCommand.objects, "AT+QLAADDOBJ?"), (LwM2MCommand.status, "AT+QLASTATUS?"),
            (LwM2MCommand.update(lifetime: 1000), "AT+QLAUPDATE=0,1000"),
            (LwM2MCommand.update(lifetime: 1000, rai: 2), "AT+QLAUPDATE=0,1000,2"),
            (LwM2MCommand.update(binding: .udp), "AT+QLAUPDATE=1,0"),
            (LwM2MCommand.update(binding: .udpWithQueue, rai: 1), "AT+QLAUPDATE=1,1,1"),
            (
                LwM2MCommand.add(LwM2MObject(id: 19, instance: 0, resources: [0, 1, 2, 3])),
                "AT+QLAADDOBJ=19,0,4,0,1,2,3"
            ),
            (LwM2MCommand.delete(object: 17), "AT+QLADELOBJ=17"),
            (LwM2MCommand.answer(.write, messageID: 36_560, result: 2), "AT+QLAWRRSP=36560,2"),
            (LwM2MCommand.answer(.write, messageID: 70_000, result: 11, rai: 1), "AT+QLAWRRSP=70000,11,1"),
            (LwM2MCommand.answer(.execute, messageID: 39_040, result: 2), "AT+QLAEXERSP=39040,2"),
            (LwM2MCommand.answer(.execute, messageID: 39_040, result: 14, rai: 0), "AT+QLAEXERSP=39040,14,0"),
        ] as [(Command, String)])
    func `a command is written as the note writes it`(command: Command, expected: String) {
        #expect(text(command) == expected)
        #expect(command.timeLimit == .seconds(5))
    }

    @Test(
        arguments: [
            (.string("abcde"), "1,5,\"abcde\""), (.opaque(hex), "2,9,\"020001000400023238\""),
            (.integer(500), "3,2,500"), (.integer(70_000), "3,4,70000"), (.integer(-3_000_000_000), "3,8,-3000000000"),
            (.float(25.6), "4,4,25.6"), (.boolean(true), "5,1,1"), (.boolean(false), "5,1,0"),
            (.opaque([]), "2,0,\"\""),
            (.string("a,b"), "1,3,\"a,b\""), (.string("say \"hi\""), "2,8,\"7361792022686922\""),
        ] as [(ResourceValue, String)])
    func `a value of each type stands where it should`(value: ResourceValue, expected: String) throws {
        let parameters = try Self.parameters(value)
        #expect(
            text(LwM2MCommand.answer(.read, messageID: 7, result: 1, Self.dataUp, parameters, index: 0))
                == "AT+QLARDRSP=7,1,19,0,0,\(expected),0")
        #expect(
            text(LwM2MCommand.answer(.observe, messageID: 7, result: 1, Self.dataUp, parameters, index: 3, rai: 2))
                == "AT+QLAOBSRSP=7,1,19,0,0,\(expected),3,2")
        #expect(
            text(LwM2MCommand.notify(Self.dataUp, parameters, index: 1, confirm: false))
                == "AT+QLANOTIFY=19,0,0,\(expected),1,0")
        #expect(
            text(LwM2MCommand.notify(Self.dataUp, parameters, index: 0, confirm: true, rai: 2))
                == "AT+QLANOTIFY=19,0,0,\(expected),0,1,2")
    }

    @Test func `QLASENDDATA takes a string or bytes`() throws {
        #expect(
            text(LwM2MCommand.send(try Self.parameters(.string("hello")), confirm: false))
                == "AT+QLASENDDATA=1,5,\"hello\",0")
        #expect(
            text(LwM2MCommand.send(try Self.parameters(.opaque([0x5B, 0x7B])), confirm: true, rai: 1))
                == "AT+QLASENDDATA=2,2,\"5B7B\",1,1")
    }

    @Test(
        arguments: [
            (
                "+QLACONFIG: 0,\"221.229.214.202\",5683,\"8669\",300,3,0",
                LwM2MConfiguration(host: "221.229.214.202", port: 5683, endpoint: "8669", lifetime: 300, binding: .udp)
            ),
            (
                "+QLACONFIG:0,h,5684,e,20,0,\"id\",\"00,1\",1",
                LwM2MConfiguration(
                    host: "h", port: 5684, endpoint: "e", lifetime: 20, key: LwM2MKey(id: "id", key: "00,1"),
                    binding: .udpWithQueue)
            ),
            ("+QLACONFIG: 0,\"h\",1,\"e\",20,3", LwM2MConfiguration(host: "h", port: 1, endpoint: "e", lifetime: 20)),
            ("+QLACONFIG: 0,\"h\",1,\"e\",20,0,\"id\"", nil), ("+QLACONFIG: 0,\"h\"", nil), ("+QLACONFIG:", nil),
        ] as [(String, LwM2MConfiguration?)])
    func `what QLACONFIG shows is read`(line: String, expected: LwM2MConfiguration?) {
        #expect(LwM2MConfiguration(Line(Array(line.utf8))) == expected)
    }

    @Test(
        arguments: [
            ("+QLAADDOBJ: 19,1,1,0", LwM2MObject(id: 19, instance: 1, resources: [0])),
            ("+QLAADDOBJ: 19,0,4,0,1,2,3", LwM2MObject(id: 19, instance: 0, resources: [0, 1, 2, 3])),
            ("+QLAADDOBJ: 0", nil), ("+QLAADDOBJ: 19,0,4,0,1,2", nil), ("+QLAADDOBJ: 19,0,1,70000", nil),
        ] as [(String, LwM2MObject?)])
    func `an object is told from the result of adding one`(line: String, expected: LwM2MObject?) {
        #expect(LwM2MObject(Line(Array(line.utf8))) == expected)
    }

    /// Answers, results and reports share their names (2.6).
    @Test func `answers are told from the reports among them`() {
        var dialogue = Dialogue(catalog: .common.adding(LwM2MSession.reports))
        var events: [Dialogue.Event] = []
        _ = dialogue.begin(LwM2MCommand.objects)
        dialogue.receive(
            Array("\r\n+QLAADDOBJ: 0\r\n\r\n+QLAADDOBJ: 19,1,1,0\r\n+QLAURC: \"ping\",0\r\n\r\nOK\r\n".utf8),
            into: &events)
        #expect(
            events == [
                .report("+QLAADDOBJ: 0"), .report("+QLAURC: \"ping\",0"),
                .completed(.answered(Response(lines: ["+QLAADDOBJ: 19,1,1,0"], final: .ok))),
            ])
        events = []
        _ = dialogue.begin(LwM2MCommand.update(lifetime: 1000))
        dialogue.receive(Array("+QLAUPDATE: 59797\r\n\r\nOK\r\n\r\n+QLAUPDATE: 0,59797\r\n".utf8), into: &events)
        #expect(
            events == [
                .report("+QLAUPDATE: 59797"), .completed(.answered(Response(final: .ok))),
                .report("+QLAUPDATE: 0,59797"),
            ])
    }

    /// 3.3 and 5.4.2: type 1 is raw, with whatever is in it.
    @Test func `a written text with line ends stays one report`() {
        var dialogue = Dialogue(catalog: .common.adding(LwM2MSession.reports))
        var events: [Dialogue.Event] = []
        let line = "+QLAURC: \"write\",8096,19,1,0,1,20,\"{\"outletS\r\nOK\r\n\":\"1\"}\",0"
        dialogue.receive(Array((line + "\r\n").utf8), into: &events)
        #expect(events == [.report(Line(Array(line.utf8)))])
    }
}
