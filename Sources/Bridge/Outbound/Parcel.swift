package import MQTT

/// Something that stays in the store until the broker has acknowledged all its messages.
package struct Parcel: Sendable {
    package var sequence: Int64
    package var messages: [OutboundMessage]

    package init(sequence: Int64, messages: [OutboundMessage]) {
        self.sequence = sequence
        self.messages = messages
    }

    /// About what it takes in memory until it has arrived; half a kilobyte is what surrounds each message.
    package var bytes: Int { messages.reduce(0) { $0 + $1.payload.count + $1.topic.utf8.count + 512 } }
}
