import AT
import Platforms
import Reactor
import Store

/// Firmware updates, whoever starts them: each step is on disk before it is shown, and none is waited for without end.
extension Module {
    /// Progress is told more often than this, by those who tell of it at all.
    private static let usualSilence = Duration.seconds(30)
    private static let endAfterRestart = Duration.seconds(5)
    private static let restartAfterEnd = Duration.seconds(20)

    func restoreFirmware(_ journal: [String: [UInt8]]) {
        if let kept = journal[FirmwareJournal.key].flatMap(FirmwareJournal.decode) { firmware = kept }
        if let kept = journal[PowerSaving.key] {
            powerSaving = String(decoding: kept, as: UTF8.self).split(separator: "\n").map(String.init)
        }
        shownFirmware = ShownFirmware(firmware.json)
        limitSilence()
    }

    /// To be called after every change. The line that has told of it is not forgotten before it is on disk.
    func firmwareChanged() {
        updateNews.hear(firmware, at: services.time.now)
        let shown = shownFirmware.next(firmware.json)
        let settled = memory?.hold()
        services.journal.record(FirmwareJournal.change(firmware, module: number), .now) { [weak self] error in
            settled?(error)
            self?.assumeIsolated { $0.saved(shown, error) }
        }
        // At once, even if the serving loop is busy with an uplink.
        if firmware.isRunning, status.state == .ready || status.state == .asleep { setState(.updating) }
        limitSilence()
        doorbell.raise()
    }

    private func saved(_ shown: ShownFirmware.Edition, _ error: StoreError?) {
        guard error != nil else {
            if shownFirmware.save(shown) { publishFirmware() }
            return
        }
        // The journal tries again. Not at once, for asking makes it write.
        let journal = services.journal
        services.time.schedule(after: .seconds(5)) { [weak self] in
            journal.whenSettled { error in self?.assumeIsolated { $0.saved(shown, error) } }
        }
    }

    /// The module's reports of the family that the update belongs to.
    func understandFirmware(_ line: Line) -> [SessionEvent] {
        guard line.hasPrefix("+QIND") else { return [] }
        if firmware.isRunning, firmware.method != .platform { return HTTPFirmware.understand(line) }
        return session == nil ? HTTPFirmware.understand(line, byCloud: firmware.isRunning) : []
    }

    func heard(_ report: FirmwareReport) {
        firmware.apply(report, at: now)
        // It goes on, whatever was before.
        if firmware.isRunning, !firmware.hasEnded { hasRestarted = false }
        firmwareChanged()
    }

    /// Nothing but the update itself may be said to the module.
    var mustBeQuiet: Bool { firmware.isRunning || isAttendingUpdate }

    // MARK: While it runs

    /// One look at an update under way, from the serving loop.
    func attendUpdate() async throws(SessionFailure) {
        setState(.updating)
        if !isAttendingUpdate {
            isAttendingUpdate = true
            // A module that sleeps spoils its own update; one that was told to begin was told this before.
            if maySleep { try await stayAwake() }
            if firmware.state == .downloading, firmware.method == .platform { try await session?.updateBegan() }
            // It may have ended meanwhile.
            guard firmware.isRunning else { return }
        }
        let silent = silence
        let limit = FirmwareWatch.limit(firmware, platform: settings.platform, hasRestarted: hasRestarted)
        if silent < limit {
            _ = try await wait(for: doorbell, atMost: limit - silent)
        } else {
            try await giveUpWaiting()
        }
    }

    /// For how long nothing more was heard of the update than before, while somebody listened.
    private var silence: Duration { services.time.now - max(updateNews.last(of: firmware), attendedSince) }

    private func giveUpWaiting() async throws(SessionFailure) {
        switch firmware.state {
        case .updating where firmware.hasEnded && hasRestarted && settings.platform == .andlink:
            try await resolveFirmware()
        case .updating where firmware.hasEnded:
            // A restart without a banner: it has forgotten its settings all the same.
            throw .lost(.reset("end of the firmware update"))
        case .updating where hasRestarted:
            session?.updateWasGivenUp()
            firmware.fail(FirmwareWatch.unchanged, at: now)
            firmwareChanged()
        case .updating:
            throw .needsRestart(reason: "nothing was heard of the installation for ten minutes")
        case .downloading where !firmware.isTold:
            // No restart: the module has nothing to do with it, or will say so.
            firmware.fail(FirmwareWatch.notTold, at: now)
            firmwareChanged()
        default:
            firmware.fail(FirmwareWatch.noProgress, at: now)
            firmwareChanged()
            throw .needsRestart(reason: "nothing was heard of the download for too long")
        }
    }

