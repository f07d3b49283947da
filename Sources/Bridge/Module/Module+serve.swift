import AT
import Modem
import Platforms
import Reactor
import Store

/// The loop of a registered module: what is asked for comes first, then uplinks, then sleep.
extension Module {
    /// How long nothing must have happened before a module with `power = "deep-sleep"` is let go.
    private static let idleBeforeSleep = Duration.seconds(2)

    /// When a module that refused to be let go is asked again.
    private static let untilNextSleep = Duration.seconds(600)

    /// Every module has this function's frame for life, so what needs room is in functions that are not inlined.
    func serve() async throws(SessionFailure) {
        var hasGivenWay = false
        while true {
            if isEnding {
                // Nothing new is begun; what is under way has the line until that is taken away.
                _ = try await wait(for: doorbell, atMost: .seconds(3600))
            } else if firmware.isRunning {
                try await goOnUpdating()
            } else if isAttendingUpdate || status.state == .updating {
                try await finishUpdate()
            } else if !orders.isEmpty {
                try await carryOutFirstOrder()
            } else if wish == .stopped || session == nil {
                setState(session == nil ? .ready : .stopped)
                _ = try await wait(for: doorbell, atMost: .seconds(3600))
            } else if status.network.attached == false, !maySleep {
                try await waitForNetwork()
            } else if let session, !session.maySend {
                try await join(session)
            } else if dataWaiting, fetching == nil {
                beginFetching()
            } else if window.needsRefill {
                await refill()
            } else if answering != nil, !hasGivenWay {
                // The cloud waits for them. Each has moments in which the line is free, and a long uplink would fill
                // them all.
                answersGiven.lower()
                _ = try await wait(for: answersGiven, atMost: .seconds(2))
                hasGivenWay = true
            } else if window.first != nil, hold.until.map({ $0 <= services.time.now }) ?? true {
                hasGivenWay = false
                // Waking may find that the session is gone, so everything is looked at again.
                if maySleep { try await stayAwake() } else { try await sendFirst() }
            } else {
                try await rest()
            }
        }
    }

    @inline(never) private func goOnUpdating() async throws(SessionFailure) {
        if let index = orders.firstIndex(where: \.concernsRunningUpdate) {
            try await carryOut(orders.remove(at: index))
        } else {
            refuseOrdersForUpdate()
            try await attendUpdate()
        }
    }

    @inline(never) private func carryOutFirstOrder() async throws(SessionFailure) {
        try await carryOut(orders.removeFirst())
    }

    @inline(never) private func sendFirst() async throws(SessionFailure) {
        if let uplink = window.first { try await send(uplink) }
    }

    /// Uplinks wait until the module has a network again; the session with the cloud outlives short losses.
    @inline(never) private func waitForNetwork() async throws(SessionFailure) {
        setState(.attaching)
        attachment.lower()
        _ = try await wait(for: doorbell, atMost: .seconds(30))
        try await refreshNetwork()
        if status.network.attached != false, session?.maySend == true { setState(.ready) }
    }

    // MARK: Idle

    private func rest() async throws(SessionFailure) {
        if let pause { _ = try await wait(for: doorbell, atMost: pause) } else { try await fallAsleep() }
    }

    /// For how long there is nothing to do, unless the doorbell rings; nil for a module that may be let go.
    private var pause: Duration? {
        let current = services.time.now
        if let until = hold.until, window.first != nil { return max(.milliseconds(1), until - current) }
        guard sleepWish ?? (settings.power == .deepSleep), !maySleep, fetching == nil else { return .seconds(3600) }
        guard let until = sleepRefusedUntil, until > current else { return nil }
        return until - current
    }

    @inline(never) private func fallAsleep() async throws(SessionFailure) {
        if try await wait(for: doorbell, atMost: Self.idleBeforeSleep) { return }
        do throws(SessionFailure) {
            try await letSleep()
        } catch {
            guard case .failed(let refusal) = error else { throw error }
            stayAwake(because: refusal)
        }
    }

    /// A module that will not sleep works all the same.
    private func stayAwake(because refusal: PlatformError) {
        sleepRefusedUntil = services.time.now + Self.untilNextSleep
        services.log.warning(name, "it stays awake: \(refusal.text)")
        publishEvent("sleep_refused", [Detail("name", .text(refusal.name)), Detail("text", .text(refusal.text))])
        status.error = refusal
        publishState()
    }

