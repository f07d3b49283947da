import AT
import Testing

/// Whatever a module or a loose wire sends, memory is bounded and nothing is thrown away in silence.
@Suite struct `Too much` {
    @Test func `of a line is thrown away beyond 8 KB, and told`() {
        var conversation = Conversation()
        conversation.begin("ATI")
        conversation.hear([UInt8](repeating: 0x41, count: 9000))
        #expect(conversation.dialogue.isMidLine)
        conversation.hear("\r\nOK\r\n")
        #expect(conversation.events == [.discarded(bytes: 9000), .completed(.answered(Response(final: .ok)))])
    }

    @Test func `answers a command that begins within an over-long line`() {
        var conversation = Conversation()
        conversation.hear([UInt8](repeating: 0x41, count: 9000))
        conversation.begin("AT")
        conversation.hear("\r\nOK\r\n")
        #expect(conversation.events == [.discarded(bytes: 9000), .completed(.answered(Response(final: .ok)))])
    }

    @Test func `keeps a line of exactly 8 KB`() {
        let bytes = [UInt8](repeating: 0x41, count: 8192)
        var conversation = Conversation()
        for byte in bytes { conversation.hear([byte]) }
        conversation.hear("\n")
        #expect(conversation.events == [.unknown(Line(bytes))])
    }

    @Test func `says that a line without end is being thrown away`() {
        var conversation = Conversation()
        for _ in 0..<40 { conversation.hear([UInt8](repeating: 0x41, count: 5000)) }
        conversation.hear("\n")
        let discarded = conversation.events.map { event in
            if case .discarded(let bytes) = event { bytes } else { 0 }
        }
        #expect(discarded.count == 3)
        #expect(discarded.reduce(0, +) == 200_000)
    }

    @Test func `bounds an answer without end`() {
        var conversation = Conversation()
        conversation.begin("ATI")
        for _ in 0..<20_000 { conversation.hear("Quectel\r\n") }
        conversation.hear("OK\r\n")
        guard case .completed(.answered(let response)) = conversation.events.last else {
            Issue.record("not answered")
            return
        }
        #expect(response.lines.count == 65_536 / 7)
        #expect(conversation.events.first == .discarded(bytes: 7))
    }

    @Test func `keeps what was read out of the module even then`() {
        var conversation = Conversation()
        conversation.begin(Command("AT+NMGR", answer: .prefixed("+NMGR").or(.bare())))
        for _ in 0..<9 { conversation.hear([UInt8](repeating: 0x41, count: 8_000) + Array("\r\n".utf8)) }
        conversation.events = []
        conversation.hear("+NMGR: 1,\([String](repeating: "00", count: 2_000).joined())\r\n")
        #expect(conversation.events.count == 1)
        guard case .report = conversation.events.first else {
            Issue.record("the message is lost")
            return
        }
    }

    @Test func `tells endless noise from a few stray bytes`() {
        var conversation = Conversation()
        conversation.hear([UInt8](repeating: 0, count: 200))
        conversation.hear("+CSCON:1\r\n")
        conversation.hear([UInt8](repeating: 0xFF, count: 200))
        #expect(conversation.takeEvents() == [.report("+CSCON:1")])
        conversation.hear([UInt8](repeating: 0, count: 600))
        #expect(conversation.events == [.noise(bytes: 256), .noise(bytes: 256), .noise(bytes: 256)])
    }
}
