import AT
import Modem
import Platforms
import Testing

/// An answer that comes after its command was given up is nobody's: neither the next command's nor any later one's.
@Suite struct LateAnswerTests {
    /// When the rest of the answer comes.
    enum Moment: CaseIterable, Sendable {
        /// While the line is drained.
        case inTheDrain
        /// Byte by byte, so that the drain takes longer.
        case trickling
        /// After the drain, before the probe's own OK.
        case beforeTheProbeIsAnswered
        /// After the drain, in place of the probe's own OK, which comes when the sentinel is out.
        case insteadOfTheProbesAnswer
        /// Three probes have timed out already.
        case afterThreeProbes
    }

    /// What comes late.
    enum Part: CaseIterable, Sendable {
        case everything
        /// The lines came in time, the final result did not.
        case finalOnly
    }

    static let cases: [(Moment, Part)] = Moment.allCases.flatMap { moment in Part.allCases.map { (moment, $0) } }

    @Test(arguments: try Exchange.all(), cases)
    func `a late answer belongs to nobody`(exchange: Exchange, late: (moment: Moment, part: Part)) async throws {
        try await withLine(catalog: .common.adding(CTWingSession.reports)) { line in
            await line.knowIMEI()
            let lost = await line.begin(exchange.command)
            // One that takes lines with a name, and one that takes any line.
            let named = await line.begin(Command("AT+CSQ", answer: .prefixed("+CSQ")))
            let bare = await line.begin(Command("ATI", answer: .bare()))
            line.answer("AT+CSQ", "+CSQ: 31,0", "OK")
            line.answer("ATI", "Quectel_BC25", "OK")

            let limit = exchange.command.timeLimit + .seconds(2)
            await line.pass(limit - .milliseconds(100))
            if late.part == .finalOnly { line.hear(TestLine.framed(exchange.answer)) }
            // Keeps the drain from being over at once.
            line.say("+CSCON: 0")
            await line.pass(.milliseconds(100))
            #expect(await lost.value == .failure(.timedOut))

            let rest = late.part == .everything ? exchange.whole : [exchange.final]
            let probe = exchange.command.description == "AT" ? 2 : 1
            await speak(rest, at: late.moment, on: line, probes: probe)
            line.answerProbes()
            await line.pass(.seconds(30))

            #expect(await named.value.lines == ["+CSQ: 31,0"])
            #expect(await bare.value.lines == ["Quectel_BC25"])
            #expect(line.written.suffix(2) == ["AT+CSQ\r", "ATI\r"])
            #expect(line.written.last { $0.hasPrefix("AT+CGSN") } == "AT+CGSN=1\r")
            // A message that was read is delivered, however late, and once.
            let messages = line.reports.filter { $0.hasPrefix("+NMGR") }
            #expect(messages == (exchange.isMessage ? exchange.answer : []))
        }
    }

    private func speak(_ rest: [String], at moment: Moment, on line: TestLine, probes: Int) async {
        switch moment {
        case .inTheDrain:
            await line.pass(.milliseconds(100))
            line.hear(TestLine.framed(rest))
        case .trickling:
            for character in TestLine.framed(rest).unicodeScalars {
                line.hear(String(character))
                await line.pass(.milliseconds(50))
            }
            #expect(line.written.count == 1)
        case .beforeTheProbeIsAnswered:
            await line.pass(.milliseconds(400))
            #expect(line.written.count == 2)
            line.hear(TestLine.framed(rest + ["OK"]))
        case .insteadOfTheProbesAnswer:
            await line.pass(.milliseconds(400))
            line.hear(TestLine.framed(rest))
            await line.settle()
            // The probe's own answer, which the sentinel must not take for its own.
            if rest.last == "OK" {
                #expect(line.written.last == "AT+CGSN=1\r")
                line.say("OK")
                await line.settle()
                line.say("+CGSN: \(TestLine.imei)", "OK")
            }
        case .afterThreeProbes:
            await line.pass(.milliseconds(300))
            await line.pass(.milliseconds(3 * 3300 + 50))
            #expect(line.written.filter { $0 == "AT\r" }.count >= 3 + probes)
            // Everything that was asked is answered at once, as a module does that was stuck.
            let answers = line.written.dropFirst().map { _ in "OK" }
            line.hear(TestLine.framed(rest + answers))
        }
    }

    @Test func `a late answer is no trouble for a module that is not identified yet`() async throws {
        try await withLine { line in
            let lost = await line.begin(Inquiry.imei)
            let next = await line.begin(.signal)
            await line.pass(.seconds(7))
            line.say("+CGSN: \(TestLine.imei)", "OK")
            line.answerProbes()
            line.answer("AT+CSQ", "+CSQ: 20,99", "OK")
            await line.pass(.seconds(10))
            #expect(await lost.value == .failure(.timedOut))
            #expect(await next.value.lines == ["+CSQ: 20,99"])
        }
    }

    @Test func `an answer that comes twice is taken once`() async throws {
        try await withLine { line in
            let first = await line.begin(.signal)
            line.say("+CSQ: 20,99", "OK")
            line.say("+CSQ: 20,99")
            #expect(await first.value.lines == ["+CSQ: 20,99"])
            #expect(line.unknowns == ["+CSQ: 20,99"])
        }
    }
}
