import AT
import Modem
import Testing

/// A line of which not even the rate is known is asked shortly, and given up early.
@Suite struct GreetingTests {
    private static let uncertain = Modem.Settings(baud: 0, rateIsUncertain: true)

    private func greet(_ line: TestLine) async -> Task<Bool, Never> {
        let greeting = Task(executorPreference: line.reactor) { [modem = line.modem] in
            await modem.greet(within: .milliseconds(1500))
        }
        await line.settle()
        return greeting
    }

    @Test func `a module that answers is proven in step, and commands go on`() async throws {
        try await withLine(Self.uncertain) { line in
            line.answerProbes()
            let greeting = await greet(line)
            let waiting = await line.begin("AT+NEXT")
            line.answer("AT+NEXT", "OK")
            await line.pass(.seconds(1))
            #expect(await greeting.value)
            #expect(await waiting.value.lines == [])
            #expect(line.written == ["AT\r", "AT\r", "AT+CGSN=1\r", "AT+NEXT\r"])
        }
    }

    @Test func `a module that sleeps has lost the first bytes, and answers later`() async throws {
        try await withLine(Self.uncertain) { line in
            let greeting = await greet(line)
            await line.pass(.milliseconds(700))
            line.answerProbes()
            await line.pass(.seconds(2))
            #expect(await greeting.value)
        }
    }

    @Test(arguments: ["", "\0\u{1}O\0K\0", "xOK\r\n", "\r\nO K\r\n"])
    func `without an OK that is a line of its own nobody is there`(noise: String) async throws {
        try await withLine(Self.uncertain) { line in
            let greeting = await greet(line)
            for _ in 0..<5 {
                line.hear(noise)
                await line.pass(.milliseconds(300))
            }
            #expect(await greeting.value == false)
            #expect(line.written == Array(repeating: "AT\r", count: 5))
            #expect(line.told.last == .lost(.unresponsive))
        }
    }

    @Test func `noise without an end is the wrong rate`() async throws {
        try await withLine(Self.uncertain) { line in
            let greeting = await greet(line)
            line.hear(String(repeating: "\0", count: 256))
            #expect(await greeting.value == false)
            #expect(line.told == [.trouble(.noise(bytes: 256)), .lost(.unresponsive)])
        }
    }

    @Test func `noise at a rate at which the module was understood is noise`() async throws {
        try await withLine(Self.uncertain) { line in
            line.say("+CSCON: 1")
            line.hear(String(repeating: "\0", count: 256))
            #expect(line.told == [.report("+CSCON: 1"), .trouble(.noise(bytes: 256))])
        }
    }

    /// Three probes and the wake sequence instead of ten.
    @Test(arguments: [(false, 13), (true, 20)])
    func `a line on which nothing was ever understood is given up early`(_ understood: Bool, _ probes: Int) async throws
    {
        try await withLine(Self.uncertain) { line in
            if understood { line.say("+CSCON: 1") }
            _ = await line.begin("AT+LOST")
            await line.pass(.seconds(70))
            #expect(line.told.last == .lost(.unresponsive))
            #expect(line.written.filter { $0 == "AT\r" }.count == probes)
        }
    }
}
