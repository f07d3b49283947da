import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// What OneNET asks, and what the bridge and the clients answer.
@Suite struct OneNETSystemRequestTests {
    private static func write(_ values: [(String, [UInt8])], _ path: String) -> CloudOrder {
        var order = CloudOrder(.write, path)
        order.parts = values.map { .init($0.0, $0.1) }
        return order
    }

    /// The kind, the path, the platform's number for the result, and the values as `path=value`.
    @Test func `what the bridge knows it answers at once`() async throws {
        try await withOneNETRig { rig in
            let rows: [(CloudOrder, Int, [String])] = [
                (CloudOrder(.read, "3303/0/5700"), 1, ["3303/0/5700=21.5"]),
                (CloudOrder(.read, "3303/0/5701"), 1, ["3303/0/5701=Cel"]),
                (CloudOrder(.read, "3303/0"), 1, ["3303/0/5700=21.5", "3303/0/5701=Cel"]),
                (CloudOrder(.read, "3303"), 1, ["3303/0/5700=21.5", "3303/0/5701=Cel", "3303/1/5700=3.25"]),
                (
                    CloudOrder(.read, "3342/0"), 1,
                    ["3342/0/5500=1", "3342/0/5501=-40000", "3342/0/5522=\u{0}\u{fffd}\""]
                ),
                (CloudOrder(.read, "3303/0/9"), 13, ["3303/0/9="]),
                (CloudOrder(.read, "3303/0/5605"), 14, ["3303/0/5605="]),
                (CloudOrder(.discover, "3303"), 1, ["3303=5700;5701;5601;5605"]),
                (CloudOrder(.writeAttributes, "3303/0/5700", text: "pmin=2;pmax=190;gt=100.0;lt=1.0;st=0.2"), 2, []),
                (CloudOrder(.writeAttributes, "3303/0/5700", text: "nonsense"), 11, []),
                (CloudOrder(.execute, "3303/0/5700"), 14, []),
                (CloudOrder(.observe, "3303/0/5700"), 1, []),
                (CloudOrder(.observe, "3303"), 1, []),
                (CloudOrder(.cancelObserve, "3303/0/5700"), 1, []),
                (CloudOrder(.write, "3303/0/9", payload: [1]), 13, []),
                (CloudOrder(.write, "3303/0/5605", payload: [1]), 14, []),
                (CloudOrder(.write, "3342/0/5500", payload: [7]), 11, []),
            ]
            for (order, code, values) in rows {
                let mark = rig.mark
                let answer = try await rig.ask(order)
                #expect(answer.code == code, "\(order)")
                #expect(answer.values.map { "\($0.path)=\($0.text)" } == values, "\(order)")
                let shown = try await rig.shown(order.kind.rawValue, since: mark)
                #expect(shown["path"]?.string == order.path)
                #expect(shown["answered"]?.bool == true)
                #expect(shown["arguments"]?.string == (order.kind == .writeAttributes ? order.text : nil))
            }
        }
    }

    /// Big-endian numbers, text, and what does not fit as a number.
    @Test(
        arguments: [
            ("3303/0/5700", [0x41, 0xCC, 0xCC, 0xCD], "25.6", "25.6"),
            ("3303/0/5700", [0x40, 0x39, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9A], "25.6", "25.6"),
            ("3303/0/5701", Array("温度".utf8), "温度", "温度"),
            ("3342/0/5501", [0xFF], "-1", "-1"), ("3342/0/5501", [0x80, 0x00], "-32768", "-32768"),
            ("3342/0/5501", [0, 0, 0, 2, 0xDF, 0xDC, 0x1C, 0x3E], "12345678910", "12345678910"),
            ("3342/0/5501", Array("123".utf8), "123", "123"), ("3342/0/5500", [0], "false", "0"),
        ] as [(String, [UInt8], String, String)])
    func `what the platform writes is a message, the current value, and what is read back`(
        path: String, bytes: [UInt8], text: String, read: String
    ) async throws {
        try await withOneNETRig { rig in
            let mark = rig.mark
            let answer = try await rig.ask(CloudOrder(.write, path, payload: bytes))
            #expect(answer.code == 2)
            _ = try await rig.client.message(on: "nb/m0/object/\(path)/write") { $0.text == text }
            #expect(rig.texts(on: "nb/m0/object/\(path)/write") == [text])
            let shown = try await rig.shown("write", since: mark)
            #expect(shown["path"]?.string == path && shown["answered"]?.bool == true && shown["id"]?.string != nil)
            try await rig.retained("nb/m0/object/\(path)", is: text)
            #expect(try await rig.ask(CloudOrder(.read, path)).values.map(\.text) == [read])
        }
    }

