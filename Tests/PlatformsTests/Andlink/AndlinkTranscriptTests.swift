import AT
import Testing

@testable import Platforms

/// The dialogues of the note (chapters 3 and 6) as bytes, through the line's own grammar.
@Suite struct AndlinkTranscriptTests {
    private static let catalog = ReportCatalog.common.adding(AndlinkSession.reports)

    /// What became of some bytes while a command ran.
    private struct Outcome: Equatable {
        var answer: [Line]?
        var final: Final?
        var reports: [Line] = []
        var written: [UInt8] = []
        var others: [Dialogue.Event] = []
    }

    private func outcome(_ events: [Dialogue.Event]) -> Outcome {
        var outcome = Outcome()
        for event in events {
            switch event {
            case .report(let line): outcome.reports.append(line)
            case .write(let bytes): outcome.written += bytes
            case .completed(.answered(let response)):
                outcome.answer = response.lines
                outcome.final = response.final
            default: outcome.others.append(event)
            }
        }
        return outcome
    }

    /// The answer to a command, whole and byte by byte.
    private func run(_ command: Command, _ answer: String) -> Outcome {
        let bytes = Array(answer.utf8)
        var events: [Dialogue.Event] = []
        var dialogue = Dialogue(catalog: Self.catalog)
        _ = dialogue.begin(command)
        dialogue.receive(bytes, into: &events)
        let whole = outcome(events)
        var slow: [Dialogue.Event] = []
        dialogue = Dialogue(catalog: Self.catalog)
        _ = dialogue.begin(command)
        for byte in bytes { dialogue.receive([byte], into: &slow) }
        #expect(outcome(slow) == whole)
        return whole
    }

    private func lines(_ texts: [String]) -> [Line] { texts.map { Line(Array($0.utf8)) } }

    @Test(
        arguments: [
            (
                AndlinkCommand.servers,
                "\r\n+QLASERVERIP:\r\nBS,180.101.147.115,5683\r\nLWM2M,180.101.147.115,5683\r\n\r\nOK\r\n",
                ["+QLASERVERIP:", "BS,180.101.147.115,5683", "LWM2M,180.101.147.115,5683"]
            ),
            (AndlinkCommand.encryption(.server), "\r\n+QLASECSWT:1,1\r\n\r\nOK\r\n", ["+QLASECSWT:1,1"]),
            (
                AndlinkCommand.key(.server), "\r\n+QSETPSK:867724030000225,***\r\n\r\nOK\r\n",
                ["+QSETPSK:867724030000225,***"]
            ),
            (
                AndlinkCommand.key(.bootstrap), "\r\n+QSETBSPSK:201703230000024,***\r\n\r\nOK\r\n",
                ["+QSETBSPSK:201703230000024,***"]
            ),
            (AndlinkCommand.encryption(.bootstrap), "\r\n+QBSSECSWT:1,1\r\n\r\nOK\r\n", ["+QBSSECSWT:1,1"]),
            (AndlinkCommand.registrationMode, "\r\n+QLAREGSWT:1\r\n\r\nOK\r\n", ["+QLAREGSWT:1"]),
            (AndlinkCommand.status, "\r\n+QLASTATUS:REGISTERED\r\n\r\nOK\r\n", ["+QLASTATUS:REGISTERED"]),
            (
                AndlinkCommand.deviceType, "\r\n+CQFG: \"LWM2M/DeviceType\",31301\r\n\r\nOK\r\n",
                ["+CQFG: \"LWM2M/DeviceType\",31301"]
            ),
            (Inquiry.Neul.address, "\r\n+CGPADDR:0,10.0.0.7\r\n\r\nOK\r\n", ["+CGPADDR:0,10.0.0.7"]),
            (Inquiry.Neul.iccid, "\r\n+NCCID:89861118241003123456\r\n\r\nOK\r\n", ["+NCCID:89861118241003123456"]),
            (
                Inquiry.Neul.statistics, "\r\nSignal power:-988\r\nSNR:55\r\nECL:255\r\n\r\nOK\r\n",
                ["Signal power:-988", "SNR:55", "ECL:255"]
            ),
        ] as [(Command, String, [String])])
    func `an answer is told from the reports among its lines`(command: Command, answer: String, expected: [String]) {
        let plain = run(command, answer)
        #expect(plain.answer == lines(expected) && plain.final == .ok && plain.reports == [] && plain.others == [])
        let reports = [
            "+QLAEVTIND:0", "+QLAREAD: 48767,\"6CBBD6861BC43359\"", "FIRMWARE DOWNLOADING", "REGISTERNOTIFY",
            "+QLAULDATASTATUS:4", "+QLADTLSSTAT:0",
        ]
        let mixed = reports.map { "\r\n\($0)\r\n" }.joined() + answer
        let outcome = run(command, mixed)
        #expect(outcome.answer == lines(expected) && outcome.final == .ok && outcome.reports == lines(reports))
    }

