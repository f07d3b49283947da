/// Whose a line is, asked in a fixed order: echo, final result, restart, answer, report, bare answer, nobody's.
extension Dialogue {
    mutating func sort(into events: inout [Event]) {
        if swallowsOK {
            if partial.isExactly("OK") {
                swallowsOK = false
                return
            }
            // Reports may slip in between; after anything else the module has left its start-up behind.
            swallowsOK = catalog.report(of: Line(partial)) != nil
        }
        guard pending != nil, !isOld else { return sortUnasked(into: &events) }
        if takeEcho() { return }
        if let final = final() {
            noise = 0
            let lines = pending?.lines ?? []
            pending = nil
            events.append(.completed(.answered(Response(lines: lines, final: final))))
            return
        }
        if let banner = catalog.banner(of: partial) { return restart(banner, into: &events) }
        sortAnswer(Line(partial), into: &events)
    }

    private mutating func sortAnswer(_ line: Line, into events: inout [Event]) {
        switch pending?.command.answer.claim(line) ?? .none {
        case .exclusive:
            keep(line, into: &events)
        case .shared:
            keep(line, into: &events)
            events.append(.report(line))
        case .none:
            if catalog.report(of: line) != nil {
                noise = 0
                events.append(.report(line))
            } else if pending?.command.answer.takesBare(line) == true {
                keep(line, into: &events)
            } else {
                events.append(.unknown(line))
            }
        }
    }

    /// No command has asked for this line, or it had begun before the command did.
    private mutating func sortUnasked(into events: inout [Event]) {
        if let banner = catalog.banner(of: partial) { return restart(banner, into: &events) }
        let line = Line(partial)
        if catalog.report(of: line) != nil {
            noise = 0
            events.append(.report(line))
        } else if !isSuspect {
            events.append(.unknown(line))
        }
    }

    private mutating func keep(_ line: Line, into events: inout [Event]) {
        noise = 0
        guard let size = pending?.size, size + line.bytes.count <= Self.largestAnswer else {
            let isPreserved = catalog.report(of: line)?.isPreserved == true
            events.append(isPreserved ? .report(line) : .discarded(bytes: line.bytes.count))
            return
        }
        // An empty line cannot come here, so the number of lines is bounded with their size.
        pending?.size = size + line.bytes.count
        pending?.lines.append(line)
    }

    private func final() -> Final? {
        if let final = Final(line: partial) { return final }
        guard let finals = pending?.command.finals, !finals.isEmpty else { return nil }
        let text = finals.first { partial.elementsEqual($0.utf8) }
        return text.map { .extra($0) }
    }

    /// A banner ends the epoch, also that of a suspect dialogue: nothing late can follow from before the restart.
    private mutating func restart(_ banner: Banner, into events: inout [Event]) {
        let line = Line(partial)
        noise = 0
        isSuspect = false
        unprompted = nil
        swallowsOK = banner.hasOwnOK
        let isKnown = hasToldReason && banner.hasOwnOK
        hasToldReason = banner.isPreamble
        if isKnown { return }
        if let ended = pending {
            pending = nil
            deliverPreserved(of: ended, into: &events)
            events.append(.completed(.reset(line)))
        }
        events.append(.reset(line))
    }

    /// Lines read out of the module are its last copy, so they outlive the command that asked for them.
    func deliverPreserved(of ended: Pending, into events: inout [Event]) {
        for line in ended.lines where catalog.report(of: line)?.isPreserved == true {
            events.append(.report(line))
        }
    }
}

extension Dialogue {
    /// Takes the echo of the command or of its payload, once. An echo without an end of line leaves what follows it.
    private mutating func takeEcho() -> Bool {
        if pending?.isPayloadSent == true { return takePayloadEcho() }
        guard pending?.isEchoed == false, let command = pending?.command.bytes, partial.holds(command) else {
            return false
        }
        let rest = Array(partial[command.count...])
        guard !rest.isEmpty else {
            pending?.isEchoed = true
            return true
        }
        // `AT+CSQ` behind a bare `AT` is another command's echo, not an answer glued to this one's.
        let isGlued = (rest[0] == Byte.plus || rest[0].isUppercase) && command.count > 2
        guard isGlued || Final(line: rest) != nil else { return false }
        pending?.isEchoed = true
        partial = rest
        return false
    }

    /// The echo of a payload comes line by line, and its lines may look like anything.
    private mutating func takePayloadEcho() -> Bool {
        guard let payload = pending?.command.payload, var index = pending?.payloadEchoed else { return false }
        while index < payload.count, payload[index] <= Byte.blank { index += 1 }
        guard payload.holds(partial, at: index) else { return false }
        var end = index + partial.count
        while end < payload.count, payload[end].isBlank { end += 1 }
        guard end == payload.count || payload[end] == Byte.carriageReturn || payload[end] == Byte.lineFeed else {
            return false
        }
        // Without a line of echo before it, this may as well be the module's own word.
        if pending?.payloadEchoed == 0, Final(line: partial) != nil { return false }
        pending?.payloadEchoed = end
        return true
    }
}
