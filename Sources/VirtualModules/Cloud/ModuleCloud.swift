import Reactor

/// The cloud behind one module: what it accepts, what it does with messages, what it wants, and what it has received.
///
/// Unchecked: belongs to the reactor's thread; a test reaches it through `VirtualModule.withCloud`.
package final class ModuleCloud: @unchecked Sendable {
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
    /// Andlink's own.
    package var andlink = AndlinkCloud()
    /// The only address and port that answer; nil: all do.
    package var server: String?
    /// The number of its next request. Real ones exceed 16 bits.
    package var nextMessageID = 8095
    /// The number of the module's next own message.
    package var nextReportID = 8563
    /// What it says to an update, in the platform's numbers; 0: done.
    package var updateResult = 0
    /// Where data goes up and down, of clouds whose data has a path.
    package var upPath = "19/0/0"
    package var downPath = "19/1/0"
    /// The bootstrap server changes the lifetime to this.
    package var assignedLifetime: Int?

    package internal(set) var uplinks: [ReceivedUplink] = []
    package internal(set) var registrations = 0
    package internal(set) var isRegistered = false
    /// As the last registration said it; nil if it said nothing.
    package internal(set) var lifetime: Int?
    package internal(set) var updates = 0
    /// What waits until the module can be reached.
    package internal(set) var downlinks: [[UInt8]] = []
    package internal(set) var firmware: FirmwareTask?

    /// To its requests, in the order of their ends.
    package internal(set) var answers: [CloudAnswer] = []
    /// After ten seconds of protocol time.
    package internal(set) var answeredLate = 0
    package internal(set) var answeredTwice = 0
    /// Requests whose ten seconds are over and that have had no answer so far.
    package internal(set) var neverAnswered = 0

    /// How many reports have come.
    var groups = 0
    var requests: [Int: Request] = [:]
    var waitingRequests: [Int] = []
}

/// CTWing's is the plain cloud, which knows no objects.
package typealias CTWingCloud = ModuleCloud