    @Test(arguments: [
        (AndlinkCommand.uplinkStatus(.short), "+QLADATASTATUS:4"),
        (AndlinkCommand.uplinkStatus(.short), "+QLAULDATASTATUS:4"),
        (AndlinkCommand.uplinkStatus(.long), "+QLAULDATASTATUS:4"),
        (AndlinkCommand.encryptionState, "+QLADTLSSTAT:0"),
    ])
    func `an answer that is the same bytes as a report is both`(command: Command, line: String) {
        let outcome = run(command, "\r\n\(line)\r\n\r\nOK\r\n")
        #expect(outcome.answer == lines([line]) && outcome.reports == lines([line]))
    }

    @Test(arguments: ["\r\n>", "\r\n> ", ">", "\r\n>\r\n"])
    func `every byte goes behind the prompt, and no other`(prompt: String) {
        let payload = (0...255).map(UInt8.init)
        for command in [
            AndlinkCommand.send(payload, .confirmed),
            AndlinkCommand.respond(messageID: 48767, token: [0x6C], code: .content, payload: payload),
        ] {
            let outcome = run(command, "\(prompt)\r\n\r\nOK\r\n")
            #expect(outcome.written == payload && outcome.final == .ok)
        }
    }

    @Test func `the answer and the uplink of the note's example are taken`() {
        let value = Array("{\"firstName\": \"Brett\", \"lastName\": \"McLaughlin\"}".utf8)
        let token: [UInt8] = [0x6C, 0xBB, 0xD6, 0x86, 0x1B, 0xC4, 0x33, 0x59]
        let answer = run(
            AndlinkCommand.respond(messageID: 48767, token: token, code: .content, payload: value),
            "\r\n>\r\nOK\r\n")
        #expect(answer.written == value && answer.final == .ok)
        let data = Array("[{\"n\":\"19/1/0\",\"p1\":\"v1\"}]".utf8)
        let uplink = run(AndlinkCommand.send(data, .confirmed), "\r\n>\r\nOK\r\n\r\n+QLAULDATASTATUS:4\r\n")
        #expect(uplink.written == data && uplink.final == .ok && uplink.reports == ["+QLAULDATASTATUS:4"])
    }

    @Test(arguments: ["\r\nERROR\r\n", "\r\n+CME ERROR: 513\r\n", "\r\n+CME ERROR:513\r\n"])
    func `a module that refuses instead of prompting gets no byte`(answer: String) {
        let outcome = run(AndlinkCommand.send([1, 2, 3], .unconfirmed), answer)
        #expect(outcome.written == [] && outcome.final != nil && outcome.final != .ok)
    }

    @Test(arguments: [
        "+QLAEVTIND:4", "+QLAEVTIND: 0", "+QLAWRITE: 1,\"AB\",7B7D", "+QLAWRITE: 1,\"AB\",{\"a\":\"b\"},\"q=1\"",
        "+QLAREAD: 9415,\"6857D31A64CCBC95\",\"lwm2m=1.&ep=12345&name=123456\"", "+QLADATASTATUS:4",
        "+QLAULDATASTATUS:4", "+QLADTLSSTAT:3", "REGISTERNOTIFY", "FIRMWARE DOWNLOADING", "FIRMWARE DOWNLOAD FAILED",
        "FIRMWARE DOWNLOADED", "FIRMWARE UPDATING", "FIRMWARE UPDATE SUCCESS", "FIRMWARE UPDATE FAILED",
        "FIRMWARE UPDATE OVER", "+NPSMR:1", "+CSCON:0",
    ])
    func `a report is known while nothing and while anything runs`(line: String) {
        var events: [Dialogue.Event] = []
        var dialogue = Dialogue(catalog: Self.catalog)
        dialogue.receive(Array("\r\n\(line)\r\n".utf8), into: &events)
        #expect(events == [.report(Line(Array(line.utf8)))])
        // Also within an answer of bare lines.
        let outcome = run(Inquiry.product, "\r\nQuectel\r\n\r\n\(line)\r\n\r\nBC28JA-02-STD\r\n\r\nOK\r\n")
        #expect(outcome.reports == lines([line]) && outcome.answer == lines(["Quectel", "BC28JA-02-STD"]))
    }

    @Test func `a restart ends with the cause, and its own OK belongs to nobody`() {
        var events: [Dialogue.Event] = []
        var dialogue = Dialogue(catalog: Self.catalog)
        _ = dialogue.begin(Inquiry.Neul.restart)
        dialogue.receive(Array("\r\nREBOOTING\r\n".utf8), into: &events)
        #expect(outcome(events).final == .extra("REBOOTING"))
        events = []
        dialogue.receive(
            Array("\r\nREBOOT_CAUSE_APPLICATION_AT\r\nNeul \r\nOK\r\n\r\nREGISTERNOTIFY\r\n".utf8), into: &events)
        #expect(events == [.reset("REBOOT_CAUSE_APPLICATION_AT"), .report("REGISTERNOTIFY")])
    }
}
