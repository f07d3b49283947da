import AT
import Testing

@testable import Platforms

/// The bytes of every command of the note (2.3), in every form, and which lines answer it.
@Suite struct CommandTests {
    private func text(_ command: Command) -> String { String(decoding: command.bytes, as: UTF8.self) }

    @Test(
        arguments: [
            // 4.1.2 and 4.2.2 of the note.
            ("180.101.147.115", 5683, nil, "AT+NCDPOPEN=\"180.101.147.115\",5683"),
            ("221.229.214.202", 5683, nil, "AT+NCDPOPEN=\"221.229.214.202\",5683"),
            ("lwm2m.ctwing.cn", 0, nil, "AT+NCDPOPEN=\"lwm2m.ctwing.cn\",0"),
            ("221.229.214.202", 65_535, "a1b2", "AT+NCDPOPEN=\"221.229.214.202\",65535,a1b2"),
        ] as [(String, Int, String?, String)])
    func `NCDPOPEN names address, port and key`(host: String, port: Int, psk: String?, expected: String) throws {
        let command = try CTWingCommand.open(host: host, port: port, psk: psk)
        #expect(text(command) == expected)
        #expect(command.timeLimit == .seconds(5))
    }

    @Test func `a key is not shown`() throws {
        let command = try CTWingCommand.open(host: "h", port: 5684, psk: "00112233")
        #expect(command.description == "AT+NCDPOPEN=\"h\",5684,<psk>")
    }

    @Test(arguments: ["a\"b", "a\rb", "a\nb", "a\0b"])
    func `a server that would end its string is refused`(host: String) {
        #expect(throws: Quoted.Refusal.self) { try CTWingCommand.open(host: host, port: 5683, psk: nil) }
    }

    @Test(
        arguments: [
            // The first three of the note, whose capitals and quotes mean nothing (2.3.3).
            ([0x00, 0x45, 0x4C, 0x4C, 0x4F], false, 0, "AT+NMGS=5,00454C4C4F,0"),
            ([0x01, 0x05, 0x48, 0x45, 0x4C, 0x4C, 0x4F], true, 0, "AT+NMGS=7,010548454C4C4F,100"),
            ([0x01, 0x05, 0x48, 0x45, 0x4C, 0x4C, 0x4F], false, 1, "AT+NMGS=7,010548454C4C4F,1"),
            ([0x01, 0x05, 0x48, 0x45, 0x4C, 0x4C, 0x4F], true, 2, "AT+NMGS=7,010548454C4C4F,102"),
            ([0xFF], false, 2, "AT+NMGS=1,FF,2"),
            ([0x0D, 0x0A, 0x22], true, 1, "AT+NMGS=3,0D0A22,101"),
        ] as [([UInt8], Bool, UInt8, String)])
    func `NMGS has length, digits and type`(payload: [UInt8], confirm: Bool, rai: UInt8, expected: String) {
        #expect(text(CTWingCommand.send(UplinkData(payload: payload, confirm: confirm, rai: rai))) == expected)
    }

    @Test func `NMGS takes 1024 bytes`() {
        #expect(CTWingSession.uplinkLimit == 1024)
        let payload = [UInt8](repeating: 0xAB, count: 1024)
        let command = text(CTWingCommand.send(UplinkData(payload: payload, confirm: true, rai: 1)))
        #expect(command == "AT+NMGS=1024," + String(repeating: "AB", count: 1024) + ",101")
    }

    @Test(arguments: [
        (CTWingCommand.openSyntax, "AT+NCDPOPEN=?"),
        (CTWingCommand.close, "AT+NCDPCLOSE"),
        (CTWingCommand.read, "AT+NMGR"),
        (CTWingCommand.receive(.bufferedSilently), "AT+NNMI=0"),
        (CTWingCommand.receive(.push), "AT+NNMI=1"),
        (CTWingCommand.receive(.buffered), "AT+NNMI=2"),
        (CTWingCommand.receiveMode, "AT+NNMI?"),
        (CTWingCommand.lifetime, "AT+NCFG=0"),
        (CTWingCommand.lifetime(0), "AT+NCFG=0,0"),
        (CTWingCommand.lifetime(86_400), "AT+NCFG=0,86400"),
        (CTWingCommand.lifetime(2_592_000), "AT+NCFG=0,2592000"),
        (CTWingCommand.lifetimeSyntax, "AT+NCFG=?"),
        (CTWingCommand.status, "AT+NMSTATUS?"),
        (CTWingCommand.uplinkStatus, "AT+QLWULDATASTATUS?"),
        (CTWingCommand.messageCounts, "AT+NQMGR"),
    ])
    func `every other command is written as the note writes it`(command: Command, expected: String) {
        #expect(text(command) == expected)
        #expect(command.timeLimit == .seconds(5))
        #expect(command.payload == nil)
    }

