/// An update from the platform, seed 3.4 to 3.9 and 5.3.
extension CTWingModule {
    func beginFirmware(_ task: FirmwareTask) {
        cloud.firmware = nil
        memory.firmware = task
        updateIsObserved = true
        event(8)
        report(#"+QIND: "FOTA","DOWNLOAD START""#)
        if case .downloadFailure(let code) = task.outcome, code == 9 { return failDownload(code) }
        download(task, 0)
    }

    private func download(_ task: FirmwareTask, _ done: Int) {
        later(task.stepTime) { module in
            let done = min(task.size, done + 512)
            if case .downloadFailure(let code) = task.outcome, 2 * done >= task.size {
                return module.failDownload(code)
            }
            module.report(#"+QIND: "FOTA","DOWNLOADING",\#(done)"#)
            if done < task.size { return module.download(task, done) }
            module.report(#"+QIND: "FOTA","DOWNLOAD",0"#)
            if module.memory.sleepMode == 1 { module.body.breach("deep sleep is allowed during an update") }
            module.later(task.stepTime) { $0.install(task) }
        }
    }

    private func failDownload(_ code: Int) {
        report(#"+QIND: "FOTA","DOWNLOAD",\#(code)"#)
        memory.firmware = nil
        updateIsObserved = false
    }

    private func install(_ task: FirmwareTask) {
        report(#"+QIND: "FOTA","START""#)
        power = .updating
        step(task, 2)
    }

    private func step(_ task: FirmwareTask, _ percent: Int) {
        later(task.stepTime) { module in
            if case .updateFailure(let code) = task.outcome, percent > 50 { return module.end(task, code) }
            module.report(#"+QIND: "FOTA","UPDATING",\#(percent)%,1,1"#)
            if percent < 100 { module.step(task, min(100, percent + 14)) } else { module.end(task, 0) }
        }
    }

    private func end(_ task: FirmwareTask, _ code: Int) {
        if case .success(let revision) = task.outcome { self.revision = revision }
        if task.saysEnd { report(#"+QIND: "FOTA","END",\#(code)"#) }
        memory.firmware = nil
        body.restartAfterOutput()
    }
}
