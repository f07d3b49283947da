/// Something that happened and must be on disk before anybody is told.
package enum Change: Sendable {
    case accept(UplinkRecord)
    case attempted(sequence: Int64, attempts: Int)
    /// The uplink left the queue; the outcome waits to be published. One that was dropped by hand meanwhile takes this
    /// outcome instead, as long as the broker does not have the other.
    case end(sequence: Int64, outcome: [UInt8])
    /// The broker has the outcome.
    case published(sequence: Int64)
    /// An outcome on the way, kept as the last one for a client that repeats its id.
    case note(sequence: Int64, outcome: [UInt8])

    case received(DownlinkRecord)
    /// The broker has the downlink.
    case handedOver(downlink: Int64)

    case ordered(CommandRecord)
    case carriedOut(command: Int64)

    /// A retained topic that must be cleared when its module leaves the configuration.
    case retain(topic: String)
    case release(topic: String)

    /// A small named value of a module; nil deletes it.
    case journal(module: Int32, key: String, value: [UInt8]?)
}
