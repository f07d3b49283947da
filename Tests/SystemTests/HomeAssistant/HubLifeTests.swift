import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// When the hub is told, and when what it was told is taken back.
@Suite struct HubLifeTests {
    private static let bridge = "narrowbridge-\(nbDigest)"

    @Test func `nothing of it is published unless it is switched on`() async throws {
        try await withHub(RigOptions()) { rig, hub in
            try await hub.publish("homeassistant/status", "online")
            try await rig.up(json: #"{"id":"a","text":"a"}"#)
            try await rig.outcome("a", "sent")
            let topics = Set(hub.record.value.messages.map(\.topic))
            #expect(topics.allSatisfy { !$0.hasSuffix("/config") && $0 != "nb/m0/update" }, "\(topics)")
        }
    }

    @Test func `a device for the bridge and each module, with what is known of it`() async throws {
        try await withHub(.hub(modules: 2)) { rig, hub in
            for index in 0..<2 {
                let configs = try await hub.identified("m\(index)")
                #expect(configs.count > 10)
                let device = try #require(configs.values.first?["device"])
                #expect(configs.values.allSatisfy { $0["device"] == device })
                #expect(device["name"]?.string == "m\(index)")
                #expect(device["model"]?.string == "BC260Y-CN")
                #expect(device["sw_version"]?.string == "BC260YCNAAR02A01")
                #expect(device["serial_number"]?.string == "86933405100000\(index)")
                #expect(device["via_device"]?.string == Self.bridge)
            }
            let own = try await hub.configs(node: "\(Self.bridge)/", "the bridge's device") { $0.count == 5 }
            #expect(own.values.allSatisfy { $0["device"]?["identifiers"]?.array?.first?.string == Self.bridge })
            let retained = hub.record.value.messages.filter { $0.topic.hasSuffix("/config") }
            let kept = try await Self.retained(rig)
            #expect(Set(kept) == Set(retained.map(\.topic)))
        }
    }

    /// The discovery topics that a hub finds which comes only now.
    private static func retained(_ rig: Rig) async throws -> [String] {
        try await withClient(of: rig.broker, id: "late", subscriptions: ["homeassistant/#", "ha/#", "nb/m0/status"]) {
            try await $0.message(on: "nb/m0/status")
            return $0.record.value.messages.map(\.topic).filter { $0.hasSuffix("/config") }
        }
    }

    @Test func `the hub's birth brings everything anew, and once`() async throws {
        try await withHub(.hub(modules: 2)) { rig, hub in
            for index in 0..<2 { try await hub.identified("m\(index)") }
            let topics = Set(TestClient.configs(hub.record.value.messages).keys)
            let before = hub.record.value.messages.count
            // Neither of these is a birth.
            try await hub.publish("homeassistant/status", "offline")
            try await hub.publish("homeassistant/status", "online")
            try await hub.publish("homeassistant/status", "online")
            let states =
                ["bridge/state", "bridge/info"]
                + (0..<2).flatMap { index in
                    ["availability", "status", "firmware", "update"].map { "m\(index)/\($0)" }
                }
            let wanted = topics.union(states.map { "nb/\($0)" })
            try await hub.record.wait("everything anew") { wanted.isSubset(of: $0.messages[before...].map(\.topic)) }
            // The second came while the first was being answered: no more than once again.
            #expect(hub.publications(since: before).values.allSatisfy { $0 <= 2 })
        }
    }

    @Test func `everything comes anew when the broker was away`() async throws {
        var options = RigOptions.hub()
        options.broker.isPersistent = false
        try await withHub(options) { rig, hub in
            let topics = Set(try await hub.identified().keys)
            rig.broker.stop(SIGKILL)
            let before = hub.record.value.messages.count
            try await rig.broker.start()
            try await hub.record.wait("discovery after the broker's restart") {
                topics.isSubset(of: $0.messages[min(before, $0.messages.count)...].map(\.topic))
            }
        }
    }

    @Test func `a module that leaves the configuration leaves the hub`() async throws {
        try await withHub(.hub(modules: 2)) { rig, hub in
            for index in 0..<2 { try await hub.identified("m\(index)") }
            let entry = try #require(rig.configuration.firstRange(of: "[[module]]\nname = \"m1\""))
            try rig.directory.write("bridge.conf", String(rig.configuration[..<entry.lowerBound]))
            rig.bridge.signal(SIGHUP)
            let left = try await hub.configs("the end of m1") { configs in
                !configs.isEmpty && configs.keys.allSatisfy { !$0.contains("_m1/") }
            }
            #expect(left.keys.contains { $0.contains("_m0/") })
            try await hub.message(on: "nb/m1/update") { $0.payload.isEmpty }
            let kept = try await Self.retained(rig)
            #expect(Set(kept) == Set(left.keys))
        }
    }

    @Test(arguments: [false, true]) func `switched off, it is taken back`(_ byRestart: Bool) async throws {
        try await withHub(.hub()) { rig, hub in
            try await hub.identified()
            let off = rig.configuration.replacing("[homeassistant]\nenabled = true", with: "")
            try rig.directory.write("bridge.conf", off)
            if byRestart {
                try await rig.bridge.end(SIGTERM)
                try await rig.startBridgeAgain()
            } else {
                rig.bridge.signal(SIGHUP)
            }
            try await hub.configs("the end of all") { $0.isEmpty }
            try await hub.message(on: "nb/m0/update") { $0.payload.isEmpty }
            #expect(try await Self.retained(rig) == [])
            // And on again, also for births.
            try rig.directory.write("bridge.conf", rig.configuration)
            rig.bridge.signal(SIGHUP)
            try await hub.identified()
            let before = hub.record.value.messages.count
            try await hub.publish("homeassistant/status", "online")
            try await hub.record.wait("the answer to a birth") { record in
                record.messages[before...].contains { $0.topic.hasSuffix("/config") }
            }
        }
    }

    @Test func `another prefix takes the place of the one before`() async throws {
        try await withHub(.hub()) { rig, hub in
            try await hub.identified()
            try rig.directory.write(
                "bridge.conf",
                rig.configuration.replacing("enabled = true", with: "enabled = true\ndiscovery_prefix = \"ha\"")
            )
            rig.bridge.signal(SIGHUP)
            let configs = try await hub.configs("the new prefix alone") { configs in
                !configs.isEmpty && configs.keys.allSatisfy { $0.hasPrefix("ha/") }
                    && configs.keys.contains { $0.hasSuffix("_m0/deregister/config") }
            }
            #expect(configs.count > 10)
            for topic in ["ha/status", "homeassistant/status"] {
                let before = hub.record.value.messages.count
                try await hub.publish(topic, "online")
                try await hub.record.wait("the answer to a birth on \(topic)") { record in
                    record.messages[before...].contains { $0.topic.hasPrefix("ha/") && $0.topic.hasSuffix("/config") }
                }
            }
        }
    }
}
