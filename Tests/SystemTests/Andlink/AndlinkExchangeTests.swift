import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// What Andlink asks and what it is told: reads and writes, their answers, values set by clients, and raw uplinks.
@Suite struct AndlinkExchangeTests {
    private static let path = "19/1/0"

    /// The platform waits for answers as long as it really does: however slow the machine is, that is long.
    private static func options(
        _ change: @escaping @Sendable (inout ModuleOptions) -> Void = { _ in }
    ) -> RigOptions {
        .andlink {
            $0.timeScale = 1
            change(&$0)
        }
    }

    static let bodies: [(name: String, bytes: [UInt8])] = [
        ("text", Array("plain".utf8)), ("JSON", Array(#"{"outletStatus":"0","setTime":"1"}"#.utf8)),
        ("quotes and commas", Array(#"a,"b",""c"",>"#.utf8)),
        ("line ends and NUL", [0x41, 0x0D, 0x0A, 0x00, 0x3E, 0x0A]),
        ("UTF-8", Array("温度 25 °C".utf8)), ("every byte", Array(0...255)),
        ("as much as goes", Array(repeating: 0xA5, count: 1024)),
    ]

    @Test func `every body goes up byte by byte, confirmed or not`() async throws {
        try await withRig(Self.options()) { rig in
            var expected: [[UInt8]] = []
            for (index, body) in Self.bodies.enumerated() {
                for confirm in [false, true] {
                    let id = "b\(index)\(confirm)"
                    let hex = body.bytes.map { byte in
                        let text = String(byte, radix: 16)
                        return text.count == 1 ? "0" + text : text
                    }.joined()
                    try await rig.up(json: #"{"id":"\#(id)","hex":"\#(hex)","confirm":\#(confirm)}"#)
                    try await rig.outcome(id, confirm ? "delivered" : "sent")
                    expected.append(body.bytes)
                }
            }
            #expect(await rig.module.uplinks.map(\.bytes) == expected)
            try await rig.client.publish(OutboundMessage(topic: "nb/m0/up", payload: Array(repeating: 1, count: 1025)))
            let rejected = try await rig.json(on: "nb/m0/up/result") { $0["state"]?.string == "rejected" }
            #expect(rejected["error"]?["name"]?.string == "too_long")
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a value of any bytes is set by a client and read by the platform`() async throws {
        try await withRig(Self.options()) { rig in
            for (name, bytes) in Self.bodies {
                let mark = rig.mark
                try await rig.client.publish(OutboundMessage(topic: "nb/m0/object/\(Self.path)/set", payload: bytes))
                let outcome = try await rig.json(on: "nb/m0/up/result", since: mark) { _ in true }
                #expect(outcome["state"]?.string == "accepted" && outcome["notified"]?.bool == false)
                let id = await rig.module.request(CloudOrder(.read, Self.path))
                let answer = try #require(await rig.module.waitForAnswer(to: id))
                #expect(answer.code == 1 && answer.values.map(\.bytes) == [bytes], "\(name)")
                #expect(try await rig.retained("nb/m0/object/\(Self.path)").payload == bytes)
                let request = try await rig.request("read", since: mark)
                #expect(request["answered"]?.bool == true && request["path"]?.string == Self.path)
            }
            let mark = rig.mark
            let long = OutboundMessage(
                topic: "nb/m0/object/\(Self.path)/set", payload: Array(repeating: 1, count: 1025))
            try await rig.client.publish(long)
            let refused = try await rig.json(on: "nb/m0/up/result", since: mark) { $0["state"]?.string == "rejected" }
            #expect(refused["error"]?["name"]?.string == "bad_value")
            #expect(await rig.module.uplinks.isEmpty)
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a value that is set without a registration is no uplink either, and outlives the bridge`() async throws
    {
        try await withRig(Self.options()) { rig in
            _ = try await rig.result(of: "deregister")
            try await rig.state("stopped")
            try await rig.client.publish("nb/m0/object/19/1/set", #"{"0":"61626364"}"#)
            try await rig.json(on: "nb/m0/up/result") { $0["state"]?.string == "accepted" }
            try await rig.bridge.end(SIGKILL)
            try await rig.startBridgeAgain()
            _ = try await rig.result(of: "register")
            try await rig.state("ready")
            let id = await rig.module.request(CloudOrder(.read, Self.path))
            let answer = try #require(await rig.module.waitForAnswer(to: id))
            #expect(answer.values.map(\.text) == ["abcd"])
            try await rig.up("end")
            await rig.module.waitForUplinks(1)
            #expect(await rig.received() == ["end"])
        }
    }

    @Test(arguments: [false, true]) func `a write becomes a message, a value, a downlink and a request`(
        _ isHex: Bool
    ) async throws {
        try await withRig(Self.options { $0.spelling.andlink.writesHex = isHex }) { rig in
            // As text a line end or a quote at the very end cannot be told apart; see the page.
            let texts = [Array("plain".utf8), Array(#"{"a":"b,c"}"#.utf8), Array("温度 >".utf8)]
            for bytes in isHex ? Self.bodies.map(\.bytes) : texts {
                let mark = rig.mark
                let id = await rig.module.request(CloudOrder(.write, Self.path, payload: bytes))
                let answer = try #require(await rig.module.waitForAnswer(to: id))
                #expect(answer.code == 2 && answer.values.isEmpty)
                let request = try await rig.request("write", since: mark)
                #expect(request["answered"]?.bool == true && request["path"]?.string == Self.path)
                if let text = String(validating: bytes, as: UTF8.self) { #expect(request["value"]?.string == text) }
                for topic in ["down", "object/\(Self.path)/write"] {
                    try await rig.client.message(on: "nb/m0/\(topic)") { $0.payload == bytes }
                }
                try await rig.json(on: "nb/m0/down/json", since: mark) { $0["hex"]?.string?.isEmpty == false }
                #expect(try await rig.retained("nb/m0/object/\(Self.path)").payload == bytes)
            }
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a read without a value is a client's to answer, in time and once`() async throws {
        try await withRig(Self.options()) { rig in
            let mark = rig.mark
            let id = await rig.module.request(CloudOrder(.read, Self.path))
            let request = try await rig.request("read", since: mark)
            #expect(request["answered"]?.bool == false && request["deadline"]?.string != nil)
            try await rig.answer(request, "changed")
            try await rig.json(on: "nb/m0/up/result") { $0["error"]?["name"]?.string == "bad_code" }
            let value = String(repeating: "x", count: 1024)
            try await rig.answer(request, "content", "\"\(value)\"")
            let answer = try #require(await rig.module.waitForAnswer(to: id))
            #expect(answer.code == 1 && answer.values.map(\.text) == [value])
            try await rig.outcome(request["id"]?.string ?? "", "sent")
            try await rig.answer(request, "content", "\"again\"")
            try await rig.json(on: "nb/m0/up/result") { $0["error"]?["name"]?.string == "already_answered" }
            try await rig.client.publish("nb/m0/answer", #"{"id":"nobody","code":"content","value":"x"}"#)
            try await rig.json(on: "nb/m0/up/result") { $0["error"]?["name"]?.string == "unknown_request" }
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test(arguments: [("not_found", 13), ("unauthorized", 12), ("bad_request", 11), ("method_not_allowed", 14)])
    func `a client may say no to a read`(_ code: String, _ number: Int) async throws {
        try await withRig(Self.options()) { rig in
            let mark = rig.mark
            let id = await rig.module.request(CloudOrder(.read, Self.path))
            try await rig.answer(try await rig.request("read", since: mark), code)
            #expect(await rig.module.waitForAnswer(to: id)?.code == number)
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `nobody answers, so the bridge does before the ten seconds are over`() async throws {
        try await withRig(Self.options()) { rig in
            let mark = rig.mark
            let id = await rig.module.request(CloudOrder(.read, Self.path))
            let answer = try #require(await rig.module.waitForAnswer(to: id, limit: .seconds(12)))
            #expect(answer.code == 13 && !answer.isLate)
            try await rig.event("request_not_answered")
            try await rig.answer(try await rig.request("read", since: mark), "content", "\"late\"")
            try await rig.json(on: "nb/m0/up/result") { $0["error"]?["name"]?.string == "already_answered" }
            let counts = await rig.module.withCloud { [$0.answeredLate, $0.answeredTwice, $0.neverAnswered] }
            #expect(counts == [0, 0, 0])
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a repeated request is answered once, and its query shown`() async throws {
        try await withRig(Self.options()) { rig in
            let mark = rig.mark
            var order = CloudOrder(.read, Self.path)
            order.query = "lwm2m=1.&ep=12345&name=123456"
            order.retransmissions = [.milliseconds(100), .milliseconds(100), .milliseconds(100)]
            let id = await rig.module.request(order)
            try await rig.event("request_repeated", count: 3)
            let request = try await rig.request("read", since: mark)
            #expect(request["query"]?.string == order.query)
            try await rig.answer(request, "content", #"{"hex":"00ff"}"#)
            #expect(await rig.module.waitForAnswer(to: id)?.values.map(\.bytes) == [[0, 255]])
            #expect(rig.payloads("nb/m0/request").count == 1)
            #expect(await rig.module.withCloud { $0.answeredTwice } == 0)
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }
}
