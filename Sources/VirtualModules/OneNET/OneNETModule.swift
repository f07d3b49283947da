import Reactor

/// A BC260Y-CN with China Mobile's OneNET behind it: one communication suite, objects, and a cloud that asks (S2).
///
/// Unchecked: belongs to the reactor's thread.
final class OneNETModule: StandardModule, @unchecked Sendable {
    var session = Session()
    /// Set while the platform waits for the result of an update, over the restart.
    var installationIsNews = false
    /// The host was told something that changes what it may do.
    var surprisedAt: Instant?
    /// Grows with every registration and its end.
    var dealNumber = 0
    var lifeNumber = 0
    /// How many reports have been made.
    var reportCount = 0
    /// What a host that begins anew (ATE0) may ask: no command tells whether there is a suite from before, so only the
    /// refusal of its end does.
    var questions: Set<OneNETCommand> = []

    var habits: OneNETHabits { body.options.oneNET }
    /// By the names that this firmware has for them.
    private(set) lazy var commands = Dictionary(
        OneNETCommand.allCases.map { (name(of: $0), $0) }, uniquingKeysWith: { first, _ in first })

    init(body: ModuleBody) {
        super.init(body: body, revision: "BC260YCNAAR01A03")
        cloud.nextMessageID = 122_179
    }

    // MARK: The hooks

    override var status: String { session.suite.map { "\($0.state)" } ?? "none" }

    override var forbiddenDuringFirmware: Set<String> {
        if isSurprised { return super.forbiddenDuringFirmware }
        return super.forbiddenDuringFirmware.union(commands.keys)
    }

    override func platformAnswer(_ command: CommandLine) -> Answer? {
        if command.name == "E" { questions = [.close, .delete] }
        return answer(command)
    }
    override var isBusy: Bool { hasBusiness }

    override func started() { surprisedAt = body.clock.now }

    override func attached() {
        // One that has been on for long has said it long ago.
        if wasAttached || body.options.start == .booting { report("+IP: \(body.options.address)") }
        wasAttached = true
    }

    override func powerIsGone() {
        forgetRequests()
        dealNumber += 1
        session = Session()
    }

    override func resume() { resumeRegistration() }
    override func exchange() { serveCloud() }
    override func observe() { beginObserving() }
    override func stopObserving() { endObserving() }

    // MARK: An update, seed chapter 6

    override func downloadBegins() {
        event(40)
        surprise()
    }

    override func downloadGoesOn(_ bytes: Int) {}

    override func downloadEnds(_ code: Int) {
        event(code == 0 ? 42 : 41)
        if code != 0 { later(.milliseconds(20)) { $0.exchange() } }
    }

    override func installationBegins() {
        event(43)
        installationIsNews = true
        super.installationBegins()
    }

    override func installationGoesOn(_ percent: Int) {
        let fields = ["\(percent)", "\(percent)%", "\(percent)%,1,1"]
        report(#"+QIND: "FOTA","UPDATING",\#(fields[habits.percent == .plain ? 0 : habits.percent == .sign ? 1 : 2])"#)
    }

    override var tellsEndAfterRestart: Bool { true }
    override var continuesInstallation: Bool { true }

    private var wasAttached = false
}

extension OneNETModule {
    /// Lost with power, none of it is in NVRAM; deep sleep keeps it (seed 3.3).
    struct Session {
        var configuration = Configuration()
        var suite: Suite?
        /// Requests whose report has not left completely.
        var reporting: Set<Int> = []
        /// Requests of the platform's first look at an object, which it discovers after them.
        var firstLooks: [Int: Int] = [:]
        var discoveriesToCome = 0
        /// The platform has heard of the module since it has an update for it.
        var mayUpdateFirmware = false
        /// The end of the lifetime has not been told.
        var hidesLoss = false
    }

    /// AT+MIPLCONFIG. A lifetime is renewed by itself unless it says otherwise (S2 7.2.1).
    struct Configuration {
        var receivesText = false
        var bootstraps = true
        var address = "183.230.40.39"
        var port = 5683
        var updatesItself = true

        var server: String { "\(address):\(port)" }
    }

    /// What AT+MIPLCREATE makes.
    struct Suite {
        enum State { case idle, registering, registered, closing, lost }

        var state = State.idle
        var objects: [Object] = []
        var lifetime = 0
        var timeout = 30
        var hasOpened = false
        var isUpdating = false
        /// By the message id of their request.
        var observations: [Int: OneNETPath] = [:]
        /// The ackIds that wait for their event.
        var confirmations: Set<Int> = []
        /// Those that have not come to their index 0, by message id.
        var reports: [Int: Report] = [:]
    }

    struct Object {
        let number: Int
        let instances: [Int]
        /// Readable, writable and executable ones together.
        let resourceCount: Int
    }

    /// The parts of a report so far.
    struct Report {
        let number: Int
        let instance: Int
        let confirmation: Int
        var nextIndex: Int
        var size = 0
        var resources: Set<Int> = []
        var lastPart: Instant
        /// After a part that was refused the host may go on, or begin again.
        var hasFailed = false
    }

    func event(_ number: Int, _ more: Int...) {
        guard power == .on else { return body.note("unheard: event \(number)") }
        report("+MIPLEVENT: 0," + ([number] + more).map(String.init).joined(separator: ","))
    }

    // MARK: What a host cannot know yet

    var isSurprised: Bool { surprisedAt.map { body.clock.now - $0 < habits.surprise } ?? false }

    func surprise() {
        surprisedAt = body.clock.now
        body.say(.mark { [self] in surprisedAt = body.clock.now })
    }
}
