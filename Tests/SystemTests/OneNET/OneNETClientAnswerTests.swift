import JSON
import TestSupport
import Testing
import VirtualModules

/// What the bridge cannot answer a client may, for eight seconds.
@Suite struct OneNETClientAnswerTests {
    private func execute(_ rig: Rig, _ text: String? = nil) async throws -> (id: Int, shown: JSONValue) {
        let mark = rig.mark
        let id = await rig.module.request(CloudOrder(.execute, "3303/0/5605", text: text))
        return (id, try await rig.shown("execute", since: mark))
    }

    private static func id(_ shown: JSONValue) -> String { shown["id"]?.string ?? "" }

    @Test func `an execution is a client's to answer`() async throws {
        try await withOneNETRig { rig in
            for (text, code, number) in [
                ("reset", "changed", 2), (nil, "bad_request", 11), ("", "unauthorized", 12), (nil, "not_found", 13),
                ("a,\"b\",1", "method_not_allowed", 14),
            ] as [(String?, String, Int)] {
                let (id, shown) = try await execute(rig, text)
                #expect(shown["path"]?.string == "3303/0/5605" && shown["answered"]?.bool == false)
                #expect(shown["deadline"]?.string?.hasSuffix("Z") == true)
                #expect(shown["arguments"]?.string == (text == "" ? nil : text))
                try await rig.answer(#"{"id":"\#(Self.id(shown))","code":"\#(code)"}"#)
                #expect(await rig.module.waitForAnswer(to: id)?.code == number)
                try await rig.outcome(Self.id(shown), "sent")
            }
        }
    }

    @Test func `a read without a value is a client's to answer`() async throws {
        try await withOneNETRig { rig in
            for (path, code, value, number, values) in [
                ("3303/0/5601", "content", "-4.5", 1, ["-4.5"]),
                ("3342/0/5750", "content", #""a \"quoted\" word""#, 1, [#"a "quoted" word"#]),
                ("3303/1/5701", "not_acceptable", nil, 15, [""]), ("3303/1/5701", "not_found", nil, 13, [""]),
            ] as [(String, String, String?, Int, [String])] {
                let mark = rig.mark
                let id = await rig.module.request(CloudOrder(.read, path))
                let shown = try await rig.shown("read", since: mark)
                #expect(shown["answered"]?.bool == false)
                let member = value.map { ",\"value\":\($0)" } ?? ""
                try await rig.answer(#"{"id":"\#(Self.id(shown))","code":"\#(code)"\#(member)}"#)
                let answer = try #require(await rig.module.waitForAnswer(to: id))
                #expect(answer.code == number && answer.values.map(\.text) == values)
            }
        }
    }

    @Test func `a wrong answer is refused with a reason, and the right one is still taken`() async throws {
        try await withOneNETRig { rig in
            let mark = rig.mark
            let request = await rig.module.request(CloudOrder(.read, "3342/0/5750"))
            let id = Self.id(try await rig.shown("read", since: mark))
            let long = String(repeating: "A", count: 1025)
            for (answer, name) in [
                (#"{"id":"\#(id)","code":"changed"}"#, "bad_code"), (#"{"id":"\#(id)","code":"content"}"#, "no_value"),
                (#"{"id":"\#(id)","code":"content","value":5}"#, "bad_value"),
                (#"{"id":"\#(id)","code":"content","value":"\#(long)"}"#, "bad_value"),
                (#"{"id":"nobody","code":"content","value":"x"}"#, "unknown_request"), ("{", "not_json"),
            ] {
                let before = rig.mark
                try await rig.answer(answer)
                let rejected = try await rig.json(on: "nb/m0/up/result", since: before) {
                    $0["state"]?.string == "rejected"
                }
                #expect(rejected["error"]?["name"]?.string == name)
            }
            try await rig.answer(#"{"id":"\#(id)","code":"content","value":"\#(long.dropLast())"}"#)
            #expect(await rig.module.waitForAnswer(to: request)?.values.map(\.text) == [String(long.dropLast())])
        }
    }

    /// Seed 3.3.11: the index goes to 10.
    @Test func `an answer of twelve values is refused, one of eleven is sent in eleven parts`() async throws {
        var options = OneNETRig.options()
        let list = (0..<12).map { "{ id = \(5800 + $0), type = \"integer\" }" }
        options.keys += "\n[[module.object]]\nid = 3400\nresources = [\(list.joined(separator: ", "))]"
        try await withOneNETRig(options) { rig in
            let mark = rig.mark
            let request = await rig.module.request(CloudOrder(.read, "3400/0"))
            let id = Self.id(try await rig.shown("read", since: mark))
            func values(_ count: Int) -> String { (0..<count).map { "\"\(5800 + $0)\":\($0)" }.joined(separator: ",") }
            try await rig.answer(#"{"id":"\#(id)","code":"content","value":{\#(values(12))}}"#)
            let rejected = try await rig.outcome(id, "rejected")
            #expect(rejected["error"]?["name"]?.string == "too_many_values")
            try await rig.answer(#"{"id":"\#(id)","code":"content","value":{\#(values(11))}}"#)
            let answer = try #require(await rig.module.waitForAnswer(to: request))
            #expect(answer.values.map(\.text) == (0..<11).map(String.init))
        }
    }

    @Test func `a doubled answer is refused, and a late one too`() async throws {
        try await withOneNETRig { rig in
            let (first, shown) = try await execute(rig)
            for _ in 0..<2 { try await rig.answer(#"{"id":"\#(Self.id(shown))","code":"changed"}"#) }
            #expect(await rig.module.waitForAnswer(to: first)?.code == 2)
            let double = try await rig.outcome(Self.id(shown), "rejected")
            #expect(double["error"]?["name"]?.string == "already_answered")
            // Nobody answers: the bridge does, for the platform waits ten seconds and no longer.
            let mark = rig.mark
            let (second, late) = try await execute(rig)
            let read = await rig.module.request(CloudOrder(.read, "3303/0/5601"))
            let answer = try #require(await rig.module.waitForAnswer(to: second, limit: .seconds(30)))
            #expect(answer.code == 14 && answer.latency > .seconds(7))
            #expect(await rig.module.waitForAnswer(to: read, limit: .seconds(30))?.code == 13)
            try await rig.json(on: "nb/m0/event", since: mark) { $0["event"]?.string == "request_not_answered" }
            try await rig.answer(#"{"id":"\#(Self.id(late))","code":"changed"}"#)
            let refused = try await rig.outcome(Self.id(late), "rejected")
            #expect(refused["error"]?["name"]?.string == "already_answered")
        }
    }
}
