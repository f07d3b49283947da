import MQTT
package import Reactor
package import Store

/// The bridge as a whole: opens the store, makes the modules, joins them to the broker, and ends them in order.
package actor Gateway {
    package nonisolated let reactor: Reactor
    let log: Log
    let topics: Topics
    let store: Store
    let journal: Journal
    let link: BrokerLink
    let outcomes: Deliveries
    let downlinks: Deliveries
    let sequences: Sequences
    let connector: WorkerThread
    let startedAt: Timestamp
    let metrics: Metrics
    let board = Board()
    let storeWatch: StoreWatch
    package nonisolated let health: Health
    var isStopping = false

    var configuration: Configuration
    var modules: [String: Module] = [:]
    /// For deliveries, which know a module by its number alone.
    let names: ModuleNames
    var session: Session?
    /// Why there was no connection, since the last one.
    var toldReasons: Set<String> = []
    var infoTimer: Timer?
    var pruneTimer: Timer?
    /// Retained topics: of this configuration, those to be cleared, and those that were.
    var shown: Set<String> = []
    var orphans: Set<String> = []
    var released: Set<String> = []
    var hub: Hub
    var inbound: [InboundBatch] = []
    var isReadingInbound = false
    var isReloading = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    /// Opens the store; throws if that is not possible.
    package init(configuration: Configuration, log: Log, reactor: Reactor) async throws(StoreError) {
        self.configuration = configuration
        self.log = log
        self.reactor = reactor
        let topics = Topics(base: configuration.mqtt.baseTopic)
        let hub = Hub(settings: configuration.homeAssistant)
        let store = try Store(directory: configuration.bridge.stateDirectory)
        let journal = Journal(store: store, reactor: reactor)
        let metrics = Metrics()
        let link = BrokerLink(
            configuration: configuration.mqtt.client(
                will: topics.lastWill, subscriptions: topics.subscriptions + hub.subscriptions), reactor: reactor,
            answered: { metrics.publish.observe($0) }, log: { log.info("mqtt", $0) })
        let names = ModuleNames(topics)
        self.topics = topics
        self.metrics = metrics
        self.store = store
        self.journal = journal
        self.link = link
        self.names = names
        self.hub = hub
        connector = WorkerThread(name: "connector")
        startedAt = reactor.timestamp
        storeWatch = StoreWatch(reactor: reactor) { writing async throws(StoreError) in
            try await store.probe(writing: writing)
        }
        health = Health(
            reactor: reactor,
            proofs: Health.Proofs(
                executor: { await Task(executorPreference: globalConcurrentExecutor) {}.value },
                store: { _ = await store.highestSequence() }, mqtt: { link.makesProgress }))
        sequences = Sequences(reactor: reactor, last: await store.highestSequence())
        outcomes = Deliveries(
            reactor: reactor, outbox: link, journal: journal,
            load: { after, limit throws(StoreError) in
                try await store.pendingOutcomes(after: after, limit: limit).map { pending in
                    Parcel(
                        sequence: pending.sequence,
                        messages: OutcomeMessages.make(
                            pending.outcome, topic: names.topics(of: pending.module).result, reply: pending.reply))
                }
            },
            arrived: { .published(sequence: $0) })
        downlinks = Deliveries(
            reactor: reactor, outbox: link, journal: journal,
            load: { after, limit throws(StoreError) in
                try await store.downlinks(after: after, limit: limit).map {
                    DownlinkMessages.parcel(of: $0, topics: names.topics(of: $0.module))
                }
            },
            arrived: { .handedOver(downlink: $0) })
    }

    /// Starts every module and the connection to the broker.
    package func start() async throws(StoreError) {
        for row in try await store.modules() { names[row.number] = row.name }
        try await add(configuration.modules)
        try await answerInterruptedCommands()
        try await openLedger(for: configuration.modules)
        watchRefusals()
        watchStore()
        await link.start(handler: self)
        schedulePruning()
        // A thousand modules that start at once need more than they keep.
        reactor.schedule(after: .seconds(5)) { Process.giveBackMemory() }
        log.notice("bridge", "started with \(modules.count) \(modules.count == 1 ? "module" : "modules")")
    }

    private func watchStore() {
        journal.assumeIsolated { [metrics, storeWatch] journal in
            journal.whenCommitted = { duration, error in
                metrics.commit.observe(duration)
                if error != nil { metrics.failedCommits += 1 }
                storeWatch.assumeIsolated { $0.committed(error) }
            }
        }
        storeWatch.assumeIsolated { watch in
            watch.start { [weak self] verdict in self?.assumeIsolated { $0.storeIs(verdict) } }
        }
    }

    /// Another one than before: whoever looks is told, wherever they look.
    private func storeIs(_ verdict: StoreWatch.Verdict) {
        if let fault = verdict.fault {
            log.error("store", fault)
        } else {
            log.notice("store", "what comes can be saved again")
        }
        if case .failing(let error) = verdict { journal.refuse(for: error) } else { journal.refuse(for: nil) }
        board.changed("")
        publishInfoSoon()
    }

    /// Why uplinks are refused, in words; nil as long as they are not.
    var storeFault: String? { storeWatch.assumeIsolated { $0.verdict.fault } ?? journal.currentFailure?.description }

    private func watchRefusals() {
        for (deliveries, kind) in [(outcomes, "outcome"), (downlinks, "downlink")] {
            deliveries.whenPutAside { [weak self, log] sequence in
                log.error(
                    "mqtt",
                    "the broker has refused \(kind) \(sequence) three times: it is put aside until the bridge starts again"
                )
                self?.assumeIsolated { $0.publishInfoSoon() }
            }
        }
    }

    /// Ends every module and says good-bye to the broker. What waits is in the store.
    package func stop() async {
        isStopping = true
        infoTimer?.cancel()
        pruneTimer?.cancel()
        await storeWatch.stop()
        await end(Array(modules.values))
        await link.stop(last: [
            topics.lastWill
        ])
        await settle()
        await store.close()
        log.notice("bridge", "stopped")
    }

    /// Puts a new configuration in the place of the old one: only modules whose entry has changed are restarted.
    /// Returns what takes effect at the next start only.
    package func reload(_ new: Configuration) async throws(StoreError) -> [String] {
        // What clients publish meanwhile waits: it belongs to the modules that are about to come.
        isReloading = true
        defer {
            isReloading = false
            beginReadingInbound()
            tellHubNext()
        }
        let wanted = Dictionary(uniqueKeysWithValues: new.modules.map { ($0.name, $0) })
        // What may fail comes before anything is ended. If it fails later all the same, the next reload adds what lacks.
        _ = try await store.modules(named: new.modules.map(\.name))
        let leaving = modules.values.filter { wanted[$0.name] != $0.settings }
        for module in leaving { modules[module.name] = nil }
        await end(leaving)
        let isHubNew = hub.follow(new.homeAssistant)
        configuration.homeAssistant = new.homeAssistant
        try await openLedger(for: new.modules)
        let added = try await add(new.modules.filter { modules[$0.name] == nil })
        for module in added { await module.publishEverything() }
        var restartNeeded: [String] = []
        if new.mqtt != configuration.mqtt { restartNeeded.append("[mqtt]") }
        if new.bridge != configuration.bridge { restartNeeded.append("[bridge]") }
        configuration.modules = new.modules
        clearOrphans()
        tellHubOfReload(isNew: isHubNew, changed: added.map(\.name))
        publishInfoSoon()
        board.changed("")
        return restartNeeded
    }

    private func end(_ ending: [Module]) async {
        await withTaskGroup(of: Void.self) { group in
            for module in ending { group.addTask { await module.end() } }
        }
    }

    /// Asks the store once for all: a thousand modules would otherwise wait for it thousands of times.
    @discardableResult
    private func add(_ all: [ModuleSettings]) async throws(StoreError) -> [Module] {
        await settle()
        board.count(modules: configuration.modules.count)
        let rows = try await store.modules(named: all.map(\.name))
        let backlog = try await store.backlog()
        let journals = try await store.journals()
        return zip(all, rows).map { settings, row in
            names[row.number] = row.name
            let module = Module(settings: settings, number: row.number, services: services)
            modules[settings.name] = module
            let journal = journals[row.number] ?? [:]
            module.assumeIsolated { $0.start(backlog: backlog[row.number], journal: journal) }
            return module
        }
    }

    func settle() async {
        await withCheckedContinuation { continuation in
            journal.whenSettled { _ in continuation.resume() }
        }
    }

    private var services: ModuleServices {
        ModuleServices(
            reactor: reactor, time: reactor, connector: connector, store: store, journal: journal, outbox: link,
            outcomes: outcomes, downlinks: downlinks, sequences: sequences, topics: topics, log: log,
            metrics: metrics, board: board,
            inboxPath: configuration.bridge.stateDirectory + "/lines",
            announce: { [weak self] in self?.assumeIsolated { $0.publishInfoSoon() } },
            tellHub: { [weak self] name, news in self?.assumeIsolated { $0.heard(news, of: name) } })
    }

    private func answerInterruptedCommands() async throws(StoreError) {
        let byNumber = Dictionary(uniqueKeysWithValues: modules.values.map { ($0.number, $0) })
        for command in try await store.commands() {
            if let module = byNumber[command.module] {
                await module.orderInterrupted(command)
            } else {
                journal.record(.carriedOut(command: command.sequence), .whenever)
            }
        }
    }

    /// Another process has changed the queue.
    package func storeChanged() async {
        await settle()
        guard let backlog = try? await store.backlog() else { return }
        for module in modules.values { await module.queueChanged(backlog[module.number]) }
        outcomes.recheck()
    }

    // MARK: Ids of more than a day ago

    private func schedulePruning() {
        pruneTimer = reactor.schedule(after: .seconds(600)) { [weak self] in
            self?.assumeIsolated { $0.beginPruning() }
        }
    }

    private func beginPruning() {
        Task(executorPreference: reactor) { await self.prune() }
    }

    private func prune() async {
        let yesterday = reactor.timestamp + .seconds(-86_400)
        while let removed = try? await store.forget(olderThan: yesterday), removed > 0 {}
        Process.giveBackMemory()
        schedulePruning()
    }
}
