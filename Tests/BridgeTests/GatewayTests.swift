import Glibc
import JSON
import MQTT
import Reactor
import Store
import TestSupport
import Testing

@testable import Bridge

/// The bridge as a whole at a real broker, with modules that have no line.
@Suite struct GatewayTests {
    private struct Scene: Sendable {
        let gateway: Gateway
        let client: TestClient
        let directory: TemporaryDirectory

        func module(_ name: String, _ change: (inout ModuleSettings) -> Void = { _ in }) -> ModuleSettings {
            var settings = ModuleSettings(
                name: name, port: .device(path: directory.file("no-\(name)")), options: .ctwing(CTWingOptions()),
                server: ServerAddress(host: "h", port: 5683))
            change(&settings)
            return settings
        }

        func reload(_ modules: [ModuleSettings]) async throws {
            var configuration = await gateway.configuration
            configuration.modules = modules
            _ = try await gateway.reload(configuration)
        }

        func ledger() async throws -> Set<String> {
            await gateway.settle()
            return Set(try await gateway.store.retainedTopics())
        }

        /// The newest on the topic, as soon as it is so.
        func last(_ topic: String, _ text: String) async throws {
            try await client.record.wait("\(topic) to be \(text)") { record in
                record.messages.last { $0.topic == topic }?.text == text
            }
        }
    }

    private func withScene(_ body: (Scene) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        try await withBroker { broker in
            try await withClient(of: broker, subscriptions: ["nb/#", "reply"]) { client in
                var configuration = Configuration()
                configuration.mqtt.brokers = [ServerAddress(host: "127.0.0.1", port: UInt16(broker.address.port))]
                configuration.mqtt.baseTopic = "nb"
                configuration.bridge.stateDirectory = directory.file("state")
                let reactor = Reactor(name: "gateway test")
                let gateway = try await Gateway(
                    configuration: configuration, log: Log(level: .error, format: .text), reactor: reactor)
                try await gateway.start()
                let scene = Scene(gateway: gateway, client: client, directory: directory)
                try await scene.last("nb/bridge/state", "online")
                do {
                    try await body(scene)
                } catch {
                    await gateway.stop()
                    throw error
                }
                await gateway.stop()
            }
        }
    }

    private static let reply = Properties(responseTopic: "reply", correlationData: [7])

    @Test(arguments: [("nb/x/command/refresh", "unknown_module"), ("nb/m/command/nonsense", "unknown_command")])
    func `a command that is refused is answered where its client wants it`(_ topic: String, _ error: String)
        async throws
    {
        try await withScene { scene in
            try await scene.reload([scene.module("m")])
            try await scene.client.publish(topic, "", properties: Self.reply)
            for topic in [topic + "/result", "reply"] {
                let result = try await scene.client.message(on: topic)
                #expect(try JSONValue(parsing: result.payload)["error"]?["name"]?.string == error)
                #expect(topic != "reply" || result.properties?.correlationData == [7])
            }
        }
    }

    @Test func `an uplink to nobody is refused where its client wants it`() async throws {
        try await withScene { scene in
            try await scene.client.publish("nb/x/up", "a", properties: Self.reply)
            #expect(try JSONValue(parsing: try await scene.client.message(on: "reply").payload)["state"] != nil)
        }
    }

    @Test func `an id that cannot be looked up is refused, for it might be sent twice`() async throws {
        try await withScene { scene in
            try await scene.reload([scene.module("m")])
            await scene.gateway.store.close()
            try await scene.client.publish("nb/m/up/json", #"{"id":"a","text":"x"}"#)
            let outcome = try JSONValue(parsing: try await scene.client.message(on: "nb/m/up/result").payload)
            #expect(outcome["state"]?.string == "rejected")
            #expect(outcome["id"]?.string == "a")
            #expect(outcome["error"]?["name"]?.string == "store")
        }
    }

    @Test func `a reload that the store refuses ends nothing`() async throws {
        try await withScene { scene in
            try await scene.reload([scene.module("m")])
            let before = await scene.gateway.modules["m"]
            await scene.gateway.store.close()
            let changed = scene.module("m") { $0.ttl = 60 }
            await #expect(throws: StoreError.self) { try await scene.reload([changed, scene.module("n")]) }
            #expect(await scene.gateway.modules["m"] === before)
            #expect(await scene.gateway.modules.count == 1)
            #expect(await scene.gateway.configuration.modules.map(\.name) == ["m"])
        }
    }

    @Test func `the topics of a module that leaves are cleared, and kept in mind when it comes back at once`()
        async throws
    {
        try await withScene { scene in
            try await scene.reload([scene.module("m")])
            try await scene.last("nb/m/availability", "offline")
            for _ in 0..<20 {
                try await scene.reload([])
                try await scene.reload([scene.module("m")])
                // The broker has taken everything before this.
                try await scene.last("nb/m/availability", "offline")
                #expect(try await scene.ledger().isSuperset(of: ["nb/m/availability", "nb/m/status", "nb/m/firmware"]))
            }
            try await scene.reload([])
            try await scene.last("nb/m/availability", "")
            try await scene.last("nb/m/status", "")
        }
    }
}
