import AT
import Reactor

/// What is counted for the bridge as a whole; for each module there are `ModuleCounters`. Unchecked: belongs to the
/// reactor's thread.
final class Metrics: @unchecked Sendable {
    var uplinkSent = Histogram(.message)
    var uplinkDelivered = Histogram(.message)
    var atCommand = Histogram(.answer)
    var publish = Histogram(.answer)
    var commit = Histogram(.answer)
    var failedCommits = 0
}

/// What is counted of one module's commands, over all its lines. Unchecked: belongs to the reactor's thread.
final class CommandMeter: @unchecked Sendable {
    private(set) var answered: UInt32 = 0
    private(set) var refused: UInt32 = 0
    private(set) var timedOut: UInt32 = 0
    private(set) var lost: UInt32 = 0
    private let metrics: Metrics

    init(_ metrics: Metrics) { self.metrics = metrics }

    func ended(after duration: Duration, _ failure: CommandFailure?) {
        switch failure {
        case nil: answered &+= 1
        case .refused: refused &+= 1
        case .timedOut, .unprompted: timedOut &+= 1
        default:
            lost &+= 1
            return
        }
        metrics.atCommand.observe(duration)
    }
}