    /// By its own end, or by a command.
    @inline(never) func finishUpdate() async throws(SessionFailure) {
        let hasBegun = isAttendingUpdate
        isAttendingUpdate = false
        try await restoreSleep()
        if hasBegun, firmware.method == .platform { try await session?.updateEnded() }
        // Else the serving loop says what is missing.
        setState(session?.maySend ?? true ? .ready : .starting)
    }

    /// For a module that never comes back: there is no serving loop then that could give up.
    private func limitSilence() {
        firmwareTimer?.cancel()
        firmwareTimer = nil
        guard firmware.isRunning, firmware.state != .downloaded else { return }
        let silent = services.time.now - updateNews.heard
        watchSilence(for: max(.seconds(1), FirmwareWatch.longestSilence - silent))
    }

    private func watchSilence(for time: Duration) {
        firmwareTimer = services.time.schedule(after: time) { [weak self] in
            self?.assumeIsolated { $0.giveUpModule() }
        }
    }

    private func giveUpModule() {
        firmwareTimer = nil
        guard firmware.isRunning else { return }
        // Somebody listens, and has limits of its own.
        guard !isAttendingUpdate else { return watchSilence(for: FirmwareWatch.longestSilence) }
        firmware.fail(FirmwareWatch.lost, at: now)
        firmwareChanged()
    }

    // MARK: After a restart, of the module or of the bridge

    /// Before anything is asked of a module that downloads or installs: it must not be disturbed, and while it installs
    /// it answers nothing. Ends when it has nothing more to say.
    func waitForUpdate() async throws(SessionFailure) {
        guard isToBeLeftAlone else { return }
        setState(.updating)
        attendedSince = services.time.now
        while isToBeLeftAlone {
            doorbell.lower()
            // Whoever else rings: the silence is the update's.
            let left = patience - silence
            guard left > .zero else { return }
            _ = try await wait(for: doorbell, atMost: left)
        }
    }

    private var patience: Duration {
        if hasRestarted { return Self.endAfterRestart }
        return firmware.hasEnded ? Self.restartAfterEnd : Self.usualSilence
    }

    /// Andlink's modules answer while they wait for a decision.
    private var isToBeLeftAlone: Bool {
        if firmware.isInstalling { return true }
        // A download does not outlive a restart, and an end before a restart needs no other.
        return firmware.isRunning && !hasRestarted && settings.platform != .andlink
    }

    /// A module forgets, when it restarts, that it must not sleep; so this tells of a restart while nobody listened.
    func noticeRestart() async throws(SessionFailure) {
        guard firmware.state == .downloading || firmware.state == .downloaded, !hasRestarted,
            settings.platform != .andlink
        else { return }
        let mode = try await ask(Inquiry.sleepMode)?.lines.first.flatMap { Fields($0)[0]?.int }
        if let mode, mode != 0 { hasRestarted = true }
        // The end of a file's download is told once; afterwards the file is there, as it was not before.
        guard firmware.method == .file, let file = firmware.file, try await files()?.contains(file) == true else {
            return
        }
        firmware.apply(.downloaded, at: now)
        firmwareChanged()
    }

    /// The module has told its revision.
    func resolveFirmware() async throws(SessionFailure) {
        let before = firmware
        attendedSince = services.time.now
        if settings.platform == .andlink, !hasRestarted { hasRestarted = try await hasRestartedUnseen() }
        let resolution = firmware.resolve(revision: status.identity.revision, hasRestarted: hasRestarted, at: now)
        if firmware != before { firmwareChanged() }
        if resolution == .resolved { try await restoreSleep() }
    }

    /// The bridge was away. A module that answers does not install, and one that is registered has not restarted, for it
    /// does not register by itself.
    private func hasRestartedUnseen() async throws(SessionFailure) -> Bool {
        switch firmware.state {
        case .updating: return true
        case .downloading, .downloaded:
            guard let session else { return false }
            try await session.refresh()
            return session.registration != nil && !session.maySend
        case .idle, .succeeded, .failed: return false
        }
    }
}
