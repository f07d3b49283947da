import AT
import Reactor

/// What to do when an answer did not come: nothing is sent until the line is proven in step again, for a late answer
/// would be taken for the next command's, and then all later ones would be shifted by one.
extension Modem {
    private enum Ladder {
        static let quiet = Duration.milliseconds(300)
        static let longestDrain = Duration.seconds(10)
        static let probe = Duration.seconds(1)
        static let greeting = Duration.milliseconds(300)
        /// In bytes: an IMEI, and a short report beside it.
        static let longestProbeAnswer = 100
        /// Failures after which the module may be asleep, and after which it is down.
        static let wakeAfter = 3
        static let giveUpAfter = 10
    }

    func recover() {
        state = .busy
        Task(executorPreference: reactor) { await self.climb() }
    }

    /// Listens before the next command: what was said before may still have an answer on its way.
    func listenFirst() {
        state = .busy
        Task(executorPreference: reactor) {
            await self.drain()
            await self.resume()
        }
    }

    /// For a line on which something else may have spoken until now, such as a process before this one. Ends when it
    /// has been silent for a while. The module may also wait for the rest of a command's data, and would take the next
    /// command for it, so that one is preceded by a proof.
    package func takeOver() async {
        guard case .ready = state else { return }
        state = .busy
        isUnproven = true
        openPayload = (settings.longestPayload, isEscaped: false)
        await drain()
        resume()
    }

    func prove() {
        state = .busy
        isUnproven = false
        Task(executorPreference: reactor) { await self.proveInStep() }
    }

    private func proveInStep() async {
        if await isInStep() { return resume() }
        await endData()
        await climb()
    }

    private func climb() async {
        for attempt in 1...Ladder.giveUpAfter {
            await drain()
            guard isBusy else { return }
            if await isInStep() {
                handlers.trouble(.inStepAgain(attempts: attempt))
                resume()
                return
            }
            await endData()
            if attempt == Ladder.wakeAfter, await knock() == nil, isStrange { break }
        }
        if isBusy { end(.unresponsive) }
    }

    /// Nothing was ever understood here, which another rate may change.
    var isStrange: Bool { settings.rateIsUncertain && !hasUnderstood }

    /// Whether a module answers at this rate: a few `AT`s in quick succession, for noise would never let the line be
    /// drained. Where none does the line ends. To be called before any command.
    package func greet(within limit: Duration) async -> Bool {
        state = .busy
        let end = time.now + limit
        while isBusy, !hasUnderstood, time.now < end {
            dialogue.trust()
            _ = await probe(Command("AT", timeLimit: Ladder.greeting - settings.slack))
        }
        // Once it is known for a module, it has all the time of the ladder.
        if isBusy, hasUnderstood { await climb() }
        if isBusy { self.end(.unresponsive) }
        if case .ready = state { return true }
        return false
    }

    /// Listens until the line has been silent for a while; reports are routed, answers discarded.
    private func drain() async {
        let end = time.now + Ladder.longestDrain
        while time.now < end, isBusy, !Task.isCancelled {
            let silent = time.now - lastByte
            guard silent < Ladder.quiet else { break }
            try? await time.sleep(for: Ladder.quiet - silent)
        }
        dialogue.trust()
    }

    /// `AT`, then a question whose answer cannot be mistaken for another's.
    private func isInStep() async -> Bool {
        guard await probe(Command("AT", timeLimit: Ladder.probe)) != nil else { return false }
        let sentinel = await probe(
            Command(
                "AT+CGSN=1", answer: .prefixed("+CGSN").or(.bare(where: { isSerialNumber($0) })),
                timeLimit: Ladder.probe))
        guard let line = sentinel?.lines.first else { return false }
        guard let imei else { return true }
        return line.text.hasSuffix(imei)
    }

    /// One command past the queue. After a failure the dialogue is suspect, and stays so until `trust`.
    private func probe(_ command: Command) async -> Response? {
        guard isBusy, dialogue.phase == .idle else { return nil }
        let result: Result<Response, CommandFailure> = await withCheckedContinuation { continuation in
            start(
                Pending(command: command, priority: .answer) { continuation.resume(returning: $0) },
                longestAnswer: Ladder.longestProbeAnswer)
        }
        return try? result.get()
    }

    private var isBusy: Bool { if case .busy = state { true } else { false } }

    private func resume() {
        guard isBusy else { return }
        state = .ready
        if !isUnproven { openPayload.bytes = 0 }
        finishOverdue()
        pump()
    }

    // MARK: Sleep

    /// True when the first bytes of a command might be lost on a sleeping module.
    var mayBeAsleep: Bool { isAsleep || (mayDoze && time.now - lastByte > .seconds(10)) }

    /// What the module was allowed, by AT+QSCLK.
    package func allowSleep(_ allowed: Bool) { mayDoze = allowed }

    /// What the module reported of itself.
    package func sleeps(_ asleep: Bool) { isAsleep = asleep }

    func wake() {
        state = .busy
        Task(executorPreference: reactor) { await self.wakeUp() }
    }

    private func wakeUp() async {
        let attempts = await knock()
        guard isBusy else { return }
        if let attempts, await isInStep() {
            handlers.trouble(.woke(attempts: attempts))
            resume()
        } else {
            await climb()
        }
    }

    /// Throw-away `AT`s, further and further apart, until one is answered; then silence, for each may yet be answered.
    private func knock() async -> Int? {
        for attempt in 1...10 {
            dialogue.trust()
            let limit = Duration.milliseconds(min(1000, 100 * attempt))
            guard isBusy else { return nil }
            if await probe(Command("AT", timeLimit: limit - settings.slack)) != nil {
                isAsleep = false
                await drain()
                return attempt
            }
        }
        return nil
    }
}

private func isSerialNumber(_ line: Line) -> Bool {
    line.bytes.count == 15 && line.bytes.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
}
