import Reactor

/// A BC260Y-CN of firmware R02 as its note describes it: it refuses what the hardware refuses.
///
/// Unchecked: belongs to the reactor's thread.
final class CTWingModule: Personality, @unchecked Sendable {
    enum Power { case off, on, asleep, waking, updating }

    /// The words of AT+NMSTATUS? (seed 2.3.7).
    enum Status: String {
        case uninitialised = "UNINITIALISED"
        case registering = "REGISTERING"
        case rejected = "REJECTED_BY_SERVER"
        case timedOut = "TIMEOUT"
        case registered = "REGISTERED"
        case observed = "REGISTERED_AND_OBSERVED"
        case deregistered = "DEREGISTERED"
        case resumptionFailed = "RESUMPTION_FAILED"
    }

    /// Survives everything.
    struct NVRAM {
        var echo = false
        var namesErrors = false
        var networkReports = 0
        var reportsDeepSleep = true
        var lifetime = 0
        var powerSaving = #"0,,,"01000011","00000100""#
        var discontinuousReception = "0,5"
        var baud = 115_200
    }

    /// Lost with power; deep sleep keeps it.
    struct Memory {
        var sleepMode = 1
        var signallingReports = false
        var radio = 1
        var isAttached = false
        /// NCFG's value as it was at the last start (seed 2.3.6: takes effect after a restart).
        var lifetime = 0
        var receiveMode = 0
        var buffer: [[UInt8]] = []
        var received = 0
        var dropped = 0
        var status = Status.uninitialised
        var isClosing = false
        /// The platform answered RST: only a new registration helps (seed 3.1, event 10).
        var sessionIsLost = false
        /// The answer of AT+QLWULDATASTATUS? (seed 2.3.8); 1 while a confirmed message is under way.
        var confirmedStatus = 0
        var hasSignalling = false
        var firmware: FirmwareTask?
        /// The platform can reach a module that has been asleep only after it has sent something.
        var isReachable = false
    }

    unowned let body: ModuleBody
    let cloud = CTWingCloud()
    var power = Power.off
    var nvram = NVRAM()
    var memory = Memory()
    var revision: String
    /// Set while the platform still observes the update's state, over the restart.
    var updateIsObserved = false
    var lastUse = Instant(nanoseconds: 0)
    var sleepTimer: Timer?
    var signallingEpoch = 0
    var confirmedEpoch = 0
    private(set) var epoch = 0
    var bufferIsFull: (once: Bool, always: Bool) = (false, false)

    init(body: ModuleBody) {
        self.body = body
        revision = body.options.revision
        nvram.echo = body.options.echo
        nvram.reportsDeepSleep = body.options.reportsDeepSleep
        if body.options.baud != 0 { nvram.baud = body.options.baud }
    }

    var isListening: Bool { power == .on }
    var echoes: Bool { nvram.echo }
    var namesErrors: Bool { nvram.namesErrors }

    func later(_ delay: Duration, _ action: @escaping @Sendable (CTWingModule) -> Void) {
        let epoch = self.epoch
        body.clock.after(delay) { [weak self] in
            guard let self, self.epoch == epoch else { return }
            action(self)
        }
    }

    func report(_ text: String) {
        guard power != .off else { return }
        body.report(text)
    }

    /// +QLWEVTIND, seed 3.1.
    func event(_ type: Int) {
        switch body.spelling.event {
        case .spaced: report("+QLWEVTIND: \(type)")
        case .unspaced: report("+QLWEVTIND:\(type)")
        case .equals: report("+QLWEVTIND=\(type)")
        }
    }

    // MARK: Power

    /// It has been on for long: no banner, the network is there.
    func startRunning() {
        power = .on
        memory.lifetime = nvram.lifetime
        memory.isAttached = true
        allowSleep()
    }

    func powerOn() {
        power = .on
        memory.lifetime = nvram.lifetime
        report("RDY")
        report("+CFUN: 1")
        report("+CPIN: READY")
        attach()
        allowSleep()
    }

    func powerOff() {
        epoch += 1
        power = .off
        memory = Memory()
        cloud.isRegistered = false
        sleepTimer?.cancel()
        sleepTimer = nil
    }

    func attach() {
        reportNetwork(2)
        later(body.options.attachTime) { module in
            guard module.memory.radio == 1, !module.memory.isAttached else { return }
            module.memory.isAttached = true
            module.reportNetwork(1)
            module.body.note("attached")
        }
    }

    func reportNetwork(_ state: Int) {
        switch nvram.networkReports {
        case 0: break
        case 1: report("+CEREG: \(state)")
        default: report(state == 1 ? #"+CEREG: 1,"5C1E","0A1B2C3D",9"# : "+CEREG: \(state)")
        }
    }

    // MARK: Commands

    private static let duringFirmware: Set = [
        "+NCDPOPEN", "+NCDPCLOSE", "+NMGS", "+NMGR", "+QRST", "+NRB", "+CFUN",
    ]

    func execute(_ command: CommandLine) -> Answer {
        if memory.firmware != nil, command.form == .set || command.form == .execute,
            Self.duringFirmware.contains(command.name)
        {
            body.breach("\(command.name) while firmware is downloaded")
        }
        if let answer = platformAnswer(command) ?? generalAnswer(command) { return answer }
        body.breach("no such command: \(command.text.prefix(40))")
        return .error(303)
    }

    /// A form of a known command that the note does not have.
    func unknownForm(_ command: CommandLine) -> Answer {
        body.breach("no such form: \(command.text.prefix(40))")
        return .error(303)
    }

    func wrong(_ command: CommandLine, _ code: Int, _ why: String) -> Answer {
        body.breach("\(why): \(command.text.prefix(40))")
        return .error(code)
    }
}
