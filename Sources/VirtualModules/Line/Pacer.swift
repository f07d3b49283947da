import Reactor

/// Lets bytes through one direction of the line no faster than its baud rate does, ten bits a byte.
///
/// Unchecked: belongs to the reactor's thread.
final class Pacer: @unchecked Sendable {
    private let reactor: Reactor
    private let nanosecondsPerByte: Int
    private let deliver: (ArraySlice<UInt8>) -> Void
    private var queue: [UInt8] = []
    private var start = 0
    /// When the last byte that was let through had passed.
    private var passed = Instant(nanoseconds: 0)
    private var timer: Timer?

    init(baud: Int, reactor: Reactor, deliver: @escaping (ArraySlice<UInt8>) -> Void) {
        self.reactor = reactor
        self.deliver = deliver
        nanosecondsPerByte = baud == 0 ? 0 : 10_000_000_000 / baud
    }

    var isEmpty: Bool { start == queue.count }

    func send(_ bytes: some Sequence<UInt8>) {
        if nanosecondsPerByte == 0, isEmpty {
            let bytes = Array(bytes)
            return deliver(bytes[...])
        }
        let wasEmpty = isEmpty
        queue.append(contentsOf: bytes)
        guard wasEmpty, !isEmpty else { return }
        passed = max(passed, reactor.now)
        scheduleNext()
    }

    func clear() {
        timer?.cancel()
        timer = nil
        queue.removeAll(keepingCapacity: true)
        start = 0
    }

    /// Bytes pass in steps of about two milliseconds, each at the moment in which its last byte has passed.
    private func scheduleNext() {
        let usual = min(queue.count - start, max(1, 2_000_000 / max(1, nanosecondsPerByte)))
        // No module pauses within the end of a line, as a machine would that is held up between two steps; and a host
        // does not wait long for the LF.
        let next = start + usual
        let endsInLineEnd = next < queue.count && queue[next - 1] == 0x0D && queue[next] == 0x0A
        let step = endsInLineEnd ? usual + 1 : usual
        let due = passed + .nanoseconds(step * nanosecondsPerByte)
        timer = reactor.schedule(at: due) { [weak self] in self?.pass(step, at: due) }
    }

    private func pass(_ count: Int, at due: Instant) {
        passed = due
        let bytes = queue[start..<start + count]
        start += count
        if isEmpty {
            queue.removeAll(keepingCapacity: true)
            start = 0
        } else {
            scheduleNext()
        }
        deliver(bytes)
    }
}
