import CMosquitto

/// A reason code of MQTT 5. Open: a broker may send what no table has.
package struct ReasonCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let unspecified = ReasonCode(rawValue: 0x80)
    package static let malformedPacket = ReasonCode(rawValue: 0x81)
    package static let protocolError = ReasonCode(rawValue: 0x82)
    package static let implementationSpecific = ReasonCode(rawValue: 0x83)
    package static let unsupportedVersion = ReasonCode(rawValue: 0x84)
    package static let clientIDNotValid = ReasonCode(rawValue: 0x85)
    package static let badUsernameOrPassword = ReasonCode(rawValue: 0x86)
    package static let notAuthorized = ReasonCode(rawValue: 0x87)
    package static let serverUnavailable = ReasonCode(rawValue: 0x88)
    package static let sessionTakenOver = ReasonCode(rawValue: 0x8E)
    package static let topicNameInvalid = ReasonCode(rawValue: 0x90)
    package static let packetTooLarge = ReasonCode(rawValue: 0x95)
    package static let payloadFormatInvalid = ReasonCode(rawValue: 0x99)
    package static let retainNotSupported = ReasonCode(rawValue: 0x9A)
    package static let qosNotSupported = ReasonCode(rawValue: 0x9B)

    package var isError: Bool { rawValue >= 0x80 }

    /// The specification's name, and the number for looking it up.
    package var description: String {
        let name = unsafe String(cString: mosquitto_reason_string(Int32(rawValue)))
        let sentence = name.hasSuffix(".") ? String(name.dropLast()) : name
        return "\(sentence.lowercased()) (\(rawValue))"
    }

    /// The refusals of 3.1.1, 1 to 5, in the words of version 5.
    init(connectAnswer code: Int32) {
        self =
            switch code {
            case 1: .unsupportedVersion
            case 2: .clientIDNotValid
            case 3: .serverUnavailable
            case 4: .badUsernameOrPassword
            case 5: .notAuthorized
            default: ReasonCode(rawValue: UInt8(truncatingIfNeeded: code))
            }
    }

    /// What a broker may say when it closes because of what was published to it, and not for reasons of its own.
    var mayBlameMessage: Bool {
        switch self {
        case .unspecified, .malformedPacket, .protocolError, .implementationSpecific, .notAuthorized,
            .topicNameInvalid, .packetTooLarge, .payloadFormatInvalid, .retainNotSupported, .qosNotSupported:
            true
        default: false
        }
    }
}
