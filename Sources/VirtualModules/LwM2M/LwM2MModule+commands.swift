/// The fourteen commands of S3 2, each in the forms that it has there.
extension LwM2MModule {
    func answer(_ command: CommandLine) -> Answer? {
        guard command.name.hasPrefix("+QLA") else {
            // S3 5.5.2 asks so; the AT manual has only CEREG.
            return command.name == "+CREG" && command.form == .read ? .ok("+CREG: 0,\(memory.isAttached ? 1 : 2)") : nil
        }
        if memory.firmware != nil, forbiddenDuringFirmware.contains(command.name), command.form != .read {
            return Self.error
        }
        switch (command.name, command.form) {
        case ("+QLACONFIG", .read): return .ok(configurationLines)
        case ("+QLACONFIG", .set): return configure(command)
        case ("+QLACFG", .read): return .ok(optionLines)
        case ("+QLACFG", .set): return setOption(command)
        case ("+QLAREG", .execute): return register(command)
        case ("+QLAUPDATE", .set): return update(command)
        case ("+QLADEREG", .execute): return deregister(command)
        case ("+QLAADDOBJ", .read): return .ok(objectLines)
        case ("+QLAADDOBJ", .set): return addObject(command)
        case ("+QLADELOBJ", .set): return deleteObject(command)
        case ("+QLARDRSP", .set): return answerWithValue(command, .read)
        case ("+QLAOBSRSP", .set): return answerWithValue(command, .observe, .cancelObserve)
        case ("+QLAWRRSP", .set): return answerWithResult(command, .write)
        case ("+QLAEXERSP", .set): return answerWithResult(command, .execute)
        case ("+QLANOTIFY", .set): return notify(command)
        case ("+QLASENDDATA", .set): return sendData(command)
        case ("+QLASTATUS", .read): return .ok(["+QLASTATUS: \(session.status.rawValue)"])
        case ("+QLACONFIG", _), ("+QLACFG", _), ("+QLAREG", _), ("+QLAUPDATE", _), ("+QLADEREG", _), ("+QLAADDOBJ", _),
            ("+QLADELOBJ", _), ("+QLARDRSP", _), ("+QLAOBSRSP", _), ("+QLAWRRSP", _), ("+QLAEXERSP", _),
            ("+QLANOTIFY", _), ("+QLASENDDATA", _), ("+QLASTATUS", _):
            return refuse(command, "no such form")
        default: return nil
        }
    }
}
