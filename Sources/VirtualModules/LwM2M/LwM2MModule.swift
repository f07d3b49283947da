import Reactor

/// A BC260Y-CN of firmware R01, whose note (S3) describes the standard LwM2M client: it refuses what the hardware
/// refuses. The cloud behind it is one of four.
///
/// Unchecked: belongs to the reactor's thread.
final class LwM2MModule: StandardModule, @unchecked Sendable {
    /// The numbers of AT+QLASTATUS? (S3 2.14).
    enum Status: Int {
        case unregistered, registering, registered, deregistering, deregistered
        /// The registration's lifetime is over.
        case invalid
        case recovering
        /// It woke without the network, or the recovery failed.
        case recoveryNeeded
    }

    /// <result_code>, S3 6.
    enum Result: Int {
        case success = 0
        case timeout, notSent, recoveryFailed, updateFailed, reset
        case forbidden = 403
        case notFound = 404
        case otherFault = 900
    }

    /// One instance of an object that the host has added.
    struct Instance: Equatable {
        let object: Int
        let number: Int
        let resources: [Int]
    }

    /// Survives everything (S3 2.1, 2.2, 2.6).
    struct Settings {
        var server: Server?
        var options = Options()
        var instances: [Instance] = []
    }

    /// Lost with power; deep sleep keeps it.
    struct Session {
        var status = Status.unregistered
        /// S3 2.1, note 1: a bootstrap server is not saved.
        var bootstrap: Server?
        /// The paths that the cloud observes (S3 2.11: valid after deep sleep, not after a loss of power).
        var observations: Set<ObjectPath> = []
        /// Those that ended by the cloud's RST.
        var lostObservations: Set<ObjectPath> = []
        /// As the cloud has accepted it.
        var lifetime = 0
        var lastUpdate = Instant(nanoseconds: 0)
        /// Grows with every update, so that timers of an earlier one are recognised.
        var updates = 0
        var unacknowledged = 0
        /// The lifetime was over while the module slept.
        var endedAsleep = false
        /// Of each write: how many parts are still to come.
        var partsToCome: [Int: Int] = [:]
        var report: Report?
    }

    static let builtInObjects: Set = [0, 1, 3, 4, 5]

    let service: LwM2MService
    var settings = Settings()
    var session = Session()
    /// The next registration tells the cloud how the update ended (S3 5.6.4).
    var reportsUpdate = false

    init(body: ModuleBody, service: LwM2MService) {
        self.service = service
        super.init(body: body, revision: "BC260YCNAAR01A03")
    }

    // MARK: The hooks

    override var status: String { String(session.status.rawValue) }
    override func platformAnswer(_ command: CommandLine) -> Answer? { answer(command) }

    /// S3 4.1.2.1: only AT+QSCLK=0 and AT+QLAUPDATE are asked for meanwhile.
    override var forbiddenDuringFirmware: Set<String> {
        [
            "+QRST", "+NRB", "+CFUN", "+QLACONFIG", "+QLAREG", "+QLADEREG", "+QLAADDOBJ", "+QLADELOBJ", "+QLANOTIFY",
            "+QLASENDDATA",
        ]
    }

    override var isBusy: Bool {
        switch session.status {
        case .registering, .deregistering, .recovering: true
        default: session.unacknowledged > 0
        }
    }

    override func powerIsGone() {
        session = Session()
        cloud.forgetRequests()
    }

    override func resume() {
        switch session.status {
        case .registered: recover()
        case .recoveryNeeded where cloud.isRegistered: recover()
        case .recoveryNeeded where session.endedAsleep:
            session.endedAsleep = false
            failRecovery()
        default: break
        }
    }

    override func attached() {
        // A module that has been on for long said it then.
        if body.powerEpoch > 0 { report("+IP: \(body.options.address)") }
        if session.status == .recoveryNeeded, cloud.isRegistered { recover() }
    }

    override func exchange() { serveCloud() }
    override func observe() { beginObserving() }
    override func stopObserving() { endObserving() }

    // MARK: Updates, S3 4.3 and 5.6.4

    override func downloadBegins() { report(#"+QIND: "FOTA","COAPSTART""#) }
    override func downloadGoesOn(_ bytes: Int) {}

    override func downloadEnds(_ code: Int) {
        report(#"+QIND: "FOTA","COAPEND",\#(code)"#)
        guard code == 0 else { return }
        // The state of object 5 goes to the cloud, once downloaded and once updating.
        for _ in 0..<2 { report(#"+QLAURC: "report",\#(nextReportID())"#) }
        reportsUpdate = true
    }

    /// 101: no space.
    override func failsAtOnce(_ code: Int) -> Bool { code == 101 }
    override var tellsEndAfterRestart: Bool { true }
    override var continuesInstallation: Bool { true }

    // MARK: For all its commands

    /// S3 knows no other error of the platform's commands, whatever CMEE says.
    static let error = Answer(lines: [], result: .line("ERROR"))

    /// Refused, and the host could have known.
    func refuse(_ command: CommandLine, _ why: String) -> Answer {
        body.breach("\(why): \(command.text.prefix(60))")
        return Self.error
    }

    /// The result that follows OK.
    func result(_ name: String, _ result: Result) -> Answer {
        Answer(lines: [], result: .ok, afterwards: { [self] in report("\(name): \(result.rawValue)") })
    }

    func urc(_ name: String, _ fields: String = "") {
        report(fields.isEmpty ? "+QLAURC: \"\(name)\"" : "+QLAURC: \"\(name)\",\(fields)")
    }

    func nextReportID() -> Int {
        defer { cloud.nextReportID += 1 }
        return cloud.nextReportID
    }

    /// The last transmission's wait is over: ACK_timeout doubled with every transmission (S3 2.2).
    var patience: Duration {
        .seconds(settings.options.acknowledgementTimeout * ((2 << settings.options.retransmissions) - 1))
    }
}
