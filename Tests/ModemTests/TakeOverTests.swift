import AT
import Modem
import Testing

/// A line on which another process has spoken until now.
@Suite struct TakeOverTests {
    private func takeOver(_ line: TestLine) async -> Task<Void, Never> {
        let listening = Task(executorPreference: line.reactor) { await line.modem.takeOver() }
        await line.settle()
        return listening
    }

    @Test func `it is listened to until it is silent, and proven before the first command`() async throws {
        try await withLine { line in
            line.answerProbes()
            line.answer("AT+CSQ", "+CSQ: 20,99", "OK")
            let listening = await takeOver(line)
            let command = await line.begin(.signal)
            await line.pass(.milliseconds(200))
            line.say("+CSCON: 1", "OK")
            await line.pass(.milliseconds(299))
            #expect(line.written == [])
            await line.pass(.milliseconds(100))
            await listening.value
            #expect(await command.value.lines == ["+CSQ: 20,99"])
            #expect(line.written == ["AT\r", "AT+CGSN=1\r", "AT+CSQ\r"])
            // Nothing was wrong, so nothing is told.
            #expect(line.told == [.report("+CSCON: 1")])
            let another = await line.begin(.signal)
            await line.pass(.milliseconds(20))
            #expect(await another.value.lines == ["+CSQ: 20,99"])
            #expect(line.written.count == 4)
        }
    }

    @Test func `nothing is said where nothing is to be said`() async throws {
        try await withLine { line in
            let listening = await takeOver(line)
            await line.pass(.seconds(60))
            await listening.value
            #expect(line.written == [])
        }
    }

    /// The other process has announced four bytes of data. The command that came first would be cut by them, and the
    /// answer to the data would be taken for its own.
    @Test func `a command is not taken for the rest of another's data`() async throws {
        try await withLine { line in
            let listening = await takeOver(line)
            let command = await line.begin(.signal)
            line.hear("\r\n>")
            await line.pass(.milliseconds(300))
            await listening.value
            #expect(line.written == ["AT\r"])
            await line.pass(.milliseconds(3000))
            // With the second AT they are complete; what is left of it is no command.
            #expect(line.written == ["AT\r", "AT\r"])
            line.say("OK", "ERROR")
            line.answerProbes()
            line.answer("AT+CSQ", "+CSQ: 20,99", "OK")
            await line.pass(.seconds(5))
            #expect(await command.value.lines == ["+CSQ: 20,99"])
            #expect(line.written.last == "AT+CSQ\r")
            #expect(line.written.filter { $0 == "AT+CSQ\r" }.count == 1)
        }
    }
}
