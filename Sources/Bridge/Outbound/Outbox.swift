package import MQTT

/// The way out to the broker, for everything on the reactor: plain calls instead of awaits.
package protocol Outbox: AnyObject, Sendable {
    var isConnected: Bool { get }

    /// `acknowledged` is called once, with true if the broker took the message.
    func publish(_ message: OutboundMessage, acknowledged: (@Sendable (Bool) -> Void)?)
}

extension Outbox {
    func publish(_ topic: String, _ payload: [UInt8], retain: Bool = false) {
        publish(OutboundMessage(topic: topic, payload: payload, retain: retain), acknowledged: nil)
    }
}
