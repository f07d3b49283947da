package import MQTT
package import Reactor

/// The MQTT client as plain calls for everything on the reactor, and its news handed on.
package final class BrokerLink: Outbox {
    private let client: MQTTClient
    private let relay: Relay

    package init(
        configuration: MQTTConfiguration, reactor: Reactor, answered: @escaping @Sendable (Duration) -> Void,
        log: @escaping @Sendable (String) -> Void
    ) {
        relay = Relay()
        client = MQTTClient(
            configuration: configuration, reactor: reactor, handler: relay, log: log, answered: answered)
    }

    package var isConnected: Bool { client.assumeIsolated { $0.isConnected } }
    package var makesProgress: Bool { client.assumeIsolated { $0.makesProgress } }
    package var traffic: Traffic { client.assumeIsolated { $0.traffic } }
    package var outstanding: Int { client.assumeIsolated { $0.outstanding } }

    package func publish(_ message: OutboundMessage, acknowledged: (@Sendable (Bool) -> Void)?) {
        client.assumeIsolated { client in
            guard let acknowledged else {
                client.publish(message)
                return
            }
            client.publish(message) { acknowledged($0 == .acknowledged) }
        }
    }

    package func subscribe(_ filters: [String]) { client.assumeIsolated { $0.subscribe(to: filters) } }

    package func settle(_ batch: BatchNumber) { client.assumeIsolated { $0.settle(batch) } }

    package func start(handler: any MQTTHandler) async {
        await client.take(relay, handler)
    }

    package func stop(last: [OutboundMessage]) async { await client.stop(last: last) }
}

extension MQTTClient {
    fileprivate func take(_ relay: Relay, _ handler: any MQTTHandler) {
        relay.assign(handler)
        start()
    }
}
