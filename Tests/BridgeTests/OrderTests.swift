import AT
import Platforms
import Reactor
import Store
import Testing

@testable import Bridge

/// Commands from MQTT, and what goes into logs of them.
@Suite struct OrderTests {
    private func order(_ name: String, _ payload: String = "") throws(Rejection) -> Order.Action {
        try Order(CommandRecord(sequence: 1, module: 1, name: name, payload: Array(payload.utf8))).action
    }

    @Test(
        arguments: [
            ("register", "", .register), ("deregister", "", .deregister), ("refresh", "", .refresh),
            ("reboot", "", .reboot), ("sleep", "", .sleep), ("wake", "", .wake), ("wake", "{}", .wake),
            ("wake", "null", .wake),
            ("update", "", .update(lifetime: nil)), ("update", "{}", .update(lifetime: nil)),
            ("update", #"{"lifetime":86400}"#, .update(lifetime: 86_400)),
            ("update", #"{"lifetime":0}"#, .update(lifetime: 0)),
            ("update", #"{"lifetime":2592000}"#, .update(lifetime: 2_592_000)),
            ("at", #"{"command":"AT+CSQ"}"#, .at("AT+CSQ")), ("at", #"{"command":"ati"}"#, .at("ati")),
        ] as [(String, String, Order.Action)])
    func `a command is understood`(name: String, payload: String, action: Order.Action) throws {
        #expect(try order(name, payload) == action)
    }

    @Test(arguments: [
        ("register", "now", "not_json"), ("reboot", "{", "not_json"),
        ("update", "[]", "not_an_object"), ("update", "86400", "not_an_object"), ("wake", #""x""#, "not_an_object"),
        ("update", #"{"lifetime":-1}"#, "bad_lifetime"), ("update", #"{"lifetime":2592001}"#, "bad_lifetime"),
        ("update", #"{"lifetime":"86400"}"#, "bad_lifetime"), ("update", #"{"lifetime":1.5}"#, "bad_lifetime"),
        ("update", #"{"lifetime":null}"#, "bad_lifetime"),
        ("at", "", "no_command"), ("at", "{}", "no_command"), ("at", #"{"command":7}"#, "no_command"),
        ("at", #"{"command":""}"#, "bad_command"), ("at", #"{"command":"+CSQ"}"#, "bad_command"),
        ("at", #"{"command":"AT+CSQ\r\nAT+QRST=1"}"#, "bad_command"), ("at", #"{"command":"AT\u0000"}"#, "bad_command"),
        ("at", #"{"command":"AT\u001b"}"#, "bad_command"), ("at", #"{"command":"ATé"}"#, "bad_command"),
        ("firmware/http", "", "no_url"), ("firmware/http", #"{"url":7}"#, "no_url"),
        ("firmware/http", #"{"url":"ftp://h/x"}"#, "bad_url"), ("firmware/http", #"{"url":"http://h"}"#, "bad_url"),
        ("firmware/file", #"{"url":"http://h:0/x"}"#, "bad_url"),
        ("firmware/file", #"{"url":"http://h/x","name":"a b"}"#, "bad_name"),
        ("firmware/file", #"{"url":"http://h/x","name":7}"#, "bad_name"),
        ("firmware/decide", "", "bad_action"), ("firmware/decide", #"{"action":"hurry"}"#, "bad_action"),
        ("firmware/dance", "", "unknown_command"),
        ("dance", "", "unknown_command"), ("", "", "unknown_command"), ("Reboot", "", "unknown_command"),
    ])
    func `what is wrong is named`(name: String, payload: String, error: String) {
        do throws(Rejection) {
            _ = try order(name, payload)
            Issue.record("it is taken")
        } catch let rejection {
            #expect(rejection.name == error && !rejection.text.isEmpty)
        }
    }

    @Test func `the longest lifetime is the platform's`() throws {
        let longest = [
            (PlatformOptions.ctwing(CTWingOptions()), 2_592_000), (.lwm2m(LwM2MOptions()), 31_536_000),
            (.onenet(OneNETOptions()), 268_435_455),
        ]
        for (options, seconds) in longest {
            let settings = ModuleSettings(name: "m", port: .device(path: "/x"), options: options)
            func order(_ seconds: Int) throws(Rejection) -> Order.Action {
                let payload = Array("{\"lifetime\":\(seconds)}".utf8)
                let record = CommandRecord(sequence: 1, module: 1, name: "update", payload: payload)
                return try Order(record, longestLifetime: settings.longestLifetime).action
            }
            #expect(try order(seconds) == .update(lifetime: seconds))
            #expect { try order(seconds + 1) } throws: { ($0 as? Rejection)?.name == "bad_lifetime" }
        }
    }

    @Test func `a raw command has at most 2048 characters`() throws {
        let longest = "AT" + String(repeating: "x", count: 2046)
        #expect(try order("at", "{\"command\":\"\(longest)\"}") == .at(longest))
        #expect(throws: Rejection.self) { try order("at", "{\"command\":\"\(longest)x\"}") }
    }

    @Test func `a result is published as the contract writes it`() {
        func text(_ result: OrderResult) -> String { String(decoding: result.json, as: UTF8.self) }
        #expect(text(.done([])) == #"{"ok":true}"#)
        #expect(text(.done([Detail("restarting", .flag(true))])) == #"{"ok":true,"restarting":true}"#)
        #expect(text(.done([Detail("n", .number(3)), Detail("t", .text("x"))])) == #"{"ok":true,"n":3,"t":"x"}"#)
        #expect(
            text(.answered(lines: ["+CSQ: 20,99"], final: .ok))
                == #"{"ok":true,"lines":["+CSQ: 20,99"],"final":"OK"}"#)
        #expect(text(.answered(lines: [], final: .error)) == #"{"ok":false,"lines":[],"final":"ERROR"}"#)
        let error = PlatformError(name: "n", text: "t", source: .bridge)
        #expect(
            text(.failed(error)) == #"{"ok":false,"error":{"code":null,"name":"n","text":"t","source":"bridge"}}"#)
    }

    @Test(arguments: [
        ("AT+CSQ", ["+CSQ: 20,99"], ["+CSCON: 1"]), ("at+csq", ["+CSQ: 20,99"], ["+CEREG: 5"]),
        ("ATI", ["Quectel_Ltd", "Quectel_BC260Y-CN"], ["+CSCON: 1"]),
        ("AT+NQMGR", ["BUFFERED=0,RECEIVED=0,DROPPED=0"], ["+QLWEVTIND: 3"]),
        ("AT+NMSTATUS?", ["+NMSTATUS: REGISTERED"], ["+NNMI: 4,AAAA0000"]), ("AT", [], ["+CSCON: 0"]),
    ])
    func `a raw command gets its own lines and no reports`(text: String, answer: [String], reports: [String]) {
        var dialogue = Dialogue(catalog: .common.adding(CTWingSession.reports))
        _ = dialogue.begin(RawCommand.make(text))
        var events: [Dialogue.Event] = []
        let heard = reports + answer + ["OK"]
        dialogue.receive(Array(heard.map { "\r\n\($0)\r\n" }.joined().utf8), into: &events)
        let expected = reports.map { Dialogue.Event.report(Line(Array($0.utf8))) }
        let response = Response(lines: answer.map { Line(Array($0.utf8)) }, final: .ok)
        #expect(events == expected + [.completed(.answered(response))])
    }

    // MARK: Secrets

    @Test(arguments: [
        ("AT+NCDPOPEN=\"1.2.3.4\",5684,00112233", "AT+NCDPOPEN=\"1.2.3.4\",5684,<psk>"),
        ("AT+NCDPOPEN=\"1.2.3.4\",,00112233", "AT+NCDPOPEN=\"1.2.3.4\",,<psk>"),
        ("AT+NCDPOPEN=\"1.2.3.4\",5684,\"0011\",x,y", "AT+NCDPOPEN=\"1.2.3.4\",5684,<psk>"),
        ("at+ncdpopen=\"h\",1,00", "at+ncdpopen=\"h\",1,<psk>"),
        ("At+NcdpOpen=\"h\",1,00", "At+NcdpOpen=\"h\",1,<psk>"),
        ("at+NCDPOPEN=\"h\",1,00", "at+NCDPOPEN=\"h\",1,<psk>"),
        ("AT+CSQ;+NCDPOPEN=\"h\",1,00", "AT+CSQ;+NCDPOPEN=\"h\",1,<psk>"),
        ("OKAT+NCDPOPEN=\"h\",1,00", "OKAT+NCDPOPEN=\"h\",1,<psk>"),
        ("AT+NCDPOPEN=\"1.2.3.4\",5683", "AT+NCDPOPEN=\"1.2.3.4\",5683"), ("AT+NCDPOPEN=?", "AT+NCDPOPEN=?"),
        ("AT+NMGS=5,0045,0", "AT+NMGS=5,0045,0"), ("AT+CGPADDR?", "AT+CGPADDR?"), ("", ""),
    ])
    func `a key is taken out of what is shown`(line: String, shown: String) {
        #expect(Redaction.redact(line) == shown)
        #expect(RawCommand.make(line).description == shown)
    }

    // MARK: Patience

    @Test(arguments: 0..<40) func `back-off doubles, within bounds, varied by a fifth`(failures: Int) {
        let (first, longest) = (Duration.milliseconds(500), Duration.seconds(30))
        let plain = failures < 6 ? first * (1 << failures) : longest
        var seen: Set<Int64> = []
        for _ in 0..<50 {
            let delay = Backoff.delay(failures: failures, first: first, longest: longest)
            #expect(delay >= plain * 4 / 5 && delay <= plain * 6 / 5)
            seen.insert(delay.inNanoseconds)
        }
        #expect(seen.count > 10)
    }

    @Test func `patience grows with every refusal, to a minute`() {
        var hold = Hold()
        let now = Instant(nanoseconds: 1_000_000_000)
        for expected in [1, 2, 4, 8, 16, 32, 60, 60] {
            let delay = hold.extend(from: now)
            #expect(hold.until == now + delay)
            #expect(delay >= .milliseconds(800 * expected) && delay <= .milliseconds(1200 * expected))
        }
    }
}