    @Test(arguments: [
        (Inquiry.attention, "AT"), (Inquiry.echoOff, "ATE0"), (Inquiry.errorCodes, "AT+CMEE=1"),
        (Inquiry.stayAwake, "AT+QSCLK=0"), (Inquiry.maySleep, "AT+QSCLK=1"),
        (Inquiry.sleepReports, "AT+QNBIOTEVENT=1,1"), (Inquiry.attachReports, "AT+CEREG=1"),
        (Inquiry.connectionReports, "AT+CSCON=1"), (Inquiry.restart, "AT+QRST=1"), (Inquiry.restartNeul, "AT+NRB"),
        (Inquiry.product, "ATI"), (Inquiry.revision, "AT+CGMR"), (Inquiry.imei, "AT+CGSN=1"),
        (Inquiry.imsi, "AT+CIMI"), (Inquiry.iccid, "AT+QCCID"), (Inquiry.radio, "AT+CFUN?"),
        (Inquiry.radioOn, "AT+CFUN=1"), (Inquiry.attachment, "AT+CEREG?"), (Inquiry.address, "AT+CGPADDR?"),
        (Inquiry.signal, "AT+CSQ"),
    ])
    func `every common command is written as the notes write it`(command: Command, expected: String) {
        #expect(text(command) == expected)
    }

    /// What the module prints while the command runs, what of it is the answer, and what is a report.
    @Test(arguments: [
        (CTWingCommand.receiveMode, ["+NNMI: 2"], ["+NNMI: 4,AAAA0000", "+NNMI", "+NNMI: \"recv\",buff full"]),
        (CTWingCommand.read, ["+NMGR: 4,AAAA0000"], ["+NNMI", "+QLWEVTIND: 4"]),
        (CTWingCommand.read, ["+NMGR:4,\"aaaa0000\""], ["+NNMI: 4,AAAA0000"]),
        (CTWingCommand.status, ["+NMSTATUS: REGISTERED"], ["+QLWEVTIND: 0", "+CSCON:0"]),
        (CTWingCommand.uplinkStatus, ["+QLWULDATASTATUS: 4"], ["+QLWEVTIND: 4"]),
        (CTWingCommand.lifetime, ["+NCFG: 86400"], ["+CEREG: 1"]),
        (CTWingCommand.messageCounts, ["BUFFERED=0,RECEIVED=34,DROPPED=2"], ["+NNMI"]),
        (CTWingCommand.messageCounts, ["+NQMGR: BUFFERED=0,RECEIVED=34,DROPPED=2"], ["+NNMI"]),
        (Inquiry.attachment, ["+CEREG: 1,5"], ["+CEREG: 5", "+CEREG: 5,\"1A2B\",\"01A2D201\",9"]),
        (Inquiry.attachment, ["+CEREG: 2,1,\"1A2B\",\"01A2D201\",9"], ["+CEREG: 1,\"1234\",\"01A2D201\",9"]),
        (Inquiry.attachment, ["+CEREG:0,1"], ["+CEREG:2"]),
        (Inquiry.imei, ["+CGSN:867723030000001"], ["+CSCON:1"]),
        (Inquiry.imei, ["867723030000001"], ["+CSCON:1"]),
        (Inquiry.imsi, ["460113174397824"], ["+IP: 10.0.0.7"]),
        (Inquiry.imsi, ["+CIMI: 460113174397824"], ["+CPIN: READY"]),
        (Inquiry.revision, ["Revision: BC260YCNAAR02A04"], ["+CSCON: 1"]),
        (Inquiry.radio, ["+CFUN: 1"], ["+CPIN: READY"]),
        (Inquiry.product, ["Quectel_Ltd", "Quectel_BC260Y-CN", "Revision: BC260YCNAAR02A04"], ["+CEREG: 5"]),
    ])
    func `answers are told from the reports among them`(command: Command, answer: [String], reports: [String]) {
        for place in 0...answer.count {
            var dialogue = Dialogue(catalog: .common.adding(CTWingSession.reports))
            _ = dialogue.begin(command)
            var lines = answer
            lines.insert(contentsOf: reports, at: place)
            var events: [Dialogue.Event] = []
            dialogue.receive(Array((lines + ["OK"]).map { "\r\n\($0)\r\n" }.joined().utf8), into: &events)
            let expected = reports.map { Dialogue.Event.report(Line(Array($0.utf8))) }
            let response = Response(lines: answer.map { Line(Array($0.utf8)) }, final: .ok)
            #expect(events == expected + [.completed(.answered(response))])
        }
    }
}
