import AT
import Modem
import Testing

/// A line that is half received holds commands back, but never for ever.
@Suite struct HalfLineTests {
    @Test func `half a line is let in first`() async throws {
        try await withLine { line in
            line.hear("\r\n+CSC")
            _ = await line.begin("AT")
            await line.pass(.milliseconds(900))
            #expect(line.written == [])
            line.hear("ON: 1\r\n")
            #expect(line.written == ["AT\r"])
            #expect(line.told == [.report("+CSCON: 1")])
        }
    }

    @Test func `half a line that does not go on is delivered after a second`() async throws {
        try await withLine { line in
            line.hear("\r\n+CSCON: 1")
            _ = await line.begin("AT")
            await line.pass(.milliseconds(999))
            #expect(line.written == [])
            #expect(line.told == [])
            await line.pass(.milliseconds(1))
            #expect(line.written == ["AT\r"])
            #expect(line.told == [.report("+CSCON: 1")])
        }
    }

    @Test func `every byte of a slow line gives it another second`() async throws {
        try await withLine { line in
            for character in "+CSCON: 1" {
                line.hear(String(character))
                await line.pass(.milliseconds(900))
            }
            #expect(line.told == [])
            line.hear("\r\n")
            #expect(line.told == [.report("+CSCON: 1")])
        }
    }

    @Test(arguments: [(0, 5), (9600, 5), (1200, 34)])
    func `a lost line feed costs a few byte times`(baud: Int, milliseconds: Int) async throws {
        try await withLine(.init(baud: baud)) { line in
            let first = await line.begin("AT+FIRST")
            _ = await line.begin("AT+SECOND")
            line.hear("\r\nOK\r")
            await line.pass(.milliseconds(milliseconds - 1))
            #expect(line.written == ["AT+FIRST\r"])
            await line.pass(.milliseconds(1))
            #expect(await first.value.lines == [])
            #expect(line.written == ["AT+FIRST\r", "AT+SECOND\r"])
        }
    }

    /// An adapter may deliver the last byte of an answer much later than the one before.
    @Test func `the line feed of a module that sends them is waited for as any half line is`() async throws {
        try await withLine { line in
            line.say("+CSCON: 1")
            let first = await line.begin("AT+FIRST")
            let second = await line.begin("AT+SECOND")
            line.hear("\r\nOK\r")
            await line.pass(.milliseconds(999))
            #expect(line.written == ["AT+FIRST\r"])
            line.hear("\n")
            #expect(await first.value.lines == [])
            #expect(line.written == ["AT+FIRST\r", "AT+SECOND\r"])
            // One that is lost all the same holds up nothing for ever, and the next one not even for a second.
            line.hear("\r\nOK\r")
            _ = await line.begin("AT+THIRD")
            await line.pass(.seconds(1))
            #expect(await second.value.lines == [])
            #expect(line.written.last == "AT+THIRD\r")
            line.hear("\rOK\r")
            _ = await line.begin("AT+FOURTH")
            await line.pass(.milliseconds(5))
            #expect(line.written.last == "AT+FOURTH\r")
        }
    }

    @Test func `a line feed that comes late begins no line`() async throws {
        try await withLine { line in
            let first = await line.begin("AT+FIRST")
            line.hear("\r\nOK\r")
            await line.pass(.milliseconds(5))
            line.hear("\n")
            #expect(await first.value.lines == [])
            #expect(line.told == [])
            _ = await line.begin("AT+SECOND")
            #expect(line.written == ["AT+FIRST\r", "AT+SECOND\r"])
        }
    }

    @Test func `a line without an end that is too long is thrown away, and commands go on`() async throws {
        try await withLine { line in
            line.hear(String(repeating: "x", count: 9000))
            let command = await line.begin(.signal)
            #expect(line.written == [])
            await line.pass(.seconds(1))
            #expect(line.written == ["AT+CSQ\r"])
            line.say("+CSQ: 20,99", "OK")
            #expect(await command.value.lines == ["+CSQ: 20,99"])
            #expect(line.reports == [] && line.unknowns == [])
        }
    }

    @Test func `a line that is too long is told of, and the next one is sound`() async throws {
        try await withLine { line in
            line.hear(String(repeating: "x", count: 9000) + "\r\n")
            line.say("+CSCON: 0")
            #expect(line.told == [.trouble(.discarded(bytes: 9000)), .report("+CSCON: 0")])
        }
    }

    @Test func `noise of a wrong baud rate is told of`() async throws {
        try await withLine { line in
            line.hear(String(repeating: "\0", count: 300))
            #expect(line.told == [.trouble(.noise(bytes: 256))])
        }
    }
}
