import Glibc
import MQTT
import Reactor
import TestSupport
import Testing
import VirtualModules

/// The example of docs/security.md gives each user what it says, and the bridge needs no more than what it has there.
@Suite struct AccessTests {
    static let users = ["bridge", "viewer", "app", "tenant", "operator"]

    /// Who may publish what; everything else of these users and topics is refused.
    static let allowed: [String: [String]] = [
        "viewer": [],
        "app": ["meter-1/up", "meter-2/up", "meter-1/up/json", "meter-1/object/3303/0/5700/set", "meter-1/answer"],
        "tenant": ["meter-1/up", "meter-1/up/json"],
        "operator": ["meter-1/command/reboot", "meter-1/command/firmware/http"],
    ]
    static let topics = [
        "meter-1/up", "meter-2/up", "meter-1/up/json", "meter-1/object/3303/0/5700/set", "meter-1/answer",
        "meter-1/command/reboot", "meter-1/command/firmware/http", "meter-1/command/at", "meter-1/status",
        "bridge/state", "meter-1/up/result",
    ]

    @Test func `each user may publish what the example says, and nothing else`() async throws {
        try await withBroker(Self.broker) { broker in
            for (user, allowed) in Self.allowed {
                try await withClient(Self.settings(broker, user)) { client in
                    try await client.session()
                    for topic in Self.topics {
                        let outcome = try await client.publish("narrowbridge/\(topic)", "x")
                        let expected: PublishOutcome =
                            allowed.contains(topic) ? .acknowledged : .refused(.notAuthorized)
                        #expect(outcome == expected, "\(user) \(topic)")
                    }
                }
            }
        }
    }

    @Test func `the bridge works with the rights of the example`() async throws {
        let directory = try TemporaryDirectory()
        try await withBroker(Self.broker) { broker in
            var options = ModuleOptions()
            options.timeScale = 50
            try directory.write("password", "secret-bridge\n")
            let file = try directory.write(
                "bridge.conf",
                """
                [mqtt]
                host = "127.0.0.1"
                port = \(broker.address.port)
                client_id = "bridge"
                username = "bridge"
                password_file = "password"
                [bridge]
                state_dir = "\(directory.file("state"))"
                http = ""
                [homeassistant]
                enabled = true
                [[module]]
                name = "meter-1"
                port = "\(directory.file("tty0"))"
                \(options.platform.configuration)

                """)
            try await withVirtualModules([(options, directory.file("tty0"))]) { modules in
                try await withClient(Self.settings(broker, "tenant", ["narrowbridge/meter-1/#"])) { client in
                    let bridge = BridgeProcess(configuration: file)
                    try await bridge.start()
                    try await client.message(on: "narrowbridge/meter-1/status") {
                        $0.text.contains(#""state":"ready""#)
                    }
                    try await client.publish("narrowbridge/meter-1/up", "hello cloud")
                    await modules[0].waitForUplinks(1)
                    await modules[0].send(downlink: Array("hello client".utf8))
                    try await client.message(on: "narrowbridge/meter-1/down") { $0.text == "hello client" }
                    // Of the bridge itself this user sees nothing.
                    #expect(!client.record.value.messages.contains { $0.topic.hasPrefix("narrowbridge/bridge") })
                    try await bridge.end(SIGTERM)
                }
            }
            #expect(broker.log.contains("Received PUBLISH from bridge"))
            #expect(!broker.log.contains("Denied PUBLISH from bridge"))
        }
    }

    private static var broker: Broker.Options {
        var options = Broker.Options()
        for user in users { options.passwords[user] = "secret-\(user)" }
        options.lines = ["acl_file \(Sources.path("docs/mosquitto.acl"))"]
        return options
    }

    private static func settings(
        _ broker: Broker, _ user: String, _ subscriptions: [String] = []
    ) -> MQTTConfiguration {
        MQTTConfiguration(
            brokers: [broker.address], version: .v5, clientID: user, username: user, password: "secret-\(user)",
            subscriptions: subscriptions)
    }
}
