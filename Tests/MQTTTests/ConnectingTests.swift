import Glibc
import MQTT
import Reactor
import TestSupport
import Testing

struct `Connecting` {
    @Test(arguments: [
        (ProtocolVersion.automatic, SpokenVersion.v5),
        (.v5, .v5),
        (.v311, .v311),
    ])
    func `the version that is asked for is spoken`(choice: ProtocolVersion, spoken: SpokenVersion) async throws {
        try await withBroker { broker in
            try await withClient(of: broker, version: choice, subscriptions: ["a/#"]) { client in
                let session = try await client.session()
                #expect(session == Session(broker: broker.address, version: spoken, isPresent: false))
                let outcome = try await client.publish("a/b", "hello")
                #expect(outcome == .acknowledged)
                let message = try await client.message(on: "a/b")
                #expect(message.text == "hello")
            }
        }
    }

    @Test(arguments: [FakeBroker.Greeting.close, .refuse])
    func `a broker that refuses version 5 gets 3.1.1 and no complaint`(refusal: FakeBroker.Greeting) async throws {
        try await withFakeBroker([5: refusal]) { broker in
            try await withClient(MQTTConfiguration(brokers: [broker.address], clientID: "old")) { client in
                let session = try await client.session()
                #expect(session.version == .v311)
                let outcome = try await client.publish("a", "b")
                #expect(outcome == .acknowledged)
                #expect(broker.record.value.levels == [5, 4])
                #expect(client.record.value.errors == [])
            }
        }
    }

    @Test func `version 5 is tried again when 3.1.1 fails as well`() async throws {
        try await withFakeBroker([4: .close, 5: .close]) { broker in
            try await withClient(MQTTConfiguration(brokers: [broker.address], clientID: "lost")) { client in
                try await broker.record.wait("four requests") { $0.levels.starts(with: [5, 4, 5, 4]) }
                #expect(client.record.value.errors.first?.reason == .closedBeforeAnswer(tls: false))
            }
        }
    }

    @Test func `a broker that is not there is reported, and found when it comes`() async throws {
        try await withBroker { broker in
            broker.stop()
            let configuration = MQTTConfiguration(of: broker)
            try await withClient(configuration) { client in
                let error = try await client.error()
                #expect(error.description == "broker \(broker.address): cannot connect: Connection refused")
                try await broker.start()
                try await client.session()
            }
        }
    }

    @Test func `a name that nobody knows is reported`() async throws {
        let nowhere = BrokerAddress(host: "nowhere.invalid", port: 1883)
        try await withClient(MQTTConfiguration(brokers: [nowhere], clientID: "x")) { client in
            let error = try await client.error()
            #expect(error.description == "broker nowhere.invalid:1883: the host name cannot be found")
        }
    }

    @Test func `brokers are tried in turn`() async throws {
        try await withBroker { broker in
            let closed = BrokerAddress(host: "127.0.0.1", port: try LocalSocket.freePort())
            let configuration = MQTTConfiguration(brokers: [closed, broker.address], clientID: "x")
            try await withClient(configuration) { client in
                let session = try await client.session()
                #expect(session.broker == broker.address)
                #expect(client.record.value.errors.map(\.broker) == [closed])
            }
        }
    }

    @Test(
        arguments: [
            (nil, nil, ReasonCode.notAuthorized),
            ("bridge", "wrong", .notAuthorized),
            ("bridge", "secret", nil),
        ] as [(String?, String?, ReasonCode?)])
    func `the password decides`(user: String?, password: String?, refusal: ReasonCode?) async throws {
        var options = Broker.Options()
        options.passwords = ["bridge": "secret"]
        try await withBroker(options) { broker in
            for version in [ProtocolVersion.v5, .v311] {
                let configuration = MQTTConfiguration(
                    brokers: [broker.address], version: version, clientID: "x", username: user, password: password)
                try await withClient(configuration) { client in
                    if let refusal {
                        let error = try await client.error()
                        #expect(error.reason == .refused(refusal))
                    } else {
                        try await client.session()
                    }
                }
            }
        }
    }

    @Test func `a password shows in no description`() {
        let configuration = MQTTConfiguration(
            brokers: [BrokerAddress(host: "h", port: 1)], clientID: "x", password: "open sesame")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("sesame"))
        #expect(!"\(configuration)".contains("sesame"))
    }

    @Test func `a broker that stops answering is noticed`() async throws {
        try await withBroker { broker in
            var configuration = MQTTConfiguration(of: broker)
            configuration.keepAlive = .seconds(5)
            try await withClient(configuration) { client in
                try await client.session()
                broker.signal(SIGSTOP)
                let error = try await client.error()
                #expect(error.reason == .silent)
                broker.signal(SIGCONT)
                try await client.session()
            }
        }
    }
}
