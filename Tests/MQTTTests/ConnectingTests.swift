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
}
