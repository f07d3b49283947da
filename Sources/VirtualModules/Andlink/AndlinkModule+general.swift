/// What every BC28 answers, after its AT manual and real modules: no space follows a colon.
extension AndlinkModule {
    private static let general: Set = [
        "", "E", "I", "+CGMI", "+CGMM", "+CGMR", "+CGSN", "+CIMI", "+NCCID", "+CPIN", "+CMEE", "+CPSMS", "+NPSMR",
        "+CEDRXS", "+NATSPEED", "+CEREG", "+CGATT", "+CGPADDR", "+CSQ", "+NUESTATS", "+CSCON", "+NRB", "+CFUN",
    ]

    func isGeneral(_ name: String) -> Bool { Self.general.contains(name) }

    func answerGeneral(_ command: CommandLine) -> Answer? {
        identity(command) ?? settings(command) ?? network(command) ?? power(command)
    }

    private func identity(_ command: CommandLine) -> Answer? {
        let options = body.options
        return switch (command.name, command.form) {
        case ("", .execute): .ok
        case ("I", .execute): .ok("Quectel", model, "Revision:\(revision)")
        case ("+CGMI", .execute): .ok("Quectel")
        case ("+CGMM", .execute): .ok(model)
        case ("+CGMR", .execute): .ok(revision)
        case ("+CGSN", .execute): .ok(options.serialNumber)
        case ("+CGSN", .set):
            switch command.onlyNumber {
            case 0: .ok(options.serialNumber)
            case 1: .ok("+CGSN:\(options.imei)")
            case 2: .ok("+CGSN:\(options.imei)01")
            case 3: .ok("+CGSN:01")
            default: refuse(command, .parameters, "wrong kind of number")
            }
        case ("+CGSN", .test): .ok("+CGSN:(0,1,2,3)")
        case ("+CIMI", .execute): .ok(options.imsi)
        case ("+NCCID", .execute), ("+NCCID", .read): .ok("+NCCID:\(options.iccid)")
        case ("+CPIN", .read): .ok("+CPIN:READY")
        default: nil
        }
    }

    private func settings(_ command: CommandLine) -> Answer? {
        switch (command.name, command.form) {
        case ("E", .execute): change(command, 0, 0...1) { $0.nvram.echo = $1 == 1 }
        case ("E", .set): change(command, command.onlyNumber, 0...1) { $0.nvram.echo = $1 == 1 }
        case ("+CMEE", .read): .ok("+CMEE:\(nvram.namesErrors ? 1 : 0)")
        case ("+CMEE", .test): .ok("+CMEE:(0,1)")
        case ("+CMEE", .set): change(command, command.onlyNumber, 0...1) { $0.nvram.namesErrors = $1 == 1 }
        case ("+CPSMS", .read): .ok("+CPSMS:\(saved.savesPower ? 1 : 0),,,01000011,00000100")
        case ("+CPSMS", .test): .ok("+CPSMS:(0,1),,,(00000000-11111111),(00000000-11111111)")
        case ("+CPSMS", .set): setPowerSaving(command)
        case ("+NPSMR", .read): .ok(session.tellsSleep ? "+NPSMR:1,\(power == .asleep ? 1 : 0)" : "+NPSMR:0")
        case ("+NPSMR", .test): .ok("+NPSMR:(0,1)")
        case ("+NPSMR", .set): change(command, command.onlyNumber, 0...1) { $0.session.tellsSleep = $1 == 1 }
        case ("+CEDRXS", .read): .ok("+CEDRXS:\(nvram.discontinuousReception)")
        case ("+CEDRXS", .test): .ok("+CEDRXS:(0,1,2,3),(5),(0000-1111)")
        case ("+CEDRXS", .set): keep(command) { nvram.discontinuousReception = $0 }
        case ("+NATSPEED", .read): .ok("+NATSPEED:\(nvram.baud),2,1,0,0")
        default: nil
        }
    }

    private func change(
        _ command: CommandLine, _ value: Int?, _ range: ClosedRange<Int>, _ change: (AndlinkModule, Int) -> Void
    ) -> Answer {
        guard let value, range.contains(value) else { return refuse(command, .parameters, "wrong value") }
        change(self, value)
        return .ok
    }

