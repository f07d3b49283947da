package import AT

/// The nine commands of the China Telecom platform (BC260Y-CN R02 note, section 2.3), in every form that it has.
package enum CTWingCommand {
    /// The largest payload of one NMGS (2.3.3).
    package static let uplinkLimit = 1024

    /// NCDPOPEN (2.3.1). The result comes as an event, after up to 126 s.
    package static func open(host: String, port: Int, psk: String?) throws(Quoted.Refusal) -> Command {
        let address = try Quoted.encode(host)
        guard let psk else { return Command("AT+NCDPOPEN=\(address),\(port)") }
        return Command(
            "AT+NCDPOPEN=\(address),\(port),\(psk)", redacted: "AT+NCDPOPEN=\(address),\(port),<psk>")
    }

    package static let openSyntax = Command("AT+NCDPOPEN=?", answer: .prefixed("+NCDPOPEN"))

    /// NCDPCLOSE (2.3.2). The module deregisters for up to 124 s after its OK.
    package static let close = Command("AT+NCDPCLOSE")

    /// NMGS (2.3.3). The type is always written: left out, the module may take the one of the uplink before.
    package static func send(_ uplink: UplinkData) -> Command {
        let head = "AT+NMGS=\(uplink.payload.count),"
        var bytes: [UInt8] = []
        bytes.reserveCapacity(head.utf8.count + 2 * uplink.payload.count + 4)
        bytes.append(contentsOf: head.utf8)
        Hex.encode(uplink.payload, into: &bytes)
        bytes.append(contentsOf: ",\(type(of: uplink))".utf8)
        return Command(bytes: bytes)
    }

    /// 0, 1, 2: not confirmed, with that RAI; 100, 101, 102: confirmed.
    static func type(of uplink: UplinkData) -> Int { (uplink.confirm ? 100 : 0) + Int(uplink.rai) }

    /// NMGR (2.3.4): one message a time, the oldest first; none gives OK alone.
    package static let read = Command("AT+NMGR", answer: .prefixed("+NMGR"))

    /// NNMI (2.3.5).
    package enum ReceiveMode: Int, Sendable {
        case bufferedSilently = 0
        case push = 1
        case buffered = 2
    }

    package static func receive(_ mode: ReceiveMode) -> Command { Command("AT+NNMI=\(mode.rawValue)") }

    /// Its answer looks like the report of a push; a mode is one bare digit.
    package static let receiveMode = Command(
        "AT+NNMI?",
        answer: .prefixed("+NNMI", where: { line in Fields(line).count == 1 && Fields(line)[0]?.int != nil }))

    /// NCFG (2.3.6): lifetime, in effect after a restart.
    package static func lifetime(_ seconds: Int) -> Command { Command("AT+NCFG=0,\(seconds)") }

    package static let lifetime = Command("AT+NCFG=0", answer: .prefixed("+NCFG"))

    package static let lifetimeSyntax = Command("AT+NCFG=?", answer: .prefixed("+NCFG"))

    /// A lifetime from 1 to 900 is taken as 900 (2.3.6, remark 2).
    package static func effectiveLifetime(_ seconds: Int) -> Int { (1...900).contains(seconds) ? 900 : seconds }

    /// NMSTATUS (2.3.7).
    package static let status = Command("AT+NMSTATUS?", answer: .prefixed("+NMSTATUS"))

    /// QLWULDATASTATUS (2.3.8).
    package static let uplinkStatus = Command("AT+QLWULDATASTATUS?", answer: .prefixed("+QLWULDATASTATUS"))

    /// NQMGR (2.3.9): its answer has no prefix of the usual kind.
    package static let messageCounts = Command(
        "AT+NQMGR", answer: .bare(where: { $0.hasPrefix("BUFFERED=") }).or(.prefixed("+NQMGR")))
}
