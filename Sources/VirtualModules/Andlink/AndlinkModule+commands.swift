/// The commands of S4 3, and which of them this firmware knows.
extension AndlinkModule {
    /// What modules of another kind know: a host that has not yet met this one may ask.
    private static let others: Set = ["+QSCLK", "+QNBIOTEVENT", "+QCCID", "+QRST", "+IPR", "+CESQ"]
    private static let inDevelopment: Set = ["+QLAFOTARESET", "+QLASETBSPSK", "+QLABSSECSWT"]
    private static let platform: Set = [
        "+QLASERVERIP", "+QLASECSWT", "+QLASETPSK", "+QLASREGIND", "+QLASENDDATA", "+QLASENDRSP", "+QLADATASTATUS",
        "+QLAULDATASTATUS", "+QLAFOTAIND", "+QLAREGSWT", "+QLASTATUS", "+QLARESETDTLS", "+QLADTLSSTAT", "+QCFG",
        "+QLAFOTARESET", "+QLASETBSPSK", "+QLABSSECSWT",
    ]

    func answer(_ command: CommandLine) -> Answer {
        if isUnknown(command.name) { return Self.plainError }
        if let answer = firmwareRefusal(command) { return answer }
        if let answer = answerPlatform(command) ?? answerGeneral(command) { return answer }
        if Self.platform.contains(command.name) || isGeneral(command.name) {
            return refuse(command, .notSupported, "no such form")
        }
        body.breach("no such command: \(command.text.prefix(40))")
        return Self.plainError
    }

    /// Without a breach: a host cannot know what its module's firmware has.
    private func isUnknown(_ name: String) -> Bool {
        switch name {
        case "+QLADATASTATUS": options.statusCommands == .long
        case "+QLAULDATASTATUS": options.statusCommands == .short
        default:
            Self.others.contains(name) || !options.hasCommandsInDevelopment && Self.inDevelopment.contains(name)
        }
    }

    private func answerPlatform(_ command: CommandLine) -> Answer? {
        switch (command.name, command.form) {
        case ("+QLASERVERIP", .set): setServer(command)
        case ("+QLASERVERIP", .read): listServers()
        case ("+QLASECSWT", .set): setEncryption(command)
        case ("+QLASECSWT", .read): tellEncryption(command.name, session.encryption)
        case ("+QLASETPSK", .set), ("+QLASETBSPSK", .set): setKey(command)
        case ("+QLASETPSK", .read): tellKey("+QLASETPSK", "+QSETPSK", saved.key)
        case ("+QLASETBSPSK", .read): tellKey("+QLASETBSPSK", "+QSETBSPSK", saved.bootstrapKey)
        case ("+QLABSSECSWT", .set): setEncryption(command)
        case ("+QLABSSECSWT", .read): tellEncryption(command.name, saved.bootstrapEncryption)
        case ("+QLASREGIND", .set): changeRegistration(command)
        case ("+QLASENDDATA", .set): send(command)
        case ("+QLASENDRSP", .set): respond(command)
        case ("+QLADATASTATUS", .read), ("+QLAULDATASTATUS", .read): .ok("\(command.name):\(session.dataStatus)")
        case ("+QLAFOTAIND", .set): decideFirmware(command)
        case ("+QLAREGSWT", .set): setRegistrationMode(command)
        case ("+QLAREGSWT", .read): .ok("+QLAREGSWT:\(saved.registersItself ? 1 : 0)")
        case ("+QLASTATUS", .read): .ok("+QLASTATUS:\(session.status.rawValue)")
        case ("+QLARESETDTLS", .execute): resetHandshake()
        case ("+QLADTLSSTAT", .read): tellHandshake()
        case ("+QCFG", .set): configure(command)
        case ("+QLAFOTARESET", .set): yieldToUrgentData(command)
        default: nil
        }
    }
}
