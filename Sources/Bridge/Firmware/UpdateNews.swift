import Reactor

/// When an update was last heard of, by the clock that nobody sets.
struct UpdateNews {
    private struct Step: Equatable {
        var state: Firmware.State
        var progress: Int?
        var bytes: Int?
        var awaitsDecision: Bool
    }

    private(set) var heard: Instant
    /// When more was heard than before; a download may say the same for ever.
    private var progressed: Instant
    private var step: Step?

    /// What was silent before nobody has listened to.
    init(since now: Instant) {
        heard = now
        progressed = now
    }

    mutating func hear(_ firmware: Firmware, at now: Instant) {
        heard = now
        let step = Step(
            state: firmware.state, progress: firmware.progress, bytes: firmware.bytes,
            awaitsDecision: firmware.awaitsDecision)
        if step != self.step { progressed = now }
        self.step = step
    }

    /// A download that says the same again and again has come no further; an installation that speaks is let be.
    func last(of firmware: Firmware) -> Instant { firmware.state == .downloading ? progressed : heard }
}
