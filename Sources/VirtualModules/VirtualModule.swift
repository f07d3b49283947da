package import Reactor
import Serial

/// A strict module at the end of a pseudo-terminal, with its cloud behind it; `ModuleOptions.platform` says which.
///
/// It counts what a host does wrong, fails as a test tells it, and lives on a reactor of its own, which any number of
/// modules share.
package actor VirtualModule {
    package nonisolated let path: String
    private let reactor: Reactor
    let body: ModuleBody
    let module: StandardModule
    private var waiters: [Waiter] = []
    private var observers: [@Sendable (News) -> Void] = []
    private var seen = (uplinks: 0, answers: 0, breaches: 0)

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    /// What an observer is told.
    package enum News: Sendable {
        case uplink(ReceivedUplink)
        case answer(CloudAnswer)
        case breach(String, count: Int)
    }

    private final class Waiter: Sendable {
        let condition: @Sendable (isolated VirtualModule) -> Bool
        let gate: Gate
        init(_ condition: @escaping @Sendable (isolated VirtualModule) -> Bool, _ gate: Gate) {
            self.condition = condition
            self.gate = gate
        }
    }

    /// The path becomes a link to the host's end of the line.
    package init(options: ModuleOptions = ModuleOptions(), path: String, reactor: Reactor) throws(SystemError) {
        self.path = path
        self.reactor = reactor
        body = try ModuleBody(options: options, path: path, reactor: reactor)
        module = options.platform.module(with: body)
        body.personality = module
    }

    package func start() throws(SystemError) {
        body.changed = { [weak self] in self?.assumeIsolated { $0.look() } }
        try body.plugIn()
        switch body.options.start {
        case .running: module.startRunning()
        case .booting: body.restart()
        }
    }

    package func stop() {
        module.powerOff()
        body.unplug()
        for waiter in waiters { waiter.gate.open(false) }
        waiters = []
    }

    // MARK: What happened

    package var breaches: [String] { body.log.breaches }
    package var log: [LogEntry] { body.log.entries }
    package var uplinks: [ReceivedUplink] { module.cloud.uplinks }
    package var isAsleep: Bool { module.power == .asleep }
    /// Bytes that came while the module could not hear them.
    package var bytesLost: Int { body.bytesLost }
    /// What is left of a fault that loses bytes.
    package var bytesToIgnore: Int { body.bytesToIgnore }
    /// The host's last bytes came at another rate than the module's.
    package var hearsNoise: Bool { body.hostIsOffRate }
    /// The registration in the platform's own words or number.
    package var status: String { module.status }
    package var revision: String { module.revision }

    /// Told from now on, on the reactor.
    package func observe(_ observer: @escaping @Sendable (News) -> Void) { observers.append(observer) }

    /// False when the time was over first.
    @discardableResult
    package func waitForUplinks(_ count: Int, limit: Duration = .seconds(10)) async -> Bool {
        await wait(limit: limit) { $0.uplinks.count >= count }
    }

    /// Suspends until the condition holds; looked at whenever something happens here. False when the time was over first.
    @discardableResult
    package func wait(
        limit: Duration = .seconds(10), until condition: @escaping @Sendable (isolated VirtualModule) -> Bool
    ) async -> Bool {
        if condition(self) { return true }
        let gate = Gate()
        waiters.append(Waiter(condition, gate))
        let timer = reactor.schedule(after: limit) { gate.open(false) }
        defer { timer.cancel() }
        return await gate.opened()
    }

    private func look() {
        for uplink in uplinks[seen.uplinks...] { for observer in observers { observer(.uplink(uplink)) } }
        seen.uplinks = uplinks.count
        let answers = module.cloud.answers
        for answer in answers[seen.answers...] { for observer in observers { observer(.answer(answer)) } }
        seen.answers = answers.count
        for (index, breach) in breaches.enumerated().dropFirst(seen.breaches) {
            for observer in observers { observer(.breach(breach, count: index + 1)) }
        }
        seen.breaches = breaches.count
        guard !waiters.isEmpty else { return }
        waiters.removeAll { waiter in
            guard waiter.condition(self) else { return waiter.gate.isOpen }
            waiter.gate.open(true)
            return true
        }
    }

    // MARK: What the world does to it

    /// The platform sends, as soon as it can reach the module.
    package func send(downlink: [UInt8]) { module.send(downlink: downlink) }

    /// The cloud wants something, and asks as soon as it can reach the module. Gives the number that the request has.
    @discardableResult
    package func request(_ order: CloudOrder) -> Int {
        let id = module.cloud.add(order)
        module.exchange()
        return id
    }

    /// The number that the next request will have.
    var nextRequestID: Int { module.cloud.nextMessageID }

    /// Nil when it did not come in time.
    package func waitForAnswer(to id: Int, limit: Duration = .seconds(10)) async -> CloudAnswer? {
        await wait(limit: limit) { $0.module.cloud.answers.contains { $0.id == id } }
        return module.cloud.answers.first { $0.id == id }
    }

    /// Looks at the cloud or changes what it does.
    package func withCloud<T: Sendable>(_ body: @Sendable (ModuleCloud) -> T) -> T { body(module.cloud) }

    package func fail(_ fault: Fault) {
        switch fault.effect {
        case .ignoreBytes(let count): body.bytesToIgnore += count
        case .bufferFull: module.bufferIsFull = (!fault.always, fault.always)
        default: body.faults.append(fault)
        }
    }

    package func heal() {
        body.faults = []
        body.bytesToIgnore = 0
        module.bufferIsFull = (false, false)
    }

    package func setSpelling(_ spelling: Spelling) { body.spelling = spelling }
    package func observeData() { module.observe() }
    package func cancelObservation() { module.stopObserving() }
    package func reset() { body.restart() }
    package func cutPower() { body.cutPower(for: nil) }
    package func powerOn() { body.powerOn() }
    package func unplug() { body.unplug() }
    package func plugIn() throws(SystemError) { try body.plugIn() }
    package func enterSleep() { module.fallAsleep() }

    /// Any line that the module prints by itself.
    package func report(_ line: String) { module.report(line) }

    /// How its updates by AT+QFOTADL go from now on.
    package func plan(_ plan: FetchPlan) { module.fetching.plan = plan }
    /// Updates go so far and no further, until nil is said.
    package func holdFirmware(_ phase: FirmwarePhase?) { module.holdFirmware(phase) }
    package var files: [ModuleFile] { module.fetching.files }
    package func keep(_ file: ModuleFile) { module.fetching.keep(file) }
    /// AT+CPSMS and AT+CEDRXS, as they were set.
    package var powerSaving: (psm: String, eDRX: String) {
        (module.nvram.powerSaving, module.nvram.discontinuousReception)
    }
    package func savePower(psm: String, eDRX: String) {
        (module.nvram.powerSaving, module.nvram.discontinuousReception) = (psm, eDRX)
    }
    /// Firmware is installed: it hears nothing.
    package var isInstalling: Bool { module.power == .updating }
    package var isDownloading: Bool { module.memory.firmware != nil && module.power == .on }

    /// The platform updates the firmware as soon as it hears of the module.
    package func updateFirmware(_ task: FirmwareTask) {
        module.cloud.firmware = task
        module.exchange()
    }
}
