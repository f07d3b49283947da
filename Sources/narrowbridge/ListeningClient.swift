import MQTT
import Reactor

/// Tells what it hears on some topics, as it comes, and may say something too.
actor ListeningClient: MQTTHandler {
    enum Event: Sendable {
        case connected(Session)
        case disconnected(MQTTError)
        case messages([InboundMessage])
    }

    private let reactor: Reactor
    private let configuration: MQTTConfiguration
    private let tell: @Sendable (Event) -> Void
    private var client: MQTTClient?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    init(_ configuration: MQTTConfiguration, _ reactor: Reactor, tell: @escaping @Sendable (Event) -> Void) {
        self.configuration = configuration
        self.reactor = reactor
        self.tell = tell
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

    nonisolated func connected(_ session: Session) { tell(.connected(session)) }
    nonisolated func disconnected(_ reason: MQTTError) { tell(.disconnected(reason)) }

    nonisolated func received(_ messages: [InboundMessage], batch: BatchNumber) {
        tell(.messages(messages))
        assumeIsolated { listener in listener.client?.assumeIsolated { $0.settle(batch) } }
    }
}
