import AT
import Testing

@Suite struct `A dialogue` {
    @Test func `writes the command and a carriage return`() {
        var dialogue = Dialogue(catalog: .common)
        #expect(dialogue.begin(Command("AT")) == Array("AT\r".utf8))
        #expect(dialogue.phase == .waiting)
        #expect(!dialogue.isMidLine)
    }

    @Test(
        arguments: [
            ("OK", .ok), ("ERROR", .error), ("+CME ERROR: 50", .cme(.number(50))), ("+CME ERROR:50", .cme(.number(50))),
            ("+CIS ERROR: 651", .cis(.number(651))), ("+CMS ERROR: 38", .cms(.number(38))),
            ("+CME ERROR: SIM busy", .cme(.text("SIM busy"))), ("+CME ERROR", .cme(.text(""))),
            ("+CME ERROR: -3", .cme(.number(-3))),
            ("+CME ERROR: 99999999999999999999", .cme(.text("99999999999999999999"))),
        ] as [(String, Final)])
    func `knows the final results`(_ line: String, _ final: Final) {
        var conversation = Conversation()
        conversation.begin("AT+X?")
        conversation.hear("\(line)\r\n")
        #expect(conversation.events == [.completed(.answered(Response(final: final)))])
    }

    /// None of them is a whole final line.
    @Test(
        arguments: [
            "+X: OK", "OKAY", "ok", "NOT OK", "+CME ERRORS: 1", "+CMEERROR: 1", "ERROR: 5", "\"OK\"", "REBOOTING",
            "O K",
        ])
    func `takes nothing else for a final result`(_ line: String) {
        var conversation = Conversation()
        conversation.begin("AT+X?")
        conversation.hear("\r\n\(line)\r\n")
        #expect(conversation.dialogue.phase == .waiting)
        conversation.hear("\r\nOK\r\n")
        #expect(conversation.events.filter(\.isCompletion).count == 1)
    }

    @Test func `waits for the line feed of a final result`() {
        var conversation = Conversation()
        conversation.begin("AT")
        conversation.hear("\r\nOK\r")
        #expect(conversation.events.isEmpty)
        #expect(conversation.dialogue.awaitsLineFeed)
        conversation.hear("\n")
        #expect(conversation.takeEvents() == [.completed(.answered(Response(final: .ok)))])
        #expect(!conversation.dialogue.isMidLine)
    }

    @Test func `takes a final result without its line feed when told that no more comes`() {
        var conversation = Conversation()
        conversation.begin("AT")
        conversation.hear("\r\nOK\r")
        conversation.flush()
        #expect(conversation.takeEvents() == [.completed(.answered(Response(final: .ok)))])
        conversation.hear("\n")
        #expect(conversation.events.isEmpty)
    }

    @Test func `counts a final result that lacks its line feed at the deadline`() {
        var conversation = Conversation()
        conversation.begin("AT")
        conversation.hear("\r\nOK\r")
        conversation.expire()
        #expect(conversation.events == [.completed(.answered(Response(final: .ok)))])
        #expect(conversation.dialogue.phase == .idle)
    }

