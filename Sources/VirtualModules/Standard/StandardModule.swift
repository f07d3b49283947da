import Reactor

/// A BC260Y-CN without a cloud: power, sleep, network, identity, the commands that every module has, and the course of
/// a firmware update. A platform's module derives from it and overrides the hooks below.
///
/// Unchecked: belongs to the reactor's thread.
class StandardModule: Personality, @unchecked Sendable {
    enum Power { case off, on, asleep, waking, updating }

    /// Survives everything.
    struct NVRAM {
        var echo = false
        var namesErrors = false
        var networkReports = 0
        var reportsDeepSleep = true
        var powerSaving = #"0,,,"01000011","00000100""#
        var discontinuousReception = "0,5"
        var baud = 115_200
    }

    /// Lost with power; deep sleep keeps it. What a platform remembers in the same way is forgotten in `powerIsGone`.
    struct Memory {
        var sleepMode = 1
        var signallingReports = false
        var radio = 1
        var isAttached = false
        var hasSignalling = false
        var firmware: FirmwareTask?
        var fetch: FetchCourse?
        /// In GSM.
        var contextIsDefined = false
        var contextIsActive = false
        /// The cloud can reach a module that has been asleep only after it has sent something.
        var isReachable = false
    }

    unowned let body: ModuleBody
    let cloud = ModuleCloud()
    var power = Power.off
    var nvram = NVRAM()
    var memory = Memory()
    var revision: String
    /// What an update that outlasted its restart has still to say.
    var pendingEnd: Int?
    /// An installation that power may interrupt, of modules that then go on with it.
    var interruptedInstallation: FirmwareTask?
    /// What a module with AT+QFOTADL keeps.
    var fetching = Fetching()
    /// Where updates wait, and what the present one waits with.
    var heldPhase: FirmwarePhase?
    var heldStep: (@Sendable () -> Void)?
    /// Whether no downlink fits the buffer, of modules that have one.
    var bufferIsFull: (once: Bool, always: Bool) = (false, false)
    var lastUse = Instant(nanoseconds: 0)
    var sleepTimer: Timer?
    var signallingEpoch = 0
    /// Grows with every loss of power.
    var epoch = 0

    init(body: ModuleBody, revision: String = "BC260YCNAAR02A01") {
        self.body = body
        self.revision = body.options.revision ?? revision
        nvram.echo = body.options.echo
        nvram.reportsDeepSleep = body.options.reportsDeepSleep
        if body.options.baud != 0 { nvram.baud = body.options.baud }
    }

    // MARK: What a platform's module overrides

    /// As ATI and AT+CGMM say it.
    var model: String { "Quectel_BC260Y-CN" }

    /// What it says when power comes.
    var banner: [String] {
        var lines = ["RDY", "+CFUN: 1"]
        if let code = takePendingEnd() { lines.append(installationEnd(code)) }
        return lines + ["+CPIN: READY"]
    }

    /// The registration, in the words of the platform's status command.
    var status: String { "" }

    /// The commands of the platform, and those general ones that its modules answer otherwise. Nil: not one of them.
    func platformAnswer(_ command: CommandLine) -> Answer? { nil }

    /// The code for a command that the module does not know.
    var unknownCommand: Int { 303 }

    /// It knows AT+QFOTADL.
    var fetchesFirmware: Bool { false }
    var isInGSM: Bool { false }

    /// Commands that must not be set or executed while firmware is downloaded or installed.
    var forbiddenDuringFirmware: Set<String> { ["+QRST", "+NRB", "+CFUN"] }

    /// Unfinished business of the platform that keeps the module from sleeping.
    var isBusy: Bool { false }

