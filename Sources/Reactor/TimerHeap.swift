/// A binary heap of timers that knows every timer's place, so that cancelling one costs no more than adding one: a
/// command's deadline is set and cancelled thousands of times a second and fires almost never.
final class TimerHeap {
    private var timers: [Timer] = []

    var first: Instant? { timers.first?.deadline }

    var count: Int { timers.count }

    func insert(_ timer: Timer) {
        timer.heap = self
        timers.append(timer)
        place(timer, at: timers.count - 1)
        siftUp(timers.count - 1)
    }

    func remove(_ timer: Timer) {
        guard let index = timer.index else { return }
        timer.index = nil
        let last = timers.removeLast()
        guard last !== timer else { return }
        place(last, at: index)
        siftUp(index)
        siftDown(last.index ?? index)
    }

    /// Takes out the earliest timer if it is due.
    func popDue(at now: Instant) -> Timer? {
        guard let timer = timers.first, timer.deadline <= now else { return nil }
        remove(timer)
        return timer
    }

    private func place(_ timer: Timer, at index: Int) {
        timers[index] = timer
        timer.index = index
    }

    private func siftUp(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard timers[index].deadline < timers[parent].deadline else { return }
            swap(index, parent)
            index = parent
        }
    }

    private func siftDown(_ start: Int) {
        var index = start
        while true {
            var smallest = index
            for child in [2 * index + 1, 2 * index + 2] where child < timers.count {
                if timers[child].deadline < timers[smallest].deadline { smallest = child }
            }
            guard smallest != index else { return }
            swap(index, smallest)
            index = smallest
        }
    }

    private func swap(_ a: Int, _ b: Int) {
        let timer = timers[a]
        place(timers[b], at: a)
        place(timer, at: b)
    }
}
