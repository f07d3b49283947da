import AT
import Modem
import Platforms
import Reactor

/// A session's channel: the modem's commands, and waits that end when the line is lost. Belongs to the module's actor.
final class ModuleChannel: CommandChannel {
    private let modem: Modem
    private let time: any TimeSource
    private let meter: CommandMeter
    /// Called whenever the session begins to wait: what it has found out until then may be worth showing.
    private let waiting: () -> Void
    private var waits: [ObjectIdentifier: Signal] = [:]
    /// Why the line is of no use, until a new epoch begins.
    private(set) var loss: LineLoss?

    init(modem: Modem, time: any TimeSource, meter: CommandMeter, waiting: @escaping () -> Void) {
        self.modem = modem
        self.time = time
        self.meter = meter
        self.waiting = waiting
    }

    var now: Duration { time.now - Instant(nanoseconds: 0) }

    func perform(_ command: Command, priority: CommandPriority) async throws(CommandFailure) -> Response {
        if let loss { throw .lost(loss) }
        let begun = time.now
        do throws(CommandFailure) {
            let response = try await modem.perform(command, priority: priority)
            meter.ended(after: time.now - begun, nil)
            return response
        } catch {
            meter.ended(after: time.now - begun, error)
            throw error
        }
    }

    func pause(for duration: Duration) async throws(CommandFailure) {
        _ = try await wait(for: Signal(), atMost: duration)
    }

    func wait(for signal: Signal, atMost limit: Duration) async throws(CommandFailure) -> Bool {
        if let loss { throw .lost(loss) }
        waiting()
        let key = ObjectIdentifier(signal)
        waits[key] = signal
        let timer = time.schedule(after: limit) { signal.abandon() }
        let came = await withCheckedContinuation { continuation in
            signal.await { continuation.resume(returning: $0) }
        }
        timer.cancel()
        waits[key] = nil
        if let loss { throw .lost(loss) }
        return came
    }

    /// Ends every wait.
    func lose(_ loss: LineLoss) {
        self.loss = loss
        for signal in waits.values { signal.abandon() }
    }

    /// The module has restarted and is to be brought up again, on the same line.
    func beginEpoch() { loss = nil }
}
