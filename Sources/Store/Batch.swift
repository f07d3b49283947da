/// What is left of a list of changes once those that cancel out are gone.
///
/// A message that came and went between two commits need not touch the disk: accepted, ended and published is nothing
/// unless its id must be remembered; received and handed over is nothing at all.
struct Batch {
    /// All that a batch says of one uplink.
    struct Uplink {
        let sequence: Int64
        var accepted: UplinkRecord?
        var attempts: Int?
        /// The last outcome of any kind.
        var lastOutcome: [UInt8]?
        var ended = false
        var published = false
    }

    private(set) var uplinks: [Uplink] = []
    private(set) var received: [DownlinkRecord] = []
    private(set) var handedOver: [Int64] = []
    private(set) var ordered: [CommandRecord] = []
    private(set) var carriedOut: [Int64] = []
    private(set) var ledger: [(topic: String, retained: Bool)] = []
    private(set) var journal: [(module: Int32, key: String, value: [UInt8]?)] = []
    private(set) var highestSequence: Int64 = 0

    private var places: [Int64: Int] = [:]

    init(_ changes: [Change]) {
        uplinks.reserveCapacity(changes.count)
        places.reserveCapacity(changes.count)
        for change in changes { add(change) }
        cancelOut()
    }

    var isEmpty: Bool {
        uplinks.allSatisfy(\.leavesNoTrace) && received.isEmpty && handedOver.isEmpty && ordered.isEmpty
            && carriedOut.isEmpty && ledger.isEmpty && journal.isEmpty
    }

    /// False when a loss of power may undo the batch without harm: the broker is told once more what it knows already.
    var mustReachDisk: Bool {
        uplinks.contains(where: \.mustReachDisk) || !received.isEmpty || !ordered.isEmpty || !carriedOut.isEmpty
            || ledger.contains(where: \.retained) || !journal.isEmpty
    }

    var takesUplinks: Bool { uplinks.contains { $0.accepted != nil && !$0.leavesNoTrace } }

    /// About what uplinks add to the file and, at the same time, to the journal.
    var growth: Int64 {
        uplinks.reduce(0) { $0 + ($1.accepted.map { 1024 + 2 * Int64($0.payload.count) } ?? 0) }
    }

    private mutating func add(_ change: Change) {
        switch change {
        case .accept(let record):
            note(record.sequence)
            let place = place(of: record.sequence)
            uplinks[place].accepted = record
        case .attempted(let sequence, let attempts):
            uplinks[place(of: sequence)].attempts = attempts
        case .end(let sequence, let outcome):
            let place = place(of: sequence)
            uplinks[place].lastOutcome = outcome
            uplinks[place].ended = true
        case .published(let sequence):
            uplinks[place(of: sequence)].published = true
        case .note(let sequence, let outcome):
            let place = place(of: sequence)
            // An uplink that has ended has its last outcome.
            if !uplinks[place].ended { uplinks[place].lastOutcome = outcome }
        case .received(let record):
            note(record.sequence)
            received.append(record)
        case .handedOver(let sequence):
            handedOver.append(sequence)
        case .ordered(let record):
            note(record.sequence)
            ordered.append(record)
        case .carriedOut(let sequence):
            carriedOut.append(sequence)
        case .retain(let topic):
            ledger.append((topic, true))
        case .release(let topic):
            ledger.append((topic, false))
        case .journal(let module, let key, let value):
            journal.append((module, key, value))
        }
    }

    private mutating func place(of sequence: Int64) -> Int {
        if let place = places[sequence] { return place }
        places[sequence] = uplinks.count
        uplinks.append(Uplink(sequence: sequence))
        return uplinks.count - 1
    }

    private mutating func note(_ sequence: Int64) { highestSequence = max(highestSequence, sequence) }

    /// Takes out what came and went.
    private mutating func cancelOut() {
        if !received.isEmpty && !handedOver.isEmpty {
            let gone = Set(handedOver)
            let came = Set(received.lazy.map(\.sequence))
            received.removeAll { gone.contains($0.sequence) }
            handedOver.removeAll { came.contains($0) }
        }
        if !ordered.isEmpty && !carriedOut.isEmpty {
            let gone = Set(carriedOut)
            let came = Set(ordered.lazy.map(\.sequence))
            ordered.removeAll { gone.contains($0.sequence) }
            carriedOut.removeAll { came.contains($0) }
        }
    }
}

extension Batch.Uplink {
    fileprivate var leavesNoTrace: Bool {
        guard let accepted else { return false }
        return ended && published && !accepted.idGiven
    }

    fileprivate var mustReachDisk: Bool {
        !leavesNoTrace && (accepted != nil || attempts != nil || ended)
    }
}
