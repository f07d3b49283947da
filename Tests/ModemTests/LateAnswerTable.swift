import AT
import Platforms
import Testing

/// A command that sessions or the bridge send, and a good answer of the module.
struct Exchange: Sendable, CustomTestStringConvertible {
    var command: Command
    var answer: [String]
    var final = "OK"

    init(_ command: Command, _ answer: String..., final: String = "OK") {
        self.command = command
        self.answer = answer
        self.final = final
    }

    var testDescription: String { "\(command)" }

    var whole: [String] { answer + [final] }

    /// The answer is a message that the module no longer has.
    var isMessage: Bool { answer.contains { $0.hasPrefix("+NMGR") } }
}

extension Exchange {
    /// Every command that there is, in every form.
    static func all() throws -> [Exchange] {
        try platform() + inquiries
    }

    private static func platform() throws -> [Exchange] {
        let payload = Array("hello".utf8)
        var all = [
            Exchange(try CTWingCommand.open(host: "221.229.214.202", port: 5683, psk: nil)),
            Exchange(try CTWingCommand.open(host: "221.229.214.202", port: 5684, psk: "00112233")),
            Exchange(CTWingCommand.openSyntax),
            Exchange(CTWingCommand.close),
            Exchange(CTWingCommand.read, "+NMGR: 4,AAAA0000"),
            Exchange(CTWingCommand.read),
            Exchange(CTWingCommand.receive(.bufferedSilently)),
            Exchange(CTWingCommand.receive(.push)),
            Exchange(CTWingCommand.receive(.buffered)),
            Exchange(CTWingCommand.receiveMode, "+NNMI: 2"),
            Exchange(CTWingCommand.lifetime(86_400)),
            Exchange(CTWingCommand.lifetime, "+NCFG: 86400"),
            Exchange(CTWingCommand.lifetimeSyntax, "+NCFG: 0[(0-2592000)]"),
            Exchange(CTWingCommand.status, "+NMSTATUS: REGISTERED_AND_OBSERVED"),
            Exchange(CTWingCommand.uplinkStatus, "+QLWULDATASTATUS: 4"),
            Exchange(CTWingCommand.messageCounts, "BUFFERED=0,RECEIVED=34,DROPPED=2"),
        ]
        for confirm in [false, true] {
            for rai in UInt8(0)...2 {
                all.append(Exchange(CTWingCommand.send(UplinkData(payload: payload, confirm: confirm, rai: rai))))
            }
        }
        return all
    }

    private static let inquiries = [
        Exchange(Inquiry.attention),
        Exchange(Inquiry.echoOff),
        Exchange(Inquiry.errorCodes),
        Exchange(Inquiry.stayAwake),
        Exchange(Inquiry.maySleep),
        Exchange(Inquiry.sleepReports),
        Exchange(Inquiry.attachReports),
        Exchange(Inquiry.connectionReports),
        Exchange(Inquiry.restart),
        Exchange(Inquiry.restartNeul, final: "REBOOTING"),
        Exchange(Inquiry.product, "Quectel_Ltd", "Quectel_BC260Y-CN", "Revision: BC260YCNAAR02A04"),
        Exchange(Inquiry.revision, "Revision: BC260YCNAAR02A04"),
        Exchange(Inquiry.revision, "+CGMR: BC260YCNAAR02A04"),
        Exchange(Inquiry.imei, "+CGSN: \(TestLine.imei)"),
        Exchange(Inquiry.imei, TestLine.imei),
        Exchange(Inquiry.imsi, "460113174397824"),
        Exchange(Inquiry.iccid, "+QCCID: 89861118241003123456"),
        Exchange(Inquiry.radio, "+CFUN: 1"),
        Exchange(Inquiry.radioOn),
        Exchange(Inquiry.attachment, "+CEREG: 1,1"),
        Exchange(Inquiry.address, "+CGPADDR: 0,\"10.0.0.7\""),
        Exchange(Inquiry.signal, "+CSQ: 20,99"),
    ]
}
