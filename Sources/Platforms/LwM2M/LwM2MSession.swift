package import AT

/// One module's session with a cloud by standard LwM2M (BC260Y-CN R01 note): China Telecom IoT and AEP, China Unicom
/// DMP, China Mobile Andlink.
package final class LwM2MSession: PlatformSession {
    /// Of an opaque value (2.12), and of Andlink's data (2.13).
    package static let uplinkLimit = ResourceValue.longestOpaque

    package static let reports: [Report] =
        [
            // A text of type 1 stands there raw, whatever is in it (3.3).
            Report("+QLAURC", text: CarriedText(lengthField: 6, typeField: 5, kind: "write")),
            // The objects themselves are an answer (2.6).
            Report("+QLAADDOBJ", where: Shape.fields(1...1)),
        ]
        + [
            "+QLAREG", "+QLAUPDATE", "+QLADEREG", "+QLADELOBJ", "+QLARDRSP", "+QLAWRRSP", "+QLAEXERSP", "+QLAOBSRSP",
            "+QLANOTIFY", "+QLASENDDATA",
        ].map { Report($0) }

    /// The note has no limits but 5 s for each command; these are what networks and retransmissions need.
    enum Limit {
        static let registration = Duration.seconds(200)
        /// With a bootstrap server or a handshake before it.
        static let longRegistration = Duration.seconds(300)
        /// Until the module's state is asked for, without a report of how its registration has ended.
        static let untilAsked = Duration.seconds(15)
        static let observation = Duration.seconds(10)
        static let nextObservation = Duration.seconds(3)
        static let deregistrationReport = Duration.seconds(10)
        static let deregistration = Duration.seconds(124)
        static let recovery = Duration.seconds(130)
        /// A module that does not begin to recover its session will not.
        static let beginningOfRecovery = Duration.seconds(10)
        /// Until the module's result of an answer, a report or an object.
        static let result = Duration.seconds(10)
        static let lateResult = Duration.seconds(2)
        /// Many a module has no result for a part that is not the last.
        static let partResult = Duration.seconds(2)
        static let sending = Duration.seconds(30)
        static let turn = Duration.seconds(60)
        /// The cloud waits no longer for an answer.
        static let answer = Duration.seconds(10)
    }

    let options: Options
    let resources: ResourceModel
    let channel: any CommandChannel

    /// As configured, or as an update or the platform has asked for since.
    var lifetime: Int
    var identity = Identity()
    package internal(set) var registration: Registration?
    /// Counts what reports have said of the registration, so that an older answer does not overrule them.
    var registrationReports = 0
    /// The registration is of no use any more, whatever QLASTATUS says of it: only a new one helps.
    var isVoid = false
    package let droppedByModule = 0
    /// The module has registered under the bridge's eyes.
    var hasSeenRegistration = false
    /// A restart was asked for because the module took no configuration: not one after the other.
    var hasRestarted = false
    /// Until the module gives up a message that must be acknowledged.
    var retransmission = LwM2MRetransmission.standard

    let registering = LwM2MPending()
    let deregistering = LwM2MPending()
    let updating = LwM2MPending()
    let adding = LwM2MPending()
    let deleting = LwM2MPending()
    let notifying = LwM2MPending()
    let sendingData = LwM2MPending()
    let answeringRead = LwM2MPending()
    let answeringWrite = LwM2MPending()
    let answeringExecute = LwM2MPending()
    let answeringObserve = LwM2MPending()
    /// Raised by every report that moves the registration on.
    let transition = Signal()
    let acknowledgement = Signal()
    /// An observation is there, and answered.
    let observeAnswered = Signal()

    var report = LwM2MConfirmation()
    var data = LwM2MConfirmation()
    /// Under which observation the last report went: what a reset of the cloud's means, for it names no resource.
    var lastNotified: ObjectPath?
    /// Observations that the cloud has ended by RST under this registration.
    var resets = 0
    /// Refusals in a row that say nothing by themselves.
    var refusals = 0

    var parts = RequestParts()
    var recent = LwM2MRecentRequests()
    /// The flag with which this module says "observe"; nil until it has shown it.
    var observeFlag: Int?
    /// Observations that the module does not hold yet, for their answer is still to come.
    var unansweredObserves: Set<Int> = []

    package init(options: Options, resources: ResourceModel, channel: any CommandChannel) {
        self.options = options
        self.resources = resources
        self.channel = channel
        lifetime = options.lifetime
    }

    package var maySend: Bool { registration == .registered && !isVoid }

    package func identified(as identity: Identity) { self.identity = identity }

    /// What was observed is forgotten without power (2.11), so a registration that the module still shows is void.
    package func moduleRestarted() {
        registration = nil
        registrationReports += 1
        isVoid = true
        parts.forget()
        recent = LwM2MRecentRequests()
        unansweredObserves = []
        lastNotified = nil
    }

    package func distrust() {
        registration = nil
        isVoid = true
    }

    /// Everything is set when the module registers: some of it must not be touched at other times.
    package func prepare() async throws(SessionFailure) {}

    /// The module hands over everything by itself.
    package func fetch(_ deliver: ([UInt8]) -> Void) async throws(SessionFailure) {}

    package func refresh() async throws(SessionFailure) { _ = try await status() }

    func status() async throws(SessionFailure) -> Registration? {
        let before = registrationReports
        let code = try await ask(LwM2MCommand.status)?.lines.first.flatMap { Fields($0)[0]?.int }
        guard let code, let shown = LwM2MStatus.registration(code) else { return nil }
        guard registrationReports == before else { return registration ?? shown }
        registration = shown
        return shown
    }

    // MARK: Commands

    func command(_ make: () throws(Quoted.Refusal) -> Command) throws(SessionFailure) -> Command {
        do throws(Quoted.Refusal) {
            return try make()
        } catch {
            throw .failed(PlatformError(name: "bad_configuration", text: "\(error)", source: .bridge))
        }
    }

    /// The code that a report brings; nil if none does in time.
    func result(_ pending: LwM2MPending, atMost limit: Duration) async throws(SessionFailure) -> Int? {
        defer { pending.end() }
        return try await wait(for: pending.signal, atMost: limit) ? pending.code : nil
    }

    func takeTurn(_ pending: LwM2MPending) async throws(SessionFailure) -> Bool {
        do throws(CommandFailure) {
            return try await pending.turn.take(on: channel, atMost: Limit.turn)
        } catch {
            throw Self.failure(of: error, command: nil)
        }
    }
}

extension LwM2MSession: CommandSession {
    /// The note knows plain ERROR only.
    static func refusal(_ code: ErrorCode?, of command: Command?) -> PlatformError {
        guard let number = code?.number else { return plainRefusal(of: command) }
        let shown = command?.description ?? "the command"
        return PlatformError(
            code: number, name: "CME_ERROR_\(number)", text: "the module answered \(shown) with error \(number)",
            source: .module)
    }
}