    @Test func `takes no line with a name for a bare answer`() {
        var conversation = Conversation()
        conversation.begin("ATI")
        conversation.hear("+X: 1\r\nQuectel\r\nOK\r\n")
        #expect(
            conversation.events == [.unknown("+X: 1"), .completed(.answered(Response(lines: ["Quectel"], final: .ok)))])
    }

    @Test func `takes the echo once`() {
        var conversation = Conversation()
        _ = conversation.dialogue.begin(Command("ATI", answer: .bare()))
        conversation.hear("ATI\r\r\nATI\r\nOK\r\n")
        #expect(conversation.events == [.completed(.answered(Response(lines: ["ATI"], final: .ok)))])
    }

    /// What follows an echo that has no end of line.
    @Test(
        arguments: [
            ("AT", "ATOK\r\n", []),
            ("AT+CSQ", "AT+CSQ+CSQ: 20,99\r\nOK\r\n", ["+CSQ: 20,99"]),
            ("ATI", "ATIQuectel\r\nOK\r\n", ["Quectel"]),
        ] as [(String, String, [Line])])
    func `knows an echo glued to the answer`(_ command: String, _ heard: String, _ lines: [Line]) {
        var conversation = Conversation()
        conversation.begin(command)
        conversation.hear(heard)
        #expect(conversation.events == [.completed(.answered(Response(lines: lines, final: .ok)))])
    }

    @Test func `does not take another command's echo for an answer`() {
        var conversation = Conversation()
        conversation.begin("AT")
        conversation.hear("AT+CSCON=1\r\nOK\r\n")
        #expect(conversation.events == [.unknown("AT+CSCON=1"), .completed(.answered(Response(final: .ok)))])
    }

    @Test func `delivers an answer that is a report as well to both`() {
        var conversation = Conversation()
        conversation.begin("AT+QLADATASTATUS?")
        conversation.hear("\r\n+QLADATASTATUS:4\r\n\r\nOK\r\n")
        #expect(
            conversation.events == [
                .report("+QLADATASTATUS:4"),
                .completed(.answered(Response(lines: ["+QLADATASTATUS:4"], final: .ok))),
            ])
    }

    @Test func `swallows the OK of a restarted module, even behind a new command`() {
        var conversation = Conversation()
        conversation.begin("AT+CSQ")
        conversation.hear("\r\nREBOOT_CAUSE_PROTOCOL_WATCHDOG\r\nNeul \r\n")
        #expect(
            conversation.takeEvents() == [
                .completed(.reset("REBOOT_CAUSE_PROTOCOL_WATCHDOG")), .reset("REBOOT_CAUSE_PROTOCOL_WATCHDOG"),
            ])
        conversation.begin("AT")
        conversation.hear("OK\r\n")
        #expect(conversation.events.isEmpty)
        conversation.hear("OK\r\n")
        #expect(conversation.events == [.completed(.answered(Response(final: .ok)))])
    }

    @Test func `takes the reason and the banner behind it for one restart, but not one that a command lies between`() {
        var conversation = Conversation()
        conversation.hear("\r\nREBOOT_CAUSE_UNKNOWN\r\n\r\nNeul\r\nOK\r\n\r\nNeul\r\nOK\r\n")
        #expect(conversation.takeEvents() == [.reset("REBOOT_CAUSE_UNKNOWN"), .reset("Neul")])
        conversation.hear("\r\nREBOOT_CAUSE_UNKNOWN\r\n")
        conversation.begin("AT")
        conversation.hear("\r\nNeul\r\nOK\r\n")
        #expect(conversation.events == [.reset("REBOOT_CAUSE_UNKNOWN"), .completed(.reset("Neul")), .reset("Neul")])
    }

    @Test func `swallows an OK only behind the banner and reports`() {
        var conversation = Conversation()
        conversation.hear("\r\nNeul \r\n+CFUN: 1\r\nOK\r\nNeul\r\nHello\r\n")
        conversation.begin("AT")
        conversation.hear("OK\r\n")
        #expect(
            conversation.events == [
                .reset("Neul"), .report("+CFUN: 1"), .reset("Neul"), .unknown("Hello"),
                .completed(.answered(Response(final: .ok))),
            ])
    }

    @Test func `expects no OK behind a banner that has none`() {
        var conversation = Conversation()
        conversation.hear("\r\nRDY\r\n")
        conversation.begin("AT")
        conversation.hear("\r\nOK\r\n")
        #expect(conversation.events == [.reset("RDY"), .completed(.answered(Response(final: .ok)))])
    }

    @Test func `believes a restart even when suspect`() {
        var conversation = Conversation()
        conversation.begin("AT")
        conversation.expire()
        conversation.hear("\r\nRDY\r\n")
        #expect(conversation.events == [.completed(.timedOut), .reset("RDY")])
        #expect(conversation.dialogue.phase == .idle)
    }

    @Test func `never takes a line that had begun before the command for its answer`() {
        var conversation = Conversation()
        conversation.hear("\r\n+CSQ: 1")
        #expect(conversation.dialogue.isMidLine)
        conversation.begin("AT+CSQ")
        conversation.hear("0,99\r\n+CSQ: 20,99\r\nOK\r\n")
        #expect(
            conversation.events == [
                .unknown("+CSQ: 10,99"), .completed(.answered(Response(lines: ["+CSQ: 20,99"], final: .ok))),
            ])
    }

    @Test func `never takes a final result that had begun before the command`() {
        var conversation = Conversation()
        conversation.hear("\r\nOK\r")
        conversation.begin("AT")
        conversation.hear("\n\r\nERROR\r\n")
        #expect(conversation.events == [.unknown("OK"), .completed(.answered(Response(final: .error)))])
    }

    @Test func `forgets half a line when trusted again, and a banner's debt`() {
        var conversation = Conversation()
        conversation.begin("AT")
        conversation.expire()
        conversation.hear("\r\nO")
        conversation.dialogue.trust()
        #expect(!conversation.dialogue.isMidLine)
        conversation.begin("AT")
        conversation.hear("\r\nOK\r\n")
        #expect(conversation.events == [.completed(.timedOut), .completed(.answered(Response(final: .ok)))])
    }

    @Test func `keeps what was read out of the module, come what may`() {
        let line: Line = "+NMGR: 4,AAAA0000"
        var conversation = Conversation()
        conversation.hear("\r\n\(line)\r\n")
        #expect(conversation.takeEvents() == [.report(line)])

        conversation.begin("AT+NMGR")
        conversation.hear("\r\n\(line)\r\n")
        #expect(conversation.takeEvents().isEmpty)
        conversation.expire()
        #expect(conversation.takeEvents() == [.report(line), .completed(.timedOut)])
        conversation.hear("\r\n\(line)\r\n\r\nOK\r\n")
        #expect(conversation.takeEvents() == [.report(line)])
        conversation.dialogue.trust()

        conversation.begin("AT")
        conversation.hear("\r\n\(line)\r\n\r\nOK\r\n")
        #expect(conversation.takeEvents() == [.report(line), .completed(.answered(Response(final: .ok)))])

        conversation.begin("AT+NMGR")
        conversation.hear("\r\n\(line)\r\nRDY\r\n")
        #expect(conversation.takeEvents() == [.report(line), .completed(.reset("RDY")), .reset("RDY")])

        conversation.begin("AT+NMGR")
        conversation.hear("\r\n\(line)\r\n")
        conversation.dialogue.reset(into: &conversation.events)
        #expect(conversation.takeEvents() == [.report(line)])
    }

    @Test func `lets a command's own last words end it`() {
        var conversation = Conversation()
        conversation.begin(Command("AT+NRB", finals: ["REBOOTING"]))
        conversation.hear("\r\nREBOOTING\r\n")
        #expect(conversation.events == [.completed(.answered(Response(final: .extra("REBOOTING"))))])
    }

    @Test func `shows a secret's substitute`() {
        #expect(Command("AT+QSETPSK=0,42", redacted: "AT+QSETPSK=…").description == "AT+QSETPSK=…")
        #expect(Command("AT").description == "AT")
    }
}
