import AT
import Testing

@Suite struct `Every transcript of the seed` {
    @Test(arguments: Transcript.all, Wire.allCases)
    func `gives the same events whole, byte by byte and at every split`(_ transcript: Transcript, _ wire: Wire) {
        for step in transcript.steps {
            let bytes = wire.bytes(of: step)
            #expect(listen(to: step, in: [bytes]) == step.events)
            #expect(listen(to: step, in: bytes.map { [$0] }) == step.events)
            for split in bytes.indices
            where listen(to: step, in: [Array(bytes[..<split]), Array(bytes[split...])]) != step.events {
                Issue.record("split at \(split) of \(step.events)")
            }
        }
    }

    @Test(arguments: Transcript.all, Wire.allCases)
    func `gives the same events as one long conversation`(_ transcript: Transcript, _ wire: Wire) {
        var conversation = Conversation()
        for step in transcript.steps {
            conversation.begin(step.command)
            conversation.hear(wire.bytes(of: step))
            #expect(conversation.takeEvents() == step.events)
        }
    }

    @Test(arguments: Transcript.all)
    func `survives carriage returns without line feeds`(_ transcript: Transcript) {
        for step in transcript.steps {
            let bytes = step.heard.flatMap { $0.line.bytes + Array("\r".utf8) }
            var conversation = Conversation()
            conversation.begin(step.command)
            conversation.hear(bytes)
            #expect(conversation.dialogue.awaitsLineFeed == !bytes.isEmpty)
            conversation.flush()
            #expect(conversation.events == step.events)
        }
    }

    /// One report of each kind at each boundary: delivered once, and nothing else changes.
    @Test(
        arguments: Transcript.all,
        [
            "+QLWEVTIND: 4", "+NNMI: 2,4F4B", "+NNMI", "+NNMI: \"recv\",buff full", "+CSCON:1", "+CEREG: 5",
            "+QNBIOTEVENT: \"EXIT DEEPSLEEP\"", "+QNBITEVENT: \"ENTER DEEPSLEEP\"", "+CPIN: READY", "+CFUN: 1",
            "+IP: 10.0.0.1", "+CGEV:ME PDN ACT 1", "+NPSMR:1", "+QIND: \"FOTA\",\"END\",0",
        ] as [Line])
    func `keeps apart any report at any boundary`(_ transcript: Transcript, _ report: Line) {
        for step in transcript.steps {
            for place in 0...step.heard.count {
                var disturbed = step
                disturbed.heard.insert(Transcript.Entry(mark: "!", line: report), at: place)
                for wire in [Wire.plain, .withoutLeadingEnd, .trailingBlanks] {
                    #expect(listen(to: disturbed, in: [wire.bytes(of: disturbed)]) == disturbed.events)
                }
            }
        }
    }

    @Test(arguments: Transcript.all, ["RDY", "Neul", "REBOOT_CAUSE_UNKNOWN"] as [Line])
    func `ends with a restart at any byte`(_ transcript: Transcript, _ banner: Line) {
        for step in transcript.steps where step.command != nil {
            let bytes = Wire.plain.bytes(of: step)
            for cut in 0...bytes.count {
                var conversation = Conversation()
                conversation.begin(step.command)
                conversation.hear(bytes[..<cut] + Array("\r\n\(banner)\r\n".utf8))
                let completions = conversation.events.filter(\.isCompletion)
                #expect(completions.count == 1)
                let isRestart = step.heard.contains { $0.mark == "#" }
                if !isRestart {
                    #expect(conversation.events.filter { $0 == .reset(banner) }.count == 1)
                }
                #expect(conversation.dialogue.phase == .idle)
                if banner == "Neul" { conversation.hear("\r\nOK\r\n") }
                // Behind its reason `Neul` tells of the same restart.
                if !isRestart || banner != "Neul" { #expect(conversation.events.last == .reset(banner)) }
                #expect(conversation.recovers())
            }
        }
    }

    @Test(arguments: Transcript.all)
    func `keeps late answers out of everything`(_ transcript: Transcript) {
        for step in transcript.steps where step.command != nil {
            let bytes = Wire.plain.bytes(of: step)
            for cut in bytes.indices {
                var conversation = Conversation()
                conversation.begin(step.command)
                conversation.hear(Array(bytes[..<cut]))
                guard conversation.dialogue.phase == .waiting else { continue }
                conversation.events = []
                let wasHeld = conversation.dialogue.awaitsLineFeed
                conversation.expire()
                if conversation.dialogue.phase == .idle {
                    // The final result was there but for its LF.
                    #expect(wasHeld)
                    continue
                }
                #expect(conversation.takeEvents().last == .completed(.timedOut))
                conversation.hear(Array(bytes[cut...]))
                for event in conversation.takeEvents() {
                    switch event {
                    case .report, .reset: break
                    default: Issue.record("\(event) after the time-out")
                    }
                }
                #expect(conversation.recovers())
            }
        }
    }

    @Test(arguments: Transcript.all)
    func `recovers from any dropped, doubled or broken byte`(_ transcript: Transcript) {
        for step in transcript.steps where step.command != nil {
            let bytes = Wire.plain.bytes(of: step)
            for place in bytes.indices {
                let replacements: [[UInt8]] = [
                    [], [bytes[place], bytes[place]], [0], [0xFF], [bytes[place] ^ 0x20], [0x80], [0x3E], [0x0A],
                ]
                for replacement in replacements {
                    var conversation = Conversation()
                    conversation.begin(step.command)
                    conversation.hear(bytes[..<place] + replacement + bytes[(place + 1)...])
                    #expect(conversation.events.filter(\.isCompletion).count <= 1)
                    #expect(conversation.recovers())
                }
            }
        }
    }

    private func listen(to step: Transcript.Step, in pieces: [[UInt8]]) -> [Dialogue.Event] {
        var conversation = Conversation()
        conversation.begin(step.command)
        for piece in pieces { conversation.hear(piece) }
        return conversation.events
    }
}

extension Dialogue.Event {
    var isCompletion: Bool {
        if case .completed = self { true } else { false }
    }
}
