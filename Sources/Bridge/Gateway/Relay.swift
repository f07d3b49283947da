import MQTT
import Synchronization

/// A handler that is known only after the client that calls it: the bridge needs the client to be made.
final class Relay: MQTTHandler {
    private struct Target: Sendable { weak var handler: (any MQTTHandler)? }

    private let target = Mutex(Target())

    func assign(_ handler: any MQTTHandler) { target.withLock { $0.handler = handler } }

    private var handler: (any MQTTHandler)? { target.withLock { $0.handler } }

    func connected(_ session: Session) { handler?.connected(session) }
    func disconnected(_ reason: MQTTError) { handler?.disconnected(reason) }
    func received(_ messages: [InboundMessage], batch: BatchNumber) { handler?.received(messages, batch: batch) }
}
