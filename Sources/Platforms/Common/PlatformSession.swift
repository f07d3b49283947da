package import AT

/// One cloud's dialect, spoken over one module's line. Knows nothing of MQTT.
///
/// The procedures are async and run on the actor that owns the session; while one waits, `understand` may be called
/// with the reports that come in.
package protocol PlatformSession: AnyObject {
    /// The reports of this platform, beside the common ones.
    static var reports: [Report] { get }

    /// The longest payload of one uplink, in bytes.
    static var uplinkLimit: Int { get }

    var registration: Registration? { get }

    /// True when an uplink may be sent now.
    var maySend: Bool { get }

    /// How often `update` must be called, because the module does not renew its registration by itself; nil if it does.
    var renewalInterval: Duration? { get }

    /// Messages that the module says it dropped, since the session began to count.
    var droppedByModule: Int { get }

    /// The module has said who it is.
    func identified(as identity: Identity)

    /// The module has restarted: what it remembered is gone.
    func moduleRestarted()

    /// The connection looks sound and is not: the next registration makes a new one.
    func distrust()

    /// Settings that a module forgets, and those that need a restart.
    func prepare() async throws(SessionFailure)

    /// Ends when data may be sent.
    func register() async throws(SessionFailure)

    func deregister() async throws(SessionFailure)

    /// Renews the registration; with a lifetime, that one is set first.
    func update(lifetime: Int?) async throws(SessionFailure)

    func send(_ uplink: UplinkData, taken: () -> Void) async throws(SessionFailure) -> SendResult

    /// Fetches everything that the module has buffered; each message is handed over before the next is asked for.
    func fetch(_ deliver: ([UInt8]) -> Void) async throws(SessionFailure)

    /// Asks for the state of the registration and the module's own counters.
    func refresh() async throws(SessionFailure)

    /// What a report means. Called in the order of arrival.
    func understand(_ line: Line) -> [SessionEvent]

    /// Tells the cloud the answer to one of its requests. The commands overtake everything else on the line.
    func answer(_ request: CloudRequest, with answer: RequestAnswer) async throws(SessionFailure) -> SendResult

    /// No further part has come for a second: what is held is complete as it stands, or dropped with an event.
    func settleParts() -> [SessionEvent]

    /// An update by the cloud has begun: what the platform wants done before it goes on.
    func updateBegan() async throws(SessionFailure)

    /// An update has ended without a restart: puts back what `updateBegan` has changed.
    func updateEnded() async throws(SessionFailure)

    /// An update was installed before this session began, and the cloud may not know of it yet.
    func updateIsUnreported()

    /// An update came to nothing, and the module has not said so.
    func updateWasGivenUp()

    /// For modules that wait for decisions about an update; the step that the decision itself is.
    func decide(_ decision: FirmwareDecision) async throws(SessionFailure) -> FirmwareReport?

    /// Stops an update for urgent data.
    func interruptUpdate() async throws(SessionFailure) -> FirmwareReport

    /// What the procedures have come upon beside their purpose since the last call.
    func takeFindings() -> [SessionEvent]
}

/// For platforms whose clouds do not ask.
extension PlatformSession {
    package func answer(
        _ request: CloudRequest, with answer: RequestAnswer
    ) async throws(SessionFailure) -> SendResult {
        .refused(
            PlatformError(name: "not_supported", text: "this platform knows no requests", source: .bridge))
    }

    package func settleParts() -> [SessionEvent] { [] }

    package func takeFindings() -> [SessionEvent] { [] }

    package func identified(as identity: Identity) {}

    package func updateBegan() async throws(SessionFailure) {}

    package func updateEnded() async throws(SessionFailure) {}

    package func updateIsUnreported() {}

    package func updateWasGivenUp() {}

    package func decide(_ decision: FirmwareDecision) async throws(SessionFailure) -> FirmwareReport? {
        throw .failed(Self.knowsNoDecisions)
    }

    package func interruptUpdate() async throws(SessionFailure) -> FirmwareReport {
        throw .failed(Self.knowsNoDecisions)
    }

    private static var knowsNoDecisions: PlatformError {
        PlatformError(
            name: "not_supported", text: "only Andlink's modules wait for decisions about an update", source: .bridge)
    }

    package var renewalInterval: Duration? { nil }
}
