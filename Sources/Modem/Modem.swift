package import AT
package import Reactor
package import Serial

/// One line, and one promise: one command at a time, every answer belongs to its command, everything else is a report.
///
/// A modem outlives restarts of its module, but not its port: when the line is lost, it ends.
package actor Modem {
    enum State {
        /// Commands flow.
        case ready
        /// The line is being proven in step, or the module woken: commands wait.
        case busy
        case ended(LineLoss)
    }

    struct Pending {
        let command: Command
        let priority: CommandPriority
        let finish: @Sendable (Result<Response, CommandFailure>) -> Void
    }

    package nonisolated let reactor: Reactor
    let time: any TimeSource
    let settings: Settings
    let handlers: Handlers

    var port: (any Port)?
    var state = State.ready
    var dialogue: Dialogue
    var current: Pending?
    /// Its time was up before its prompt. Whether that still comes is known when the line is in step again.
    var overdue: Pending?
    /// So many bytes the module may still take for data, and whether it was sent ESC.
    var openPayload = (bytes: 0, isEscaped: false)
    var waiting: [Pending] = []
    var deadline: Timer?
    var lineTimer: Timer?
    var events: [Dialogue.Event] = []
    var lastByte: Instant
    /// What `AT+CGSN=1` must answer: the unmistakable sentinel of a line in step.
    var imei: String?
    /// An answer, a known report or a banner has come: this is a module, and the rate is right.
    package internal(set) var hasUnderstood = false
    /// Nothing has been answered yet on a line that was taken over.
    var isUnproven = false
    /// No further command is begun; called when the last one has ended.
    private var isFinishing = false
    private var finished: CheckedContinuation<Void, Never>?
    var mayDoze = false
    var isAsleep = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    package init(
        reactor: Reactor, time: any TimeSource, settings: Settings, catalog: ReportCatalog, handlers: Handlers
    ) {
        self.reactor = reactor
        self.time = time
        self.settings = settings
        self.handlers = handlers
        dialogue = Dialogue(catalog: catalog)
        lastByte = time.now
    }

    /// The line to speak on; its handlers call `received` and `end`.
    package func attach(_ port: any Port) { self.port = port }

    package func know(imei: String?) { self.imei = imei }

    /// Everything that was received has been handed on.
    package var holdsNothing: Bool { dialogue.holdsNothing }

    /// Sends a command when its turn comes. Throws if it was refused, timed out or lost its line.
    package func perform(
        _ command: Command, priority: CommandPriority = .housekeeping
    ) async throws(CommandFailure) -> Response {
        // Unchecked, for this is the hot path: `Pending` is finished once, by `finishCurrent` or by `fail`.
        let result: Result<Response, CommandFailure> = await unsafe withUnsafeContinuation { continuation in
            submit(Pending(command: command, priority: priority) { unsafe continuation.resume(returning: $0) })
        }
        return try result.get()
    }

    private func submit(_ pending: Pending) {
        if case .ended(let loss) = state {
            pending.finish(.failure(.lost(loss)))
            return
        }
        let place = waiting.firstIndex { $0.priority > pending.priority } ?? waiting.endIndex
        waiting.insert(pending, at: place)
        pump()
    }

    /// Starts the next command if the line is free.
    func pump() {
        guard case .ready = state, current == nil, !waiting.isEmpty, !isFinishing else { return }
        if isUnproven { return prove() }
        if mayBeAsleep {
            wake()
            return
        }
        // A line that is half received belongs to a report: it is let in first, for a bounded time.
        guard !dialogue.isMidLine else { return }
        start(waiting.removeFirst())
    }

    func start(_ pending: Pending, longestAnswer: Int = Modem.longestAnswer) {
        current = pending
        let bytes = dialogue.begin(pending.command)
        port?.write(bytes)
        let answerTime = lineTime(bytes: bytes.count + (pending.command.payload?.count ?? 0) + longestAnswer)
        deadline = time.schedule(after: pending.command.timeLimit + settings.slack + answerTime) { [weak self] in
            self?.assumeIsolated { $0.expire() }
        }
    }

    static let longestAnswer = 2200

    func lineTime(bytes: Int) -> Duration {
        settings.baud > 0 ? .nanoseconds(Int64(bytes) * 10_000_000_000 / Int64(settings.baud)) : .zero
    }

    // MARK: What comes in

    /// For the port's handler, which runs on the reactor.
    package nonisolated func hear(_ bytes: UnsafeRawBufferPointer) {
        // The bytes do not leave this thread; only the compiler cannot see it.
        nonisolated(unsafe) let bytes = unsafe bytes
        assumeIsolated { unsafe $0.received(bytes) }
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        if case .ended = state { return }
        lastByte = time.now
        lineTimer?.cancel()
        lineTimer = nil
        unsafe dialogue.receive(bytes, into: &events)
        handleEvents()
        if dialogue.isMidLine { watchHalfLine() }
        pump()
    }

    func handleEvents() {
        var happened: [Dialogue.Event] = []
        swap(&happened, &events)
        for event in happened { handle(event) }
        // Its memory is used again, unless something has happened meanwhile.
        happened.removeAll(keepingCapacity: true)
        if events.isEmpty { swap(&happened, &events) }
    }

    private func handle(_ event: Dialogue.Event) {
        switch event {
        case .write(let bytes): port?.write(bytes)
        case .latePrompt: distrustAnswer()
        case .report(let line):
            hasUnderstood = true
            handlers.report(line)
        case .unknown(let line): if !isChatter(line) { handlers.unknown(line) }
        case .discarded(let bytes): handlers.trouble(.discarded(bytes: bytes))
        case .noise(let bytes):
            handlers.trouble(.noise(bytes: bytes))
            if isStrange { end(.unresponsive) }
        case .completed(let completion): complete(completion)
        case .reset(let banner):
            // A banner outside a command, or after the pending one has ended with it.
            hasUnderstood = true
            isAsleep = false
            fail(.reset(banner.text))
            // The answer to what was under way may still come, and would be taken for the next command's.
            if case .ready = state { listenFirst() }
            handlers.lost(.reset(banner.text))
        }
    }

    /// Answers to the `AT`s of a wake-up may come late and in any number.
    private func isChatter(_ line: Line) -> Bool {
        guard case .busy = state else { return false }
        return line == "OK"
    }

    private func complete(_ completion: Dialogue.Completion) {
        switch completion {
        case .answered(let response):
            hasUnderstood = true
            if response.final.isError, current?.command.returnsErrors != true {
                finishCurrent(.failure(.refused(response.final.code)))
            } else {
                finishCurrent(.success(response))
            }
        case .timedOut where current?.command.payload != nil && dialogue.unprompted != nil:
            overdue = current
            endCurrent()
        case .timedOut:
            finishCurrent(.failure(.timedOut))
        case .reset(let banner):
            finishCurrent(.failure(.lost(.reset(banner.text))))
        }
    }

    private func finishCurrent(_ result: Result<Response, CommandFailure>) {
        let pending = current
        endCurrent()
        pending?.finish(result)
    }

    private func endCurrent() {
        deadline?.cancel()
        deadline = nil
        guard current != nil else { return }
        current = nil
        finished?.resume()
        finished = nil
    }

    /// Begins no command any more, and returns when the one under way has its answer, or will have none.
    package func finishCommand() async {
        isFinishing = true
        guard current != nil, finished == nil else { return }
        await withCheckedContinuation { finished = $0 }
    }

    /// Ends everything that waits; the modem goes on.
    private func fail(_ loss: LineLoss) {
        finishCurrent(.failure(.lost(loss)))
        finishOverdue(loss)
        let failed = waiting
        waiting.removeAll()
        for pending in failed { pending.finish(.failure(.lost(loss))) }
    }

    /// The line is gone, or is given up. Nothing is sent or heard afterwards.
    package func end(_ loss: LineLoss) {
        if case .ended = state { return }
        // A message that was read out of the module exists nowhere else.
        dialogue.reset(into: &events)
        handleEvents()
        state = .ended(loss)
        port?.close()
        port = nil
        lineTimer?.cancel()
        fail(loss)
        handlers.lost(loss)
    }

    // MARK: Time

    /// A line whose end does not come is delivered as it is, so that it cannot hold up commands for ever. From a module
    /// that sends line feeds even one of them is waited for: adapters and serial servers deliver in pieces, and a
    /// command must not start in the middle of an answer.
    private func watchHalfLine() {
        let needsNoMore = dialogue.awaitsLineFeed && !dialogue.sendsLineFeeds
        let patience = needsNoMore ? max(lineTime(bytes: 4), .milliseconds(5)) : .seconds(1)
        lineTimer = time.schedule(after: patience) { [weak self] in
            self?.assumeIsolated { modem in
                modem.dialogue.flushPartial(into: &modem.events)
                // What is left is the rest of an over-long line, and its end has not come either.
                if modem.dialogue.isMidLine, modem.current == nil { modem.dialogue.reset(into: &modem.events) }
                modem.handleEvents()
                modem.pump()
            }
        }
    }

    func expire() {
        guard let pending = current else { return }
        dialogue.expire(into: &events)
        guard dialogue.phase == .suspect else {
            // The final result was there, all but its line feed.
            handleEvents()
            pump()
            return
        }
        let isProbe = if case .busy = state { true } else { false }
        if !isProbe { state = .busy }
        handleEvents()
        guard !isProbe else { return }
        let payload = pending.command.payload
        // The dialogue has sent ESC where the prompt had come.
        let isEscaped = payload != nil && dialogue.unprompted == nil
        openPayload = (max(settings.longestPayload, payload?.count ?? 0), isEscaped)
        handlers.trouble(.timedOut(command: pending.command.description))
        recover()
    }
}
