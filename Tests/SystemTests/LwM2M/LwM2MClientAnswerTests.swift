import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// What only a client can answer, and what becomes of it if none does.
@Suite struct LwM2MClientAnswerTests {
    private func request(_ kind: String, _ rig: Rig) async throws -> (id: String, json: JSONValue) {
        let json = try await rig.json(on: "nb/m0/request") {
            $0["kind"]?.string == kind && $0["answered"]?.bool == false
        }
        return (try #require(json["id"]?.string), json)
    }

    private func answer(_ rig: Rig, _ json: String) async throws { try await rig.client.publish("nb/m0/answer", json) }

    /// On `up/result`, of an answer that nobody wants.
    private func refusal(_ id: String, _ name: String, _ rig: Rig) async throws {
        try await rig.json(on: "nb/m0/up/result", since: rig.beginning) {
            $0["id"]?.string == id && $0["state"]?.string == "rejected" && $0["error"]?["name"]?.string == name
        }
    }

    @Test(arguments: [
        ("changed", 2), ("bad_request", 11), ("unauthorized", 12), ("not_found", 13), ("method_not_allowed", 14),
    ])
    func `a client answers an execution`(_ code: String, _ number: Int) async throws {
        try await withRig(.lwm2m()) { rig in
            let asked = await rig.module.request(CloudOrder(.execute, "3303/0/5605"))
            let (id, json) = try await request("execute", rig)
            #expect(json["path"]?.string == "3303/0/5605" && json["deadline"]?.string != nil)
            try await answer(rig, #"{"id":"\#(id)","code":"content"}"#)
            try await refusal(id, "bad_code", rig)
            try await answer(rig, #"{"id":"\#(id)","code":"\#(code)"}"#)
            #expect(await rig.module.waitForAnswer(to: asked)?.code == number)
            try await rig.outcome(id, "sent")
            try await answer(rig, #"{"id":"\#(id)","code":"\#(code)"}"#)
            try await refusal(id, "already_answered", rig)
            try await answer(rig, #"{"id":"nobody","code":"\#(code)"}"#)
            try await refusal("nobody", "unknown_request", rig)
            await rig.expectClean()
        }
    }

    @Test(arguments: [
        ("3303/0/5701", "\"Cel\"", 1, ["Cel"]), ("3303/0/5750", "{\"hex\":\"00ff\"}", 1, ["\u{0}\u{FFFD}"]),
        ("3303/0/5601", "-5", 1, ["-5"]), ("3303/0/5850", "true", 1, ["1"]),
        ("19/1", "{\"0\":\"0102\"}", 1, ["\u{1}\u{2}"]),
    ])
    func `a client answers a read of what has no value`(
        _ path: String, _ value: String, _ code: Int, _ texts: [String]
    ) async throws {
        try await withRig(.lwm2m()) { rig in
            var order = CloudOrder(.read, path)
            order.query = "what,>is it"
            let asked = await rig.module.request(order)
            let (id, json) = try await request("read", rig)
            #expect(json["query"]?.string == "what,>is it" && json["path"]?.string == path)
            try await answer(rig, #"{"id":"\#(id)","code":"content","value":\#(value)}"#)
            let answer = await rig.module.waitForAnswer(to: asked)
            #expect(answer?.code == code && answer?.values.map(\.text) == texts)
            await rig.expectClean()
        }
    }

    @Test func `without a client the bridge answers in time, and what comes later is refused`() async throws {
        try await withRig(.lwm2m()) { rig in
            let execute = await rig.module.request(CloudOrder(.execute, "3303/0/5605"))
            let read = await rig.module.request(CloudOrder(.read, "3303/0/5701"))
            let (id, _) = try await request("execute", rig)
            #expect(await rig.module.waitForAnswer(to: execute, limit: .seconds(60))?.code == 14)
            #expect(await rig.module.waitForAnswer(to: read, limit: .seconds(60))?.code == 13)
            try await rig.event("request_not_answered", count: 2)
            try await answer(rig, #"{"id":"\#(id)","code":"changed"}"#)
            try await refusal(id, "already_answered", rig)
            await rig.expectClean()
        }
    }

    /// Two at once: whoever comes first is believed.
    @Test func `of two clients the first is heard`() async throws {
        try await withRig(.lwm2m()) { rig in
            let asked = await rig.module.request(CloudOrder(.read, "3303/0/5701"))
            let (id, _) = try await request("read", rig)
            async let first: Void = answer(rig, #"{"id":"\#(id)","code":"content","value":"a"}"#)
            async let second: Void = answer(rig, #"{"id":"\#(id)","code":"content","value":"b"}"#)
            _ = try await (first, second)
            let text = await rig.module.waitForAnswer(to: asked)?.values.first?.text
            #expect(text == "a" || text == "b")
            try await refusal(id, "already_answered", rig)
            await rig.expectClean()
        }
    }
}
