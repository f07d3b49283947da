import MQTT
package import Reactor
package import Store

/// Hands parcels to the broker, each at least once and in their order, over disconnections and restarts.
///
/// As long as the broker keeps up, a parcel goes from here to the broker at once. When it does not, or is away, parcels
/// stay in the store alone and are fetched from there in pages: what waits for a broker costs no memory.
package actor Deliveries {
    package typealias Load = @Sendable (_ after: Int64, _ limit: Int) async throws(StoreError) -> [Parcel]

    /// So much may wait in memory for the broker's acknowledgement: a burst of some thousand messages.
    private static let mostBytes = 4 << 20
    private static let page = 500
    private static let retry = Duration.seconds(5)
    private static let mostRefusals = 3

    package nonisolated let reactor: Reactor
    private let outbox: any Outbox
    private let journal: Journal
    private let time: any TimeSource
    private let load: Load
    /// What the store is told when a parcel has arrived.
    private let arrived: @Sendable (Int64) -> Change
    /// Messages still unacknowledged, by parcel.
    private var outstanding: [Int64: (messages: Int, bytes: Int)] = [:]
    private var outstandingBytes = 0
    /// True while the store holds parcels that were not handed over: then new ones queue behind them, there.
    private var isBehind = true
    private var isCatchingUp = false
    /// Parcels that arrived while the store was being read, whose answer may still hold them.
    private var arrivedMeanwhile: Set<Int64> = []
    /// The broker would not have them now; they stay in the store and are offered again at the next connection.
    private var refused: Set<Int64> = []
    /// How often, of those that the broker has refused.
    private var refusals: [Int64: Int] = [:]
    /// Refused too often: they stay in the store, and are offered again when the bridge is started anew.
    private var putAside: Set<Int64> = []
    /// Told of each that is put aside.
    private var whenPutAside: @Sendable (Int64) -> Void = { _ in }
    /// A parcel was recorded while the store was being read, whose answer may lack it.
    private var recordedMeanwhile = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    package init(
        reactor: Reactor, outbox: any Outbox, journal: Journal, time: (any TimeSource)? = nil, load: @escaping Load,
        arrived: @escaping @Sendable (Int64) -> Change
    ) {
        self.time = time ?? reactor
        self.reactor = reactor
        self.outbox = outbox
        self.journal = journal
        self.load = load
        self.arrived = arrived
    }

    /// How many the broker will not have.
    package nonisolated var putAsideCount: Int { assumeIsolated { $0.putAside.count } }

    package nonisolated func whenPutAside(_ handler: @escaping @Sendable (Int64) -> Void) {
        assumeIsolated { $0.whenPutAside = handler }
    }

    /// A parcel that is recorded in the journal.
    package nonisolated func send(_ parcel: Parcel) { assumeIsolated { $0.dispatch(parcel) } }

    /// The broker is there (again).
    package nonisolated func connected() {
        assumeIsolated {
            if !$0.refused.isEmpty {
                $0.isBehind = true
                // A reading of the store that is under way has passed them over.
                $0.recordedMeanwhile = true
            }
            $0.refused = []
            $0.catchUp()
        }
    }

    /// The store may hold parcels that did not come from here.
    package nonisolated func recheck() {
        assumeIsolated {
            $0.isBehind = true
            $0.catchUp()
        }
    }

    private func dispatch(_ parcel: Parcel) {
        guard !isBehind, outbox.isConnected, outstandingBytes < Self.mostBytes else {
            isBehind = true
            recordedMeanwhile = true
            return
        }
        handOver(parcel)
    }

    private func handOver(_ parcel: Parcel) {
        let sequence = parcel.sequence
        outstanding[sequence] = (parcel.messages.count, parcel.bytes)
        outstandingBytes += parcel.bytes
        for message in parcel.messages {
            outbox.publish(message) { taken in self.assumeIsolated { $0.acknowledged(sequence, taken) } }
        }
    }

    private func acknowledged(_ sequence: Int64, _ taken: Bool) {
        if !taken { refused.insert(sequence) }
        guard let left = outstanding[sequence] else { return }
        if left.messages > 1 {
            outstanding[sequence]?.messages -= 1
            return
        }
        outstanding[sequence] = nil
        outstandingBytes -= left.bytes
        if refused.contains(sequence) {
            isBehind = true
            countRefusal(of: sequence)
        } else {
            refusals[sequence] = nil
            if isCatchingUp { arrivedMeanwhile.insert(sequence) }
            journal.record(arrived(sequence), .whenever)
        }
        if isBehind, outstandingBytes <= Self.mostBytes / 2 { catchUp() }
    }

    /// Not offered for ever: a broker that refuses it at each connection will refuse it at the next one too.
    private func countRefusal(of sequence: Int64) {
        refusals[sequence, default: 0] += 1
        guard refusals[sequence] == Self.mostRefusals else { return }
        refusals[sequence] = nil
        putAside.insert(sequence)
        whenPutAside(sequence)
    }

    private func catchUp() {
        guard isBehind, !isCatchingUp, outbox.isConnected else { return }
        isCatchingUp = true
        Task(executorPreference: reactor) { await self.fetchFromStore() }
    }

    private func fetchFromStore() async {
        defer { isCatchingUp = false }
        var last: Int64 = 0
        while outbox.isConnected, outstandingBytes < Self.mostBytes {
            // What was recorded but not committed is not in the store's answer; nor is what has arrived taken out of it.
            arrivedMeanwhile = []
            if last == 0 { recordedMeanwhile = false }
            guard await settled(), let parcels = try? await load(last, Self.page) else {
                time.schedule(after: Self.retry) { [weak self] in self?.assumeIsolated { $0.catchUp() } }
                return
            }
            for parcel in parcels where isNew(parcel) { handOver(parcel) }
            if let end = parcels.last?.sequence {
                last = end
            } else if recordedMeanwhile {
                // An uplink that was accepted early may end late: its place is behind us.
                last = 0
            } else {
                isBehind = false
                return
            }
        }
    }

    private func isNew(_ parcel: Parcel) -> Bool {
        outstanding[parcel.sequence] == nil && !refused.contains(parcel.sequence)
            && !arrivedMeanwhile.contains(parcel.sequence) && !putAside.contains(parcel.sequence)
    }

    private func settled() async -> Bool {
        await withCheckedContinuation { continuation in
            journal.whenSettled { continuation.resume(returning: $0 == nil) }
        }
    }
}
