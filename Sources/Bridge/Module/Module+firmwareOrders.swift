import AT
import Platforms
import Reactor
import Store

/// Updates that are ordered here, by `firmware/…`.
extension Module {
    func carryOut(_ order: FirmwareOrder) async throws(SessionFailure) {
        switch order {
        case .decide(let decision):
            guard let session else { throw .failed(Self.notSupported) }
            let asked = firmware.state
            if let report = try await session.decide(decision) { heard(report) }
            // Unless the next decision is awaited already.
            if firmware.awaitsDecision, firmware.state == asked {
                firmware.awaitsDecision = false
                firmware.updatedAt = now
                firmwareChanged()
            }
            // Nobody is told that it is decided who might be asked for it again after a crash.
            _ = await settled()
        case .interrupt:
            guard let session else { throw .failed(Self.notSupported) }
            heard(try await session.interruptUpdate())
            _ = await settled()
        case .http, .local, .file:
            guard settings.platform != .andlink else { throw .failed(Self.notSupported) }
            try await begin(order)
        }
    }

    private static let notSupported = PlatformError(
        name: "not_supported", text: "modules of this platform cannot do that", source: .bridge)

    private func begin(_ order: FirmwareOrder) async throws(SessionFailure) {
        let state = status.state
        isAttendingUpdate = true
        do throws(SessionFailure) {
            let file = try await prepareUpdate(order)
            setState(.updating)
            firmware.begin(order.method, at: now)
            firmware.file = file
            hasRestarted = false
            firmwareChanged()
            // On disk before the module is told.
            guard await settled() else {
                throw .failed(PlatformError(name: "store", text: "the update cannot be recorded", source: .bridge))
            }
            try await start(order)
            if !firmware.isTold {
                firmware.isTold = true
                firmwareChanged()
            }
        } catch {
            guard case .failed(let failure) = error else { throw error }
            isAttendingUpdate = false
            if firmware.isRunning {
                firmware.fail(failure, at: now)
                firmwareChanged()
            }
            try await restoreSleep()
            // It was woken.
            setState(state == .asleep ? .ready : state)
            throw error
        }
    }

    /// Gives the name of the file that will be new.
    private func prepareUpdate(_ order: FirmwareOrder) async throws(SessionFailure) -> String? {
        if maySleep { try await stayAwake() }
        if let answer = try await ask(Inquiry.revision), let revision = Inquiry.readRevision(answer.lines),
            revision != firmware.installedVersion
        {
            firmware.installedVersion = revision
            firmwareChanged()
        }
        if case .local = order {
            try await findPackage()
        } else {
            try await findNetwork()
        }
        let file = try await newFile(order)
        try await keepFromSleeping()
        // What runs beside the serving loop must have ended: from now on the line is the update's.
        await fetching?.value
        await answering?.value
        await background?.value
        return file
    }

    private func findNetwork() async throws(SessionFailure) {
        guard status.identity.model?.contains("BC32") == true,
            FirmwareCommand.isGSM(try await ask(FirmwareCommand.operatorName)?.lines.first)
        else {
            try await refreshNetwork()
            if status.network.attached == false { try await attach() }
            return
        }
        // In GSM a context must be there (2.1, remark 3). One that is active cannot be defined again.
        if let lines = try await ask(FirmwareCommand.contexts)?.lines, FirmwareCommand.hasContext(lines) { return }
        _ = try await demand(FirmwareCommand.internetContext)
        _ = try await demand(FirmwareCommand.activate)
    }

    private func findPackage() async throws(SessionFailure) {
        // A module that does not list its files is believed to have it.
        guard let files = try await files(), !files.contains(FirmwareCommand.packageName) else { return }
        throw .failed(HTTPFirmware.error(6506, isUpdate: false))
    }

    /// The names in the module's own memory; nil if it does not tell.
    func files() async throws(SessionFailure) -> [String]? {
        try await ask(FirmwareCommand.files)?.lines.compactMap { FirmwareCommand.readFile($0)?.name }
    }

    /// The name that the download will make, if it is a new one.
    private func newFile(_ order: FirmwareOrder) async throws(SessionFailure) -> String? {
        guard case .file(let address, let name) = order, let files = try await files() else { return nil }
        let file = name ?? address.fileName
        return files.contains(file) ? nil : file
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
            switch error {
            case .lost(let loss): throw .lost(loss)
            // It may have begun: its reports will tell, or the watch.
            case .timedOut, .unprompted: return
            case .refused(let code): throw .failed(HTTPFirmware.refusal(code?.number))
            }
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
        // What an update before this one has not put back yet is what the module had.
        if !undo.isEmpty, powerSaving.isEmpty {
            powerSaving = undo
            services.journal.record(
                .journal(module: number, key: PowerSaving.key, value: Array(undo.joined(separator: "\n").utf8)), .now)
            // On disk before it is switched off: who else would know what it was?
            _ = await settled()
        }
        for command in FirmwareCommand.sleepOff { _ = try await ask(command) }
    }

    func restoreSleep() async throws(SessionFailure) {
        guard !powerSaving.isEmpty else { return }
        for command in powerSaving { _ = try await ask(Command(command)) }
        powerSaving = []
        services.journal.record(.journal(module: number, key: PowerSaving.key, value: nil), .soon)
    }
}
