package import AT

/// The sixteen commands of China Mobile's Andlink (BC28 note, chapter 3), in every form that they have.
package enum AndlinkCommand {
    /// The largest payload of one uplink (3.5) and of one answer (3.6).
    package static let uplinkLimit = 1024

    /// The note grants 300 ms and, for keys, 2 s; a module that also talks to the network takes longer at times.
    private static let quick = Duration.seconds(2)
    private static let slow = Duration.seconds(5)

    // MARK: Servers (3.1)

    package static func set(_ server: AndlinkServer) throws(Quoted.Refusal) -> Command {
        let host = try Quoted.encode(server.host)
        return Command("AT+QLASERVERIP=\"\(server.kind.rawValue)\",\(host),\(server.port)", timeLimit: quick)
    }

    /// Deletes every server of that address; without a port, on whatever port.
    package static func deleteServer(host: String, port: Int?) throws(Quoted.Refusal) -> Command {
        let port = port.map { ",\($0)" } ?? ""
        return Command("AT+QLASERVERIP=\"DEL\",\(try Quoted.encode(host))\(port)", timeLimit: quick)
    }

    /// Its lines stand behind a heading, without a name of their own.
    package static let servers = Command(
        "AT+QLASERVERIP?", answer: .prefixed("+QLASERVERIP").or(.bare(where: { AndlinkServer($0) != nil })),
        timeLimit: quick)

    // MARK: Encryption (3.2, 3.3, 3.15, 3.16)

    /// Each has keys and a switch of its own.
    package enum Phase: Sendable, CaseIterable {
        case server
        case bootstrap
    }

    /// With NAT enabled the module negotiates anew after 30 s without traffic.
    package static func encryption(_ phase: Phase, isOn: Bool, crossesNAT: Bool = true) -> Command {
        let value = isOn ? "1,\(crossesNAT ? 0 : 1)" : "0"
        return Command("\(encryptionName(phase))=\(value)", timeLimit: quick)
    }

    package static func encryption(_ phase: Phase) -> Command {
        let answer: Answer =
            phase == .server
            ? .prefixed("+QLASECSWT") : .prefixed("+QLABSSECSWT").or(.prefixed("+QBSSECSWT"))
        return Command("\(encryptionName(phase))?", answer: answer, timeLimit: quick)
    }

    private static func encryptionName(_ phase: Phase) -> String {
        phase == .server ? "AT+QLASECSWT" : "AT+QLABSSECSWT"
    }

    package static func key(_ phase: Phase, _ key: AndlinkKey) -> Command {
        Command(
            "\(keyName(phase))=\(key.id),\(key.secret)", timeLimit: slow, redacted: "\(keyName(phase))=\(key.id),<psk>")
    }

    package static func key(_ phase: Phase) -> Command {
        let answer: Answer =
            phase == .server
            ? .prefixed("+QSETPSK").or(.prefixed("+QLASETPSK"))
            : .prefixed("+QSETBSPSK").or(.prefixed("+QLASETBSPSK"))
        return Command("\(keyName(phase))?", answer: answer, timeLimit: slow)
    }

    private static func keyName(_ phase: Phase) -> String { phase == .server ? "AT+QLASETPSK" : "AT+QLASETBSPSK" }

    /// The next uplink negotiates anew (3.11).
    package static let resetEncryption = Command("AT+QLARESETDTLS", timeLimit: quick)

    /// The answer and the report are the same bytes (3.12).
    package static let encryptionState = Command(
        "AT+QLADTLSSTAT?", answer: .prefixed("+QLADTLSSTAT", alsoReport: true), timeLimit: quick)

    // MARK: Registration (3.4, 3.9, 3.10, 3.13)

    package static let register = Command("AT+QLASREGIND=0", timeLimit: quick)
    package static let deregister = Command("AT+QLASREGIND=1", timeLimit: quick)

    package static let status = Command("AT+QLASTATUS?", answer: .prefixed("+QLASTATUS"), timeLimit: quick)

    package enum RegistrationMode: Int, Sendable {
        case manual = 0
        case automatic = 1
    }

    /// In effect after a restart.
    package static func registration(_ mode: RegistrationMode) -> Command {
        Command("AT+QLAREGSWT=\(mode.rawValue)", timeLimit: quick)
    }

    package static let registrationMode = Command(
        "AT+QLAREGSWT?", answer: .prefixed("+QLAREGSWT"), timeLimit: quick)

    /// Resource 3/0/17.
    package static func deviceType(_ type: String) throws(Quoted.Refusal) -> Command {
        Command("AT+QCFG=\"LWM2M/DeviceType\",\(try Quoted.encode(type))", timeLimit: quick)
    }

    /// The note's own example answers `+CQFG`.
    package static let deviceType = Command(
        "AT+QCFG=\"LWM2M/DeviceType\"", answer: .prefixed("+QCFG").or(.prefixed("+CQFG")), timeLimit: quick)

    // MARK: Data (3.5, 3.6, 3.7)

    /// Behind the prompt, so that every byte may occur.
    package static func send(_ payload: [UInt8], _ mode: AndlinkSendMode) -> Command {
        Command("AT+QLASENDDATA=\(mode.rawValue),\(payload.count)", timeLimit: quick, payload: payload)
    }

    /// In the command itself; nil for bytes that a command cannot hold. A semicolon would begin another command (2.2),
    /// and blanks at the ends do not count.
    package static func sendDirectly(_ payload: [UInt8], _ mode: AndlinkSendMode) -> Command? {
        let blank = UInt8(ascii: " ")
        guard let first = payload.first, let last = payload.last, first != blank, last != blank,
            payload.allSatisfy({ (blank...UInt8(ascii: "~")).contains($0) && $0 != UInt8(ascii: ";") })
        else { return nil }
        return Command(
            bytes: Array("AT+QLASENDDATA=\(mode.rawValue),\(payload.count),".utf8) + payload, timeLimit: quick)
    }

    /// An answer without data has no prompt.
    package static func respond(
        messageID: Int, token: [UInt8], code: RequestAnswer.Code, payload: [UInt8] = []
    ) -> Command {
        Command(
            "AT+QLASENDRSP=\(messageID),\(Hex.string(token)),\(number(of: code)),\(payload.count)", timeLimit: quick,
            payload: payload.isEmpty ? nil : payload)
    }

    /// This platform ends at 14.
    private static func number(of code: RequestAnswer.Code) -> Int {
        code == .notAcceptable ? RequestAnswer.Code.badRequest.number : code.number
    }

    /// The note has two names for one command; modules have one of them.
    package enum StatusSpelling: String, Sendable, CaseIterable {
        case short = "QLADATASTATUS"
        case long = "QLAULDATASTATUS"

        var other: StatusSpelling { self == .short ? .long : .short }
    }

    package static func uplinkStatus(_ spelling: StatusSpelling) -> Command {
        Command(
            "AT+\(spelling.rawValue)?",
            answer: .prefixed("+QLADATASTATUS", alsoReport: true).or(.prefixed("+QLAULDATASTATUS", alsoReport: true)),
            timeLimit: quick)
    }

    // MARK: Firmware (3.8, 3.14)

    package static func firmware(_ mode: AndlinkFirmware.Mode) -> Command { firmware(mode.number) }

    package static func firmware(_ decision: FirmwareDecision) -> Command { firmware(decision.number) }

    private static func firmware(_ type: Int) -> Command { Command("AT+QLAFOTAIND=\(type)", timeLimit: quick) }

    /// OK means that the update has been stopped for urgent data.
    package static let interruptFirmware = Command("AT+QLAFOTARESET=1", timeLimit: quick)
}

/// How an uplink goes (3.5).
package enum AndlinkSendMode: String, Sendable, CaseIterable {
    case unconfirmed = "0x0000"
    case unconfirmedRelease = "0x0001"
    case unconfirmedReleaseAfterReply = "0x0010"
    case confirmed = "0x0100"
    case confirmedReleaseAfterReply = "0x0101"

    /// A confirmed uplink always has a reply, so the radio is not released before it, whatever the RAI says.
    package init(confirm: Bool, rai: UInt8) {
        self =
            switch (confirm, rai) {
            case (false, 0): .unconfirmed
            case (false, 1): .unconfirmedRelease
            case (false, _): .unconfirmedReleaseAfterReply
            case (true, 0): .confirmed
            case (true, _): .confirmedReleaseAfterReply
            }
    }
}
