/// Answers to the cloud overtake uplinks, uplinks overtake housekeeping.
package enum CommandPriority: Int, Comparable, Sendable {
    case answer
    case uplink
    case housekeeping

    package static func < (a: CommandPriority, b: CommandPriority) -> Bool { a.rawValue < b.rawValue }
}

/// Why a command brought no answer.
package indirect enum CommandFailure: Error, Equatable, Sendable {
    /// The module said ERROR, or an error with a code.
    case refused(ErrorCode?)
    /// No final result in time: whether the module carried it out is unknown.
    case timedOut
    /// Not even a prompt in time: the command's data have not been sent.
    case unprompted
    /// The line ended under it: unplugged, reset, stopped.
    case lost(LineLoss)
}

package enum LineLoss: Equatable, Sendable, CustomStringConvertible {
    case closed(String)
    case reset(String)
    case unresponsive
    case stopped

    package var description: String {
        switch self {
        case .closed(let reason): reason
        case .reset(let banner): "the module restarted (\(banner))"
        case .unresponsive: "the module does not answer"
        case .stopped: "stopped"
        }
    }
}
