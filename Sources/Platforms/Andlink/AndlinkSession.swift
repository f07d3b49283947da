package import AT

/// One module's session with China Mobile's Andlink (BC28 note).
package final class AndlinkSession: PlatformSession {
    package struct Options: Equatable, Sendable {
        package struct Address: Equatable, Sendable {
            package var host: String
            package var port: Int

            package init(host: String, port: Int) {
                self.host = host
                self.port = port
            }
        }

        /// At least one of the two.
        package var server: Address?
        package var bootstrapServer: Address?
        /// 32 hexadecimal digits; nil for devices without encryption.
        package var psk: String?
        /// Nil: the module's IMEI.
        package var pskID: String?
        /// Whether encryption is negotiated anew after 30 s, as it must be behind NAT.
        package var crossesNAT = true
        /// Resource 3/0/17; nil: as the module has it.
        package var deviceType: String?
        package var firmwareMode: AndlinkFirmware.Mode
        /// The path under which requests appear.
        package var dataDown: ResourcePath

        package init(
            server: Address? = nil, bootstrapServer: Address? = nil, psk: String? = nil, pskID: String? = nil,
            deviceType: String? = nil, firmwareMode: AndlinkFirmware.Mode = .automatic,
            dataDown: ResourcePath = AndlinkSession.defaultDataDown
        ) {
            self.server = server
            self.bootstrapServer = bootstrapServer
            self.psk = psk
            self.pskID = pskID
            self.deviceType = deviceType
            self.firmwareMode = firmwareMode
            self.dataDown = dataDown
        }
    }

    package static let defaultDataDown = ResourcePath(object: 19, instance: 1, resource: 0)

    /// What the resource model of such a module holds: the data under one path, as bytes.
    package static func objects(dataDown: ResourcePath = defaultDataDown) -> [ObjectDescription] {
        [
            ObjectDescription(
                id: dataDown.object, instance: dataDown.instance,
                resources: [ResourceDescription(id: dataDown.resource, kind: .opaque)])
        ]
    }

    package static let uplinkLimit = AndlinkCommand.uplinkLimit

    package static let reports: [Report] = [
        Report("+QLAEVTIND"), Report("+QLAREAD"), Report("+QLAWRITE"),
        Report("+QLADATASTATUS"), Report("+QLAULDATASTATUS"), Report("+QLADTLSSTAT"),
        Report("REGISTERNOTIFY"), Report("FIRMWARE"), Report("+FIRMWARE"),
    ]

    /// The note gives none for what the network takes part in.
    enum Limit {
        static let registration = Duration.seconds(180)
        /// With a bootstrap server, or with DTLS, there are two dialogues and more.
        static let longRegistration = Duration.seconds(300)
        static let observation = Duration.seconds(20)
        /// For a module that has restarted and is not ready to register yet.
        static let readiness = Duration.seconds(20)
        static let closing = Duration.seconds(60)
        static let acknowledgement = Duration.seconds(130)
        static let endOfUpdate = Duration.seconds(180)
        /// Where the end may have been missed.
        static let missedEndOfUpdate = Duration.seconds(60)
    }

    let options: Options
    let resources: ResourceModel
    let channel: any CommandChannel

    var imei: String?
    package var registration: Registration?
    package var droppedByModule: Int { 0 }
    /// The platform observes the data object (event 3): the status alone does not tell.
    var isObserved = false
    /// The session is of no use any more, whatever QLASTATUS says of it.
    var isVoid = false

    // MARK: What was done to the settings

    /// The settings for which a restart was asked already: one that does not stick is not the reason of another.
    var restartedFor: Set<String> = []
    /// Servers that were deleted: one that comes back was not left over, the bootstrap server has named it.
    var deleted: Set<AndlinkServer> = []
    /// The keys that were written since the session began.
    var writtenKeys: Set<AndlinkCommand.Phase> = []
    /// Commands that are in development by the note, and that this module does not take.
    var lacking: [String] = []
    /// The module registers without being told, and does not leave it off.
    var registersByItself = false

    // MARK: What the module has told since it started

    /// REGISTERNOTIFY has come.
    var isReadyToRegister = false
    var isDeregistering = false
    var hasEncryptionFailed = false
    /// New firmware has been written, and the platform has not been told.
    var isFinishingUpdate = false
    /// It was written before this session began, and the platform may have been told meanwhile.
    var mayHaveFinishedUpdate = false
    var recent = RecentRequests()
    /// Which form of QLASENDDATA, and which name of the status command, this module takes.
    var sendsDirectly = false
    var statusSpelling = AndlinkCommand.StatusSpelling.short
    /// The registration is older than this session, and so may an uplink be that the platform has not acknowledged yet.
    var mayHaveUplinkUnderWay = false
    /// How the last confirmed uplink stood, as far as is known.
    var lastUplinkStatus: UplinkStatus?

    /// The status command runs, whose answer looks like the report.
    var isAskingUplinkStatus = false

    let registrationResult = Signal()
    let readiness = Signal()
    let deregistration = Signal()
    let observation = Signal()
    let acknowledgement = Signal()
    let updateNews = Signal()
    /// What raised `acknowledgement`.
    var lastAcknowledgement: UplinkStatus?

    package init(options: Options, resources: ResourceModel, channel: any CommandChannel) {
        self.options = options
        self.resources = resources
        self.channel = channel
    }

    package var maySend: Bool { isRegistered(registration) && !isVoid }

    func isRegistered(_ registration: Registration?) -> Bool {
        switch registration {
        case .registered, .registeredAndObserved, .dataEnabled: true
        default: false
        }
    }

    package func identified(as identity: Identity) { imei = identity.imei }

    package func moduleRestarted() {
        registration = nil
        isObserved = false
        isVoid = false
        isReadyToRegister = false
        hasEncryptionFailed = false
        mayHaveUplinkUnderWay = false
        lastUplinkStatus = nil
        sendsDirectly = false
        recent.forget()
        for signal in [registrationResult, readiness, deregistration, observation, acknowledgement, updateNews] {
            signal.lower()
        }
    }

    package func updateIsUnreported() {
        isFinishingUpdate = true
        mayHaveFinishedUpdate = true
    }

    package func updateWasGivenUp() {
        isFinishingUpdate = false
        updateNews.raise()
    }

    package func distrust() {
        registration = nil
        isVoid = true
    }

    func status() async throws(SessionFailure) -> Registration? {
        let answer = try await ask(AndlinkCommand.status)
        guard let line = answer?.lines.first, case .known(let known) = AndlinkStatus(line) else { return nil }
        if !isRegistered(known) { isObserved = false }
        registration = known == .registered && isObserved ? .registeredAndObserved : known
        return registration
    }

    /// The module renews its registration by itself, and no command of this platform asks for it or sets its lifetime.
    package func update(lifetime: Int?) async throws(SessionFailure) {
        guard lifetime == nil else {
            throw .failed(
                PlatformError(
                    name: "not_supported", text: "on this platform the lifetime is not set by the module",
                    source: .bridge))
        }
        try await deregister()
        try await register()
    }

    package func refresh() async throws(SessionFailure) { _ = try await status() }

    /// Nothing is buffered: the platform's data come as requests.
    package func fetch(_ deliver: ([UInt8]) -> Void) async throws(SessionFailure) {}
}
