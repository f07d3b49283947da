/// Where an update may be held, for a test to do something in its midst.
package enum FirmwarePhase: Sendable { case downloading, installing }

/// A firmware update as the platform and the module will live it.
package struct FirmwareTask: Sendable {
    package enum Outcome: Sendable {
        case success(revision: String)
        /// 2: no memory, 4: connection lost, 9: invalid URL.
        case downloadFailure(Int)
        case updateFailure(Int)
    }

    package var outcome: Outcome
    package var size = 4096
    /// The time for 512 bytes, and for each step of the update.
    package var stepTime = Duration.milliseconds(50)
    /// Some firmware restarts without a word.
    package var saysEnd = true

    package init(_ outcome: Outcome) { self.outcome = outcome }
}
