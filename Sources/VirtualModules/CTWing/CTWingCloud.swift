package import Reactor

/// A message that reached the platform.
package struct ReceivedUplink: Sendable {
    package let bytes: [UInt8]
    package let isConfirmed: Bool
    package let rai: Int
    package let time: Timestamp

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// The platform behind one module: what it accepts, what it does with messages, and what it has received.
///
/// Unchecked: belongs to the reactor's thread; a test reaches it through `VirtualModule.withCloud`.
package final class CTWingCloud: @unchecked Sendable {
    package enum Registration: Sendable {
        case accept
        case reject
        /// No answer: the module gives up after 124 s.
        case ignore
    }

    package enum Acknowledgement: Sendable {
        case after(Duration)
        /// The message arrives, its acknowledgement does not.
        case never
        /// The message does not arrive either.
        case lost
        /// The platform knows no such session: RST.
        case reset
    }

    package var registration = Registration.accept
    package var registrationTime = Duration.milliseconds(200)
    /// False: registered, but the data object stays without an observer.
    package var observes = true
    package var observationTime = Duration.milliseconds(100)
    package var deregistrationTime = Duration.milliseconds(100)
    package var acknowledgement = Acknowledgement.after(.milliseconds(50))
    /// What the platform sends down for each uplink, such as AAAA0000.
    package var reply: [UInt8]?
    /// The key of an encrypted device; any other leads to a time-out.
    package var psk: [UInt8]?
    /// The only address and port that answer; nil: all do.
    package var server: String?

    package internal(set) var uplinks: [ReceivedUplink] = []
    package internal(set) var registrations = 0
    package internal(set) var isRegistered = false
    /// As the last registration said it; nil if it said nothing.
    package internal(set) var lifetime: Int?
    package internal(set) var updates = 0
    /// What waits until the module can be reached.
    package internal(set) var downlinks: [[UInt8]] = []
    package internal(set) var firmware: FirmwareTask?
}

/// A firmware update as the platform and the module will live it.
package struct FirmwareTask: Sendable {
    package enum Outcome: Sendable {
        case success(revision: String)
        /// 2: no memory, 4: connection lost, 9: invalid URL.
        case downloadFailure(Int)
        case updateFailure(Int)
    }

    package var outcome: Outcome
    package var size = 4096
    /// The time for 512 bytes, and for each step of the update.
    package var stepTime = Duration.milliseconds(50)
    /// Some firmware restarts without a word.
    package var saysEnd = true

    package init(_ outcome: Outcome) { self.outcome = outcome }
}
