package import Store

/// The head of a module's queue, in memory: exactly the first uplinks of what waits in the store, in sending order.
///
/// A message that arrives at an empty queue goes to the line from here, without a word with the store but for its
/// commit; of a long queue only the head is held, so that a thousand modules with ten thousand waiting uplinks each
/// cost no memory.
package struct UplinkWindow: Sendable {
    package static let capacity = 32

    /// What happens while the store is being read, and which its answer therefore may lack.
    private struct Refill {
        var arrived: [UplinkRecord] = []
        var removed: Set<Int64> = []
    }

    private var uplinks: [UplinkRecord] = []
    private var refill: Refill?
    /// True when the store holds more behind the last one here.
    package private(set) var hasMoreInStore = false

    package init() {}

    package var first: UplinkRecord? { uplinks.first }

    /// Of those held here, the one accepted first: a normal one, as long as there is any.
    package var oldest: UplinkRecord? { uplinks.first { $0.priority == .normal } ?? uplinks.first }

    /// Nothing waits, here or in the store.
    package var isEmpty: Bool { uplinks.isEmpty && !hasMoreInStore }

    /// True when the next uplinks must be fetched before one can be sent.
    package var needsRefill: Bool { uplinks.isEmpty && hasMoreInStore }

    /// An uplink that has just been accepted, and is in the store or about to be.
    package mutating func insert(_ uplink: UplinkRecord) {
        refill?.arrived.append(uplink)
        // One that was on the line is back.
        refill?.removed.remove(uplink.sequence)
        let place = uplinks.lastIndex { $0.place < uplink.place }.map { $0 + 1 } ?? 0
        if place == uplinks.count && hasMoreInStore { return }
        uplinks.insert(uplink, at: place)
        if uplinks.count > Self.capacity {
            uplinks.removeLast()
            hasMoreInStore = true
        }
    }

    /// The uplink is to be sent, or has ended.
    package mutating func remove(sequence: Int64) -> UplinkRecord? {
        refill?.removed.insert(sequence)
        return uplinks.firstIndex { $0.sequence == sequence }.map { uplinks.remove(at: $0) }
    }

    /// The store is about to be asked for its head, after everything recorded until now is on disk.
    package mutating func beginRefill() { refill = Refill() }

    /// The head as the store holds it, `capacity` of them having been asked for.
    package mutating func endRefill(_ head: [UplinkRecord]) {
        let meanwhile = refill ?? Refill()
        refill = nil
        uplinks = head.filter { !meanwhile.removed.contains($0.sequence) }
        hasMoreInStore = head.count >= Self.capacity
        for uplink in meanwhile.arrived where !meanwhile.removed.contains(uplink.sequence) {
            if !uplinks.contains(where: { $0.sequence == uplink.sequence }) { insert(uplink) }
        }
    }

    /// Everything is to be read from the store again.
    package mutating func invalidate() {
        uplinks.removeAll()
        hasMoreInStore = true
    }
}
