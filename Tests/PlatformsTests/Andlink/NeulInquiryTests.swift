import AT
import Platforms
import Testing

/// What BC28 spells otherwise than BC260Y.
@Suite struct NeulInquiryTests {
    private func text(_ command: Command) -> String { String(decoding: command.bytes, as: UTF8.self) }

    @Test func `its own commands are written as it knows them`() {
        #expect(text(Inquiry.Neul.restart) == "AT+NRB" && Inquiry.Neul.restart.finals == ["REBOOTING"])
        #expect(text(Inquiry.Neul.address) == "AT+CGPADDR")
        #expect(text(Inquiry.Neul.iccid) == "AT+NCCID")
        #expect(text(Inquiry.Neul.stayAwake) == "AT+CPSMS=0" && text(Inquiry.Neul.maySleep) == "AT+CPSMS=1")
        #expect(text(Inquiry.Neul.sleepReports) == "AT+NPSMR=1")
        #expect(text(Inquiry.Neul.statistics) == "AT+NUESTATS")
    }

    @Test(
        arguments: [
            (["Signal power:-988", "Total power:-900", "SNR:55", "ECL:255"], -99), (["Signal power:-980"], -98),
            (["Signal power: -1205"], -121), (["SNR:1", "Signal power:-5"], -1), (["Signal power:-32768"], nil),
            (["Signal power:0"], nil), (["Signal power:x"], nil), (["Signal power:"], nil), (["SNR:55"], nil),
            ([], nil),
        ] as [([String], Int?)])
    func `a signal is in tenths of dBm, or not known`(lines: [String], rssi: Int?) {
        #expect(Inquiry.Neul.readSignal(lines.map { Line(Array($0.utf8)) }) == rssi)
    }

    @Test(
        arguments: [
            ("+CGSN:867724030000225", "867724030000225"), ("+NCCID:89861118241003123456", "89861118241003123456"),
        ])
    func `digits stand behind the name without a blank`(line: String, digits: String) {
        #expect(Inquiry.readDigits(Line(Array(line.utf8))) == digits)
    }

    @Test(arguments: [("+CGPADDR:0,10.0.0.7", "10.0.0.7"), ("+CGPADDR:0", nil)])
    func `an address that is not told is none`(line: String, address: String?) {
        #expect(Inquiry.readAddress([Line(Array(line.utf8))]) == address)
    }
}
