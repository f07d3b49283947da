import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Every byte arrives as it was, or is refused with a reason.
@Suite struct OneNETPayloadTests {
    private static let nasty: [[UInt8]] = [
        Array("plain".utf8), Array("\"quoted\"".utf8), Array(">".utf8), Array("a,b,,c".utf8), Array("\r\nOK\r\n".utf8),
        Array("+MIPLEVENT: 0,9\r\n".utf8), Array("温度 21 °C".utf8), [0], [0, 1, 2], [0xFF, 0xFE], Array("\"".utf8),
        (0...255).map { UInt8($0) }, (0..<500).map { UInt8($0 & 0xFF) }, [0x1A], [0x1B], [0x08, 0x7F],
    ]

    @Test func `raw uplinks of any bytes, as opaque and as text`() async throws {
        try await withOneNETRig { rig in
            for payload in Self.nasty {
                try await rig.client.publish(OutboundMessage(topic: "nb/m0/up", payload: payload))
            }
            #expect(await rig.module.waitForUplinks(Self.nasty.count))
            #expect(await rig.module.uplinks.map(\.bytes) == Self.nasty)
        }
        var options = OneNETRig.options()
        options.keys = """
            data_up = "3200/0/5750"
            [[module.object]]
            id = 3200
            resources = [{ id = 5750, type = "string" }]
            """
        try await withRig(options) { rig in
            for payload in Self.nasty {
                try await rig.client.publish(OutboundMessage(topic: "nb/m0/up", payload: payload))
            }
            #expect(await rig.module.waitForUplinks(Self.nasty.count))
            #expect(await rig.module.uplinks.map(\.bytes) == Self.nasty)
            for (payload, name) in [
                ([UInt8](repeating: 0xFF, count: 513), "too_long"), ([UInt8](repeating: 0x41, count: 1025), "too_long"),
                ([UInt8](repeating: 0x22, count: 513), "bad_value"), ([], "empty"),
            ] as [([UInt8], String)] {
                let mark = rig.mark
                try await rig.client.publish(OutboundMessage(topic: "nb/m0/up", payload: payload))
                let outcome = try await rig.json(on: "nb/m0/up/result", since: mark) {
                    $0["state"]?.string == "rejected"
                }
                #expect(outcome["error"]?["name"]?.string == name)
            }
            let longest = [UInt8](repeating: 0x41, count: 1024)
            try await rig.client.publish(OutboundMessage(topic: "nb/m0/up", payload: longest))
            #expect(await rig.module.waitForUplinks(Self.nasty.count + 1))
            #expect(await rig.module.uplinks.last?.bytes == longest)
            await rig.expectBreaches()
        }
    }

    @Test func `an opaque uplink has at most 512 bytes`() async throws {
        try await withOneNETRig { rig in
            let mark = rig.mark
            try await rig.client.publish(OutboundMessage(topic: "nb/m0/up", payload: [UInt8](repeating: 1, count: 513)))
            let outcome = try await rig.json(on: "nb/m0/up/result", since: mark) { _ in true }
            #expect(outcome["state"]?.string == "rejected" && outcome["error"]?["name"]?.string == "too_long")
        }
    }

    /// Both ways, and back to the platform that reads.
    @Test func `values of any bytes`() async throws {
        try await withOneNETRig { rig in
            for (number, payload) in Self.nasty.enumerated() {
                let isText = String(validating: payload, as: UTF8.self) != nil
                for path in ["3342/0/5522"] + (isText ? ["3342/0/5750"] : []) {
                    let count = await rig.module.uplinks.count
                    try await rig.client.publish(
                        OutboundMessage(topic: "nb/m0/object/\(path)/set", payload: payload))
                    #expect(await rig.module.waitForUplinks(count + 1))
                    #expect(await rig.module.uplinks.last?.bytes == payload, "\(number) \(path)")
                    #expect(try await rig.ask(CloudOrder(.read, path)).values.map(\.bytes) == [payload])
                    let downlink = payload + Array("!".utf8)
                    #expect(try await rig.ask(CloudOrder(.write, path, payload: downlink)).code == 2)
                    _ = try await rig.client.message(on: "nb/m0/object/\(path)/write") { $0.payload == downlink }
                }
            }
        }
    }

    /// Seed 5.4: what is written has less than 1024 bytes.
    @Test(arguments: [1, 512, 513, 1023])
    func `a long write arrives whole, and is read back where a command can carry it`(_ length: Int) async throws {
        try await withOneNETRig { rig in
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            #expect(try await rig.ask(CloudOrder(.write, "3342/0/5522", payload: bytes)).code == 2)
            #expect(try await rig.client.message(on: "nb/m0/object/3342/0/5522/write").payload == bytes)
            let read = try await rig.ask(CloudOrder(.read, "3342/0/5522"))
            #expect(read.code == (length <= 512 ? 1 : 15))
            if length <= 512 {
                #expect(read.values.map(\.bytes) == [bytes])
            } else {
                try await rig.event("answer_failed")
            }
            let text = String(repeating: "x", count: length)
            #expect(try await rig.ask(CloudOrder(.write, "3342/0/5750", payload: Array(text.utf8))).code == 2)
            #expect(try await rig.ask(CloudOrder(.read, "3342/0/5750")).values.map(\.text) == [text])
        }
    }
}
