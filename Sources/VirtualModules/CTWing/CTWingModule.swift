import Reactor

/// A BC260Y-CN of firmware R02 as its note describes it: it refuses what the hardware refuses.
///
/// Unchecked: belongs to the reactor's thread.
final class CTWingModule: StandardModule, @unchecked Sendable {
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

    /// Lost with power; deep sleep keeps it.
    struct Session {
        /// NCFG's value as it was at the last start (seed 2.3.6: takes effect after a restart).
        var lifetime = 0
        var receiveMode = 0
        var buffer: [[UInt8]] = []
        var received = 0
        var dropped = 0
        var status = Status.uninitialised
        var isClosing = false
        /// The platform answered RST: only a new registration helps (seed 3.1, event 10).
        var isLost = false
        /// The answer of AT+QLWULDATASTATUS? (seed 2.3.8); 1 while a confirmed message is under way.
        var confirmedStatus = 0
    }

    var session = Session()
    /// NCFG's, in NVRAM.
    var configuredLifetime = 0
    /// Set while the platform still observes the update's state, over the restart.
    var updateIsObserved = false
    var confirmedEpoch = 0

    // MARK: The hooks

    override var status: String { session.status.rawValue }

    override var forbiddenDuringFirmware: Set<String> {
        ["+NCDPOPEN", "+NCDPCLOSE", "+NMGS", "+NMGR", "+QRST", "+NRB", "+CFUN"]
    }

    override var fetchesFirmware: Bool { true }

    override func platformAnswer(_ command: CommandLine) -> Answer? { answer(command) }

    /// Unread messages and an unfinished registration, deregistration or confirmed message.
    override var isBusy: Bool {
        !session.buffer.isEmpty || session.status == .registering || session.isClosing || session.confirmedStatus == 1
    }

    /// A configured lifetime takes effect after a restart and after deep sleep (seed 2.3.6).
    override func started() { session.lifetime = configuredLifetime }
    override func powerIsGone() { session = Session() }

    override func resume() {
        guard session.status == .registered || session.status == .observed else { return }
        if body.options.resumesAfterSleep {
            event(6)
        } else {
            session.status = .resumptionFailed
            cloud.isRegistered = false
            event(7)
        }
    }

    /// What the platform does when it hears of the module: sends what waits, begins an update.
    override func exchange() {
        guard session.status == .observed, !session.isLost, memory.isReachable, memory.isAttached, power == .on,
            memory.firmware == nil
        else { return }
        while !cloud.downlinks.isEmpty { receive(cloud.downlinks.removeFirst()) }
        if let task = cloud.firmware { beginFirmware(task) }
    }

    override func observe() {
        guard session.status == .registered else { return }
        session.status = .observed
        event(3)
        if updateIsObserved {
            updateIsObserved = false
            event(9)
        }
        exchange()
    }

    override func stopObserving() {
        guard session.status == .observed else { return }
        session.status = .registered
        body.note("observation cancelled")
    }

    override func downloadBegins() {
        updateIsObserved = true
        event(8)
        super.downloadBegins()
    }

    override func downloadEnds(_ code: Int) {
        super.downloadEnds(code)
        if code != 0 { updateIsObserved = false }
    }

    /// +QLWEVTIND, seed 3.1.
    func event(_ type: Int) {
        switch body.spelling.event {
        case .spaced: report("+QLWEVTIND: \(type)")
        case .unspaced: report("+QLWEVTIND:\(type)")
        case .equals: report("+QLWEVTIND=\(type)")
        }
    }
}
