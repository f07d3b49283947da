import AT
import Modem
import Platforms
import Reactor
import Testing

/// Resets and lost lines: everything that waits is told, and nothing is kept.
@Suite struct LossTests {
    @Test(arguments: ["RDY", "Neul", "REBOOT_CAUSE_SECURITY_RESET_PIN"])
    func `a banner fails what is pending and what waits, and the line goes on`(banner: String) async throws {
        try await withLine { line in
            let pending = await line.begin(.signal)
            let waiting = await line.begin("AT+WAITING")
            line.say("+CSQ: 20,99", banner)
            #expect(await pending.value == .failure(.lost(.reset(banner))))
            #expect(await waiting.value == .failure(.lost(.reset(banner))))
            #expect(line.told == [.lost(.reset(banner))])
            #expect(!line.port.isClosed)
            // A late answer to what was under way would be taken for this one's: first the line is listened to.
            let next = await line.begin("AT+NEXT")
            #expect(line.written == ["AT+CSQ\r"])
            await line.pass(.milliseconds(400))
            #expect(line.written == ["AT+CSQ\r", "AT+NEXT\r"])
            // The OK that a Neul module prints of its own is no answer.
            if banner == "Neul" { line.say("OK") }
            line.say("OK")
            #expect(await next.value.lines == [])
            await line.pass(.seconds(20))
            #expect(line.told == [.lost(.reset(banner))])
        }
    }

    @Test func `a banner of an idle module is told`() async throws {
        try await withLine { line in
            line.say("RDY")
            #expect(line.told == [.lost(.reset("RDY"))])
        }
    }

    @Test func `the deadline of a command that a reset has ended is gone`() async throws {
        try await withLine { line in
            _ = await line.begin(.signal)
            line.say("RDY")
            await line.pass(.seconds(100))
            #expect(line.told == [.lost(.reset("RDY"))])
            #expect(line.written == ["AT+CSQ\r"])
        }
    }

    @Test func `a hang-up fails everything, and closes the port`() async throws {
        try await withLine { line in
            let pending = await line.begin(.signal)
            let waiting = await line.begin("AT+WAITING")
            await line.modem.end(.closed("The line hung up."))
            let loss = LineLoss.closed("The line hung up.")
            #expect(await pending.value == .failure(.lost(loss)))
            #expect(await waiting.value == .failure(.lost(loss)))
            #expect(line.told == [.lost(loss)])
            #expect(line.port.isClosed)
            let late = await line.begin("AT+LATE")
            #expect(await late.value == .failure(.lost(loss)))
            #expect(line.written == ["AT+CSQ\r"])
        }
    }

    @Test func `a line is lost once`() async throws {
        try await withLine { line in
            await line.modem.end(.unresponsive)
            await line.modem.end(.stopped)
            #expect(line.told == [.lost(.unresponsive)])
        }
    }

    @Test func `nothing is heard after the end`() async throws {
        try await withLine { line in
            line.hear("\r\n+CSCON")
            await line.modem.end(.stopped)
            line.hear(": 1\r\n")
            line.say("+CSCON: 1", "RDY", "SOMETHING")
            await line.pass(.seconds(10))
            #expect(line.told == [.lost(.stopped)])
        }
    }

    @Test(arguments: [LineLoss.stopped, .closed("gone"), .reset("RDY")])
    func `a message that was read out of the module survives the loss of its command`(loss: LineLoss) async throws {
        try await withLine(catalog: .common.adding(CTWingSession.reports)) { line in
            let read = await line.begin(CTWingCommand.read)
            line.say("+NMGR: 4,AAAA0000")
            if case .reset(let banner) = loss { line.say(banner) } else { await line.modem.end(loss) }
            #expect(await read.value == .failure(.lost(loss)))
            #expect(line.told == [.report("+NMGR: 4,AAAA0000"), .lost(loss)])
        }
    }

    @Test func `nothing is kept when line and owner are gone`() async throws {
        weak var modem: Modem?
        weak var port: ScriptedPort?
        try await withLine { line in
            modem = line.modem
            port = line.port
            await line.knowIMEI()
            line.answerProbes()
            // Through a time-out, a recovery, a wake-up and an answer; and ended in the middle of a command.
            _ = await line.begin("AT+LOST")
            await line.pass(.seconds(10))
            await line.modem.sleeps(true)
            line.answer("AT+CSQ", "+CSQ: 20,99", "OK")
            let answered = await line.begin(.signal)
            await line.pass(.seconds(10))
            #expect(await answered.value.lines == ["+CSQ: 20,99"])
            let pending = await line.begin("AT+PENDING")
            let waiting = await line.begin("AT+WAITING")
            await line.modem.end(.stopped)
            _ = await (pending.value, waiting.value)
            await line.settle()
        }
        #expect(modem == nil)
        #expect(port == nil)
    }
}
