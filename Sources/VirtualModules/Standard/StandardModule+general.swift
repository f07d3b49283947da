/// The commands that every module has. The notes only use them; their answers follow the AT manual.
extension StandardModule {
    func generalAnswer(_ command: CommandLine) -> Answer? {
        identity(command) ?? settings(command) ?? network(command) ?? restarts(command)
    }

    private func identity(_ command: CommandLine) -> Answer? {
        let options = body.options
        return switch (command.name, command.form) {
        case ("", .execute): .ok
        case ("I", .execute): .ok("Quectel_Ltd", model, "Revision: \(revision)")
        case ("+CGMI", .execute): .ok("Quectel_Ltd")
        case ("+CGMM", .execute): .ok(model)
        case ("+CGMR", .execute): .ok("Revision: \(revision)")
        case ("+CGSN", .test): .ok("+CGSN: (0-3)")
        case ("+CGSN", .execute): .ok(options.serialNumber)
        case ("+CGSN", .set):
            switch command.onlyNumber {
            case 0: .ok(options.serialNumber)
            case 1: .ok("+CGSN: \(options.imei)")
            case 2: .ok("+CGSN: \(options.imei)01")
            case 3: .ok("+CGSN: 01")
            default: wrong(command, 3, "wrong kind of number")
            }
        case ("+CIMI", .execute): .ok(options.imsi)
        case ("+QCCID", .execute): .ok("+QCCID: \(options.iccid)")
        case ("+CPIN", .read): .ok("+CPIN: READY")
        default: nil
        }
    }

