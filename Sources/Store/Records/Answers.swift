package import Reactor

/// A module as the store knows it: its name in the configuration and the number that stands for it in every row.
/// Numbers are never given to another name.
package struct ModuleRow: Equatable, Hashable, Sendable {
    package let number: Int32
    package let name: String
}

/// How much waits for one module.
package struct Backlog: Equatable, Sendable {
    package let waiting: Int
    /// When the one that was accepted first was accepted.
    package let oldest: Timestamp
}

/// The last outcome of an uplink that has left the queue; waits until the broker has it.
package struct PendingOutcome: Equatable, Sendable {
    package let sequence: Int64
    package let module: Int32
    package let id: [UInt8]
    package let outcome: [UInt8]
    package let reply: ReplyTo?
}

/// What is known of an id that a client gave.
package struct RememberedID: Equatable, Sendable {
    package let sequence: Int64
    package let acceptedAt: Timestamp
    /// Nil while nothing happened since it was accepted.
    package let outcome: [UInt8]?
}
