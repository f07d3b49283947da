// Compiled together with Sources/AT into one module; see Fuzz/run.

/// One input is what a line carries, with control bytes for what happens meanwhile:
///
///     01 k  command k begins, if none runs     05    the bytes so far arrive
///     02    the deadline passes                06 n  the next byte comes n times; FF: 9,000 times
///     03    the line has been drained          07    another line
///     04    no more comes for a while
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDialogue(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    var trial = Trial()
    trial.run(input)
    return 0
}

/// Two dialogues that hear the same, one of them byte by byte, and what must hold for both.
struct Trial {
    private var whole = Dialogue(catalog: Trial.catalog)
    private var bytewise = Dialogue(catalog: Trial.catalog)
    private var heard: [UInt8] = []
    private var running: Command?
    private var payloadsSent = 0
    private var overdue: [UInt8]?
    private var received = 0
    private var told = 0
    private var longRuns = 0

    private static let catalog = ReportCatalog.common.adding([
        Report("+QLWEVTIND"),
        Report("+NNMI", where: { Fields($0).count != 1 }),
        Report("+NMGR", preserved: true),
        Report("+QLADATASTATUS"),
        Report("+QLAURC", text: CarriedText(lengthField: 6, typeField: 5, kind: "write")),
        Report("+MIPLEXECUTE", text: CarriedText(lengthField: 5)),
    ])

    private static let commands = [
        Command("AT"),
        Command("ATI", answer: .bare()),
        Command("AT+NNMI?", answer: .prefixed("+NNMI", where: Shape.fields(1...1))),
        Command("AT+NMGR", answer: .prefixed("+NMGR")),
        Command("AT+QLADATASTATUS?", answer: .prefixed("+QLADATASTATUS", alsoReport: true)),
        Command("AT+CEREG?", answer: .prefixed("+CEREG", where: Shape.isRegistrationAnswer).or(.bare())),
        Command("AT+S=1,4", payload: Array("O\nOK".utf8)),
        Command("AT+NRB", finals: ["REBOOTING"]),
    ]

    mutating func run(_ input: [UInt8]) {
        var index = 0
        while index < input.count {
            let byte = input[index]
            index += 1
            switch byte {
            case 1 where index < input.count:
                arrive()
                begin(Self.commands[Int(input[index]) % Self.commands.count])
                index += 1
            case 2: act { dialogue, events in dialogue.expire(into: &events) }
            case 3: act { dialogue, _ in dialogue.trust() }
            case 4: act { dialogue, events in dialogue.flushPartial(into: &events) }
            case 5: arrive()
            case 6 where index + 1 < input.count:
                // One over-long line is as good as ten and costs as much as a thousand inputs.
                let isLong = input[index] == 255 && longRuns == 0
                if isLong { longRuns += 1 }
                let count = isLong ? 9_000 : Int(input[index])
                heard += Array(repeating: input[index + 1], count: count)
                index += 2
            case 7:
                arrive()
                running = nil
                apply { dialogue, events in dialogue.reset(into: &events) }
            default: heard.append(byte)
            }
        }
        arrive()
        recover()
    }

    private mutating func begin(_ command: Command) {
        guard whole.phase == .idle else { return }
        let written = whole.begin(command)
        require(written == command.bytes + [13] && bytewise.begin(command) == written)
        running = command
        payloadsSent = 0
    }

    private mutating func arrive() {
        let bytes = heard
        heard = []
        received += bytes.count
        var events: [Dialogue.Event] = []
        var bytewiseEvents: [Dialogue.Event] = []
        whole.receive(bytes, into: &events)
        unsafe bytes.withUnsafeBytes { raw in
            let size = raw.count < 2_000 ? 1 : 61
            for start in stride(from: 0, to: raw.count, by: size) {
                let piece = unsafe UnsafeRawBufferPointer(rebasing: raw[start..<min(start + size, raw.count)])
                unsafe bytewise.receive(piece, into: &bytewiseEvents)
            }
        }
        check(events, bytewiseEvents)
    }

    private mutating func act(_ body: (inout Dialogue, inout [Dialogue.Event]) -> Void) {
        arrive()
        apply(body)
    }

