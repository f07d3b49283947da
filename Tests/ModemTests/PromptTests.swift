import AT
import Modem
import Testing

/// Prompts that do not come when they should.
@Suite struct `A late prompt` {
    private static let command = Command("AT+QSEND=5", payload: Array("12345".utf8))

    private func overdue(_ line: TestLine) async -> Task<TestLine.Outcome, Never> {
        await line.knowIMEI()
        let command = await line.begin(Self.command)
        await line.pass(.milliseconds(6900))
        line.say("+CSCON: 1")
        await line.pass(.milliseconds(100))
        #expect(line.written == ["AT+QSEND=5\r"])
        return command
    }

    @Test func `is given the payload, and whether that was sent is not known`() async throws {
        try await withLine { line in
            let command = await overdue(line)
            line.hear("\r\n> ")
            #expect(line.written == ["AT+QSEND=5\r", "12345"])
            line.answerProbes()
            line.say("OK")
            await line.pass(.seconds(2))
            #expect(await command.value == .failure(.timedOut))
            #expect(line.written == ["AT+QSEND=5\r", "12345", "AT\r", "AT+CGSN=1\r"])
        }
    }

    @Test func `that never comes means that nothing was sent`() async throws {
        try await withLine { line in
            line.answerProbes()
            let command = await overdue(line)
            await line.pass(.seconds(2))
            #expect(await command.value == .failure(.unprompted))
            #expect(line.written == ["AT+QSEND=5\r", "AT\r", "AT+CGSN=1\r"])
        }
    }

    @Test func `is lost with the line`() async throws {
        try await withLine { line in
            let command = await overdue(line)
            line.say("Neul", "OK")
            #expect(await command.value == .failure(.lost(.reset("Neul"))))
        }
    }

    /// What the module says to the payload would be taken for the answer of the command that runs.
    @Test func `ends the command that runs`() async throws {
        try await withLine { line in
            line.answerProbes()
            let command = await overdue(line)
            await line.pass(.seconds(2))
            #expect(await command.value == .failure(.unprompted))
            let other = await line.begin(.signal)
            line.hear("\r\n> ")
            #expect(line.written.suffix(2) == ["AT+CSQ\r", "12345"])
            line.say("OK")
            await line.pass(.seconds(2))
            #expect(await other.value == .failure(.timedOut))
            #expect(line.told.last == .trouble(.inStepAgain(attempts: 1)))
        }
    }
}

/// A module that waits for more of a payload takes every command for it.
@Suite struct `A module in the midst of a payload` {
    @Test func `is given an ESC, and then all that it can wait for`() async throws {
        try await withLine(.init(baud: 0, longestPayload: 8)) { line in
            line.beSilent(to: "AT")
            await line.knowIMEI()
            let command = await line.begin(Command("AT+QSEND=5", payload: Array("12345".utf8)))
            line.hear("> ")
            await line.pass(.seconds(14))
            #expect(await command.value == .failure(.timedOut))
            #expect(line.written.prefix(5) == ["AT+QSEND=5\r", "12345", "\u{1B}", "AT\r", "\r\r\r\r\r\r\r\r"])
            line.answerProbes()
            await line.pass(.seconds(4))
            #expect(line.told.last == .trouble(.inStepAgain(attempts: 4)))
        }
    }

    @Test func `may have been left so by another process`() async throws {
        try await withLine(.init(baud: 0, longestPayload: 3)) { line in
            line.beSilent(to: "AT")
            let listening = Task(executorPreference: line.reactor) { await line.modem.takeOver() }
            await line.pass(.seconds(1))
            await listening.value
            let command = await line.begin(.signal)
            await line.pass(.seconds(7))
            #expect(line.written == ["AT\r", "\u{1B}", "AT\r", "\r\r\r", "AT\r"])
            line.answerProbes()
            line.answer("AT+CSQ", "+CSQ: 20,99", "OK")
            await line.pass(.seconds(4))
            #expect(await command.value.lines == ["+CSQ: 20,99"])
        }
    }

    @Test func `is none where nothing has a payload`() async throws {
        try await withLine { line in
            line.beSilent(to: "AT")
            _ = await line.begin(.signal)
            await line.pass(.seconds(20))
            #expect(Set(line.written) == ["AT+CSQ\r", "AT\r"])
        }
    }
}
