import AT
import Modem
import Testing

/// One command at a time, each with its own answer.
@Suite struct QueueTests {
    @Test func `the second command is written when the first has its final result`() async throws {
        try await withLine { line in
            let first = await line.begin(.signal)
            let second = await line.begin("AT+CFUN=1")
            #expect(line.written == ["AT+CSQ\r"])
            line.say("+CSQ: 20,99")
            #expect(line.written == ["AT+CSQ\r"])
            line.say("OK")
            #expect(line.written == ["AT+CSQ\r", "AT+CFUN=1\r"])
            line.say("OK")
            #expect(await first.value.lines == ["+CSQ: 20,99"])
            #expect(await second.value.lines == [])
            #expect(line.told == [])
        }
    }

    @Test func `at the end the command under way gets its answer, and no other is begun`() async throws {
        try await withLine { line in
            let first = await line.begin(.signal)
            _ = await line.begin("AT+CFUN=1")
            let modem = line.modem
            async let end: Void = modem.finishCommand()
            await line.pass(.milliseconds(10))
            line.say("+CSQ: 20,99", "OK")
            await end
            #expect(await first.value.lines == ["+CSQ: 20,99"])
            #expect(line.written == ["AT+CSQ\r"])
            await modem.finishCommand()
        }
    }

    @Test func `answers overtake uplinks, uplinks overtake housekeeping, and equals keep their order`() async throws {
        try await withLine { line in
            _ = await line.begin("AT+RUNNING")
            let sent: [(String, CommandPriority)] = [
                ("AT+H1", .housekeeping), ("AT+U1", .uplink), ("AT+A1", .answer), ("AT+H2", .housekeeping),
                ("AT+U2", .uplink), ("AT+A2", .answer),
            ]
            for (text, priority) in sent { _ = await line.begin(text, priority) }
            for _ in 0..<7 { line.say("OK") }
            let order = ["AT+RUNNING", "AT+A1", "AT+A2", "AT+U1", "AT+U2", "AT+H1", "AT+H2"]
            #expect(line.written == order.map { $0 + "\r" })
        }
    }

    @Test(
        arguments: [
            ("ERROR", nil), ("+CME ERROR: 50", ErrorCode.number(50)), ("+CME ERROR:951", .number(951)),
            ("+CIS ERROR: 651", .number(651)), ("+CMS ERROR: 300", .number(300)),
            ("+CME ERROR: SIM busy", .text("SIM busy")),
        ] as [(String, ErrorCode?)])
    func `an error ends its own command and no other`(final: String, code: ErrorCode?) async throws {
        try await withLine { line in
            let first = await line.begin("AT+NCDPCLOSE")
            let second = await line.begin(.signal)
            line.say(final)
            line.say("+CSQ: 9,99", "OK")
            #expect(await first.value == .failure(.refused(code)))
            #expect(await second.value.lines == ["+CSQ: 9,99"])
        }
    }

    @Test func `a command may have a final result of its own`() async throws {
        try await withLine { line in
            let restart = await line.begin(Command("AT+NRB", finals: ["REBOOTING"]))
            line.say("REBOOTING")
            #expect(await restart.value == .success(Response(final: .extra("REBOOTING"))))
        }
    }

    @Test func `reports during a command reach the owner and not the answer`() async throws {
        try await withLine { line in
            let command = await line.begin(.signal)
            line.say("+CSCON: 1", "+CSQ: 20,99", "+CEREG: 5", "SOMETHING", "OK")
            #expect(await command.value.lines == ["+CSQ: 20,99"])
            #expect(line.told == [.report("+CSCON: 1"), .report("+CEREG: 5"), .unknown("SOMETHING")])
        }
    }

    @Test func `a line that had begun before a command is not its answer`() async throws {
        try await withLine { line in
            line.hear("\r\n+CSQ: 1")
            let command = await line.begin(.signal)
            #expect(line.written == [])
            line.hear("1,99\r\n")
            #expect(line.written == ["AT+CSQ\r"])
            line.say("+CSQ: 22,99", "OK")
            #expect(await command.value.lines == ["+CSQ: 22,99"])
            #expect(line.told == [.unknown("+CSQ: 11,99")])
        }
    }

    @Test(arguments: [
        "AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n", "AT+CSQ\r\n+CSQ: 20,99\r\nOK\r\n", "AT+CSQ+CSQ: 20,99\r\nOK\r\n",
    ])
    func `an echo is no part of the answer`(heard: String) async throws {
        try await withLine { line in
            let command = await line.begin(.signal)
            line.hear(heard)
            #expect(await command.value.lines == ["+CSQ: 20,99"])
            #expect(line.told == [])
        }
    }

    @Test(arguments: ["> ", "\r\n> ", ">\r\n", "\r\n>"])
    func `a payload is written after the prompt, once`(prompt: String) async throws {
        try await withLine { line in
            let command = await line.begin(Command("AT+QSEND=5", payload: Array("a\r\nb>".utf8)))
            #expect(line.written == ["AT+QSEND=5\r"])
            line.hear(prompt)
            #expect(line.written == ["AT+QSEND=5\r", "a\r\nb>"])
            line.say("OK")
            #expect(await command.value.lines == [])
            #expect(line.written.count == 2)
        }
    }

    @Test func `a command of an owner that has many is answered in its turn`() async throws {
        try await withLine { line in
            for index in 0..<200 { line.answer("AT+N=\(index)", "+N: \(index)", "OK") }
            var tasks: [Task<TestLine.Outcome, Never>] = []
            for index in 0..<200 {
                tasks.append(await line.begin(Command("AT+N=\(index)", answer: .prefixed("+N"))))
            }
            await line.pass(.seconds(4))
            for (index, task) in tasks.enumerated() { #expect(await task.value.lines == ["+N: \(index)"]) }
            #expect(line.written == (0..<200).map { "AT+N=\($0)\r" })
        }
    }
}
