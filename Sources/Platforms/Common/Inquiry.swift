package import AT

/// Who a module is. What it does not tell is nil.
package struct Identity: Equatable, Sendable {
    package var model: String?
    package var revision: String?
    package var imei: String?
    package var imsi: String?
    package var iccid: String?

    package init(
        model: String? = nil, revision: String? = nil, imei: String? = nil, imsi: String? = nil, iccid: String? = nil
    ) {
        self.model = model
        self.revision = revision
        self.imei = imei
        self.imsi = imsi
        self.iccid = iccid
    }
}

/// Where a module stands with the radio network. What is not known is nil.
package struct NetworkStatus: Equatable, Sendable {
    package var attached: Bool?
    package var ip: String?
    package var rssi: Int?

    package init(attached: Bool? = nil, ip: String? = nil, rssi: Int? = nil) {
        self.attached = attached
        self.ip = ip
        self.rssi = rssi
    }
}

/// The commands that every module of these families knows, and how their answers read.
package enum Inquiry {
    package static let attention = Command("AT", timeLimit: .milliseconds(300))
    package static let echoOff = Command("ATE0")
    package static let errorCodes = Command("AT+CMEE=1")
    package static let stayAwake = Command("AT+QSCLK=0")
    package static let maySleep = Command("AT+QSCLK=1")
    package static let sleepMode = Command("AT+QSCLK?", answer: .prefixed("+QSCLK"))
    package static let sleepReports = Command("AT+QNBIOTEVENT=1,1")
    package static let attachReports = Command("AT+CEREG=1")
    package static let connectionReports = Command("AT+CSCON=1")
    package static let restart = Command("AT+QRST=1", finals: ["REBOOTING"])
    package static let restartNeul = Command("AT+NRB", timeLimit: .seconds(10), finals: ["REBOOTING"])

    package static let product = Command("ATI", answer: .bare())
    package static let revision = Command("AT+CGMR", answer: .bare().or(.prefixed("+CGMR")))
    package static let imei = Command(
        "AT+CGSN=1", answer: .prefixed("+CGSN").or(.bare(where: { Digits.all($0.bytes, count: 15) })))
    package static let imsi = Command(
        "AT+CIMI", answer: .bare(where: { Digits.all($0.bytes, count: 15) }).or(.prefixed("+CIMI")))
    package static let iccid = Command("AT+QCCID", answer: .prefixed("+QCCID"))
    package static let radio = Command("AT+CFUN?", answer: .prefixed("+CFUN"))
    package static let radioOn = Command("AT+CFUN=1", timeLimit: .seconds(25))
    package static let attachment = Command("AT+CEREG?", answer: .prefixed("+CEREG", where: isAttachmentAnswer))
    package static let address = Command("AT+CGPADDR?", answer: .prefixed("+CGPADDR"))
    package static let signal = Command("AT+CSQ", answer: .prefixed("+CSQ"))

    /// `+CEREG: 1,5[,…]`: mode and state. The report of a changed cell looks alike, but its second field is quoted.
    private static let isAttachmentAnswer: Answer.Shape = { line in
        guard let state = Fields(line)[1], !state.isQuoted else { return false }
        return state.int.map { (0...99).contains($0) } ?? false
    }

    /// Three lines: manufacturer, `Quectel_BC260Y-CN`, `Revision: BC260YCNAAR02A04`.
    package static func readProduct(_ lines: [Line], into identity: inout Identity) {
        let texts = lines.map(\.text)
        if let line = texts.first(where: { $0.hasPrefix("Revision:") }) {
            identity.revision = trimmed(line.dropFirst("Revision:".count))
        }
        if let line = texts.first(where: { $0.contains("BC") && !$0.hasPrefix("Revision:") }) {
            identity.model = trimmed(line.hasPrefix("Quectel_") ? line.dropFirst("Quectel_".count) : line[...])
        }
    }

    package static func readRevision(_ lines: [Line]) -> String? {
        guard let line = lines.first else { return nil }
        let text = line.hasPrefix("+CGMR") ? Fields(line)[0]?.text ?? "" : line.text
        let value = trimmed(text.hasPrefix("Revision:") ? text.dropFirst("Revision:".count) : text[...])
        return value.isEmpty ? nil : value
    }

    /// `+CGSN: 8666…` or bare digits.
    package static func readDigits(_ line: Line?) -> String? {
        guard let line else { return nil }
        let text = line.hasPrefix("+") ? Fields(line)[0]?.text : line.text
        guard let text, !text.isEmpty else { return nil }
        return text
    }

    /// `+CEREG: 1,5`: attached at home (1) or roaming (5).
    package static func readAttached(_ line: Line?) -> Bool? {
        guard let line else { return nil }
        let fields = Fields(line)
        return fields[fields.count >= 2 ? 1 : 0]?.int.map { $0 == 1 || $0 == 5 }
    }

    /// `+CGPADDR: 0,"10.0.0.7"`; without an address there is none.
    package static func readAddress(_ lines: [Line]) -> String? {
        for line in lines {
            if let address = Fields(line)[1]?.text, !address.isEmpty, address != "0.0.0.0" { return address }
        }
        return nil
    }

    /// 3GPP 27.007, 8.5: 0 to 31 are −113 to −51 dBm, 99 is unknown.
    package static func readSignal(_ line: Line?) -> Int? {
        guard let line, let value = Fields(line)[0]?.int, (0...31).contains(value) else { return nil }
        return -113 + 2 * value
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

extension Inquiry {
    /// What BC28 lacks or spells otherwise: it has no QSCLK, QNBIOTEVENT, QCCID or QRST. ATI, CGMR, CGSN=1, CIMI, CSQ,
    /// CEREG, CSCON, CFUN and CMEE are as above.
    package enum Neul {
        package static let restart = restartNeul
        /// Asked without a question mark; `+CGPADDR:0` alone means that there is no address.
        package static let address = Command("AT+CGPADDR", answer: .prefixed("+CGPADDR"))
        package static let iccid = Command("AT+NCCID", answer: .prefixed("+NCCID"))
        /// It sleeps by power saving mode alone.
        package static let stayAwake = Command("AT+CPSMS=0")
        package static let maySleep = Command("AT+CPSMS=1")
        /// `+NPSMR:1` when it falls asleep, `+NPSMR:0` when it wakes.
        package static let sleepReports = Command("AT+NPSMR=1")
        /// Lines without a common name, such as `Signal power:-988`.
        package static let statistics = Command(
            "AT+NUESTATS",
            answer: .bare(where: { line in line.bytes.contains { $0 == UInt8(ascii: ":") } })
                .or(.prefixed("+NUESTATS")))

        /// In tenths of dBm; −32768 is unknown.
        package static func readSignal(_ lines: [Line]) -> Int? {
            for line in lines where line.hasPrefix("Signal power") {
                guard let power = Fields(line)[0]?.int, (-2000..<0).contains(power) else { return nil }
                return (power - 5) / 10
            }
            return nil
        }
    }
}

enum Digits {
    static func all(_ bytes: [UInt8], count: Int) -> Bool {
        bytes.count == count && bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

/// The reports that every family has in common, read.
package enum CommonReport {
    package static func understand(_ line: Line) -> [SessionEvent] {
        if line.hasPrefix("+CEREG") {
            // As a report: `+CEREG: 1` or `+CEREG: 1,"tac","ci",9`.
            return Fields(line)[0]?.int.map { [.attached($0 == 1 || $0 == 5)] } ?? []
        }
        if line.hasPrefix("+CSCON") { return Fields(line)[0]?.int.map { [.connected($0 == 1)] } ?? [] }
        if line.hasPrefix("+QNBIOTEVENT") || line.hasPrefix("+QNBITEVENT") { return sleep(line) }
        if line.hasPrefix("+NPSMR") { return Fields(line)[0]?.int.map { [.sleeping($0 == 1)] } ?? [] }
        // Builds that say it without the name.
        if line.hasPrefix("ENTER ") || line.hasPrefix("EXIT ") { return power(line.text, line) }
        return []
    }

    private static func sleep(_ line: Line) -> [SessionEvent] { power(Fields(line)[0]?.text, line) }

    private static func power(_ change: String?, _ line: Line) -> [SessionEvent] {
        switch change {
        case "ENTER DEEPSLEEP", "ENTER PSM": [.sleeping(true)]
        case "EXIT DEEPSLEEP", "EXIT PSM": [.sleeping(false)]
        case let other: [.other(name: "module_power", detail: [Detail("report", .text(other ?? line.text))])]
        }
    }
}
