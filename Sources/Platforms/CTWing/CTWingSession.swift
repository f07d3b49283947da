package import AT

/// One module's session with the China Telecom IoT and AEP platforms (BC260Y-CN R02 note).
package final class CTWingSession: PlatformSession {
    package struct Options: Equatable, Sendable {
        package var host: String
        package var port: Int
        /// Hexadecimal digits; nil for devices without encryption.
        package var psk: String?
        package var lifetime: Int
        package var receiveMode: CTWingCommand.ReceiveMode

        package init(
            host: String, port: Int, psk: String? = nil, lifetime: Int, receiveMode: CTWingCommand.ReceiveMode
        ) {
            self.host = host
            self.port = port
            self.psk = psk
            self.lifetime = lifetime
            self.receiveMode = receiveMode
        }
    }

    package static let uplinkLimit = CTWingCommand.uplinkLimit

    package static let reports: [Report] = [
        Report("+QLWEVTIND"),
        // `+NNMI`, `+NNMI: 4,AAAA0000` and `+NNMI: "recv",buff full` (3.2, 3.3).
        Report("+NNMI"),
        // Its data have left the module: an answer that comes too late is delivered all the same.
        Report("+NMGR", preserved: true),
    ]

    /// The platform's own limits: 126 s for a connection without encryption (2.3.1, remark 5), 124 s for the end of
    /// one (2.3.2) and for a confirmed uplink.
    enum Limit {
        static let connection = Duration.seconds(130)
        static let encryptedConnection = Duration.seconds(300)
        static let observation = Duration.seconds(130)
        /// For an observation that has perhaps been cancelled long ago.
        static let oldObservation = Duration.seconds(20)
        static let closing = Duration.seconds(124)
        static let acknowledgement = Duration.seconds(130)
    }

    let options: Options
    let channel: any CommandChannel

    /// As configured, or as an update has asked for since.
    var lifetime: Int
    package var registration: Registration?
    package var droppedByModule = 0
    /// What NQMGR said last; nil after a restart of the module, which counts from 0 again.
    var droppedAtLastCount = 0
    /// The connection is of no use any more, whatever NMSTATUS says of it: only a new one helps (3.1, event 10).
    var isVoid = false
    /// The lifetime for which a restart was asked already: a module that never shows it is not restarted for ever.
    var restartedForLifetime: Int?

    /// How the last confirmed uplink stood, as far as is known.
    var lastUplinkStatus: UplinkStatus?

    /// Answers that could not be read, as events.
    var findings: [SessionEvent] = []

    /// Firmware is downloaded or installed, as far as its reports tell.
    var firmwareRuns = false

    /// A restart was asked for because the module's engine had failed, and nothing has worked since.
    var hasRestartedEngine = false

    let connectionResult = Signal()
    let observation = Signal()
    let acknowledgement = Signal()
    let resumption = Signal()
    /// The event that raised `acknowledgement`.
    var lastAcknowledgement: CTWingEvent?
    var lastConnectionResult: CTWingEvent?

    package init(options: Options, channel: any CommandChannel) {
        self.options = options
        lifetime = options.lifetime
        self.channel = channel
    }

    package var maySend: Bool { registration == .registeredAndObserved && !isVoid }

    /// Says that the module has restarted: what it remembered is gone.
    package func moduleRestarted() {
        firmwareRuns = false
        registration = nil
        droppedAtLastCount = 0
        isVoid = false
    }

    package func distrust() {
        registration = nil
        isVoid = true
    }

    package func takeFindings() -> [SessionEvent] {
        defer { findings = [] }
        return findings
    }

    func status() async throws(SessionFailure) -> Registration? {
        let answer = try await ask(CTWingCommand.status)
        guard let line = answer?.lines.first, case .known(let registration) = CTWingStatus(line) else { return nil }
        self.registration = registration
        return registration
    }

    /// A command that the session cannot do without.
    func demand(_ command: Command, priority: CommandPriority = .housekeeping) async throws(SessionFailure) -> Response
    {
        do throws(CommandFailure) {
            return try await channel.perform(command, priority: priority)
        } catch {
            if case .refused(let code?) = error, let number = code.number {
                try demandRestart(CTWingError.codes[number])
            }
            throw Self.failure(of: error, command: command)
        }
    }

    /// Asks for the restart that the error wants, but not for one after the other.
    func demandRestart(_ error: ModuleError) throws(SessionFailure) {
        guard error.remedy == .restart, !hasRestartedEngine else { return }
        hasRestartedEngine = true
        throw .needsRestart(reason: error.text)
    }
}

extension CTWingSession: CommandSession {
    static func refusal(_ code: ErrorCode?, of command: Command?) -> PlatformError {
        code?.number.map { CTWingError.codes[$0].published } ?? plainRefusal(of: command)
    }
}
