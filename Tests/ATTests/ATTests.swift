import Testing

@testable import AT

@Suite struct `A dialogue` {
    @Test func `answers a command with its lines and its final result`() {
        var dialogue = Dialogue(catalog: .common)
        var events: [Dialogue.Event] = []
        let written = dialogue.begin(Command("AT+NMSTATUS?", answer: .prefixed("+NMSTATUS")))
        #expect(written == Array("AT+NMSTATUS?\r".utf8))
        dialogue.receive(Array("\r\n+NMSTATUS: REGISTERED\r\n+CSCON:1\r\n\r\nOK\r\n".utf8), into: &events)
        #expect(
            events == [
                .report("+CSCON:1"),
                .completed(.answered(Response(lines: ["+NMSTATUS: REGISTERED"], final: .ok))),
            ])
    }
}