    private mutating func apply(_ body: (inout Dialogue, inout [Dialogue.Event]) -> Void) {
        var events: [Dialogue.Event] = []
        var bytewiseEvents: [Dialogue.Event] = []
        body(&whole, &events)
        body(&bytewise, &bytewiseEvents)
        check(events, bytewiseEvents)
    }

    private mutating func check(_ events: [Dialogue.Event], _ bytewiseEvents: [Dialogue.Event]) {
        require(Self.comparable(events) == Self.comparable(bytewiseEvents))
        for event in events { check(event) }
        require((whole.phase == .waiting) == (running != nil))
        require(whole.phase == bytewise.phase && whole.isMidLine == bytewise.isMidLine)
        require(whole.retainedBytes <= Dialogue.longestLine + 65_536)
        // A preserved or shared line is told twice at most.
        require(told <= 2 * received)
    }

    private mutating func check(_ event: Dialogue.Event) {
        switch event {
        case .write(let bytes):
            if let payload = running?.payload, bytes == payload {
                payloadsSent += 1
                require(payloadsSent == 1)
            } else {
                // A prompt that came too late for its command.
                require(bytes == [27] || bytes == overdue)
                overdue = nil
            }
        case .latePrompt: require(overdue == nil)
        case .report(let line), .unknown(let line), .reset(let line): check(line)
        case .completed(let completion):
            require(running != nil)
            if case .answered(let response) = completion { check(response) }
            if completion == .timedOut, payloadsSent == 0, let payload = running?.payload { overdue = payload }
            running = nil
        case .discarded(let bytes):
            require(bytes > 0)
            told += bytes
        case .noise(let bytes): require(bytes > 0)
        }
    }

    private mutating func check(_ response: Response) {
        for line in response.lines {
            check(line)
            let isPrefixed = running.map { $0.answer.claim(line) != .none } ?? false
            let isBare = running?.answer.takesBare(line) == true && Self.catalog.report(of: line) == nil
            require(isPrefixed || isBare)
            require(Final(line: line.bytes) == nil)
        }
    }

    private mutating func check(_ line: Line) {
        told += line.bytes.count
        require(!line.bytes.isEmpty && line.bytes.count <= Dialogue.longestLine)
        if Self.catalog.extent(of: line.bytes) == nil {
            require(!line.bytes.contains { $0 == 10 || $0 == 13 || $0.isNoise })
            require(line.bytes.last?.isBlank == false && line.bytes.first?.isBlank == false)
        }
        var left = Fields(line)
        var right = left
        let count = left.count
        var taken = 0
        while let field = left.next() {
            _ = (field.int, field.hex, field.leadingInt)
            taken += 1
        }
        require(taken == count)
        while right.last() != nil { taken -= 1 }
        require(count > 0 || taken == 0)
        var raw = Fields(line)
        _ = raw.next()
        require((raw.text(length: 4)?.count ?? 4) == 4)
        require((raw.hex(length: 3)?.count ?? 3) == 3)
    }

    /// However it went: once the line has been drained, a command is answered as if nothing had been.
    private mutating func recover() {
        act { dialogue, events in
            dialogue.flushPartial(into: &events)
            dialogue.expire(into: &events)
            dialogue.trust()
        }
        heard = Array("\r\n".utf8)
        arrive()
        let command = Command("AT+CGSN=1", answer: .prefixed("+CGSN"))
        begin(command)
        var events: [Dialogue.Event] = []
        whole.receive(Array("\r\n+CGSN: 1\r\n\r\nOK\r\n".utf8), into: &events)
        require(events.last == .completed(.answered(Response(lines: ["+CGSN: 1"], final: .ok))))
    }

    /// How much of an over-long line is told at once depends on the pieces; the sum does not.
    private static func comparable(_ events: [Dialogue.Event]) -> [Dialogue.Event] {
        var discarded = 0
        var others: [Dialogue.Event] = []
        for event in events {
            if case .discarded(let bytes) = event { discarded += bytes } else { others.append(event) }
        }
        return others + [.discarded(bytes: discarded)]
    }

    /// The stack of the trap tells which promise was broken.
    @inline(never)
    private func require(_ holds: Bool) {
        precondition(holds)
    }
}
