import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

extension RigOptions {
    /// A BC28 whose settings are those of the bridge already, but for what is said here.
    static func andlink(_ keys: String = "", _ change: @escaping @Sendable (inout ModuleOptions) -> Void = { _ in })
        -> RigOptions
    {
        var options = RigOptions()
        options.platform = .andlink
        options.keys = keys
        options.module = change
        return options
    }
}

extension Rig {
    /// Gives a command and returns its result.
    func result(of command: String, _ payload: String = "") async throws -> JSONValue {
        let mark = mark
        try await order(command, payload)
        return try await json(on: "nb/m0/command/\(command)/result", since: mark) { _ in true }
    }

    /// What a client that comes only now finds on a topic.
    func retained(_ topic: String) async throws -> InboundMessage {
        try await withClient(of: broker, subscriptions: [topic]) { client in
            try await client.message(on: topic)
        }
    }

    /// The request that the module's cloud has just made, as clients see it.
    func request(_ kind: String, since mark: Mark) async throws -> JSONValue {
        try await json(on: "nb/m0/request", since: mark) { $0["kind"]?.string == kind }
    }

    func answer(_ request: JSONValue, _ code: String, _ value: String? = nil) async throws {
        let value = value.map { ",\"value\":\($0)" } ?? ""
        try await client.publish(
            "nb/m0/answer", #"{"id":"\#(request["id"]?.string ?? "")","code":"\#(code)"\#(value)}"#)
    }

    /// Every message on a topic so far.
    func payloads(_ topic: String) -> [[UInt8]] {
        client.record.value.messages.filter { $0.topic == topic }.map(\.payload)
    }

    func events(_ name: String) -> [JSONValue] {
        payloads("nb/m0/event").compactMap { try? JSONValue(parsing: $0) }.filter { $0["event"]?.string == name }
    }
}
