import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Everything that a hub hears of a module of each platform, held against the hub's own schemas and templates by
/// scripts/check-homeassistant, and against what later hubs want of an update's state.
@Suite(.serialized, .hubIsFetched)
struct HubSchemaTests {

    struct Case: Sendable, CustomTestStringConvertible {
        let platform: ModuleOptions.Platform
        var keys = ""
        /// Beside the update itself.
        var sets: [(path: String, text: String)] = []
        var request: CloudOrder?

        var testDescription: String { "\(platform)" }

        /// The last one that the hub is told of.
        var lastEntity: String {
            if !sets.isEmpty { return "object_3303_0_5750" }
            return platform.hasCloud ? keys.contains("deep-sleep") ? "sleep" : "deregister" : "reboot"
        }
    }

    static let cases = [
        Case(platform: .ctwing, keys: "power = \"deep-sleep\""),
        Case(
            platform: .lwm2m(.ctAEP), keys: objects,
            sets: [
                ("3303/0/5700", "-7.5"), ("3303/0/5601", "9007199254740991"), ("3303/0/5850", "true"),
                ("3303/0/5750", "\u{0}\u{FF}raw"), ("3303/0/5701", String(repeating: "度\"'{{", count: 60)),
            ],
            request: CloudOrder(.execute, "3303/0/5605", text: "now")),
        Case(
            platform: .onenet, keys: "data_up = \"3200/0/5750\"\ndata_down = \"3200/0/5751\"\n" + objects,
            sets: [
                ("3303/0/5700", "0.00025"), ("3303/0/5601", "-3"), ("3303/0/5850", "false"), ("3303/0/5750", "x"),
                ("3303/0/5701", "Cel"),
            ],
            request: CloudOrder(.read, "3303/0/5700")),
        Case(platform: .andlink, keys: "firmware_mode = \"controlled\""),
        Case(platform: .bc25),
    ]

    private static let objects = """
        [[module.object]]
        id = 3303
        resources = [
            { id = 5700, type = "float", value = 21.5 }, { id = 5701, type = "string", value = "Cel" },
            { id = 5601, type = "integer" }, { id = 5850, type = "boolean" }, { id = 5750, type = "opaque" },
            { id = 5605, type = "executable" },
        ]
        """

    @Test(arguments: cases) func `the hub accepts every message of every platform's module`(_ row: Case) async throws {
        try await withHub(.hub(row.platform, row.keys)) { rig, hub in
            try await hub.identified(last: row.lastEntity)
            if row.platform.hasCloud { try await Self.talk(rig, as: row) }
            for (path, text) in row.sets {
                try await rig.client.publish("nb/m0/object/\(path)/set", text)
                try await hub.message(on: "nb/m0/object/\(path)") { $0.text == text }
            }
            if let request = row.request { _ = await rig.module.request(request) }
            if row.request != nil { try await hub.message(on: "nb/m0/request") }
            try await Self.update(rig)
            try await hub.record.wait("the update's end") { record in
                record.messages.last { $0.topic == "nb/m0/update" }?.text.contains(#""in_progress":false"#) == true
            }
            let checked = try await Self.check(hub)
            #expect(checked["unseen"]?.array?.isEmpty == true, "entities of which nothing was heard")
            #expect((checked["states"]?.integer ?? 0) > 30)
        }
    }

    /// Both ways, with what a template could stumble over.
    private static func talk(_ rig: Rig, as row: Case) async throws {
        try await rig.up(json: #"{"id":"a\"{{b}}","text":"hello","confirm":true}"#)
        try await rig.outcome("a\"{{b}}", "delivered")
        // Andlink's modules say it bare: anything else would be taken for their own.
        let isBare = row.platform == .andlink
        let text = Array(String(repeating: isBare ? " dim {{ 1/0 }}" : "泵\"'{{ 1/0 }}", count: 20).utf8)
        for downlink in isBare ? [text] : [text, [0, 0xFF, 0x0D]] {
            if row.platform == .onenet {
                _ = await rig.module.request(CloudOrder(.write, "3200/0/5751", payload: downlink))
            } else {
                await rig.module.send(downlink: downlink)
            }
            try await rig.client.message(on: "nb/m0/down") { $0.payload == downlink }
        }
    }

    private static func update(_ rig: Rig) async throws {
        let mark = rig.mark
        var task = FirmwareTask(.success(revision: "NEW01A09"))
        task.stepTime = .seconds(10)
        await rig.module.updateFirmware(task)
        if rig.configuration.contains("controlled") {
            // As the hub's update entity does it.
            for step in ["download", "update"] {
                try await rig.json(on: "nb/m0/firmware", since: mark) { $0["awaits"]?.string == step }
                try await rig.order("firmware/decide", #"{"action":"\#(step)"}"#)
            }
        } else if await !rig.module.isDownloading {
            try await rig.up("here I am")
        }
        try await rig.firmware(since: mark, limit: .seconds(100)) { $0["state"]?.string == "succeeded" }
    }

    private static func check(_ hub: TestClient) async throws -> JSONValue {
        let directory = try TemporaryDirectory()
        let lines = hub.record.value.messages.map { message in
            String(
                decoding: JSONText.object { json in
                    json.member("topic", message.topic)
                    json.member("hex", hex: message.payload)
                }, as: UTF8.self)
        }
        let file = try directory.write("messages", lines.joined(separator: "\n") + "\n")
        let checker = try await ChildProcess("scripts/check-homeassistant", ["homeassistant", file])
        let status = try await checker.exit(limit: .seconds(60))
        let output = checker.output.value.text
        #expect(status == 0, "\(output)")
        return try JSONValue(parsing: Array((output.split(separator: "\n").first { $0.hasPrefix("{") } ?? "{}").utf8))
    }
}

extension Trait where Self == ConditionTrait {
    /// `make test` fetches it, unless PyPI cannot be reached.
    fileprivate static var hubIsFetched: Self {
        .enabled("Home Assistant could not be fetched") { unsafe access(".build/homeassistant/complete", F_OK) == 0 }
    }
}

extension ModuleOptions.Platform {
    fileprivate var hasCloud: Bool {
        switch self {
        case .bc25, .bc32, .bare: false
        default: true
        }
    }
}
