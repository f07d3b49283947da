import AT
import Modem
import Testing

/// After a time-out nothing is sent until the line is proven in step.
@Suite struct RecoveryTests {
    /// A command that times out, and one that waits behind it.
    private func timeOut(_ line: TestLine) async -> Task<TestLine.Outcome, Never> {
        let lost = await line.begin("AT+LOST")
        let waiting = await line.begin(.signal)
        await line.pass(.milliseconds(6999))
        #expect(line.told == [])
        await line.pass(.milliseconds(1))
        #expect(line.told == [.trouble(.timedOut(command: "AT+LOST"))])
        #expect(await lost.value == .failure(.timedOut))
        return waiting
    }

    @Test func `the line is drained, asked, and proven before the next command`() async throws {
        try await withLine { line in
            await line.knowIMEI()
            let waiting = await timeOut(line)
            // Silent for seven seconds already: long enough.
            #expect(line.written == ["AT+LOST\r", "AT\r"])
            line.say("OK")
            await line.settle()
            #expect(line.written == ["AT+LOST\r", "AT\r", "AT+CGSN=1\r"])
            line.say("+CGSN: \(TestLine.imei)")
            #expect(line.written.count == 3)
            line.say("OK")
            await line.settle()
            #expect(line.written == ["AT+LOST\r", "AT\r", "AT+CGSN=1\r", "AT+CSQ\r"])
            line.say("+CSQ: 20,99", "OK")
            #expect(await waiting.value.lines == ["+CSQ: 20,99"])
            #expect(line.told.last == .trouble(.inStepAgain(attempts: 1)))
        }
    }

    @Test func `draining ends after 300 ms of silence, and routes reports`() async throws {
        try await withLine { line in
            await line.knowIMEI()
            _ = await line.begin("AT+LOST")
            await line.pass(.milliseconds(6900))
            line.say("+CSCON: 1")
            await line.pass(.milliseconds(100))
            await line.pass(.milliseconds(150))
            line.say("OK", "+CSCON: 0", "+LOST: late")
            await line.pass(.milliseconds(299))
            #expect(line.written == ["AT+LOST\r"])
            await line.pass(.milliseconds(1))
            #expect(line.written == ["AT+LOST\r", "AT\r"])
            #expect(line.reports == ["+CSCON: 1", "+CSCON: 0"])
            #expect(line.unknowns == [])
        }
    }

    @Test func `a module that never falls silent is asked after ten seconds all the same`() async throws {
        try await withLine { line in
            _ = await line.begin("AT+LOST")
            await line.pass(.milliseconds(6900))
            for tenth in 0..<102 {
                line.say("+CSCON: 1")
                if tenth <= 100 { #expect(line.written == ["AT+LOST\r"]) }
                await line.pass(.milliseconds(100))
            }
            await line.pass(.milliseconds(200))
            #expect(line.written == ["AT+LOST\r", "AT\r"])
        }
    }

    @Test(arguments: [
        ["+CGSN: 866465050000875", "OK"], ["866465050000875", "OK"], ["OK"], ["ERROR"], ["+CME ERROR: 3"],
        ["+CSQ: 20,99", "OK"],
    ])
    func `a sentinel that is not the module's own IMEI proves nothing`(answer: [String]) async throws {
        try await withLine { line in
            await line.knowIMEI()
            line.answer("AT", "OK")
            let waiting = await timeOut(line)
            await line.pass(.milliseconds(20))
            #expect(line.written.last == "AT+CGSN=1\r")
            line.hear(TestLine.framed(answer))
            await line.pass(.milliseconds(310))
            // It begins again instead of trusting the line.
            #expect(line.written == ["AT+LOST\r", "AT\r", "AT+CGSN=1\r", "AT\r"])
            line.answer("AT+CGSN=1", TestLine.imei, "OK")
            line.answer("AT+CSQ", "+CSQ: 20,99", "OK")
            await line.pass(.seconds(5))
            #expect(await waiting.value.lines == ["+CSQ: 20,99"])
            #expect(line.told.last == .trouble(.inStepAgain(attempts: 2)))
        }
    }

    @Test func `three failures, and the module is knocked at as if it were asleep`() async throws {
        try await withLine { line in
            await line.knowIMEI()
            let waiting = await timeOut(line)
            // Three probes of a second and the slack each.
            await line.pass(.seconds(9))
            #expect(line.written.filter { $0 == "AT\r" }.count >= 4)
            line.answerProbes()
            line.answer("AT+CSQ", "+CSQ: 20,99", "OK")
            await line.pass(.seconds(4))
            #expect(await waiting.value.lines == ["+CSQ: 20,99"])
            #expect(line.told.last == .trouble(.inStepAgain(attempts: 4)))
        }
    }

    @Test func `ten failures, and the module is unresponsive`() async throws {
        try await withLine { line in
            await line.knowIMEI()
            let waiting = await timeOut(line)
            await line.pass(.seconds(60))
            #expect(line.told.last == .lost(.unresponsive))
            #expect(await waiting.value == .failure(.lost(.unresponsive)))
            #expect(line.port.isClosed)
            // Ten probes, and ten throw-away ones after the third.
            #expect(line.written.filter { $0 == "AT\r" }.count == 20)
            let after = await line.begin("AT")
            #expect(await after.value == .failure(.lost(.unresponsive)))
        }
    }

    @Test func `commands that come while the line is proven wait their turn`() async throws {
        try await withLine { line in
            await line.knowIMEI()
            let waiting = await timeOut(line)
            let urgent = await line.begin(Command("AT+URGENT"), .answer)
            #expect(line.written == ["AT+LOST\r", "AT\r"])
            line.answerProbes()
            line.answer("AT+CSQ", "+CSQ: 20,99", "OK")
            line.answer("AT+URGENT", "OK")
            line.say("OK")
            await line.pass(.seconds(1))
            #expect(await urgent.value.lines == [])
            #expect(await waiting.value.lines == ["+CSQ: 20,99"])
            #expect(line.written == ["AT+LOST\r", "AT\r", "AT+CGSN=1\r", "AT+URGENT\r", "AT+CSQ\r"])
        }
    }

    @Test func `a reset while the line is proven ends what waited, and the line is proven on`() async throws {
        try await withLine { line in
            await line.knowIMEI()
            let waiting = await timeOut(line)
            line.say("RDY")
            #expect(await waiting.value == .failure(.lost(.reset("RDY"))))
            #expect(line.told.last == .lost(.reset("RDY")))
            let next = await line.begin("AT+NEXT")
            #expect(line.written == ["AT+LOST\r", "AT\r"])
            line.answerProbes()
            line.answer("AT+NEXT", "OK")
            await line.pass(.seconds(5))
            #expect(await next.value.lines == [])
        }
    }

    @Test(arguments: [0, 10, 3000, 8000])
    func `an end while the line is proven is an end`(milliseconds: Int) async throws {
        try await withLine { line in
            let waiting = await timeOut(line)
            await line.pass(.milliseconds(milliseconds))
            await line.modem.end(.stopped)
            #expect(await waiting.value == .failure(.lost(.stopped)))
            line.forget()
            await line.pass(.seconds(100))
            #expect(line.written == [] && line.told == [])
        }
    }
}
