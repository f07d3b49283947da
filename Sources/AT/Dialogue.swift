/// The conversation with one module as a pure state machine: bytes and commands in, events out.
///
/// It keeps one promise: a line that does not belong to the pending command never becomes part of its answer. So one
/// command runs at a time, a time-out makes everything suspect until the line has been drained, and a line that had
/// begun before a command counts as unasked.
///
///     dialogue.begin(Command("AT+CSQ", answer: .prefixed("+CSQ")))   // bytes to write
///     dialogue.receive(bytes, into: &events)
package struct Dialogue: Sendable {
    /// What has happened, in the order of the bytes.
    package enum Event: Sendable, Equatable {
        /// Put these bytes on the line now: the payload after a prompt, or ESC where one came too late or no answer to one.
        case write([UInt8])
        /// The prompt of a command whose time was up before; what was begun since may have been taken for its payload.
        case latePrompt
        /// Unasked and known.
        case report(Line)
        /// Neither awaited nor known; never part of an answer.
        case unknown(Line)
        /// The module has restarted; a pending command has ended before.
        case reset(Line)
        /// The pending command has ended.
        case completed(Completion)
        /// Too long for a line, or too much for an answer.
        case discarded(bytes: Int)
        /// Nothing but NUL or 0xFF for a while: the baud rate is wrong.
        case noise(bytes: Int)
    }

    /// How a command ended.
    package enum Completion: Sendable, Equatable {
        case answered(Response)
        case timedOut
        case reset(Line)
    }

    /// Whether a command may begin, runs, or has left the dialogue suspect.
    package enum Phase: Sendable {
        case idle
        case waiting
        /// After a time-out: answers and finals are discarded, reports still delivered.
        case suspect
    }

    /// The command that runs.
    struct Pending {
        var command: Command
        var isEchoed = false
        var isPayloadSent = false
        /// How much of the payload has come back as echo.
        var payloadEchoed = 0
        var lines: [Line] = []
        var size = 0

        var awaitsPrompt: Bool { command.payload != nil && !isPayloadSent }
    }

    let catalog: ReportCatalog
    var pending: Pending?
    /// A command timed out, and the line has not been drained since.
    var isSuspect = false
    /// The payload of the last command whose time was up before its prompt. That may come late, whatever has been said
    /// since, and then the module takes everything for the payload until it has as many bytes as were announced.
    package internal(set) var unprompted: [UInt8]?
    /// The line as far as it has come.
    var partial: [UInt8] = []
    /// The line has ended with CR; what follows tells whether an LF belongs to it.
    var isHeld = false
    /// The last line that ended with CR had its LF: the next one is not complete without.
    package internal(set) var sendsLineFeeds = false
    /// Up to here the line is text by its own announcement, terminators included.
    var extent = 0
    /// With so many bytes the line has been searched for such an announcement.
    var searched = 0
    /// The line had begun before the pending command.
    var isOld = false
    /// How much of an over-long line has been thrown away; nil within a sound one.
    var discarding: Int?
    /// The next line but for reports may be the `OK` that a restarted module prints of its own.
    var swallowsOK = false
    /// The reason for a restart has been told; the banner behind it tells of the same one.
    var hasToldReason = false
    var noise = 0

    package init(catalog: ReportCatalog) {
        self.catalog = catalog
    }
}

extension Dialogue {
    /// No real line comes near; about 2.1 KB is the longest.
    package static let longestLine = 8192

    /// More of an answer than this is thrown away: memory stays bounded whatever the module prints.
    static let largestAnswer = 65_536

    package var phase: Phase {
        if pending != nil { .waiting } else if isSuspect { .suspect } else { .idle }
    }

    /// A line has begun and is not delivered yet.
    package var isMidLine: Bool { !partial.isEmpty || discarding != nil }

    /// No byte that was received is still waiting to be handed on: no half line, no half answer.
    package var holdsNothing: Bool { !isMidLine && pending?.lines.isEmpty ?? true }

    /// Only an LF is missing. Where the module is not known to send any, it comes within a byte time or never.
    package var awaitsLineFeed: Bool { isHeld }

    /// The received bytes that are kept for later: a line as far as it has come, and an answer.
    package var retainedBytes: Int { partial.count + (pending?.size ?? 0) }

    /// Begins a command; returns the bytes to write. Only in phase idle.
    package mutating func begin(_ command: Command) -> [UInt8] {
        precondition(phase == .idle, "a command begins while another one runs or the line is suspect")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(command.bytes.count + 1)
        bytes += command.bytes
        bytes.append(Byte.carriageReturn)
        isOld = isMidLine
        hasToldReason = false
        pending = Pending(command: command)
        return bytes
    }

    /// The deadline of the pending command has passed: from now on answers are not to be trusted.
    package mutating func expire(into events: inout [Event]) {
        if isHeld { finishLine(into: &events) }
        guard let ended = pending else { return }
        pending = nil
        isSuspect = true
        if ended.awaitsPrompt { unprompted = ended.command.payload }
        // It may lack bytes of the payload that were lost on the way.
        if ended.isPayloadSent { events.append(.write([Byte.escape])) }
        swallowsOK = false
        deliverPreserved(of: ended, into: &events)
        events.append(.completed(.timedOut))
    }

    /// The line has been drained: what comes from now on is fresh. Half a line left over is forgotten.
    package mutating func trust() {
        guard isSuspect else { return }
        isSuspect = false
        swallowsOK = false
        forgetLine()
    }

    /// Nothing more has come for long enough: what there is of a line is delivered as it is.
    package mutating func flushPartial(into events: inout [Event]) {
        if isHeld { sendsLineFeeds = false }
        // A prompt may come in the midst of a report, whose rest waits for the payload.
        let endsInPrompt = !isHeld && pending?.awaitsPrompt == true && partial.last == Byte.prompt
        if endsInPrompt { partial.removeLast() }
        if !partial.isEmpty { finishLine(into: &events) }
        if endsInPrompt { _ = takePrompt(into: &events) }
    }

    /// Another line or port: everything is forgotten, except what exists nowhere else and is delivered now.
    package mutating func reset(into events: inout [Event]) {
        if let pending { deliverPreserved(of: pending, into: &events) }
        reset()
    }

    /// Another line or port: everything is forgotten.
    package mutating func reset() {
        pending = nil
        isSuspect = false
        unprompted = nil
        swallowsOK = false
        hasToldReason = false
        noise = 0
        forgetLine()
    }

    private mutating func forgetLine() {
        partial.removeAll(keepingCapacity: true)
        isHeld = false
        extent = 0
        searched = 0
        isOld = false
        discarding = nil
    }
}
