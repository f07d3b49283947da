/// The course of an update that the cloud gives; each platform tells it in its own words.
extension StandardModule {
    func beginFirmware(_ task: FirmwareTask) {
        cloud.firmware = nil
        memory.firmware = task
        downloadBegins()
        if case .downloadFailure(let code) = task.outcome, failsAtOnce(code) { return failDownload(code) }
        download(task, 0)
    }

    private func download(_ task: FirmwareTask, _ done: Int) {
        nextStep(task.stepTime, holding: done >= 1024 ? .downloading : nil) { module in
            let done = min(task.size, done + 512)
            if case .downloadFailure(let code) = task.outcome, 2 * done >= task.size {
                return module.failDownload(code)
            }
            module.downloadGoesOn(done)
            if done < task.size { return module.download(task, done) }
            module.downloadEnds(0)
            if module.memory.sleepMode == 1 { module.body.breach("deep sleep is allowed during an update") }
            module.later(task.stepTime) { $0.install(task) }
        }
    }

    private func failDownload(_ code: Int) {
        downloadEnds(code)
        memory.firmware = nil
    }

    private func install(_ task: FirmwareTask) {
        installationBegins()
        power = .updating
        interruptedInstallation = continuesInstallation ? task : nil
        step(task, 2)
    }

    private func step(_ task: FirmwareTask, _ percent: Int) {
        nextStep(task.stepTime, holding: percent >= 20 ? .installing : nil) { module in
            if case .updateFailure(let code) = task.outcome, percent > 50 { return module.end(task, code) }
            module.installationGoesOn(percent)
            if percent < 100 { module.step(task, min(100, percent + 14)) } else { module.end(task, 0) }
        }
    }

    private func end(_ task: FirmwareTask, _ code: Int) {
        if case .success(let revision) = task.outcome { self.revision = revision }
        interruptedInstallation = nil
        if task.saysEnd {
            if tellsEndAfterRestart { pendingEnd = code } else { report(installationEnd(code)) }
        }
        memory.firmware = nil
        body.restartAfterOutput()
    }

    /// A step of an update, after its time and when nothing holds it.
    func nextStep(
        _ delay: Duration, holding phase: FirmwarePhase?, _ action: @escaping @Sendable (StandardModule) -> Void
    ) {
        later(delay) { module in
            guard let phase, module.heldPhase == phase else { return action(module) }
            module.heldStep = { [weak module] in if let module { action(module) } }
        }
    }

    func holdFirmware(_ phase: FirmwarePhase?) {
        heldPhase = phase
        guard phase == nil, let step = heldStep else { return }
        heldStep = nil
        step()
    }

    /// True when power comes back in the midst of an installation, which then goes on.
    func continueInstallation() -> Bool {
        guard let task = interruptedInstallation else { return false }
        memory.firmware = task
        power = .updating
        step(task, 2)
        return true
    }

    func takePendingEnd() -> Int? {
        defer { pendingEnd = nil }
        return pendingEnd
    }
}
