import Glibc
import MQTT
import TestSupport
import Testing

struct `Publishing` {
    @Test(arguments: [ProtocolVersion.v5, .v311])
    func `twenty thousand messages are acknowledged and arrive in order`(version: ProtocolVersion) async throws {
        try await withBroker { broker in
            try await withClient(of: broker, version: version, subscriptions: ["n"]) { client in
                let acknowledged = Observed(0)
                let inner = try await client.client
                for number in 0..<20_000 {
                    await inner.publish(OutboundMessage(topic: "n", payload: Array("\(number)".utf8))) { outcome in
                        if outcome == .acknowledged { acknowledged.update { $0 += 1 } }
                    }
                }
                try await acknowledged.wait("all acknowledgements", limit: .seconds(60)) { $0 == 20_000 }
                let messages = try await client.messages(count: 20_000)
                #expect(messages.map(\.text) == (0..<20_000).map { "\($0)" })
                let outstanding = await inner.outstanding
                #expect(outstanding == 0)
            }
        }
    }

    @Test(arguments: [0, 1, 127, 128, 262_144])
    func `a payload of any size arrives whole`(size: Int) async throws {
        try await withBroker { broker in
            try await withClient(of: broker, subscriptions: ["a"]) { client in
                let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                let outcome = try await client.publish(OutboundMessage(topic: "a", payload: payload))
                #expect(outcome == .acknowledged)
                let message = try await client.message(on: "a")
                #expect(message.payload == payload)
            }
        }
    }

    @Test func `nothing is lost when the broker restarts under way`() async throws {
        var options = Broker.Options()
        options.isPersistent = true
        options.savesAlways = false
        try await withBroker(options) { broker in
            let watching = MQTTConfiguration(of: broker, id: "watcher", subscriptions: ["n"])
            try await withClient(watching) { watcher in
                try await watcher.session()
                try await withClient(of: broker, id: "bridge") { client in
                    let acknowledged = Observed(0)
                    @Sendable func publish(_ numbers: Range<Int>) async throws {
                        for number in numbers {
                            try await client.client.publish(
                                OutboundMessage(topic: "n", payload: Array("\(number)".utf8))
                            ) { _ in acknowledged.update { $0 += 1 } }
                        }
                    }
                    try await publish(0..<1000)
                    try await acknowledged.wait("some acknowledgements") { $0 >= 200 }
                    // It stands still with a full window before it, and goes down as soon as it wakes.
                    broker.signal(SIGSTOP)
                    try await publish(1000..<3000)
                    #expect(acknowledged.value < 3000)
                    broker.signal(SIGTERM)
                    broker.signal(SIGCONT)
                    broker.stop()
                    try await broker.start()
                    try await acknowledged.wait("all acknowledgements") { $0 == 3000 }
                    let all = Set((0..<3000).map { "\($0)" })
                    try await watcher.record.wait("every message") { Set($0.messages.map(\.text)) == all }
                    #expect(acknowledged.value == 3000)
                }
            }
        }
    }

    @Test func `what is published before the connection goes out with it`() async throws {
        try await withBroker { broker in
            broker.stop()
            try await withClient(MQTTConfiguration(of: broker, subscriptions: ["a"])) { client in
                try await client.error()
                try await client.client.publish(OutboundMessage(topic: "a", payload: []))
                try await broker.start()
                try await client.message(on: "a")
            }
        }
    }

    @Test func `the will is published on a crash, and the last words instead on a good-bye`() async throws {
        try await withBroker { broker in
            var configuration = MQTTConfiguration(of: broker, id: "bridge")
            configuration.will = OutboundMessage(topic: "state", payload: Array("crashed".utf8), retain: true)
            try await withClient(of: broker, subscriptions: ["#"]) { observer in
                let first = TestClient(configuration)
                try await first.start()
                try await first.session()
                await first.abandon()
                try await observer.message(on: "state") { $0.text == "crashed" }

                let second = TestClient(configuration)
                try await second.start()
                try await second.session()
                await second.stop(last: [OutboundMessage(topic: "state", payload: Array("offline".utf8))])
                try await observer.message(on: "state") { $0.text == "offline" }
                try await observer.publish("end", "")
                try await observer.message(on: "end")
                #expect(observer.record.value.messages.map(\.text) == ["crashed", "offline", ""])
            }
        }
    }

    @Test(arguments: ["", "a/+", "a/#", "a\u{0}b", "a\u{1}b", String(repeating: "x", count: 70_000)])
    func `a topic that no broker takes is refused`(topic: String) async throws {
        try await withBroker { broker in
            try await withClient(of: broker) { client in
                let outcome = try await client.publish(topic, "x")
                #expect(outcome == .refused(.topicNameInvalid))
                let next = try await client.publish("good", "x")
                #expect(next == .acknowledged)
            }
        }
    }

    @Test(arguments: [
        // Says its limit in its greeting.
        ("max_packet_size 1000", ProtocolVersion.v5, ReasonCode.packetTooLarge),
        // Answers with a refusal.
        ("message_size_limit 1000", .v5, .packetTooLarge),
        // Closes the connection, again and again.
        ("max_packet_size 1000", .v311, .implementationSpecific),
    ])
    func `a message too large for the broker is refused and others pass`(
        line: String, version: ProtocolVersion, code: ReasonCode
    ) async throws {
        var options = Broker.Options()
        options.lines = [line]
        try await withBroker(options) { broker in
            try await withClient(of: broker, version: version) { client in
                let outcomes = Observed<[String: PublishOutcome]>([:])
                for (topic, size) in [("a", 10), ("b", 5000), ("c", 10)] {
                    let message = OutboundMessage(topic: topic, payload: [UInt8](repeating: 1, count: size))
                    try await client.client.publish(message) { outcome in outcomes.update { $0[topic] = outcome } }
                }
                let all = try await outcomes.wait("three outcomes") { $0.count == 3 }
                #expect(all == ["a": .acknowledged, "b": .refused(code), "c": .acknowledged])
            }
        }
    }

    @Test func `a message on which the broker always closes is given up, its neighbours are not`() async throws {
        try await withFakeBroker(poison: "poison") { broker in
            try await withClient(MQTTConfiguration(brokers: [broker.address], clientID: "x")) { client in
                let outcomes = Observed<[String: PublishOutcome]>([:])
                for topic in ["a", "b", "poison", "c", "d"] {
                    try await client.client.publish(OutboundMessage(topic: topic, payload: [])) { outcome in
                        outcomes.update { $0[topic] = outcome }
                    }
                }
                let all = try await outcomes.wait("five outcomes") { $0.count == 5 }
                #expect(all["poison"] == .refused(.implementationSpecific))
                #expect(all.values.filter { $0 == .acknowledged }.count == 4)
                // Three times alone, and once more if it had company first.
                let attempts = broker.record.value.topics.filter { $0 == "poison" }.count
                #expect(attempts == 3 || attempts == 4)
            }
        }
    }
}
