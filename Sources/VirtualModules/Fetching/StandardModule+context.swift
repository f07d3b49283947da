/// The operator, and the context that a module in GSM needs before it can fetch anything (S1 2.1, 2.3.2).
extension StandardModule {
    /// In NB-IoT there is one as soon as there is a network.
    var hasContext: Bool { !isInGSM || memory.contextIsActive }

    func contextAnswer(_ command: CommandLine) -> Answer? {
        switch (command.name, command.form) {
        case ("+COPS", .read):
            .ok(memory.isAttached ? #"+COPS: 0,2,"46011",\#(isInGSM ? 0 : 9)"# : "+COPS: 0")
        case ("+CGDCONT", .read): .ok(context)
        case ("+CGDCONT", .set): define(command)
        case ("+CGACT", .read): .ok("+CGACT: 1,\(hasContext && memory.isAttached ? 1 : 0)")
        case ("+CGACT", .set): activate(command)
        case ("+COPS", .test): .ok(#"+COPS: (2,"","","46011",\#(isInGSM ? 0 : 9)),,(0-2),(2)"#)
        case ("+CGDCONT", .test): .ok(#"+CGDCONT: (1),"IP",,,(0),(0)"#)
        case ("+CGACT", .test): .ok("+CGACT: (0,1)")
        default: nil
        }
    }

    private var context: String {
        let name = isInGSM ? "" : "cmnbiot"
        let address = hasContext && memory.isAttached ? body.options.address : ""
        return #"+CGDCONT: 1,"IP","\#(name)","\#(address)",0,0"#
    }

    private func define(_ command: CommandLine) -> Answer {
        guard command.parameters.count >= 2, command.parameters[0].number == 1, command.parameters[1].text == "IP"
        else { return wrong(command, 3, "wrong context") }
        // One that is active cannot be defined anew.
        guard !memory.contextIsActive else { return .error(3) }
        memory.contextIsDefined = true
        return .ok
    }

    private func activate(_ command: CommandLine) -> Answer {
        guard command.parameters.count == 2, let state = command.parameters[0].number, state <= 1,
            command.parameters[1].number == 1
        else { return wrong(command, 3, "wrong context") }
        guard isInGSM else { return .ok }
        guard memory.isAttached, memory.contextIsDefined else { return wrong(command, 3, "the context is not defined") }
        memory.contextIsActive = state == 1
        return .ok
    }
}
