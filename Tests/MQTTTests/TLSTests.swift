import MQTT
import TestSupport
import Testing

struct `TLS` {
    @Test func `a broker of the right authority is trusted`() async throws {
        var options = Broker.Options()
        options.tls = try await TestCertificates()
        try await withBroker(options) { broker in
            try await withClient(of: broker, subscriptions: ["#"]) { client in
                // More than one TLS record, so that something stays inside the library between two reads.
                let payload = String(repeating: "x", count: 100_000)
                for number in 0..<20 { try await client.publish("a/\(number)", payload) }
                let messages = try await client.messages(count: 20)
                #expect(messages.map(\.topic) == (0..<20).map { "a/\($0)" })
                #expect(messages.allSatisfy { $0.payload.count == 100_000 })
            }
        }
    }

    @Test func `a broker of another authority is refused`() async throws {
        var options = Broker.Options()
        options.tls = try await TestCertificates()
        let others = try await TestCertificates()
        try await withBroker(options) { broker in
            var configuration = MQTTConfiguration(of: broker)
            configuration.tls = TLSConfiguration(caFile: others.ca)
            try await withClient(configuration) { client in
                let error = try await client.error()
                #expect(error.reason == .tls("certificate verify failed"))
            }
        }
    }

    @Test func `a client shows its certificate`() async throws {
        let certificates = try await TestCertificates()
        var options = Broker.Options()
        options.tls = certificates
        options.requiresCertificate = true
        try await withBroker(options) { broker in
            var configuration = MQTTConfiguration(of: broker)
            try await withClient(configuration) { client in
                let error = try await client.error()
                // The broker resets the connection after its complaint, and sometimes the reset is faster.
                let isExpected = [.tls("tlsv13 alert certificate required"), .closedBeforeAnswer(tls: true)]
                    .contains(error.reason)
                #expect(isExpected, "\(error)")
            }
            configuration.tls?.certFile = certificates.client.certificate
            configuration.tls?.keyFile = certificates.client.key
            try await withClient(configuration) { client in
                try await client.session()
            }
        }
    }

    @Test func `a missing file is named`() async throws {
        try await withBroker { broker in
            var configuration = MQTTConfiguration(of: broker)
            configuration.tls = TLSConfiguration(caFile: "/nowhere/ca.crt")
            try await withClient(configuration) { client in
                let error = try await client.error()
                #expect(
                    error.description
                        == "broker \(broker.address): cannot read /nowhere/ca.crt: No such file or directory")
            }
        }
    }

    @Test func `a broker without TLS is no broker for TLS`() async throws {
        let certificates = try await TestCertificates()
        try await withBroker { broker in
            var configuration = MQTTConfiguration(of: broker)
            configuration.tls = TLSConfiguration(caFile: certificates.ca)
            try await withClient(configuration) { client in
                try await client.error()
                #expect(client.record.value.sessions == [])
            }
        }
    }
}
