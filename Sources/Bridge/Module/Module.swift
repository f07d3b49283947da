import AT
import Modem
import Platforms
import Reactor
import Store

/// One module of the bridge: joins its session to its topics, decides what is sent when, and holds the truth that its
/// retained topics show. Nobody else talks to its session.
///
/// Its life is one procedure (`Module+life.swift`) that starts again whenever something is lost.
actor Module {
    nonisolated let settings: ModuleSettings
    nonisolated let services: ModuleServices
    nonisolated let number: Int32
    let topics: ModuleTopics
    let resources: ResourceModel

    /// What the operator wants: registered, or deregistered until told otherwise.
    enum Wish: String { case registered, stopped }

    var life: Task<Void, Never>?
    var isEnding = false
    var wish = Wish.registered
    /// Seconds, as a command has asked for them; nil: as configured.
    var lifetimeWish: Int?

    // The line, as long as there is one.
    var modem: Modem?
    var channel: ModuleChannel?
    var session: (any PlatformSession)?
    var fetching: Task<Void, Never>?
    var memory: LineMemory?
    /// What is being handed on was said so long ago.
    var lateness = Duration.zero
    var rates: RateSearch
    /// Something may be on its way that was asked for before this line was opened.
    var mustListenFirst: Bool

    // What is shown.
    var status: Status
    var counters = ModuleCounters()
    let meter: CommandMeter
    var history = ModuleLog()
    var firmware = Firmware()
    var shownFirmware = ShownFirmware()
    var updateNews: UpdateNews
    /// Ends an update of which nothing is heard any more.
    var firmwareTimer: Timer?
    /// The serving loop has seen that an update is under way.
    var isAttendingUpdate = false
    /// What runs beside the serving loop, and must end before an update begins.
    var background: Task<Void, Never>?
    /// How many of them have not ended.
    var besides = 0
    /// What was silent before this line was opened, or before the restart, counts no more.
    var attendedSince: Instant
    /// The module has restarted since the line was opened.
    var hasRestarted = false
    /// Commands that put back what an update has switched off.
    var powerSaving: [String] = []
    /// The module answers AT commands.
    var isShownOnline = false
    var publication = StatusPublication()

    // What is to be sent.
    var window = UplinkWindow()
    /// Brings more of the queue; false when the store could not be asked.
    var refilling: Task<Bool, Never>?
    var inFlight: UplinkRecord?
    /// Ids that were accepted but are not in the store yet.
    var freshIDs: Set<String> = []
    /// Accepted, not in the store yet, and not ended either.
    var unsaved: Set<Int64> = []
    var earliestExpiry: Timestamp?
    var expiryTimer: Timer?
    var hold = Hold()

    // What the cloud asks, and what it was told of the resources.
    var pendingRequests: [String: PendingRequest] = [:]
    var recentRequests: [String] = []
    /// Requests on their way to the disk, after which the bridge answers them or waits for a client.
    var savingRequests = 0
    /// Counts how often the module has forgotten what it asked.
    var requestEpoch = 0
    var answers: [QueuedAnswer] = []
    var answering: Task<Void, Never>?
    /// The line has a session already, and no port yet.
    var isOpening = false
    var lastReports: [ResourcePath: LastReport] = [:]
    var partsTimer: Timer?

    // Why the serving loop should look again.
    let doorbell = Signal()
    let answersGiven = Signal()
    let attachment = Signal()
    let resumption = Signal()
    let retryNow = Signal()
    var orders: [Order] = []
    /// Came before the module was looked for; nil from then on.
    var earlyOrders: [CommandRecord]? = []
    var dataWaiting = false
    /// The module has the settings of this configuration.
    var isPrepared = false
    /// AT+QSCLK=1 has been sent.
    var maySleep = false
    /// Deep sleep was asked for by a command, whatever the configuration says; nil: as configured.
    var sleepWish: Bool?
    var sleepRefusedUntil: Instant?
    var refreshTimer: Timer?
    var renewalTimer: Timer?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe services.reactor.asUnownedSerialExecutor()
    }

    init(settings: ModuleSettings, number: Int32, services: ModuleServices) {
        self.settings = settings
        self.number = number
        self.services = services
        rates = RateSearch(configured: settings.baud)
        meter = CommandMeter(services.metrics)
        mustListenFirst = services.store.lastEndWasUnclean
        topics = services.topics.module(settings.name)
        resources = ResourceModel(objects: settings.objects, longestOpaque: settings.longestOpaque)
        status = Status(platform: settings.platform.rawValue, since: services.time.timestamp)
        status.queue.limit = settings.queueLimit
        attendedSince = services.time.now
        updateNews = UpdateNews(since: services.time.now)
    }

    nonisolated var name: String { settings.name }

    var now: Timestamp { services.time.timestamp }

    /// Takes over what the store holds from before, and begins to live.
    func start(backlog: Backlog?, journal: [String: [UInt8]]) {
        restoreResources(journal)
        restoreFirmware(journal)
        restoreRequests(journal)
        window.invalidate()
        if let backlog {
            status.queue.waiting = backlog.waiting
            status.queue.oldest = backlog.oldest
            watchExpiry(from: now)
        }
        remember(journal)
        life = Task(executorPreference: services.reactor) { await self.live() }
        // One whose port is not there is looked for without end.
        services.time.schedule(after: .seconds(10)) { [weak self] in self?.assumeIsolated { $0.releaseEarlyOrders() } }
    }

    /// The queue in the store was changed by somebody else.
    func queueChanged(_ backlog: Backlog?) {
        window.invalidate()
        // The one on the line may be the one that was dropped.
        status.queue.waiting = max(0, (backlog?.waiting ?? 0) - (inFlight == nil ? 0 : 1))
        status.queue.oldest = backlog?.oldest
        hold = Hold()
        publishState()
        doorbell.raise()
    }

    /// Ends the life: what was under way is abandoned, what waits stays in the store.
    func end() async {
        isEnding = true
        await finishInFlight()
        await finishCommand()
        await modem?.end(.stopped)
        channel?.lose(.stopped)
        life?.cancel()
        await life?.value
        status.error = nil
        status.retryAt = nil
        goOffline()
        expiryTimer?.cancel()
        firmwareTimer?.cancel()
        refreshTimer?.cancel()
        dropRequests()
        for report in lastReports.values { report.timer?.cancel() }
        renewalTimer?.cancel()
        publication.timer?.cancel()
    }

    /// Gives what the line has taken a moment to be answered: sent again at the next start, it would come twice. What
    /// the cloud has asked and this bridge has taken down nobody would answer afterwards.
    private func finishInFlight() async {
        let end = services.time.now + .seconds(2)
        answerAllInstead()
        while inFlight != nil || answering != nil || savingRequests > 0, services.time.now < end {
            try? await services.time.sleep(for: .milliseconds(20))
            answerAllInstead()
        }
    }

    /// An answer that is still on its way would be taken for that of the next bridge's first command.
    private func finishCommand() async {
        guard let modem else { return }
        let limit = services.time.schedule(after: .seconds(2)) { modem.assumeIsolated { $0.end(.stopped) } }
        await modem.finishCommand()
        limit.cancel()
    }

    /// What the home hub is told of it.
    var hubModule: HubModule {
        HubModule(topics: services.topics, settings: settings, identity: status.identity, offer: firmware.offer)
    }

    var hubUpdate: [UInt8]? { firmware.hubUpdate(model: status.identity.model) }

    /// What `bridge/info` says of it.
    var summary: (platform: String, model: String?, state: String) {
        (settings.platform.rawValue, status.identity.model, status.state.rawValue)
    }
}

/// A time before which nothing is sent, because the module or its cloud asked for patience.
struct Hold {
    var until: Instant?
    var failures = 0

    /// 1 s, 2 s, 4 s … to a minute, each varied by a fifth so that a thousand modules do not come back together.
    mutating func extend(from now: Instant) -> Duration {
        let delay = Backoff.delay(failures: failures, first: .seconds(1), longest: .seconds(60))
        failures += 1
        until = now + delay
        return delay
    }
}

enum Backoff {
    static func delay(failures: Int, first: Duration, longest: Duration) -> Duration {
        let plain = min(first * (1 << min(failures, 20)), longest)
        return .nanoseconds(Int64(Double(plain.inNanoseconds) * Double.random(in: 0.8...1.2)))
    }
}