    /// Only with an empty queue and, since unread data keep a module awake, an empty buffer.
    func letSleep() async throws(SessionFailure) {
        if let session { try await fetch(session) }
        guard window.isEmpty, !dataWaiting else { return }
        _ = try await demand(settings.family.maySleep)
        maySleep = true
        await modem?.allowSleep(true)
    }

    /// Ends deep sleep before an uplink. The modem wakes the module before the command, for its first bytes are lost.
    func stayAwake() async throws(SessionFailure) {
        guard maySleep else { return }
        let wasAsleep = status.isAsleep == true
        resumption.lower()
        _ = try await demand(settings.family.stayAwake)
        maySleep = false
        await modem?.allowSleep(false)
        status.isAsleep = false
        guard wasAsleep, let session else { return }
        // Event 6 or 7 says whether the session has survived; it may be lost with the first bytes, so the state is
        // asked for.
        _ = try await wait(for: resumption, atMost: .seconds(2))
        if session.maySend { try await session.refresh() }
        if session.maySend { setState(.ready) }
    }

    // MARK: Downlinks that the module holds

    /// At once, even while a confirmed uplink waits for its acknowledgement: the module's buffer is small.
    func beginFetching() {
        guard fetching == nil, session?.maySend == true, !mustBeQuiet else { return }
        dataWaiting = false
        fetching = Task(executorPreference: services.reactor) { await self.fetchInTheBackground() }
    }

    private func fetchInTheBackground() async {
        // A lost line is noticed by everyone else too.
        if let session { try? await fetch(session) }
        fetching = nil
        doorbell.raise()
    }

    func fetch(_ session: any PlatformSession) async throws(SessionFailure) {
        defer { for event in session.takeFindings() { apply(event) } }
        try await session.fetch { self.received($0) }
        status.counters.droppedByModule = session.droppedByModule
        publishCounters()
    }

    // MARK: Refreshing

    /// Work beside the serving loop, for which an update waits.
    func beside(_ work: @escaping @Sendable (isolated Module) async -> Void) {
        let before = background
        besides += 1
        background = Task(executorPreference: services.reactor) {
            await work(self)
            await before?.value
            await self.ended()
        }
    }

    /// A task that has ended still has its memory, as long as somebody holds it.
    private func ended() {
        besides -= 1
        if besides == 0 { background = nil }
    }

    /// All modules of a slot at the same moment: the fewer wake-ups, the better.
    func scheduleRefresh() {
        refreshTimer?.cancel()
        let slot: UInt64 = 30_000_000_000
        let slots: UInt64 = 20
        let current = services.time.now.nanoseconds / slot
        let own = UInt64(number) % slots
        let next = current + 1 + (own + slots - (current + 1) % slots) % slots
        refreshTimer = services.time.schedule(at: Instant(nanoseconds: next * slot)) { [weak self] in
            self?.assumeIsolated { $0.refreshIfIdle() }
        }
    }

    /// For a module that does not renew its registration by itself. Its sleep is no obstacle: the modem wakes it.
    func scheduleRenewal() {
        renewalTimer?.cancel()
        guard let interval = session?.renewalInterval else { return }
        renewalTimer = services.time.schedule(after: interval) { [weak self] in
            self?.assumeIsolated { $0.renewNow() }
        }
    }

    private func renewNow() {
        beside { await $0.renew() }
    }

    /// What came of it, the session's events tell.
    private func renew() async {
        if let session, session.maySend, !mustBeQuiet { try? await session.update(lifetime: nil) }
        scheduleRenewal()
    }

    /// What nothing had to wait for at the start; nor does an uplink now: seven commands are the time of several.
    /// Modules that begin together take turns, for all at once would need memory that is never needed again.
    func refreshSoon() {
        let turn = Duration.milliseconds(number % 20 * 10)
        services.time.schedule(after: .milliseconds(300) + turn) { [weak self] in
            self?.assumeIsolated { $0.refreshWhenIdle() }
        }
    }

    private func refreshWhenIdle() {
        guard status.state == .ready else { return }
        if session == nil || window.isEmpty && inFlight == nil { refreshNow() } else { refreshSoon() }
    }

    private func refreshIfIdle() {
        scheduleRefresh()
        refreshNow()
    }

    private func refreshNow() {
        guard status.state == .ready, !maySleep, !mustBeQuiet else { return }
        beside {
            try? await $0.refreshDetails()
            $0.memory?.rest()
        }
    }
}
