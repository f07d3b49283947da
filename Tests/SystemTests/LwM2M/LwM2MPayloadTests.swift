import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Bytes that mean something to a parser, in both directions.
@Suite struct LwM2MPayloadTests {
    static let texts = [
        "\"", "a\"b", "\",\"0\",\"", ">", "\r\n> ", "a\r\nOK\r\nb", "\r\n+QLAREG: 1\r\n", "a\u{0}b", ",,,", "5e",
        "Zürich 温度 🌡",
        "AT+QRST=1\r", " \t ", "\u{1B}\u{1A}",
    ]
    static let everyByte = (0...255).map { UInt8($0) }

    @Test(arguments: LwM2MService.allCases) func `every byte goes up as it is`(_ service: LwM2MService) async throws {
        try await withRig(.lwm2m(service)) { rig in
            try await rig.waitUntilObserved()
            let payloads = Self.texts.map { Array($0.utf8) } + [Self.everyByte, Self.everyByte + Self.everyByte]
            for payload in payloads {
                try await rig.client.publish(OutboundMessage(topic: "nb/m0/up", payload: payload))
            }
            // What DMP observes is reported at once, too, and 19/0/0 is empty then.
            let isOurs: @Sendable (ReceivedUplink) -> Bool = { $0.path != "3303/0/5700" && !$0.bytes.isEmpty }
            try #require(
                await rig.module.wait(limit: .seconds(60)) { $0.uplinks.count(where: isOurs) >= payloads.count })
            #expect(await rig.module.uplinks.filter(isOurs).map(\.bytes) == payloads)
            await rig.expectClean()
        }
    }

    @Test(arguments: LwM2MService.allCases) func `every byte comes down as it is`(_ service: LwM2MService) async throws
    {
        try await withRig(.lwm2m(service)) { rig in
            let payloads = Self.texts.map { Array($0.utf8) } + [Self.everyByte]
            for payload in payloads {
                await rig.module.send(downlink: payload)
                try await rig.client.message(on: "nb/m0/down") { $0.payload == payload }
            }
            let received = rig.client.record.value.messages.filter { $0.topic == "nb/m0/down" }.map(\.payload)
            #expect(received == payloads)
            let events = rig.client.record.value.messages.filter { $0.topic == "nb/m0/event" }.map(\.text)
            #expect(events.filter { $0.contains("malformed") || $0.contains("unknown_line") } == [])
            await rig.expectBreaches()
        }
    }

    @Test func `text resources take every text in both directions`() async throws {
        try await withRig(.lwm2m()) { rig in
            _ = try await rig.ask(CloudOrder(.observe, "3303/0/5701"))
            for text in Self.texts {
                try await rig.set("3303/0/5701", text)
                _ = try await rig.reported("3303/0/5701", text)
                #expect(try await rig.ask(CloudOrder(.read, "3303/0/5701")).values.map(\.text) == [text])
                #expect(try await rig.ask(CloudOrder(.write, "3303/0/5701", text: "<\(text)>")).code == 2)
                try await rig.text("<\(text)>", on: "object/3303/0/5701/write")
            }
            await rig.expectClean()
        }
    }

    private func edge(_ rig: Rig, _ payload: String, _ id: String) async throws {
        try await rig.client.publish(
            OutboundMessage(
                topic: "nb/m0/up/json",
                payload: JSONText.object {
                    $0.member("id", id)
                    $0.member("text", payload)
                }))
    }

    /// 512 bytes; a text that can stand between quotes 1024, where the cloud takes texts.
    @Test(arguments: [LwM2MService.ctIoT, .andlink], [false, true])
    func `the limits are the module's`(_ service: LwM2MService, _ isText: Bool) async throws {
        let keys = isText && service == .ctIoT ? "data_up = \"3303/0/5701\"" : ""
        var options = RigOptions.lwm2m(service, keys)
        if isText { options.prepare = { await $0.withCloud { $0.upPath = "3303/0/5701" } } }
        let takesText = isText || service == .andlink
        try await withRig(options) { rig in
            let limit = takesText ? 1024 : 512
            try await edge(rig, String(repeating: "é", count: limit / 2), "full")
            try await rig.outcome("full", "sent")
            try await edge(rig, String(repeating: "a", count: limit + 1), "over")
            #expect(try await rig.outcome("over", "rejected")["error"]?["name"]?.string == "too_long")
            try await edge(rig, String(repeating: "\"", count: 512), "quotes")
            try await rig.outcome("quotes", "sent")
            try await edge(rig, String(repeating: "\"", count: 513), "more quotes")
            #expect(try await rig.outcome("more quotes", "rejected")["error"]?["name"]?.string == "too_long")
            #expect(await rig.module.uplinks.map(\.bytes.count) == [limit, 512])
            await rig.expectClean()
        }
    }
}