    private func settings(_ command: CommandLine) -> Answer? {
        switch (command.name, command.form) {
        case ("E", .execute): set(command, 0, 0...1) { nvram.echo = $0 == 1 }
        case ("E", .set): set(command, command.onlyNumber, 0...1) { nvram.echo = $0 == 1 }
        case ("+CMEE", .read): .ok("+CMEE: \(nvram.namesErrors ? 1 : 0)")
        case ("+CMEE", .test): .ok("+CMEE: (0,1)")
        case ("+CMEE", .set): set(command, command.onlyNumber, 0...1) { nvram.namesErrors = $0 == 1 }
        case ("+QSCLK", .read): .ok("+QSCLK: \(memory.sleepMode)")
        case ("+QSCLK", .test): .ok("+QSCLK: (0-2)")
        case ("+QSCLK", .set):
            set(command, command.onlyNumber, 0...2) {
                memory.sleepMode = $0
                if $0 == 1 { allowSleep() } else { forbidSleep() }
            }
        case ("+QNBIOTEVENT", .read): .ok("+QNBIOTEVENT: \(nvram.reportsDeepSleep ? 1 : 0),1")
        case ("+QNBIOTEVENT", .test): .ok("+QNBIOTEVENT: (0,1),(1)")
        case ("+QNBIOTEVENT", .set):
            if command.parameters.count == 2, command.parameters[1].number == 1 {
                set(command, command.parameters[0].number, 0...1) { nvram.reportsDeepSleep = $0 == 1 }
            } else {
                wrong(command, 2, "wrong number of parameters")
            }
        case ("+CPSMS", .read): .ok("+CPSMS: \(nvram.powerSaving)")
        case ("+CPSMS", .test): .ok(#"+CPSMS: (0,1),,,("00000000"-"11111111"),("00000000"-"11111111")"#)
        case ("+CPSMS", .set): keep(command) { nvram.powerSaving = $0 }
        case ("+CEDRXS", .read): .ok("+CEDRXS: \(reception)")
        case ("+CEDRXS", .test): .ok(#"+CEDRXS: (0-3),(5),("0000"-"1111")"#)
        case ("+CEDRXS", .set): keep(command) { nvram.discontinuousReception = $0 }
        case ("+IPR", .read): .ok("+IPR: \(nvram.baud)")
        case ("+IPR", .test): .ok("+IPR: (4800,9600,19200,38400,57600,115200,230400,460800)")
        default: nil
        }
    }

    /// Without the mode, as 27.007 has it: the network's technology and the value, 0 when it is off.
    private var reception: String {
        let value = nvram.discontinuousReception
        return "12".contains(value.prefix(1)) ? String(value.drop { $0 != "," }.dropFirst()) : "0"
    }

    private func network(_ command: CommandLine) -> Answer? {
        let attached = memory.isAttached
        return switch (command.name, command.form) {
        case ("+CEREG", .read):
            .ok("+CEREG: \(nvram.networkReports),\(attached ? 1 : memory.radio == 1 ? 2 : 0)")
        case ("+CEREG", .test): .ok("+CEREG: (0-5)")
        case ("+CEREG", .set): set(command, command.onlyNumber, 0...5) { nvram.networkReports = $0 }
        case ("+CGATT", .read): .ok("+CGATT: \(attached ? 1 : 0)")
        case ("+CGPADDR", .read), ("+CGPADDR", .execute), ("+CGPADDR", .set):
            .ok(attached ? "+CGPADDR: 0,\"\(body.options.address)\"" : "+CGPADDR: 0")
        case ("+CGPADDR", .test): .ok(attached ? "+CGPADDR: (0)" : "+CGPADDR: ()")
        case ("+CSQ", .execute): .ok(attached ? "+CSQ: 21,0" : "+CSQ: 99,99")
        case ("+CSQ", .test): .ok("+CSQ: (0-31,99),(0-7,99)")
        case ("+CESQ", .execute): .ok(attached ? "+CESQ: 99,99,255,255,24,64" : "+CESQ: 99,99,255,255,255,255")
        case ("+CESQ", .test): .ok("+CESQ: (0-63,99),(0-7,99),(255),(255),(0-34,255),(0-97,255)")
        case ("+CSCON", .read):
            .ok("+CSCON: \(memory.signallingReports ? 1 : 0),\(memory.hasSignalling ? 1 : 0)")
        case ("+CSCON", .test): .ok("+CSCON: (0,1)")
        case ("+CSCON", .set): set(command, command.onlyNumber, 0...1) { memory.signallingReports = $0 == 1 }
        default: nil
        }
    }

    private func restarts(_ command: CommandLine) -> Answer? {
        switch (command.name, command.form) {
        case ("+QRST", .test): .ok("+QRST: (1)")
        case ("+QRST", .set):
            command.onlyNumber == 1
                ? Answer(lines: [], result: .ok, afterwards: { [self] in body.restart() })
                : wrong(command, 3, "wrong kind of restart")
        case ("+NRB", .execute):
            Answer(lines: [], result: .line("REBOOTING"), afterwards: { [self] in body.restart() })
        case ("+CFUN", .read): .ok("+CFUN: \(memory.radio)")
        case ("+CFUN", .test): .ok("+CFUN: (0,1,4),(0,1)")
        case ("+CFUN", .set): setRadio(command)
        default: nil
        }
    }

    private func setRadio(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard 1...2 ~= parameters.count else { return wrong(command, 2, "wrong number of parameters") }
        guard let radio = parameters[0].number, [0, 1, 4].contains(radio),
            parameters.count == 1 || [0, 1].contains(parameters[1].number)
        else { return wrong(command, 3, "wrong functionality") }
        if parameters.count == 2, parameters[1].number == 1 {
            return Answer(lines: [], result: .ok, afterwards: { [self] in body.restart() })
        }
        guard radio != memory.radio else { return .ok }
        memory.radio = radio
        if radio == 1 {
            attach()
        } else {
            memory.isAttached = false
            reportNetwork(0)
        }
        return Answer(lines: [], result: .ok, delay: body.options.radioTime)
    }

    // MARK: Settings

    func set(_ command: CommandLine, _ value: Int?, _ range: ClosedRange<Int>, _ keep: (Int) -> Void) -> Answer {
        guard let value, range.contains(value) else { return wrong(command, 3, "wrong value") }
        keep(value)
        return .ok
    }

    /// Settings without an effect here are told back as they were set.
    func keep(_ command: CommandLine, _ keep: (String) -> Void) -> Answer {
        guard let mode = command.parameters.first?.number, 0...3 ~= mode else {
            return wrong(command, 3, "wrong value")
        }
        let equals = command.bytes.firstIndex(of: UInt8(ascii: "=")) ?? command.bytes.count - 1
        keep(String(decoding: command.bytes[(equals + 1)...], as: UTF8.self))
        return .ok
    }
}

extension CommandLine {
    /// The parameter of a command that has one.
    var onlyNumber: Int? { parameters.count == 1 ? parameters[0].number : nil }
}
