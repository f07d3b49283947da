import AT
import Modem
import Testing

/// The first bytes to a sleeping module are lost, so it is knocked at.
@Suite struct SleepTests {
    @Test func `a sleeping module is woken before the command`() async throws {
        try await withLine { line in
            await line.knowIMEI()
            await line.modem.sleeps(true)
            let command = await line.begin(.signal)
            #expect(line.written == ["AT\r"])
            // The first is lost; the second finds it awake.
            await line.pass(.milliseconds(100))
            #expect(line.written == ["AT\r", "AT\r"])
            line.answerProbes()
            line.answer("AT+CSQ", "+CSQ: 20,99", "OK")
            line.say("OK")
            await line.pass(.milliseconds(299))
            #expect(line.written == ["AT\r", "AT\r"])
            await line.pass(.milliseconds(101))
            #expect(line.written == ["AT\r", "AT\r", "AT\r", "AT+CGSN=1\r", "AT+CSQ\r"])
            #expect(await command.value.lines == ["+CSQ: 20,99"])
            #expect(line.told == [.trouble(.woke(attempts: 2))])
        }
    }

    @Test(arguments: [0, 9600, 115_200])
    func `knocks are 100 ms to a second apart, whatever the baud rate`(baud: Int) async throws {
        try await withLine(.init(baud: baud)) { line in
            await line.modem.sleeps(true)
            _ = await line.begin(.signal)
            var moments: [Int] = []
            for milliseconds in stride(from: 0, to: 8000, by: 10) {
                while moments.count < line.written.count { moments.append(milliseconds) }
                if moments.count == 10 { break }
                await line.pass(.milliseconds(10))
            }
            #expect(moments.count == 10)
            for (earlier, later) in zip(moments, moments.dropFirst()) {
                #expect((100...1200).contains(later - earlier))
            }
        }
    }

    @Test func `any number of OKs is tolerated`() async throws {
        try await withLine { line in
            await line.knowIMEI()
            await line.modem.sleeps(true)
            let command = await line.begin(.signal)
            await line.pass(.milliseconds(300))
            line.answerProbes()
            line.answer("AT+CSQ", "+CSQ: 20,99", "OK")
            line.say("OK", "OK")
            await line.pass(.milliseconds(100))
            line.say("OK", "OK")
            await line.pass(.seconds(2))
            #expect(await command.value.lines == ["+CSQ: 20,99"])
            #expect(line.unknowns == [])
            #expect(line.written.last == "AT+CSQ\r")
        }
    }

    @Test func `an OK of the wake-up that comes very late proves nothing`() async throws {
        try await withLine { line in
            await line.knowIMEI()
            await line.modem.sleeps(true)
            let command = await line.begin(.signal)
            await line.pass(.milliseconds(100))
            line.say("OK")
            await line.pass(.milliseconds(300))
            // The proof has begun: its AT gets the old OK, its sentinel the one of AT.
            #expect(line.written == ["AT\r", "AT\r", "AT\r"])
            line.say("OK")
            await line.settle()
            line.say("OK")
            await line.settle()
            line.say("+CGSN: \(TestLine.imei)", "OK")
            #expect(line.written == ["AT\r", "AT\r", "AT\r", "AT+CGSN=1\r"])
            line.answerProbes()
            line.answer("AT+CSQ", "+CSQ: 20,99", "OK")
            await line.pass(.seconds(2))
            #expect(await command.value.lines == ["+CSQ: 20,99"])
        }
    }

    @Test func `a module that may doze is woken when it was silent for more than ten seconds`() async throws {
        try await withLine { line in
            await line.knowIMEI()
            await line.modem.allowSleep(true)
            line.say("+CSCON: 0")
            await line.pass(.seconds(10))
            let awake = await line.begin("AT+AWAKE")
            #expect(line.written == ["AT+AWAKE\r"])
            line.say("OK")
            #expect(await awake.value.lines == [])
            await line.pass(.milliseconds(10_001))
            _ = await line.begin("AT+DOZING")
            #expect(line.written == ["AT+AWAKE\r", "AT\r"])
        }
    }

    @Test func `a module that may not doze is never knocked at`() async throws {
        try await withLine { line in
            await line.modem.allowSleep(true)
            await line.modem.allowSleep(false)
            await line.pass(.seconds(1000))
            _ = await line.begin(.signal)
            #expect(line.written == ["AT+CSQ\r"])
        }
    }

    @Test func `a module that wakes by itself needs no knock`() async throws {
        try await withLine { line in
            await line.modem.sleeps(true)
            await line.modem.sleeps(false)
            _ = await line.begin(.signal)
            #expect(line.written == ["AT+CSQ\r"])
        }
    }

    @Test func `a restart ends sleep`() async throws {
        try await withLine { line in
            await line.modem.sleeps(true)
            line.say("RDY")
            _ = await line.begin(.signal)
            await line.pass(.milliseconds(400))
            #expect(line.written == ["AT+CSQ\r"])
        }
    }

    @Test func `a module that cannot be woken is unresponsive`() async throws {
        try await withLine { line in
            await line.modem.sleeps(true)
            let command = await line.begin(.signal)
            await line.pass(.seconds(120))
            #expect(await command.value == .failure(.lost(.unresponsive)))
            #expect(line.told.last == .lost(.unresponsive))
            #expect(!line.written.contains("AT+CSQ\r"))
        }
    }

    @Test func `an end while the module is woken is an end`() async throws {
        try await withLine { line in
            await line.modem.sleeps(true)
            let command = await line.begin(.signal)
            await line.pass(.milliseconds(250))
            await line.modem.end(.stopped)
            line.forget()
            await line.pass(.seconds(100))
            #expect(await command.value == .failure(.lost(.stopped)))
            #expect(line.written == [] && line.told == [])
        }
    }
}