    @Test func `a write of an instance comes in parts and counts only as a whole`() async throws {
        try await withOneNETRig { rig in
            let mark = rig.mark
            var order = Self.write(
                [("3342/0/5500", [0]), ("3342/0/5501", [1, 0]), ("3342/0/5750", Array("a,\"b".utf8))], "3342/0")
            order.pause = .milliseconds(300)
            #expect(try await rig.ask(order).code == 2)
            let shown = try await rig.shown("write", since: mark)
            #expect(shown["path"]?.string == "3342/0")
            #expect(shown["value"]?["5500"]?.bool == false)
            #expect(shown["value"]?["5501"]?.integer == 256)
            #expect(shown["value"]?["5750"]?.string == "a,\"b")
            // One that is wrong in one value changes none.
            #expect(try await rig.ask(Self.write([("3342/0/5501", [9]), ("3342/0/5500", [9])], "3342/0")).code == 11)
            let values = try await rig.ask(CloudOrder(.read, "3342/0")).values.map(\.text)
            #expect(values.prefix(2) == ["0", "256"])
        }
    }

    @Test func `a write into data_down is a downlink too`() async throws {
        try await withOneNETRig { rig in
            let bytes = (0...255).map { UInt8($0) }
            #expect(try await rig.ask(CloudOrder(.write, "3200/0/5751", payload: bytes)).code == 2)
            let raw = try await rig.client.message(on: "nb/m0/down")
            #expect(raw.payload == bytes)
            let json = try await rig.json(on: "nb/m0/down/json") { _ in true }
            #expect(json["hex"]?.string?.hasPrefix("000102") == true && json["text"]?.isNull == true)
            #expect(try await rig.client.message(on: "nb/m0/object/3200/0/5751/write").payload == bytes)
            try await rig.status { $0["counters"]?["downlinks"]?.integer == 1 }
        }
    }

    @Test func `a report that comes again is answered once and shown once`() async throws {
        try await withOneNETRig { rig in
            await rig.module.fail(Fault(.doubleReport, on: "+MIPLWRITE"))
            #expect(try await rig.ask(CloudOrder(.write, "3303/0/5701", payload: Array("K".utf8))).code == 2)
            var order = CloudOrder(.execute, "3303/0/5605", text: "now")
            order.retransmissions = [.milliseconds(200), .milliseconds(200)]
            let mark = rig.mark
            let id = await rig.module.request(order)
            let shown = try await rig.shown("execute", since: mark)
            try await rig.event("request_repeated", count: 3)
            try await rig.answer(#"{"id":"\#(shown["id"]?.string ?? "")","code":"changed"}"#)
            #expect(await rig.module.waitForAnswer(to: id)?.code == 2)
            #expect(rig.texts(on: "nb/m0/object/3303/0/5701/write") == ["K"])
            #expect(rig.texts(on: "nb/m0/request").filter { $0.contains("\"execute\"") }.count == 1)
        }
    }

    /// Seed 3.3.9: a list has at most 255 bytes; 3.3.11: an answer has at most eleven values.
    @Test func `an object of a hundred resources is discovered as far as the list goes, and not half read`()
        async throws
    {
        var options = OneNETRig.options()
        let list = (0..<100).map { "{ id = \(26_000 + $0), type = \"integer\", value = \($0) }" }
        options.keys += "\n[[module.object]]\nid = 3400\nresources = [\(list.joined(separator: ", "))]"
        try await withOneNETRig(options) { rig in
            let answer = try await rig.ask(CloudOrder(.discover, "3400"))
            #expect(answer.code == 1 && answer.values[0].bytes.count <= 255)
            #expect(answer.values[0].text.split(separator: ";").count == 42)
            #expect(try await rig.ask(CloudOrder(.read, "3400/0")).code == 15)
            let failed = try await rig.json(on: "nb/m0/event", since: rig.beginning) {
                $0["event"]?.string == "answer_failed"
            }
            #expect(failed["detail"]?["name"]?.string == "too_many_values")
            #expect(try await rig.ask(CloudOrder(.read, "3400/0/26099")).values.map(\.text) == ["99"])
        }
    }
}