    /// What it says when it falls into deep sleep, and when it wakes.
    var sleepReport: String? { nvram.reportsDeepSleep ? #"+QNBIOTEVENT: "ENTER DEEPSLEEP""# : nil }
    var wakeReport: String? { nvram.reportsDeepSleep ? #"+QNBIOTEVENT: "EXIT DEEPSLEEP""# : nil }

    /// Deep sleep is the radio's alone: the line is heard.
    var hearsAsleep: Bool { false }

    /// A change of the network, when it is to be told.
    func networkReport(_ state: Int) -> String {
        let isLong = nvram.networkReports > 1 && state == 1
        return isLong ? #"+CEREG: 1,"5C1E","0A1B2C3D",9"# : "+CEREG: \(state)"
    }

    /// Power came, or the module woke: settings that take effect then take it now.
    func started() {}

    /// The network is there.
    func attached() {}

    /// All that power kept is gone.
    func powerIsGone() {}

    /// It woke from deep sleep: the session resumes, or does not.
    func resume() {}

    /// The cloud may have something to send, or a request or an update for a module that it has just heard of.
    func exchange() {}

    /// The cloud begins to observe the data object, or ceases to.
    func observe() {}
    func stopObserving() {}

    /// The cloud sends data, in its usual way.
    func send(downlink: [UInt8]) {
        cloud.downlinks.append(downlink)
        exchange()
    }

    /// The steps of an update, as this platform's modules tell them.
    func downloadBegins() { report(#"+QIND: "FOTA","DOWNLOAD START""#) }
    func downloadGoesOn(_ bytes: Int) { report(#"+QIND: "FOTA","DOWNLOADING",\#(bytes)"#) }
    func downloadEnds(_ code: Int) { report(#"+QIND: "FOTA","DOWNLOAD",\#(code)"#) }
    func installationBegins() { report(#"+QIND: "FOTA","START""#) }
    func installationGoesOn(_ percent: Int) { report(#"+QIND: "FOTA","UPDATING",\#(percent)%,1,1"#) }
    func installationEnd(_ code: Int) -> String { #"+QIND: "FOTA","END",\#(code)"# }
    /// A download that fails with this code fails before its first byte.
    func failsAtOnce(_ code: Int) -> Bool { code == 9 }
    /// The end is told after the restart, in the banner, instead of before it.
    var tellsEndAfterRestart: Bool { false }
    /// Power that is lost while firmware is installed only interrupts it.
    var continuesInstallation: Bool { false }
}

// MARK: For all of them

extension StandardModule {
    var isListening: Bool { power == .on || power == .asleep && hearsAsleep }
    var echoes: Bool { nvram.echo }
    var namesErrors: Bool { nvram.namesErrors }

    func report(_ text: String) {
        guard power != .off else { return }
        body.report(text)
    }

    func execute(_ command: CommandLine) -> Answer {
        if memory.firmware != nil, command.form == .set || command.form == .execute,
            forbiddenDuringFirmware.contains(command.name)
        {
            body.breach("\(command.name) while firmware is downloaded")
        }
        checkSilence(command)
        if let answer = platformAnswer(command) ?? generalAnswer(command) { return answer }
        if fetchesFirmware, let answer = fetchingAnswer(command) { return answer }
        body.breach("no such command: \(command.text.prefix(40))")
        return .error(unknownCommand)
    }

    /// A form of a known command that its note does not have.
    func unknownForm(_ command: CommandLine) -> Answer {
        body.breach("no such form: \(command.text.prefix(40))")
        return .error(unknownCommand)
    }

    func wrong(_ command: CommandLine, _ code: Int, _ why: String) -> Answer {
        body.breach("\(why): \(command.text.prefix(40))")
        return .error(code)
    }
}

extension Personality where Self: StandardModule {
    /// After some protocol time, unless power is lost before; the action gets the module as what it is.
    @discardableResult
    func later(_ delay: Duration, _ action: @escaping @Sendable (Self) -> Void) -> Timer {
        let epoch = self.epoch
        return body.clock.after(delay) { [weak self] in
            guard let self, self.epoch == epoch else { return }
            action(self)
        }
    }
}
