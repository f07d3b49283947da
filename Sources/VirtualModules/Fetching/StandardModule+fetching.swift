/// AT+QFOTADL (S1 2.2.2): the package from a server or from the module's own files, and files for the device behind it.
extension StandardModule {
    func fetchingAnswer(_ command: CommandLine) -> Answer? {
        switch (command.name, command.form) {
        case ("+QFOTADL", .test): .ok
        case ("+QFOTADL", .set): fetch(command)
        case ("+QFLST", .execute):
            Answer(lines: fetching.files.map { #"+QFLST: "\#($0.name)",\#($0.size)"# }, result: .ok)
        case ("+QFOTADL", _), ("+QFLST", _): unknownForm(command)
        default: contextAnswer(command)
        }
    }

    /// The host is to be silent meanwhile, whatever it has to say (S1 3.4.5).
    func checkSilence(_ command: CommandLine) {
        if memory.fetch != nil { body.breach("\(command.text.prefix(40)) while firmware is downloaded") }
    }

    private func fetch(_ command: CommandLine) -> Answer {
        guard memory.firmware == nil else { return wrong(command, 6500, "a second update") }
        let parameters = command.parameters
        if parameters.count == 1, parameters[0].isQuoted { return fetch(parameters[0], .installation, command) }
        switch (parameters[0].number, parameters.count) {
        case (1, 1): return installFile(command)
        case (2, 2...3):
            guard parameters[1].isQuoted, let url = PackageURL(parameters[1].text) else {
                return wrong(command, 6501, "wrong address")
            }
            guard parameters.count == 3 else { return fetch(parameters[1], .file(url.fileName), command) }
            guard parameters[2].isQuoted, PackageURL.isLegal(parameters[2].text) else {
                return wrong(command, 6501, "wrong name of a file")
            }
            return fetch(parameters[1], .file(parameters[2].text), command)
        default: return wrong(command, 6501, "wrong parameters")
        }
    }

    private func fetch(
        _ address: CommandLine.Parameter, _ purpose: FetchCourse.Purpose, _ command: CommandLine
    ) -> Answer {
        guard let url = PackageURL(address.text) else { return wrong(command, 6501, "wrong address") }
        if case .file(let name) = purpose, name.utf8.count > PackageURL.longestName {
            return wrong(command, 6501, "too long a name of a file")
        }
        checkSleep()
        guard hasContext else { return wrong(command, 6503, "no active context") }
        let plan = fetching.plan
        if let refusal = plan.refusal { return .error(refusal) }
        guard memory.isAttached else { return .error(6503) }
        let fetch = url.isLocal ? PackageFetch(url, pieceSize: plan.pieceSize, space: fetching.space) : nil
        let course = FetchCourse(plan: plan, purpose: purpose, fetch: fetch)
        return Answer(lines: [], result: .ok, afterwards: { [self] in begin(course) })
    }

    private func installFile(_ command: CommandLine) -> Answer {
        checkSleep()
        let plan = fetching.plan
        if let refusal = plan.refusal { return .error(refusal) }
        guard fetching.files.contains(where: { $0.name == Fetching.packageName }) else { return .error(6506) }
        return Answer(
            lines: [], result: .ok,
            afterwards: { [self] in
                memory.firmware = FirmwareTask(.success(revision: nextRevision))
                install(plan, from: 0)
            })
    }

    /// S1 3.4.5.
    private func checkSleep() {
        if memory.sleepMode != 0 { body.breach("deep sleep is allowed during an update") }
        if nvram.powerSaving.hasPrefix("1") { body.breach("power saving mode is on during an update") }
        if "12".contains(nvram.discontinuousReception.prefix(1)) { body.breach("eDRX is on during an update") }
    }

    // MARK: Download

    private func begin(_ course: FetchCourse) {
        memory.fetch = course
        memory.firmware = FirmwareTask(.success(revision: nextRevision))
        report(#"+QIND: "FOTA","HTTPSTART""#)
        download()
    }

    private func download() {
        guard let course = memory.fetch else { return }
        nextStep(course.plan.stepTime, holding: course.percent >= 20 ? .downloading : nil) { $0.takeStep() }
    }

    private func takeStep() {
        guard let course = memory.fetch else { return }
        let plan = course.plan
        if course.percent >= plan.turningPoint {
            if plan.downloadHalts { return }
            if plan.downloadResult != 0 { return endDownload(plan.downloadResult) }
        }
        var percent = course.percent
        switch course.fetch?.advance(by: plan.stepPercent) {
        case .waiting: return download()
        case .failed(let code): return endDownload(code)
        case .received(let count, let total):
            percent = count * 100 / max(1, total)
            memory.fetch?.size = total
        case nil:
            percent = min(100, percent + plan.stepPercent)
            memory.fetch?.size = plan.size
        }
        if percent != course.percent {
            memory.fetch?.percent = percent
            tell("DOWNLOADING", percent, plan)
        }
        if percent == 100 { endDownload(0) } else { download() }
    }

    private func endDownload(_ code: Int) {
        guard let course = memory.fetch else { return }
        memory.fetch = nil
        if course.plan.words == .terse {
            report(code == 0 ? #"+QIND: "FOTA","DOWNLOAD SUCCESS""# : #"+QIND: "FOTA","FAIL""#)
        } else {
            report(#"+QIND: "FOTA","HTTPEND",\#(code)"#)
        }
        if case .file(let name) = course.purpose, code == 0 { fetching.keep(ModuleFile(name, size: course.size)) }
        if case .installation = course.purpose, code == 0 {
            // Nothing may be said from here on either.
            return install(course.plan, from: 0)
        }
        memory.firmware = nil
        exchange()
        allowSleep()
    }

    // MARK: Installation

    private func install(_ plan: FetchPlan, from percent: Int) {
        power = .updating
        fetching.interrupted = (plan, percent)
        if plan.words != .terse { report(#"+QIND: "FOTA","START""#) }
        installStep(plan, percent)
    }

    private func installStep(_ plan: FetchPlan, _ percent: Int) {
        nextStep(plan.stepTime, holding: percent >= 20 ? .installing : nil) { module in
            if percent >= plan.turningPoint {
                if plan.installationHalts { return }
                if plan.installationResult != 0 { return module.failInstallation(plan) }
            }
            guard percent < 100 else { return module.endInstallation(plan) }
            let percent = min(100, percent + plan.stepPercent)
            module.fetching.interrupted = (plan, percent)
            if plan.words != .terse { module.tell("UPDATING", percent, plan) }
            module.installStep(plan, percent)
        }
    }

    /// The module gives the update up, and is at once what it was (S1 2.2.2).
    private func failInstallation(_ plan: FetchPlan) {
        fetching.interrupted = nil
        memory.firmware = nil
        // No number and no word: its restart tells.
        if plan.words == .terse { return body.restartAfterOutput() }
        power = .on
        report(installationEnd(plan.installationResult))
        exchange()
        allowSleep()
    }

    private func endInstallation(_ plan: FetchPlan) {
        revision = plan.revision ?? nextRevision
        fetching.interrupted = nil
        fetching.files.removeAll { $0.name == Fetching.packageName }
        memory.firmware = nil
        if plan.words != .terse {
            switch plan.end {
            case .beforeRestart: report(installationEnd(0))
            case .afterRestart: pendingEnd = 0
            case .never: break
            }
        }
        body.restartAfterOutput()
    }

    /// Power is back in the midst of an installation: it goes on from where it was (S1 2.2.2.1).
    func continueFetchedInstallation() -> Bool {
        guard let (plan, percent) = fetching.interrupted else { return false }
        memory.firmware = FirmwareTask(.success(revision: nextRevision))
        install(plan, from: percent)
        return true
    }

    private func tell(_ step: String, _ percent: Int, _ plan: FetchPlan) {
        switch plan.words {
        case .note: report(#"+QIND: "FOTA","\#(step)",\#(percent)%"#)
        case .plain: report(#"+QIND: "FOTA","\#(step)",\#(percent)"#)
        case .terse: for _ in 0..<2 { report(#"+QIND: "FOTA","\#(step)", \#(percent)%"#) }
        }
    }

    /// The present one with its last digit counted up.
    var nextRevision: String {
        revision.dropLast() + String(((revision.last?.wholeNumberValue ?? 0) + 1) % 10)
    }
}
