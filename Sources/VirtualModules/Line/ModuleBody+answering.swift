/// Executing a command, and the ways in which its answer can go wrong.
extension ModuleBody {
    func run(_ command: CommandLine) {
        let effects = takeEffects(for: command)
        if interrupt(effects) { return }
        if command.bytes.count > Self.lineLimit {
            breach("a command of \(command.bytes.count) bytes is longer than any")
            return deliver(Answer(lines: [], result: .line("ERROR")), effects)
        }
        for case .answer(let result) in effects {
            return deliver(Answer(lines: [], result: .line(result)), effects)
        }
        finish(personality.execute(command), effects)
    }

    private func finish(_ answer: Answer, _ effects: [Fault.Effect]) {
        if let prompt = answer.prompt {
            ask(prompt, effects)
        } else if answer.delay > .zero {
            later(answer.delay) { $0.deliver(answer, effects) }
        } else {
            deliver(answer, effects)
        }
    }

    /// What comes before an answer comes before its prompt; what cuts the answer cuts the prompt, too.
    private func ask(_ prompt: Answer.Prompt, _ effects: [Fault.Effect]) {
        var before: [UInt8] = []
        var piece: (size: Int, pause: Duration)?
        var rest: [Fault.Effect] = []
        for effect in effects {
            switch effect {
            case .echo: before += running?.bytes ?? []
            case .noise(let noise): before += noise
            case .reports(let lines): before += lines.flatMap { Array("\r\n\($0)\r\n".utf8) }
            case .split(let size, let pause):
                piece = (max(1, size), pause)
                rest.append(effect)
            default: rest.append(effect)
            }
        }
        cut(before + Array(prompt.text.utf8), piece).forEach(say)
        // Nothing is taken for data before the prompt has left.
        say(
            .mark { [self, rest] in
                expect(prompt.count) { [self] in finish(prompt.answer($0), rest) }
                guard let patience = prompt.patience, awaitsData else { return }
                limitData(to: patience) { [self] in finish(Answer(lines: [], result: prompt.late), rest) }
            })
    }

    /// True when the command is not even executed.
    private func interrupt(_ effects: [Fault.Effect]) -> Bool {
        for effect in effects {
            switch effect {
            case .resetBefore: restart()
            case .powerCut(let time): cutPower(for: time)
            case .hangUp(let time): dropLine(for: time)
            default: continue
            }
            return true
        }
        return false
    }

    private func deliver(_ answer: Answer, _ effects: [Fault.Effect]) {
        var bytes = render(answer)
        var before: [UInt8] = []
        var piece: (size: Int, pause: Duration)?
        var waitsForReport = false
        var resets = false
        for effect in effects {
            switch effect {
            case .dropAnswer:
                return endCommand(afterwards: answer.afterwards)
            case .delayAnswer(let delay):
                later(delay) { [bytes] in $0.say(.bytes(bytes)) }
                return endCommand(afterwards: answer.afterwards)
            case .echo: before += running?.bytes ?? []
            case .noise(let noise): before += noise
            case .reports(let lines): before += lines.flatMap { Array("\r\n\($0)\r\n".utf8) }
            case .loseLineFeed: bytes.removeLast()
            case .split(let size, let pause): piece = (max(1, size), pause)
            case .reportFirst: waitsForReport = true
            case .resetAfter: resets = true
            default: break
            }
        }
        var segments = cut(before + bytes, piece)
        segments.append(
            .mark { [self, afterwards = answer.afterwards, resets] in
                endCommand(afterwards: afterwards)
                if resets { restart() }
            })
        guard waitsForReport else { return segments.forEach(say) }
        // The report that this very command causes must not wait for its answer.
        heldAnswer = Array(segments.dropLast()) + [.mark { [self] in endCommand() }]
        answer.afterwards?()
    }

    private func cut(_ bytes: [UInt8], _ piece: (size: Int, pause: Duration)?) -> [Segment] {
        guard let piece else { return [.bytes(bytes)] }
        var segments: [Segment] = []
        for start in stride(from: 0, to: bytes.count, by: piece.size) {
            if start > 0 { segments.append(.pause(piece.pause)) }
            segments.append(.bytes(Array(bytes[start..<min(start + piece.size, bytes.count)])))
        }
        return segments
    }

    private func render(_ answer: Answer) -> [UInt8] {
        let result =
            switch answer.result {
            case .ok: "OK"
            case .line(let line): line
            case .error(let code): personality.namesErrors ? "+CME ERROR: \(code)" : "ERROR"
            }
        if !answer.lines.isEmpty {
            for line in answer.lines { log.add(.answer, line, at: clock.now) }
        }
        log.add(.answer, result, at: clock.now)
        var bytes: [UInt8] = []
        if !answer.lines.isEmpty {
            bytes += "\r\n".utf8
            for line in answer.lines { bytes += "\(line)\r\n".utf8 }
        }
        bytes += "\r\n\(result)\r\n".utf8
        return bytes
    }

    // MARK: Faults

    private func takeEffects(for command: CommandLine) -> [Fault.Effect] {
        guard !faults.isEmpty else { return [] }
        let text = command.text
        var taken: [Fault.Effect] = []
        faults.removeAll { fault in
            if case .doubleReport = fault.effect { return false }
            guard text.hasPrefix(fault.prefix) else { return false }
            taken.append(fault.effect)
            return !fault.always
        }
        return taken
    }

    func takeDouble(_ report: String) -> Bool {
        for (index, fault) in faults.enumerated() {
            guard case .doubleReport = fault.effect, report.hasPrefix(fault.prefix) else { continue }
            if !fault.always { faults.remove(at: index) }
            return true
        }
        return false
    }

    // MARK: Ends of everything

    func restart() {
        note("restart")
        powerWasCut = false
        powerOff(for: options.bootTime)
    }

    /// Lets what was said before leave first.
    func restartAfterOutput() {
        say(.mark { [weak self] in self?.restart() })
    }

    func cutPower(for time: Duration?) {
        note("power cut")
        powerWasCut = true
        powerOff(for: time)
    }

    func powerOn() {
        powerEpoch += 1
        clear()
        personality.powerOn()
    }

    private func powerOff(for time: Duration?) {
        powerEpoch += 1
        // Who waits for an answer sends nothing until the banner says that none will come; who was asked for data does.
        mayCrossBanner = running == nil || awaitsData
        personality.powerOff()
        clear()
        guard let time else { return }
        clock.after(time) { [weak self, powerEpoch] in
            guard let self, self.powerEpoch == powerEpoch else { return }
            personality.powerOn()
        }
    }

    func dropLine(for time: Duration?) {
        unplug()
        guard let time else { return }
        clock.after(time) { [weak self] in
            guard let self else { return }
            do { try plugIn() } catch { note("cannot plug in: \(error)") }
        }
    }
}
