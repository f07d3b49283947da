import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

extension RigOptions {
    /// With Home Assistant switched on.
    static func hub(_ platform: ModuleOptions.Platform = .ctwing, _ keys: String = "", modules: Int = 1) -> RigOptions {
        var options = RigOptions()
        options.platform = platform
        options.keys = keys
        options.modules = modules
        options.bridgeKeys = hubKeys
        return options
    }

    static let hubKeys = "[homeassistant]\nenabled = true"
}

/// Runs the body with a rig and what a hub would hear of it from its beginning, the bridge's topics included.
func withHub(_ options: RigOptions, _ body: (Rig, TestClient) async throws -> Void) async throws {
    try await withRig(options) { rig in
        try await withClient(of: rig.broker, id: "hub", subscriptions: ["homeassistant/#", "ha/#", "nb/#"]) { hub in
            try await body(rig, hub)
        }
    }
}

extension TestClient {
    /// The retained discovery messages as they stand now: the last word on each topic, without those that are cleared.
    static func configs(_ messages: [InboundMessage], node: String = "") -> [String: JSONValue] {
        var configs: [String: JSONValue] = [:]
        for message in messages where message.topic.hasSuffix("/config") && message.topic.contains("/\(node)") {
            configs[message.topic] = try? JSONValue(parsing: message.payload)
        }
        return configs
    }

    /// Waits until the discovery messages are as expected.
    @discardableResult
    func configs(
        node: String = "", _ what: String, until condition: @escaping @Sendable ([String: JSONValue]) -> Bool
    ) async throws -> [String: JSONValue] {
        let record = try await record.wait(what, limit: .seconds(60)) {
            condition(Self.configs($0.messages, node: node))
        }
        return Self.configs(record.messages, node: node)
    }

    /// Waits until the module's device has its revision in every message, up to the last one's.
    @discardableResult
    func identified(_ module: String = "m0", last: String = "deregister") async throws -> [String: JSONValue] {
        try await configs(node: "narrowbridge-\(nbDigest)_\(module)/", "the discovery of \(module)") { configs in
            configs.keys.contains { $0.hasSuffix("/\(last)/config") }
                && configs.values.allSatisfy { $0["device"]?["sw_version"]?.string != nil }
        }
    }

    /// Since then, how often each discovery topic was published.
    func publications(since count: Int) -> [String: Int] {
        record.value.messages[count...].filter { $0.topic.hasSuffix("/config") }
            .reduce(into: [:]) { $0[$1.topic, default: 0] += 1 }
    }
}

/// Of the base topic that the rig has: FNV-1a of `nb`.
let nbDigest = "57365ea9"
