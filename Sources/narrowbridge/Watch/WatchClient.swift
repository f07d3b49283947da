import MQTT
import Reactor

/// Hears the bridge's topics and hands on what comes.
actor WatchClient: MQTTHandler {
    private let reactor: Reactor
    private let configuration: MQTTConfiguration
    private let events: AsyncStream<WatchCommand.Event>.Continuation
    private var client: MQTTClient?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    init(
        _ configuration: MQTTConfiguration, _ reactor: Reactor, _ events: AsyncStream<WatchCommand.Event>.Continuation
    ) {
        self.configuration = configuration
        self.reactor = reactor
        self.events = events
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

    nonisolated func connected(_ session: Session) { events.yield(.connected(session)) }
    nonisolated func disconnected(_ reason: MQTTError) { events.yield(.disconnected(reason)) }

    nonisolated func received(_ messages: [InboundMessage], batch: BatchNumber) {
        events.yield(.messages(messages))
        assumeIsolated { watch in watch.client?.assumeIsolated { $0.settle(batch) } }
    }
}
