package import Reactor

/// A message, or one value of a report, that reached the cloud.
package struct ReceivedUplink: Sendable {
    /// Of a value: the bytes of an opaque one, else the text that the host wrote.
    package let bytes: [UInt8]
    package let isConfirmed: Bool
    package let rai: Int
    package let time: Timestamp
    /// Which resource it is: `3303/0/5700`; nil where the cloud knows no objects.
    package let path: String?
    package let type: ResourceType?
    /// The parts of one report have the same number.
    package let group: Int

    init(
        bytes: [UInt8], isConfirmed: Bool, rai: Int, time: Timestamp, path: String? = nil, type: ResourceType? = nil,
        group: Int = 0
    ) {
        self.bytes = bytes
        self.isConfirmed = isConfirmed
        self.rai = rai
        self.time = time
        self.path = path
        self.type = type
        self.group = group
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// The types of values, with their numbers in the AT commands of LwM2M and OneNET.
package enum ResourceType: Int, Sendable {
    case string = 1
    case opaque = 2
    case integer = 3
    case float = 4
    case boolean = 5
}

/// A value of a resource as an answer or a report carries it.
package struct ResourceValue: Sendable, Equatable {
    package let path: String
    package let type: ResourceType
    /// The bytes of an opaque value, else the text that the host wrote.
    package let bytes: [UInt8]

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