    private func setPowerSaving(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        let timersAreRight = parameters.dropFirst().allSatisfy { timer in
            timer.bytes.isEmpty || timer.bytes.count == 8 && timer.bytes.allSatisfy { $0 == 0x30 || $0 == 0x31 }
        }
        guard parameters.count <= 5, timersAreRight, let mode = parameters[0].number, mode <= 1 else {
            return refuse(command, .parameters, "wrong value")
        }
        saved.savesPower = mode == 1
        memory.sleepMode = mode
        if mode == 1 { allowSleep() } else { forbidSleep() }
        return .ok
    }

    private func network(_ command: CommandLine) -> Answer? {
        let attached = memory.isAttached
        return switch (command.name, command.form) {
        case ("+CEREG", .read): .ok("+CEREG:\(nvram.networkReports),\(attached ? 1 : memory.radio == 1 ? 2 : 0)")
        case ("+CEREG", .test): .ok("+CEREG:(0,1,2,3,4,5)")
        case ("+CEREG", .set): change(command, command.onlyNumber, 0...5) { $0.nvram.networkReports = $1 }
        case ("+CGATT", .read): .ok("+CGATT:\(attached ? 1 : 0)")
        case ("+CGATT", .test): .ok("+CGATT:(0,1)")
        case ("+CGATT", .set): change(command, command.onlyNumber, 0...1) { $1 == 1 ? $0.reattach() : $0.detach() }
        // Without an address: not attached.
        case ("+CGPADDR", .read), ("+CGPADDR", .execute), ("+CGPADDR", .set):
            .ok(attached ? "+CGPADDR:0,\(body.options.address)" : "+CGPADDR:0")
        case ("+CGPADDR", .test): .ok(attached ? "+CGPADDR:(0)" : "+CGPADDR:()")
        case ("+CSQ", .execute): .ok(attached ? "+CSQ:20,99" : "+CSQ:99,99")
        case ("+CSQ", .test): .ok("+CSQ:(0-31,99),(99)")
        case ("+NUESTATS", .execute): Answer(lines: statistics, result: .ok)
        case ("+CSCON", .read): .ok("+CSCON:\(memory.signallingReports ? 1 : 0),\(memory.hasSignalling ? 1 : 0)")
        case ("+CSCON", .test): .ok("+CSCON:(0,1)")
        case ("+CSCON", .set): change(command, command.onlyNumber, 0...1) { $0.memory.signallingReports = $1 == 1 }
        default: nil
        }
    }

    /// Tenths of a dBm; -32768 and 255: unknown.
    private var statistics: [String] {
        let attached = memory.isAttached
        return [
            "Signal power:\(attached ? -988 : -32768)", "Total power:\(attached ? -905 : -32768)",
            "TX power:\(attached ? 230 : -32768)", "TX time:0", "RX time:1234",
            "Cell ID:\(attached ? 27_447_553 : 4_294_967_295)", "ECL:\(attached ? 0 : 255)",
            "SNR:\(attached ? 55 : -32768)", "EARFCN:\(attached ? 3688 : 4_294_967_295)",
            "PCI:\(attached ? 142 : 65535)", "RSRQ:\(attached ? -108 : -32768)", "OPERATOR MODE:4", "CURRENT BAND:8",
        ]
    }

    // MARK: Power and radio

    private func power(_ command: CommandLine) -> Answer? {
        switch (command.name, command.form) {
        case ("+NRB", .execute):
            Answer(lines: [], result: .line("REBOOTING"), afterwards: { [self] in restart(.applicationCommand) })
        case ("+CFUN", .read): .ok("+CFUN:\(memory.radio)")
        case ("+CFUN", .test): .ok("+CFUN:(0,1),(0,1)")
        case ("+CFUN", .set): setRadio(command)
        default: nil
        }
    }

    func restart(_ cause: RebootCause) {
        nextCause = cause
        body.restart()
    }

    private func setRadio(_ command: CommandLine) -> Answer {
        guard 1...2 ~= command.parameters.count, let radio = command.parameters[0].number, radio <= 1,
            command.parameters.count == 1 || command.parameters[1].number == 0
        else { return refuse(command, .parameters, "wrong functionality") }
        guard radio != memory.radio else { return .ok }
        memory.radio = radio
        if radio == 1 { attach() } else { detach() }
        return Answer(lines: [], result: .ok, delay: body.options.radioTime)
    }

    private func reattach() {
        if memory.radio == 1, !memory.isAttached { attach() }
    }

    private func detach() {
        guard memory.isAttached else { return }
        memory.isAttached = false
        reportNetwork(0)
        loseNetwork()
    }
}
