import AT
import Testing

/// A conversation as the seed prints it, one line each, with a mark for what the line is:
///
///     > command   < answer   = final result   ! report   # reset banner   ? nobody's   ~ swallowed
struct Transcript: Sendable, CustomStringConvertible {
    let name: String
    let steps: [Step]

    /// What is sent, if anything, and what is heard until the next command.
    struct Step: Sendable {
        var command: Command?
        var heard: [Entry] = []
    }

    struct Entry: Sendable {
        let mark: Character
        let line: Line
    }

    var description: String { name }

    init(_ name: String, _ text: String) {
        self.name = name
        var steps: [Step] = [Step()]
        for row in text.split(separator: "\n") where !row.isEmpty {
            let mark = row.first ?? "?"
            let content = String(row.dropFirst(2))
            if mark == ">" {
                steps.append(Step(command: Command(content, answer: Self.answer(to: content), finals: ["REBOOTING"])))
            } else {
                steps[steps.count - 1].heard.append(Entry(mark: mark, line: Line(Array(content.utf8))))
            }
        }
        self.steps = steps
    }

    /// What a caller would declare.
    static func answer(to command: String) -> Answer {
        switch command {
        case "ATI", "AT+CGSN=0": .bare()
        case "AT+NQMGR": .bare { $0.hasPrefix("BUFFERED=") }
        case "AT+NNMI?": .prefixed("+NNMI", where: Shape.fields(1...1))
        case "AT+CEREG?": .prefixed("+CEREG", where: Shape.isRegistrationAnswer)
        case "AT+CSCON?": .prefixed("+CSCON", where: Shape.fields(2...2))
        case "AT+QLADATASTATUS?": .prefixed("+QLADATASTATUS", alsoReport: true)
        case "AT+NCFG=0", "AT+CGSN=1": .prefixed(String(command.dropFirst(2).dropLast(2)))
        // A setting has no answer; declaring one would catch the reports of its name.
        case _ where command.contains("=") && !command.hasSuffix("=?"): .none
        default: .prefixed(String(command.dropFirst(2).prefix { $0 != "?" && $0 != "=" }))
        }
    }
}

extension Transcript.Step {
    /// What must come of it.
    var events: [Dialogue.Event] {
        var events: [Dialogue.Event] = []
        var lines: [Line] = []
        for entry in heard {
            switch entry.mark {
            case "<": lines.append(entry.line)
            case "=": events.append(.completed(.answered(Response(lines: lines, final: final(entry.line)))))
            case "!": events.append(.report(entry.line))
            case "#": events.append(.reset(entry.line))
            case "~": break
            default: events.append(.unknown(entry.line))
            }
        }
        return events
    }

    private func final(_ line: Line) -> Final {
        switch line {
        case "OK": .ok
        case "ERROR": .error
        case "+CME ERROR: 50": .cme(.number(50))
        default: .extra(line.text)
        }
    }
}

/// How a build puts lines on the wire.
enum Wire: CaseIterable, Sendable {
    case plain, withoutLeadingEnd, doubledReturn, lineFeedOnly, trailingBlanks, echo, echoWithoutEnd, noise

    func bytes(of step: Transcript.Step) -> [UInt8] {
        var bytes: [UInt8] = []
        if let command = step.command {
            if self == .echo { bytes += command.bytes + Array("\r".utf8) }
            if self == .echoWithoutEnd { bytes += command.bytes }
        }
        for entry in step.heard { bytes += self.bytes(of: entry.line) }
        return bytes
    }

    func bytes(of line: Line) -> [UInt8] {
        switch self {
        case .plain, .echo, .echoWithoutEnd: Array("\r\n".utf8) + line.bytes + Array("\r\n".utf8)
        case .withoutLeadingEnd: line.bytes + Array("\r\n".utf8)
        case .doubledReturn: Array("\r\r\n".utf8) + line.bytes + Array("\r\r\n".utf8)
        case .lineFeedOnly: line.bytes + Array("\n".utf8)
        case .trailingBlanks: Array("\r\n".utf8) + line.bytes + Array("  \r\n".utf8)
        case .noise: [0, 0xFF, 0] + Array("\r\n\0".utf8) + line.bytes + [0xFF] + Array("\r\n".utf8) + [0]
        }
    }
}

/// A dialogue with its events.
struct Conversation: CustomTestStringConvertible {
    var dialogue = Dialogue(catalog: .ctwing)
    var events: [Dialogue.Event] = []

    var testDescription: String { "\(dialogue.phase), \(events)" }

    mutating func begin(_ command: Command?) {
        if let command { _ = dialogue.begin(command) }
    }

    mutating func begin(_ text: String) {
        _ = dialogue.begin(Command(text, answer: Transcript.answer(to: text)))
    }

    mutating func hear(_ text: String) { hear(Array(text.utf8)) }

    mutating func hear(_ bytes: [UInt8]) { dialogue.receive(bytes, into: &events) }

    mutating func expire() { dialogue.expire(into: &events) }

    mutating func flush() { dialogue.flushPartial(into: &events) }

    mutating func takeEvents() -> [Dialogue.Event] {
        defer { events = [] }
        return events
    }

    /// Whatever has happened: drained, it answers the next command properly.
    func recovers() -> Bool {
        var copy = self
        copy.flush()
        copy.expire()
        copy.dialogue.trust()
        copy.events = []
        copy.begin("AT+CGSN=1")
        copy.hear("\r\n+CGSN: 869999000000001\r\n\r\nOK\r\n")
        return copy.events == [.completed(.answered(Response(lines: ["+CGSN: 869999000000001"], final: .ok)))]
            && copy.dialogue.phase == .idle
    }
}

extension ReportCatalog {
    static let ctwing = ReportCatalog.common.adding([
        Report("+QLWEVTIND"),
        Report("+NNMI", where: { line in Fields(line).count != 1 }),
        Report("+NMGR", preserved: true),
        Report("+QLADATASTATUS"),
        Report("+QLAURC", text: CarriedText(lengthField: 6, typeField: 5, kind: "write")),
        Report("+MIPLEXECUTE", text: CarriedText(lengthField: 5)),
    ])
}
