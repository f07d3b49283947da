package import AT

/// One procedure at a time; the others wait in the order of their coming.
package final class LwM2MTurn {
    private var isTaken = false
    private var waiting: [Signal] = []

    package init() {}

    /// False when it was not this one's turn in time.
    package func take(on channel: any CommandChannel, atMost limit: Duration) async throws(CommandFailure) -> Bool {
        guard isTaken else {
            isTaken = true
            return true
        }
        let signal = Signal()
        waiting.append(signal)
        do throws(CommandFailure) {
            if try await channel.wait(for: signal, atMost: limit) { return true }
            return !leave(signal)
        } catch {
            // It may have been handed over at the same moment.
            if !leave(signal) { pass() }
            throw error
        }
    }

    package func pass() {
        if waiting.isEmpty {
            isTaken = false
        } else {
            waiting.removeFirst().raise()
        }
    }

    /// False if it has been this one's turn meanwhile.
    private func leave(_ signal: Signal) -> Bool {
        guard let place = waiting.firstIndex(where: { $0 === signal }) else { return false }
        waiting.remove(at: place)
        return true
    }
}
