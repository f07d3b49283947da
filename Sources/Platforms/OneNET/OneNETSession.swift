package import AT

/// One module's session with China Mobile's OneNET (BC260Y-CN OneNET note).
///
/// The module cannot be asked whether it is registered: what it has said in events is all there is. So a registration that
/// this session has not made itself is ended and made anew.
package final class OneNETSession: PlatformSession {
    package struct Options: Equatable, Sendable {
        /// Nil: the bootstrap server that the module knows.
        package var host: String?
        package var port: Int
        package var bootstrap: Bool
        package var lifetime: Int
        /// Where raw uplinks go.
        package var dataUp: ResourcePath?

        package init(
            host: String?, port: Int = 5683, bootstrap: Bool, lifetime: Int, dataUp: ResourcePath? = nil
        ) {
            self.host = host
            self.port = port
            self.bootstrap = bootstrap
            self.lifetime = lifetime
            self.dataUp = dataUp
        }
    }

    package static let uplinkLimit = OneNETLimit.bytes

    package static let reports: [Report] =
        [Report("+MIPLEVENT"), Report("+FIRMWARE"), Report("FIRMWARE")]
        + OneNETReport.kinds.sorted { $0.key < $1.key }.map { Report($0.key, text: OneNETReport.text(of: $0.value)) }

    enum Limit {
        /// The parameter of MIPLOPEN. Its default of 30 s is less than what registrations take under poor coverage.
        static let open = 120
        static let registration = Duration.seconds(open + 10)
        static let bootstrap = Duration.seconds(120)
        static let observation = Duration.seconds(20)
        /// After a registration the platform observes one instance after the other; this long after the last it is done.
        static let furtherObservation = Duration.seconds(5)
        /// A confirmed message is given up after about two minutes.
        static let acknowledgement = Duration.seconds(130)
        static let update = Duration.seconds(130)
        static let closing = Duration.seconds(60)
        /// For that of an instance of which nothing is known.
        static let unknownClosing = Duration.seconds(5)
        /// For an end that was perhaps not even begun.
        static let doubtfulClosing = Duration.seconds(10)
    }

    /// What is known of the module's instance of the suite.
    enum Standing {
        /// It may have one from before.
        case unknown
        case absent
        case created
        /// MIPLOPEN was sent; the result has not come, or not well.
        case opening
        case registered
        /// There is one, and its registration is lost.
        case void
    }

    let options: Options
    let resources: ResourceModel
    let channel: any CommandChannel

    var standing = Standing.unknown
    /// The instance, as MIPLCREATE has numbered it.
    var reference = 0
    /// As configured, or as an update has asked for since.
    var lifetime: Int
    /// What is shown while the module is not registered.
    var shown: Registration?
    package let droppedByModule = 0
    /// What MIPLVER says.
    package internal(set) var suiteVersion: String?
    /// False where the firmware does not renew the registration by itself.
    var updatesItself = true
    var hasRestartedModule = false

    let registrationResult = Signal()
    let closed = Signal()
    let updateResult = Signal()
    let observation = Signal()
    /// Why the registration has failed or was lost.
    var lastFailure: PlatformError?
    var isClosing = false
    /// The platform has not said yet what it observes under a new registration.
    var isSettling = false
    /// The end of the registration was asked for, or has come: nobody waits for the answers to its requests.
    var hasEnded = false
    var isUpdating = false
    var updateIsDue = false

    var parts = RequestParts()
    var recent = OneNETRecentRequests()
    /// Observations whose requests wait for their answer: nothing may be reported under them yet.
    var unansweredObservations: Set<Int> = []
    /// The module has observed with flag 1 what was not observed: its flags are those of the note.
    var flagIsProven = false
    /// The spelling of a response that the module has taken.
    var spellings: [OneNETCommand.Response: String] = [:]

    var acknowledgements: [Int: Acknowledgement] = [:]
    var lastAckID: Int
    /// Refusals in a row that say nothing.
    var unclearRefusals = 0

    /// `firstAckID` is not always 1: an event of before a restart of the bridge must not fit a new report.
    package init(
        options: Options, resources: ResourceModel, channel: any CommandChannel,
        firstAckID: Int = .random(in: 1...65_535)
    ) {
        self.options = options
        self.resources = resources
        self.channel = channel
        lifetime = options.lifetime
        lastAckID = firstAckID - 1
    }

    package var registration: Registration? {
        guard standing == .registered else { return shown }
        let isObserved =
            options.dataUp.map { resources.observation(of: $0) != nil } ?? !resources.observations.isEmpty
        return isObserved ? .registeredAndObserved : .registered
    }

    package var maySend: Bool { standing == .registered && !isSettling }

    /// Well before nine tenths of the lifetime, when the registration ends (3.3.7).
    package var renewalInterval: Duration? {
        guard standing == .registered, !updatesItself else { return nil }
        return .seconds(lifetime == 0 ? 3600 : lifetime) * 4 / 5
    }

    /// Nothing of OneNET outlives a restart (3.3.1, 3.3.5).
    package func moduleRestarted() {
        standing = .absent
        shown = nil
        isClosing = false
        beginEpoch()
    }

    package func distrust() {
        guard standing != .absent, standing != .created else { return }
        standing = .void
        shown = nil
    }

    /// Message ids begin anew.
    func beginEpoch() {
        parts.forget()
        recent = OneNETRecentRequests()
        unansweredObservations = []
        updateIsDue = false
        hasEnded = false
    }

    package func prepare() async throws(SessionFailure) {
        guard OneNETCommand.isLifetime(lifetime) else { throw .failed(Self.badLifetime(lifetime)) }
        guard let line = try await ask(OneNETCommand.version)?.lines.first else { return }
        suiteVersion = Fields(line)[0]?.text
    }

    /// The module has nothing to ask for: its events have said everything.
    package func refresh() async throws(SessionFailure) {}

    static func badLifetime(_ seconds: Int) -> PlatformError {
        PlatformError(
            name: "bad_lifetime", text: "the lifetime is 15 to 268435455 seconds, or 0 for 3600; not \(seconds)",
            source: .bridge)
    }
}

extension OneNETSession: CommandSession {
    static func refusal(_ code: ErrorCode?, of command: Command?) -> PlatformError {
        switch code {
        case .number(let number): return OneNETError.codes[number].published
        case .text(let text):
            let shown = command?.description ?? "the command"
            return PlatformError(name: "ERROR", text: "the module refused \(shown): \(text)", source: .module)
        case nil: return plainRefusal(of: command)
        }
    }

    static func error(of failure: CommandFailure, _ command: Command?) -> PlatformError {
        if case .refused(let code) = failure { return refusal(code, of: command) }
        return silence(command)
    }
}
