import Reactor

/// An update that the cloud gives, in both modes: S4 2, 3.8 and 3.14.
extension AndlinkModule {
    /// An update before the module restarts for it.
    struct Update {
        enum Phase { case awaitingDownload, downloading, awaitingInstallation, installing }

        let task: FirmwareTask
        var phase = Phase.downloading
    }

    /// An update over its restart.
    struct Installation {
        enum Phase { case running, done, failed, told }

        let task: FirmwareTask
        var phase = Phase.running
    }

    // MARK: What is refused meanwhile

    func firmwareRefusal(_ command: CommandLine) -> Answer? {
        guard command.form == .set || command.form == .execute else { return nil }
        let isRunning = memory.firmware != nil
        let forbidden: Set =
            isRunning ? ["+QLASENDDATA", "+QLASREGIND", "+NRB", "+CFUN", "+CGATT"] : ["+QLASENDDATA", "+NRB", "+CFUN"]
        guard isRunning || installation != nil, forbidden.contains(command.name) else { return nil }
        return refuse(command, .firmware, "\(command.name) before FIRMWARE UPDATE OVER")
    }

    /// S4 3.14: the update ends without a word, and data may be sent.
    func yieldToUrgentData(_ command: CommandLine) -> Answer {
        guard command.onlyNumber == 1 else { return refuse(command, .parameters, "wrong state") }
        if memory.firmware == nil, installation == nil { return .ok }
        guard options.yieldsToUrgentData, installation == nil else { return .error(Refusal.firmware.rawValue) }
        endUpdate()
        return .ok
    }

    // MARK: The host's decisions, S4 3.8

    func decideFirmware(_ command: CommandLine) -> Answer {
        guard let type = command.onlyNumber, type <= 5 else {
            return refuse(command, .parameters, "wrong mode of update")
        }
        guard type > 1 else {
            guard memory.firmware == nil else { return refuse(command, .firmware, "another mode during an update") }
            session.controlsFirmware = type == 1
            return .ok
        }
        guard session.controlsFirmware, let update = session.update,
            update.phase == (type < 4 ? .awaitingDownload : .awaitingInstallation)
        else { return refuse(command, .state, "nothing to decide") }
        return Answer(
            lines: [], result: .ok,
            afterwards: { [self] in
                switch type {
                case 2: download(update.task)
                case 4: install(update.task)
                default:
                    endUpdate()
                    if options.tellsCancellation {
                        tell(type == 3 ? "FIRMWARE DOWNLOAD FAILED" : "FIRMWARE UPDATE FAILED")
                    }
                    exchange()
                }
            })
    }

    // MARK: Its course

    func beginUpdate(_ task: FirmwareTask) {
        cloud.firmware = nil
        memory.firmware = task
        session.update = Update(task: task)
        tell("FIRMWARE DOWNLOADING")
        guard session.controlsFirmware else {
            if options.tellsStepsInAutomaticMode { event(6) }
            return download(task)
        }
        session.update?.phase = .awaitingDownload
        event(6)
    }

    private func download(_ task: FirmwareTask) {
        session.update?.phase = .downloading
        let time = task.stepTime * ((task.size + 511) / 512)
        if case .downloadFailure = task.outcome {
            return whileUpdating(time / 2) { module in
                module.endUpdate()
                module.tell("FIRMWARE DOWNLOAD FAILED")
                module.exchange()
            }
        }
        whileUpdating(time, holding: .downloading) { module in
            module.tell("FIRMWARE DOWNLOADED")
            if module.session.controlsFirmware {
                module.session.update?.phase = .awaitingInstallation
                return module.event(7)
            }
            if module.options.tellsStepsInAutomaticMode { module.event(7) }
            module.whileUpdating(task.stepTime) { $0.install(task) }
        }
    }

    private func install(_ task: FirmwareTask) {
        tell("FIRMWARE UPDATING")
        session.update?.phase = .installing
        installation = Installation(task: task)
        // What is still to be said leaves first.
        body.say(.mark { [self] in if installation?.phase == .running { power = .updating } })
        whileUpdating(task.stepTime * 8, holding: .installing) { $0.finish(task) }
    }

    private func finish(_ task: FirmwareTask) {
        switch task.outcome {
        case .success(let revision):
            self.revision = revision
            installation?.phase = .done
        case .updateFailure(5), .updateFailure(6):
            // The package itself is wrong: it never comes to a restart.
            installation = nil
            power = .on
            endUpdate()
            tell("FIRMWARE UPDATE FAILED")
            allowSleep()
            return exchange()
        default: installation?.phase = .failed
        }
        restart(.securityFirmwareUpgrade)
    }

    /// What the first start after an installation has to say.
    func installationReports() -> [String] {
        guard let phase = installation?.phase, let task = installation?.task, phase != .told else { return [] }
        installation?.phase = .told
        guard task.saysEnd else {
            installation = nil
            return []
        }
        if phase == .done { return ["FIRMWARE UPDATE SUCCESS"] }
        if !options.tellsEndOfFailure { installation = nil }
        return ["FIRMWARE UPDATE FAILED"]
    }

    /// The server has heard of it.
    func endInstallation() {
        guard installation?.phase == .told else { return }
        installation = nil
        tell("FIRMWARE UPDATE OVER")
        exchange()
    }

    private func endUpdate() {
        session.update = nil
        memory.firmware = nil
        updateNumber += 1
    }

    private func whileUpdating(
        _ delay: Duration, holding phase: FirmwarePhase? = nil, _ action: @escaping @Sendable (AndlinkModule) -> Void
    ) {
        let number = updateNumber
        nextStep(delay, holding: phase) { [weak self] _ in
            guard let self, updateNumber == number, session.update != nil else { return }
            action(self)
        }
    }
}
