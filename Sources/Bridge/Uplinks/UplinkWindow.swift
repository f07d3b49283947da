package import Store

/// The head of a module's queue, in memory: exactly the first uplinks of what waits in the store, in sending order.
///
/// A message that arrives at an empty queue goes to the line from here, without a word with the store but for its
/// commit; of a long queue only the head is held, so that a thousand modules with ten thousand waiting uplinks each
/// cost no memory. More is fetched while the last ones are being sent, so that the line never waits for the store.
package struct UplinkWindow: Sendable {
    package static let capacity = 32
    private static let low = capacity / 2

    /// What to ask the store for.
    package struct Request: Sendable {
        /// Behind this place; nil: from the beginning.
        package let after: QueuePlace?
        package let limit: Int
        fileprivate let number: Int
    }

    /// What happens while the store is being read, and which its answer therefore may lack or still hold.
    private struct Refill {
        let number: Int
        var arrived: [UplinkRecord] = []
        var removed: Set<Int64> = []
    }

    private var uplinks: [UplinkRecord] = []
    private var refill: Refill?
    private var refills = 0
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

    /// True when it is time to fetch more, and nobody does.
    package var isLow: Bool { hasMoreInStore && refill == nil && uplinks.count <= Self.low }

    /// An uplink that has just been accepted, and is in the store or about to be; or one that was on the line.
    package mutating func insert(_ uplink: UplinkRecord) {
        if refill?.removed.remove(uplink.sequence) != nil {
            // It is back, and may not be for the first time.
            refill?.arrived.removeAll { $0.sequence == uplink.sequence }
        }
        refill?.arrived.append(uplink)
        place(uplink)
        trim()
    }

    /// The uplink is to be sent, or has ended.
    package mutating func remove(sequence: Int64) -> UplinkRecord? {
        refill?.removed.insert(sequence)
        return uplinks.firstIndex { $0.sequence == sequence }.map { uplinks.remove(at: $0) }
    }

    /// The store is about to be asked, after everything recorded until now is on disk. It will still name the uplink
    /// that is on the line.
    package mutating func beginRefill(inFlight: Int64? = nil) -> Request {
        refills += 1
        refill = Refill(number: refills)
        if let inFlight { refill?.removed.insert(inFlight) }
        return Request(after: uplinks.last?.place, limit: Self.capacity - min(uplinks.count, Self.low), number: refills)
    }

    /// What the store holds behind the last one; without effect if everything was invalidated meanwhile.
    package mutating func endRefill(_ request: Request, _ page: [UplinkRecord]) {
        guard let meanwhile = refill, meanwhile.number == request.number else { return }
        refill = nil
        hasMoreInStore = page.count >= request.limit
        // Of one that came back meanwhile the store's copy is the older one.
        let arrived = Set(meanwhile.arrived.map(\.sequence))
        uplinks += page.filter { !meanwhile.removed.contains($0.sequence) && !arrived.contains($0.sequence) }
        for uplink in meanwhile.arrived where !meanwhile.removed.contains(uplink.sequence) {
            if !uplinks.contains(where: { $0.sequence == uplink.sequence }) { place(uplink) }
        }
        trim()
    }

    /// The store could not be asked.
    package mutating func cancelRefill(_ request: Request) {
        guard refill?.number == request.number else { return }
        refill = nil
        trim()
    }

    /// Everything is to be read from the store again; an answer on its way is out of date.
    package mutating func invalidate() {
        uplinks.removeAll()
        refill = nil
        hasMoreInStore = true
    }

    /// Behind the last one only when nothing lies between them in the store.
    private mutating func place(_ uplink: UplinkRecord) {
        var index = uplinks.count
        while index > 0, uplink.place < uplinks[index - 1].place { index -= 1 }
        if index == uplinks.count && hasMoreInStore { return }
        uplinks.insert(uplink, at: index)
    }

    /// Not during a refill, which brings what follows the one that was last when it began.
    private mutating func trim() {
        guard refill == nil, uplinks.count > Self.capacity else { return }
        uplinks.removeLast(uplinks.count - Self.capacity)
        hasMoreInStore = true
    }
}
