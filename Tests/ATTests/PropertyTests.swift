import AT
import Testing

/// Small, seeded, and the same on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A module that numbers everything it says, answers late at times and restarts at others.
private struct NumberedModule {
    var random: SplitMix
    var conversation = Conversation()
    /// What the module has printed and the line has not carried yet.
    var wire: [UInt8] = []
    var commands = 0
    var reports: [Line] = []
    var delivered: [Line] = []
    var resets = 0
    var deliveredResets = 0
    var faults: [String] = []

    init(seed: UInt64) {
        random = SplitMix(state: seed)
    }

    mutating func run(steps: Int) {
        for _ in 0..<steps {
            switch Int.random(in: 0..<10, using: &random) {
            case 0...2: if conversation.dialogue.phase == .idle { ask() }
            case 3: report()
            case 4...7: carry(Int.random(in: 1...12, using: &random))
            case 8 where Int.random(in: 0..<4, using: &random) == 0: giveUp()
            case 9 where Int.random(in: 0..<12, using: &random) == 0: restart()
            default: break
            }
        }
        carry(wire.count)
    }

    private mutating func ask() {
        // What is on the wire belongs to former commands only if their time was up, and then it has been drained.
        commands += 1
        conversation.begin(Command("AT+A=\(commands)", answer: .prefixed("+A")))
        if Int.random(in: 0..<3, using: &random) == 0 { print("AT+A=\(commands)") }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            if Bool.random(using: &random) { report() }
            print("+A: \(commands)")
        }
        if Bool.random(using: &random) { report() }
        print(["OK", "ERROR", "+CME ERROR: 50"].randomElement(using: &random) ?? "OK")
    }

    private mutating func report() {
        let line = Line(Array("+QLWEVTIND: \(reports.count)".utf8))
        reports.append(line)
        print(line.text)
    }

    private mutating func print(_ text: String) {
        if Int.random(in: 0..<5, using: &random) == 0 { wire.append(Bool.random(using: &random) ? 0 : 0xFF) }
        if Int.random(in: 0..<5, using: &random) > 0 { wire += Array("\r\n".utf8) }
        wire += Array(text.utf8) + Array((Int.random(in: 0..<5, using: &random) > 0 ? "\r\n" : " \r\r\n").utf8)
    }

    private mutating func carry(_ count: Int) {
        let piece = Array(wire.prefix(count))
        wire.removeFirst(piece.count)
        conversation.hear(piece)
        check()
    }

    /// The deadline passes; the rest of the answer comes before the line falls silent.
    private mutating func giveUp() {
        conversation.expire()
        check()
        carry(wire.count)
        conversation.flush()
        conversation.dialogue.trust()
        check()
    }

    private mutating func restart() {
        resets += 1
        print("RDY")
        // What was under way is never finished; the module is silent until it is asked again.
        carry(wire.count)
    }

    private mutating func check() {
        for event in conversation.takeEvents() {
            switch event {
            case .report(let line): delivered.append(line)
            case .reset: deliveredResets += 1
            case .completed(.answered(let response)):
                for line in response.lines where line.text != "+A: \(commands)" {
                    faults.append("\(line) in the answer of \(commands)")
                }
            case .completed, .noise: break
            case .write, .latePrompt, .unknown, .discarded: faults.append("\(event)")
            }
        }
    }
}

@Suite struct `Whatever comes` {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `every report is delivered once and no answer crosses an epoch`(_ seed: UInt64) {
        var module = NumberedModule(seed: seed)
        module.run(steps: 400)
        #expect(module.faults == [])
        #expect(module.delivered == module.reports)
        #expect(module.deliveredResets == module.resets)
        #expect(module.commands > 10)
        #expect(module.conversation.recovers())
    }

    /// Words of the language and pure chance, in any order.
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `memory stays bounded and the dialogue recovers`(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        var conversation = Conversation()
        let words = [
            "\r\n", "\r", "\n", "OK", "ERROR", "+CME ERROR: ", "RDY", "Neul", ">", "AT+A=1", "+A: ", "+NMGR: 2,4F4B",
            "+QLAURC: \"write\",1,19,0,0,1,5,\"", "+MIPLEXECUTE: 0,1,2,3,4,9,", "\"", ",", " ", "\0", "\u{1B}", "7",
        ].map { Array($0.utf8) }
        var heard = 0
        var told = 0
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<24, using: &random) {
            case 0 where conversation.dialogue.phase == .idle:
                conversation.begin(
                    Command(
                        "AT+A=1", answer: .prefixed("+A").or(.bare()),
                        payload: Bool.random(using: &random) ? [79, 75] : nil))
            case 1: conversation.expire()
            case 2: conversation.dialogue.trust()
            case 3: conversation.flush()
            case 4 where Int.random(in: 0..<40, using: &random) == 0: conversation.dialogue.reset()
            case 5:
                let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                heard += bytes.count
                conversation.hear(bytes)
            case 6 where Int.random(in: 0..<20, using: &random) == 0:
                heard += 9_000
                conversation.hear([UInt8](repeating: 0x41, count: 9_000))
            default:
                let word = words.randomElement(using: &random) ?? []
                heard += word.count
                conversation.hear(word)
            }
            told += conversation.takeEvents().reduce(0) { $0 + $1.size }
        }
        // A line may be told twice, as part of an answer and as a report.
        #expect(told <= 2 * heard)
        #expect(conversation.dialogue.retainedBytes <= Dialogue.longestLine + 65_536)
        #expect(conversation.recovers())
    }
}

extension Dialogue.Event {
    /// The received bytes that the event carries.
    var size: Int {
        switch self {
        case .write, .latePrompt, .noise: 0
        case .report(let line), .unknown(let line), .reset(let line): line.bytes.count
        case .completed(.answered(let response)): response.lines.reduce(0) { $0 + $1.bytes.count }
        case .completed(.timedOut): 0
        case .completed(.reset): 0
        case .discarded(let bytes): bytes
        }
    }
}
