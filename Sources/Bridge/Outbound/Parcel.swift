package import MQTT

/// Something that stays in the store until the broker has acknowledged all its messages.
package struct Parcel: Sendable {
    package var sequence: Int64
    package var messages: [OutboundMessage]

    package init(sequence: Int64, messages: [OutboundMessage]) {
        self.sequence = sequence
        self.messages = messages
    }
}
