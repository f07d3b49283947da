import Reactor

/// A BC28 for Andlink as its note (S4) describes it: it refuses what the hardware refuses.
///
/// Unchecked: belongs to the reactor's thread.
final class AndlinkModule: StandardModule, @unchecked Sendable {
    /// The words of AT+QLASTATUS? (S4 3.10).
    enum Status: String {
        case uninitialised = "UNINITIALISED"
        case missingConfiguration = "MISSING_CONFIG"
        case initialising = "INIITIALISING"
        case initialised = "INIITIALISED"
        case initialisationFailed = "INIT_FAILED"
        case registering = "REGISTERING"
        case registered = "REGISTERED"
        case deregistered = "DEREGISTERED"
        case dataEnabled = "MO_DATA_ENABLED"
        case noAddress = "NO_UE_IP"
        case rejected = "REJECTED_BY_SERVER"
        case retrying = "TIMEOUT_AND_RETRYING"
        case failed = "REG_FAILED"
        case deregistrationFailed = "DEREG_FAILED"
    }

    /// The codes of S4 5 that these commands use.
    enum Refusal: Int {
        case notSupported = 4
        case noNetwork = 30
        case parameters = 50
        case notConfigured = 512
        case notRegistered = 513
        case state = 516
        case minimalFunctions = 524
        case firmware = 529
        case data = 536
    }

    /// The numbers of AT+QLADTLSSTAT? (S4 3.12).
    enum Handshake: Int { case done, idle, running, failed }

    struct Encryption {
        var type = 0
        var addressTranslation = 0
    }

    struct Key: Equatable {
        let identity: String
        let bytes: [UInt8]
    }

    struct Server {
        let address: String
        let port: Int

        var text: String { "\(address):\(port)" }
    }

    /// What these commands save: the servers at once, the others to take effect with the next start.
    struct Saved {
        var bootstrap: Server?
        var server: Server?
        var key: Key?
        var bootstrapKey: Key?
        var bootstrapEncryption = Encryption()
        var encryption = Encryption()
        var registersItself = true
        var deviceType = ""
        var savesPower = true
    }

    /// Lost with power.
    struct Session {
        /// Settings as they were at the last start.
        var key: Key?
        var bootstrapKey: Key?
        var bootstrapEncryption = Encryption()
        var registersItself = true

        var encryption = Encryption()
        var tellsSleep = false
        var controlsFirmware = false
        var status = Status.uninitialised
        /// Grows with every registration and its end, so that what an earlier one awaits is recognised.
        var attempt = 0
        var isClosing = false
        /// The host has asked for this registration, so it knows of it.
        var isAskedFor = false
        var isObserved = false
        var firmwareIsObserved = false
        var handshake = Handshake.idle
        /// AT+QLARESETDTLS: the next message begins with a handshake.
        var needsHandshake = false
        var lastTraffic = Instant(nanoseconds: 0)
        /// AT+QLADATASTATUS?; 1 while a confirmed message is under way.
        var dataStatus = 0
        /// How many confirmed messages there were.
        var confirmed = 0
        var update: Update?
        /// Requests whose report has left completely.
        var told: Set<Int> = []
    }

    var saved = Saved()
    var session = Session()
    var tokens: [Int: String] = [:]
    /// Of the restart that follows.
    var nextCause: RebootCause?
    /// Firmware was being installed, or has been and the server has not heard of it.
    var installation: Installation?
    /// Grows with the end of every update, so that what an earlier one awaits is recognised.
    var updateNumber = 0
    private var hasRun = false

    init(body: ModuleBody) {
        super.init(body: body, revision: "BC28JAR01A03")
        if body.options.baud == 0 { nvram.baud = 9600 }
        saved.registersItself = body.options.andlink.registersItself
    }

    var options: AndlinkOptions { body.options.andlink }
    var spelling: AndlinkSpelling { body.spelling.andlink }
    var isRegistered: Bool { session.status == .registered || session.status == .dataEnabled }

    // MARK: The hooks

    override var model: String { "BC28" }
    override var status: String { session.status.rawValue }
    override func platformAnswer(_ command: CommandLine) -> Answer? { answer(command) }

    /// It refuses by itself what it refuses then.
    override var forbiddenDuringFirmware: Set<String> { [] }

    override var isBusy: Bool {
        switch session.status {
        case .initialising, .initialised, .registering, .retrying: true
        default: session.isClosing || session.dataStatus == 1 || !session.told.isDisjoint(with: openRequests)
        }
    }

    private var openRequests: [Int] { cloud.requests.keys.filter { cloud.isOpen($0) } }

    override var sleepReport: String? { session.tellsSleep ? "+NPSMR:1" : nil }
    override var wakeReport: String? { session.tellsSleep ? "+NPSMR:0" : nil }

    /// Up to 9600 baud the line is heard in PSM.
    override var hearsAsleep: Bool { nvram.baud <= 9600 }

    override func networkReport(_ state: Int) -> String {
        nvram.networkReports > 1 && state == 1 ? "+CEREG:1,5C1E,0A1B2C3D,9" : "+CEREG:\(state)"
    }

    override var banner: [String] {
        defer { nextCause = nil }
        var start = ["Neul\(spelling.spacesBanner ? " " : "")", "OK"]
        // Not after power on (S4 7).
        if !body.powerWasCut { start.insert((nextCause ?? options.rebootCause).rawValue, at: 0) }
        let boot = "Boot: Unsigned\r\nSecurity B.. Verified\r\nProtocol A.. Verified\r\nApps A...... Verified"
        return [boot, start.joined(separator: "\r\n")] + installationReports()
    }

    override func started() {
        memory.sleepMode = saved.savesPower ? 1 : 0
        // Waking from PSM is no start.
        guard !hasRun else { return }
        hasRun = true
        session.key = saved.key
        session.bootstrapKey = saved.bootstrapKey
        session.bootstrapEncryption = saved.bootstrapEncryption
        session.registersItself = saved.registersItself
        if options.savesEncryption { session.encryption = saved.encryption }
    }

    override func powerIsGone() {
        hasRun = false
        session = Session()
        cloud.forgetRequests()
    }

    override func attached() {
        if session.registersItself {
            beginRegistration()
        } else if body.powerEpoch > 0 {
            // A module that has been on for long said it then.
            tell("REGISTERNOTIFY")
        }
    }

    override func exchange() { serveCloud() }
    override func observe() { beObserved() }

    override func stopObserving() {
        session.isObserved = false
        if session.status == .dataEnabled { session.status = .registered }
        body.note("observation cancelled")
    }

    /// Andlink's data comes as a write.
    override func send(downlink: [UInt8]) {
        _ = cloud.add(CloudOrder(.write, Self.downPath, payload: downlink))
        exchange()
    }

    static let downPath = "19/1/0"

    // MARK: For all its commands

    func tell(_ text: String, bytes: [UInt8]? = nil) {
        guard power != .off else { return }
        if options.losesReportsDuringData, body.awaitsData { return body.note("lost: \(text)") }
        body.report(text, bytes: bytes)
    }

    /// +QLAEVTIND, S4 4.3.
    func event(_ type: Int) { tell("+QLAEVTIND:\(spelling.spacesEvents ? " " : "")\(type)") }

    /// Refused, and the host could have known.
    func refuse(_ command: CommandLine, _ code: Refusal, _ why: String) -> Answer {
        wrong(command, code.rawValue, why)
    }

    static let plainError = Answer(lines: [], result: .line("ERROR"))
}
