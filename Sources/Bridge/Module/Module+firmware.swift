import AT
import Platforms
import Reactor
import Store

/// Firmware updates, whoever starts them: each step is on disk before it is shown, and none is waited for without end.
extension Module {
    /// The loader tells of its progress more often than this.
    private static let loaderSilence = Duration.seconds(60)
    private static let endAfterRestart = Duration.seconds(5)

    func restoreFirmware(_ journal: [String: [UInt8]]) {
        if let kept = journal[FirmwareJournal.key].flatMap(FirmwareJournal.decode) { firmware = kept }
        if let kept = journal[PowerSaving.key] {
            powerSaving = String(decoding: kept, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    /// To be called after every change.
    func firmwareChanged() {
        let json = firmware.json
        services.journal.record(FirmwareJournal.change(firmware, module: number), .now) { [weak self] error in
            guard error == nil else { return }
            self?.assumeIsolated { $0.publishFirmware(json) }
        }
        doorbell.raise()
    }

    /// The module's reports of the family that the update belongs to.
    func understandFirmware(_ line: Line) -> [SessionEvent] {
        guard line.hasPrefix("+QIND") else { return [] }
        if firmware.isRunning, firmware.method != .platform { return HTTPFirmware.understand(line) }
        return session == nil ? HTTPFirmware.understand(line) : []
    }

    func heard(_ report: FirmwareReport) {
        firmware.apply(report, at: now)
        // It goes on, whatever was before.
        if firmware.isRunning, !firmware.hasEnded { hasRestarted = false }
        firmwareChanged()
    }

    // MARK: While it runs

    /// One look at an update under way, from the serving loop.
    func attendUpdate() async throws(SessionFailure) {
        setState(.updating)
        if !isAttendingUpdate {
            isAttendingUpdate = true
            // A module that sleeps spoils its own update.
            if maySleep { try await stayAwake() }
            if firmware.state == .downloading { try await session?.updateBegan() }
        }
        let limit = FirmwareWatch.limit(firmware, platform: settings.platform, hasRestarted: hasRestarted)
        let silent = now - max(firmware.updatedAt ?? now, attendedSince)
        if silent < limit {
            _ = try await wait(for: doorbell, atMost: limit - silent)
        } else {
            try await giveUpWaiting()
        }
        if !firmware.isRunning { try await finishUpdate() }
    }

    private func giveUpWaiting() async throws(SessionFailure) {
        switch firmware.state {
        case .updating where firmware.hasEnded:
            // A restart without a banner: it has forgotten its settings all the same.
            throw .lost(.reset("end of the firmware update"))
        case .updating where hasRestarted:
            firmware.fail(FirmwareWatch.unchanged, at: now)
            firmwareChanged()
        case .updating:
            throw .needsRestart(reason: "nothing was heard of the installation for ten minutes")
        default:
            firmware.fail(FirmwareWatch.noProgress, at: now)
            firmwareChanged()
            throw .needsRestart(reason: "nothing was heard of the download for too long")
        }
    }

    private func finishUpdate() async throws(SessionFailure) {
        isAttendingUpdate = false
        try await restoreSleep()
        try await session?.updateEnded()
        setState(.ready)
    }

    /// Before anything is asked of a module that installs: it answers nothing, and must not be disturbed.
    func waitForInstallation() async throws(SessionFailure) {
        guard firmware.isInstalling else { return }
        setState(.updating)
        attendedSince = now
        while firmware.isInstalling {
            doorbell.lower()
            let limit = hasRestarted ? Self.endAfterRestart : Self.loaderSilence
            guard try await wait(for: doorbell, atMost: limit) else { return }
        }
    }

    /// The module has told its revision.
    func resolveFirmware() async throws(SessionFailure) {
        let before = firmware
        attendedSince = now
        let resolution = firmware.resolve(revision: status.identity.revision, hasRestarted: hasRestarted, at: now)
        if firmware != before { firmwareChanged() }
        if resolution == .resolved, before.isRunning { try await restoreSleep() }
    }

    // MARK: Ordered here

    func carryOut(_ order: FirmwareOrder) async throws(SessionFailure) {
        switch order {
        case .decide(let decision):
            guard let session else { throw .failed(Self.notSupported) }
            if let report = try await session.decide(decision) { heard(report) }
        case .interrupt:
            guard let session else { throw .failed(Self.notSupported) }
            heard(try await session.interruptUpdate())
        case .http, .local, .file:
            guard settings.platform != .andlink else { throw .failed(Self.notSupported) }
            try await prepareUpdate(order)
            firmware.begin(order.method, at: now)
            hasRestarted = false
            firmwareChanged()
            // On disk before the module is told.
            guard await settled() else {
                let error = PlatformError(name: "store", text: "the update cannot be recorded", source: .bridge)
                firmware.fail(error, at: now)
                throw .failed(error)
            }
            try await start(order)
        }
    }

    private static let notSupported = PlatformError(
        name: "not_supported", text: "modules of this platform cannot do that", source: .bridge)

    private func prepareUpdate(_ order: FirmwareOrder) async throws(SessionFailure) {
        if maySleep { try await stayAwake() }
        try await keepFromSleeping()
        if let answer = try await ask(Inquiry.revision), let revision = Inquiry.readRevision(answer.lines) {
            firmware.installedVersion = revision
        }
        if case .local = order { return try await findPackage() }
        try await refreshNetwork()
        guard status.network.attached != false else {
            throw .failed(
                PlatformError(name: "not_attached", text: "the module has no network to download by", source: .bridge))
        }
        // In GSM a context must be there (2.1, remark 3).
        if status.identity.model?.contains("BC32") == true,
            FirmwareCommand.isGSM(try await ask(FirmwareCommand.operatorName)?.lines.first)
        {
            _ = try await demand(FirmwareCommand.internetContext)
            _ = try await demand(FirmwareCommand.activate)
        }
    }

    private func findPackage() async throws(SessionFailure) {
        // A module that does not list its files is believed to have it.
        guard let lines = try await ask(FirmwareCommand.files)?.lines else { return }
        let names = lines.compactMap { FirmwareCommand.readFile($0)?.name }
        guard names.contains(FirmwareCommand.packageName) else {
            throw .failed(HTTPFirmware.error(6506, isUpdate: false))
        }
    }

    private func start(_ order: FirmwareOrder) async throws(SessionFailure) {
        let command: Command
        switch order {
        case .http(let address): command = FirmwareCommand.fromServer(address)
        case .file(let address, let name): command = FirmwareCommand.file(address, name: name)
        case .local, .decide, .interrupt: command = FirmwareCommand.fromFiles
        }
        guard let channel else { throw .lost(.stopped) }
        do throws(CommandFailure) {
            _ = try await channel.perform(command)
        } catch {
            let failure: PlatformError
            switch error {
            case .lost(let loss): throw .lost(loss)
            // It may have begun: its reports will tell, or the watch.
            case .timedOut: return
            case .refused(let code?) where code.number != nil:
                failure = HTTPFirmware.error(code.number ?? 0, isUpdate: false)
            case .refused:
                failure = PlatformError(
                    name: "refused", text: "the module refused to begin the update", source: .module)
            }
            firmware.fail(failure, at: now)
            firmwareChanged()
            throw .failed(failure)
        }
    }

    // MARK: Sleep

    /// Power saving that outlives a restart is remembered, and put back afterwards.
    private func keepFromSleeping() async throws(SessionFailure) {
        var undo: [String] = []
        for setting in PowerSaving.allCases {
            if let line = try await ask(setting.query)?.lines.first, let command = setting.restoring(line) {
                undo.append(command)
            }
        }
        for command in FirmwareCommand.sleepOff { _ = try await ask(command) }
        guard !undo.isEmpty else { return }
        services.journal.record(
            .journal(module: number, key: PowerSaving.key, value: Array(undo.joined(separator: "\n").utf8)), .now)
        powerSaving = undo
    }

    func restoreSleep() async throws(SessionFailure) {
        guard !powerSaving.isEmpty else { return }
        for command in powerSaving { _ = try await ask(Command(command)) }
        powerSaving = []
        services.journal.record(.journal(module: number, key: PowerSaving.key, value: nil), .soon)
    }
}
