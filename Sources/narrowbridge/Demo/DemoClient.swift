import MQTT
import Reactor

/// The demo's own MQTT client: shows everything, and plays the part of a user.
actor DemoClient: MQTTHandler {
    private let reactor: Reactor
    private let configuration: MQTTConfiguration
    private let events: AsyncStream<Demo.Event>.Continuation
    private var client: MQTTClient?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    init(port: Int, reactor: Reactor, events: AsyncStream<Demo.Event>.Continuation) {
        self.reactor = reactor
        self.events = events
        configuration = MQTTConfiguration(
            brokers: [BrokerAddress(host: "127.0.0.1", port: port)], clientID: "demo",
            subscriptions: ["narrowbridge/#", "cloud/#"])
    }

    func start() {
        let client = MQTTClient(configuration: configuration, reactor: reactor, handler: self)
        self.client = client
        client.assumeIsolated { $0.start() }
    }

    func stop() async {
        await client?.stop(last: [])
        client = nil
    }

    func publish(_ topic: String, _ text: String) {
        client?.assumeIsolated { $0.publish(OutboundMessage(topic: topic, payload: Array(text.utf8))) }
    }

    nonisolated func connected(_ session: Session) { events.yield(.connected) }
    nonisolated func disconnected(_ reason: MQTTError) {}

    nonisolated func received(_ messages: [InboundMessage], batch: BatchNumber) {
        for message in messages {
            events.yield(.message(topic: message.topic, text: String(decoding: message.payload, as: UTF8.self)))
        }
        assumeIsolated { demo in demo.client?.assumeIsolated { $0.settle(batch) } }
    }
}
