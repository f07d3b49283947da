import Glibc
import MQTT
import TestSupport
import Testing

struct `Receiving` {
    @Test(arguments: [ProtocolVersion.v5, .v311])
    func `what was not settled comes again, what was settled does not`(version: ProtocolVersion) async throws {
        try await withBroker { broker in
            let configuration = MQTTConfiguration(of: broker, id: "bridge", version: version, subscriptions: ["up/#"])
            try await withClient(of: broker, id: "device") { device in
                let first = TestClient(configuration, settles: false)
                try await first.start()
                try await first.session()
                try await device.publish("up/1", "settled")
                let record = try await first.record.wait("the first batch") { $0.batches.count == 1 }
                try await first.client.settle(record.batches[0])
                try await device.publish("up/2", "unsettled")
                try await first.messages(count: 2)
                // A publish of its own would carry the acknowledgement along, if anything did.
                try await first.client.publish(OutboundMessage(topic: "down", payload: []))
                await first.abandon()

                try await withClient(configuration) { second in
                    let session = try await second.session()
                    #expect(session.isPresent)
                    let message = try await second.message(on: "up/2")
                    #expect(message.text == "unsettled")
                    try await device.publish("up/3", "last")
                    let messages = try await second.messages(count: 2)
                    #expect(messages.map(\.topic) == ["up/2", "up/3"])
                }
            }
        }
    }

    @Test(arguments: [ProtocolVersion.v5, .v311], [false, true])
    func `who only looks leaves no session behind`(version: ProtocolVersion, byCrash: Bool) async throws {
        try await withBroker { broker in
            var configuration = MQTTConfiguration(of: broker, id: "viewer", version: version, subscriptions: ["b/#"])
            configuration.keepsSession = false
            try await withClient(of: broker, id: "bridge") { bridge in
                let first = TestClient(configuration)
                try await first.start()
                try await first.session()
                if byCrash { await first.abandon() } else { await first.stop() }
                try await bridge.publish("b/missed", "while it was away")
                try await withClient(configuration) { second in
                    let session = try await second.session()
                    #expect(!session.isPresent)
                    try await bridge.publish("b/heard", "while it is there")
                    let messages = try await second.messages(count: 1)
                    #expect(messages.map(\.topic) == ["b/heard"])
                }
            }
        }
    }

    @Test func `filters that are added are heard, now and in the next connection`() async throws {
        try await withBroker { broker in
            try await withClient(of: broker, id: "bridge", subscriptions: ["b/#"]) { client in
                try await client.client.subscribe(to: ["b/#", "hub/status"])
                // In the order of the subscriptions, so that the second has been granted when this comes.
                try await client.publish("hub/status", "1")
                try await client.message(on: "hub/status") { $0.text == "1" }
                broker.stop(SIGKILL)
                try await broker.start()
                try await client.record.wait("the next connection") { $0.sessions.count == 2 }
                try await client.publish("hub/status", "2")
                try await client.message(on: "hub/status") { $0.text == "2" }
            }
        }
    }

    @Test func `everything comes in order, however slowly it is settled`() async throws {
        try await withBroker { broker in
            let configuration = MQTTConfiguration(of: broker, id: "bridge", subscriptions: ["up/#"])
            let client = TestClient(configuration, settles: false)
            try await client.start()
            try await client.session()
            try await withClient(of: broker, id: "device") { device in
                // QoS 1 stops at the broker's own window; settle as it comes until everything has.
                for number in 0..<600 {
                    try await device.client.publish(OutboundMessage(topic: "up/\(number)", payload: []))
                }
                var settled = 0
                while settled < client.record.value.batches.count || client.record.value.messages.count < 600 {
                    let seen = settled
                    let record = try await client.record.wait("another batch") { $0.batches.count > seen }
                    for batch in record.batches[settled...] { try await client.client.settle(batch) }
                    settled = record.batches.count
                }
                #expect(client.record.value.messages.map(\.topic) == (0..<600).map { "up/\($0)" })
            }
            await client.stop()
        }
    }

    @Test(arguments: [ProtocolVersion.v5, .v311])
    func `what is published while we are away arrives`(version: ProtocolVersion) async throws {
        try await withBroker { broker in
            let configuration = MQTTConfiguration(of: broker, id: "bridge", version: version, subscriptions: ["up/#"])
            try await withClient(configuration) { client in try await client.session() }
            try await withClient(of: broker, id: "device") { device in
                for number in 0..<50 { try await device.publish("up/\(number)", "\(number)") }
            }
            try await withClient(configuration) { client in
                let messages = try await client.messages(count: 50)
                #expect(messages.map(\.text) == (0..<50).map { "\($0)" })
                #expect(client.record.value.sessions.map(\.isPresent) == [true])
            }
        }
    }

    @Test func `a retained message comes once for a session`() async throws {
        try await withBroker { broker in
            let configuration = MQTTConfiguration(of: broker, id: "bridge", subscriptions: ["state", "end"])
            try await withClient(of: broker, id: "device") { device in
                try await device.publish("state", "online", retain: true)
                try await withClient(configuration) { client in
                    let message = try await client.message(on: "state")
                    #expect(message.retain)
                }
                try await withClient(configuration) { client in
                    try await client.session()
                    try await device.publish("end", "")
                    let message = try await client.messages(count: 1)
                    #expect(message.map(\.topic) == ["end"])
                }
            }
        }
    }

    @Test func `properties arrive as they were sent`() async throws {
        let properties = Properties(
            contentType: "application/json", responseTopic: "answer/here", correlationData: [0, 255, 10], expiry: 3600,
            user: [Properties.User("id", "42"), Properties.User("id", "43"), Properties.User("ü", "€")])
        try await withBroker { broker in
            try await withClient(of: broker, subscriptions: ["a"]) { client in
                try await client.publish("a", "x", properties: properties)
                let message = try await client.message(on: "a")
                #expect(message.properties == properties)
                #expect(message.properties?[user: "id"] == "42")
            }
        }
    }
}
