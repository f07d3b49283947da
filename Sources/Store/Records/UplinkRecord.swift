package import Reactor

/// Which uplinks go first.
package enum Priority: UInt8, Comparable, Hashable, Sendable {
    case high = 0
    case normal = 1

    package static func < (a: Priority, b: Priority) -> Bool { a.rawValue < b.rawValue }
}

/// Where an uplink stands in its module's queue: high before normal, then in the order of acceptance.
package struct QueuePlace: Comparable, Hashable, Sendable {
    package var priority: Priority
    package var sequence: Int64

    package init(priority: Priority, sequence: Int64) {
        self.priority = priority
        self.sequence = sequence
    }

    package static func < (a: QueuePlace, b: QueuePlace) -> Bool {
        (a.priority, a.sequence) < (b.priority, b.sequence)
    }
}

/// Where an MQTT 5 client wants its answer.
package struct ReplyTo: Equatable, Hashable, Sendable {
    package var topic: String
    package var correlation: [UInt8]?

    package init(topic: String, correlation: [UInt8]? = nil) {
        self.topic = topic
        self.correlation = correlation
    }
}

/// A message on its way from MQTT to a module.
package struct UplinkRecord: Equatable, Sendable {
    /// Given by the bridge; unique over all modules, ascending.
    package var sequence: Int64
    package var module: Int32
    package var id: [UInt8]
    /// False: made by the bridge, so nobody can repeat it and it is not remembered.
    package var idGiven: Bool
    /// Empty for the data channel, else a path like `object/3303/0/5700`.
    package var target: String
    package var payload: [UInt8]
    package var confirm: Bool
    package var rai: UInt8
    package var priority: Priority
    package var acceptedAt: Timestamp
    package var expiresAt: Timestamp
    package var attempts: Int
    package var reply: ReplyTo?

    package init(
        sequence: Int64, module: Int32, id: [UInt8], idGiven: Bool, target: String = "", payload: [UInt8],
        confirm: Bool = false, rai: UInt8 = 0, priority: Priority = .normal, acceptedAt: Timestamp,
        expiresAt: Timestamp, attempts: Int = 0, reply: ReplyTo? = nil
    ) {
        self.sequence = sequence
        self.module = module
        self.id = id
        self.idGiven = idGiven
        self.target = target
        self.payload = payload
        self.confirm = confirm
        self.rai = rai
        self.priority = priority
        self.acceptedAt = acceptedAt
        self.expiresAt = expiresAt
        self.attempts = attempts
        self.reply = reply
    }

    package var place: QueuePlace { QueuePlace(priority: priority, sequence: sequence) }
}
