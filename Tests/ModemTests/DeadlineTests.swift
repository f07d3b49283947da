import AT
import Modem
import Reactor
import Testing

/// When a command is given up: a moment that is fixed when it is written.
@Suite struct DeadlineTests {
    @Test(arguments: [
        // baud, slack, time limit, payload; expected milliseconds. 2200 bytes of answer are allowed for.
        (0, 2000, 5000, 0, 7000),
        (0, 500, 300, 0, 800),
        (115_200, 2000, 5000, 0, 7191),
        (9600, 2000, 5000, 0, 9298),
        (9600, 2000, 5000, 960, 10_298),
    ])
    func `the deadline is time limit, slack and the bytes' time on the line`(
        baud: Int, slack: Int, limit: Int, payload: Int, expected: Int
    ) async throws {
        try await withLine(.init(baud: baud, slack: .milliseconds(slack))) { line in
            let bytes = [UInt8](repeating: 0x41, count: payload)
            let command = await line.begin(
                Command("AT+CSQ", timeLimit: .milliseconds(limit), payload: payload > 0 ? bytes : nil))
            // Else whether it comes late would be waited for.
            if payload > 0 { line.hear("> ") }
            await line.pass(.milliseconds(expected - 1))
            #expect(line.told == [])
            await line.pass(.milliseconds(2))
            #expect(line.told == [.trouble(.timedOut(command: "AT+CSQ"))])
            #expect(await command.value == .failure(.timedOut))
        }
    }

    @Test func `the deadline does not move though the module goes on talking`() async throws {
        try await withLine { line in
            let command = await line.begin(.signal)
            for _ in 0..<69 {
                await line.pass(.milliseconds(100))
                line.say("+CSCON: 1", "+CSQ: 20,99")
            }
            #expect(line.told.contains(.trouble(.timedOut(command: "AT+CSQ"))) == false)
            await line.pass(.milliseconds(100))
            #expect(line.told.last == .trouble(.timedOut(command: "AT+CSQ")))
            #expect(await command.value == .failure(.timedOut))
        }
    }

    @Test func `the time a command waits for its turn does not count`() async throws {
        try await withLine { line in
            let first = await line.begin("AT+FIRST")
            let second = await line.begin(.signal)
            await line.pass(.milliseconds(6900))
            line.say("OK")
            await line.pass(.milliseconds(6900))
            line.say("+CSQ: 20,99", "OK")
            #expect(await first.value.lines == [])
            #expect(await second.value.lines == ["+CSQ: 20,99"])
        }
    }

    @Test func `an answer without its last line feed is in time`() async throws {
        try await withLine { line in
            let command = await line.begin(.signal)
            await line.pass(.milliseconds(6999))
            line.hear("\r\n+CSQ: 20,99\r\n\r\nOK\r")
            await line.pass(.milliseconds(50))
            #expect(await command.value.lines == ["+CSQ: 20,99"])
            // Nothing has timed out, so nothing is wrong with the line.
            #expect(line.told == [])
            let next = await line.begin("AT+NEXT")
            #expect(line.written == ["AT+CSQ\r", "AT+NEXT\r"])
            line.say("OK")
            #expect(await next.value.lines == [])
        }
    }

    @Test func `a secret is not in what is told of a time-out`() async throws {
        try await withLine { line in
            _ = await line.begin(Command("AT+KEY=1234", redacted: "AT+KEY=<key>"))
            await line.pass(.seconds(7))
            #expect(line.told == [.trouble(.timedOut(command: "AT+KEY=<key>"))])
        }
    }

    @Test func `a deadline that was met leaves no timer behind`() async throws {
        try await withLine { line in
            let first = await line.begin(.signal)
            line.say("+CSQ: 20,99", "OK")
            _ = await first.value
            await line.pass(.seconds(6))
            let second = await line.begin(.signal)
            await line.pass(.seconds(6))
            line.say("+CSQ: 21,99", "OK")
            #expect(await second.value.lines == ["+CSQ: 21,99"])
            #expect(line.told == [])
        }
    }
}
