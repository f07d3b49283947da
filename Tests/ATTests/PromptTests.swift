import AT
import Testing

@Suite struct `A prompt` {
    private static let payload = Array("[{\"n\":\"19/1/0\",\"p1\":\"v1\"}]".utf8)
    private static let answered = Dialogue.Event.completed(.answered(Response(final: .ok)))

    private func waiting(for payload: [UInt8] = payload) -> Conversation {
        var conversation = Conversation()
        conversation.begin(Command("AT+QLASENDDATA=0x0100,26", payload: payload))
        return conversation
    }

    /// Spellings seen in the field: with and without CR LF before it, a blank or CR LF behind it, an echo in front.
    @Test(
        arguments: [
            "\r\n>", "\r\n> ", ">", ">\r\n", "\r\n>\r\n", "AT+QLASENDDATA=0x0100,26\r>",
            "AT+QLASENDDATA=0x0100,26\r\r\n> ",
            "AT+QLASENDDATA=0x0100,26>", "AT+QLASENDDATA=0x0100,26> ", "\0>",
        ])
    func `is answered with exactly the payload, once`(_ prompt: String) {
        for isEchoed in [false, true] {
            let bytes = Array(
                (prompt + (isEchoed ? String(decoding: Self.payload, as: UTF8.self) : "") + "\r\nOK\r\n").utf8)
            for split in 0...bytes.count {
                var conversation = waiting()
                conversation.hear(Array(bytes[..<split]))
                conversation.hear(Array(bytes[split...]))
                #expect(conversation.events == [.write(Self.payload), Self.answered])
            }
        }
    }

    @Test func `is none without a command that awaits it`() {
        var conversation = Conversation()
        conversation.hear("\r\n> 5\r\n")
        conversation.begin("AT")
        conversation.hear("\r\n>\r\nOK\r\n")
        #expect(conversation.events == [.unknown("> 5"), .unknown(">"), Self.answered])
    }

    @Test func `is none within a line`() {
        var conversation = waiting()
        conversation.hear("\r\n+QIND: a>b\r\n")
        #expect(conversation.events == [.report("+QIND: a>b")])
    }

    @Test func `may be refused`() {
        var conversation = waiting()
        conversation.hear("\r\nERROR\r\n")
        #expect(conversation.events == [.completed(.answered(Response(final: .error)))])
    }

    @Test func `lets a payload hold lines that look like results and reports`() {
        let payload = Array("one\r\nOK\r\n\r\n+NNMI: 1,00\r\nERROR".utf8)
        var conversation = waiting(for: payload)
        conversation.hear("\r\n> ")
        conversation.hear(payload + Array("\r\n\r\nOK\r\n".utf8))
        #expect(conversation.events == [.write(payload), Self.answered])
    }

    @Test func `takes the first OK for the module's if the payload is just that`() {
        var conversation = waiting(for: Array("\r\nOK".utf8))
        conversation.hear("\r\n>\r\nOK\r\n")
        #expect(conversation.events.last == Self.answered)
    }

    /// The module takes everything for the payload now, until it has as many bytes as were announced.
    @Test func `that comes late, is given the payload, once`() {
        var conversation = waiting()
        conversation.expire()
        #expect(conversation.takeEvents() == [.completed(.timedOut)])
        conversation.hear("\r\n>\r\n>\r\nOK\r\n")
        #expect(conversation.events == [.write(Self.payload), .latePrompt])
        #expect(conversation.recovers())
    }

    /// Some of the payload may have been lost on the way, and the module waits for it.
    @Test func `whose payload has no answer is followed by ESC`() {
        var conversation = waiting()
        conversation.hear("\r\n>")
        conversation.events = []
        conversation.expire()
        #expect(conversation.takeEvents() == [.write([0x1B]), .completed(.timedOut)])
        conversation.hear("\r\n>\r\nOK\r\n")
        #expect(conversation.events == [])
        #expect(conversation.recovers())
    }

    @Test func `may be so late that other commands came before it`() {
        var conversation = waiting()
        conversation.expire()
        conversation.dialogue.trust()
        conversation.events = []
        conversation.begin("AT")
        conversation.hear("\r\nOK\r\n\r\n> ")
        #expect(conversation.events == [Self.answered, .write(Self.payload), .latePrompt])
    }

    /// It may not wait for anything, in spite of its prompt.
    @Test(arguments: ["AT+NRB", " at+nrb", "x\rAT+NRB\r", "\r"])
    func `that comes late gets no payload in which a module could find a command`(_ payload: String) {
        var conversation = waiting(for: Array(payload.utf8))
        conversation.expire()
        conversation.events = []
        conversation.hear("\r\n> ")
        #expect(conversation.events == [.write([0x1B]), .latePrompt])
    }

    @Test func `does not outlive a restart of the module`() {
        var conversation = waiting()
        conversation.expire()
        conversation.hear("\r\nNeul\r\nOK\r\n")
        conversation.events = []
        conversation.hear("\r\n>\r\n")
        #expect(conversation.events == [.unknown(">")])
    }

    @Test func `that comes in the midst of a report is seen when nothing follows`() {
        var conversation = waiting()
        conversation.hear("\r\n+CSCON:1>")
        #expect(conversation.events == [])
        conversation.flush()
        conversation.hear("\r\n\r\nOK\r\n")
        #expect(conversation.events == [.report("+CSCON:1"), .write(Self.payload), Self.answered])
    }
}
