package import Reactor

/// A message on its way from a module to MQTT: kept until the broker has acknowledged it.
package struct DownlinkRecord: Equatable, Sendable {
    package var sequence: Int64
    package var module: Int32
    /// What it is, in the words of the bridge.
    package var kind: String
    /// What it is about, such as a resource's path; may be empty.
    package var target: String
    package var id: [UInt8]
    package var payload: [UInt8]
    package var receivedAt: Timestamp

    package init(
        sequence: Int64, module: Int32, kind: String, target: String = "", id: [UInt8], payload: [UInt8],
        receivedAt: Timestamp
    ) {
        self.sequence = sequence
        self.module = module
        self.kind = kind
        self.target = target
        self.id = id
        self.payload = payload
        self.receivedAt = receivedAt
    }
}
