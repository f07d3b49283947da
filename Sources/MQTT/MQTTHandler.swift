/// Told what happens on the connection: on the reactor's thread, never inside a callback of the library.
package protocol MQTTHandler: AnyObject, Sendable {
    func connected(_ session: Session)

    /// The connection is gone, or an attempt to make one failed. The client goes on trying by itself.
    func disconnected(_ reason: MQTTError)

    /// Everything one turn has read. Its acknowledgements stay unwritten until `settle(batch)`.
    func received(_ messages: [InboundMessage], batch: BatchNumber)
}

/// A connection that a broker has accepted.
package struct Session: Sendable, Hashable {
    package var broker: BrokerAddress
    package var version: SpokenVersion
    /// The broker still knew us: what was published meanwhile comes now.
    package var isPresent: Bool

    package init(broker: BrokerAddress, version: SpokenVersion, isPresent: Bool) {
        self.broker = broker
        self.version = version
        self.isPresent = isPresent
    }
}

/// Names the messages of one turn until they are settled.
package struct BatchNumber: Sendable, Hashable, Comparable {
    let number: UInt64

    package init(number: UInt64) { self.number = number }

    package static func < (a: BatchNumber, b: BatchNumber) -> Bool { a.number < b.number }
}

/// How a publish ended.
package enum PublishOutcome: Sendable, Hashable {
    case acknowledged
    /// By the broker, or by the client for a message that no broker would take. It is not tried again.
    case refused(ReasonCode)
}
