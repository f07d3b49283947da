/// Holds the acknowledgements back: nothing is written while a batch is not settled, and nothing more is read
/// when too much is in that state.
struct ReadGate {
    static let mostUnsettled = 256

    private var batches: [BatchNumber: Int] = [:]
    private(set) var unsettled = 0

    /// Open for writing.
    var isOpen: Bool { batches.isEmpty }

    /// How many more messages may be read.
    var room: Int { max(0, Self.mostUnsettled - unsettled) }

    mutating func admit(_ batch: BatchNumber, count: Int) {
        batches[batch] = count
        unsettled += count
    }

    /// False for a batch of an earlier connection, whose acknowledgements went with it.
    mutating func settle(_ batch: BatchNumber) -> Bool {
        guard let count = batches.removeValue(forKey: batch) else { return false }
        unsettled -= count
        return true
    }
}
