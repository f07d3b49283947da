import Bridge
import MQTT
import Reactor
import Store
import Synchronization
import TestSupport
import Testing

/// The way out to a broker that a test plays: it answers when it is told to.
final class FakeOutbox: Outbox {
    struct Sent: Sendable {
        var message: OutboundMessage
        var acknowledge: @Sendable (Bool) -> Void

        var text: String { String(decoding: message.payload, as: UTF8.self) }
    }

    struct State: Sendable {
        var isConnected = false
        /// Every message is acknowledged in the next turn.
        var isPrompt = false
        var sent: [Sent] = []
        /// Those not yet acknowledged, in order.
        var open: [Sent] = []
        var acknowledged = 0
    }

    let state = Observed(State())
    let reactor: Reactor

    init(reactor: Reactor) { self.reactor = reactor }

    var isConnected: Bool { state.value.isConnected }
    var texts: [String] { state.value.sent.map(\.text) }

    func publish(_ message: OutboundMessage, acknowledged: (@Sendable (Bool) -> Void)?) {
        let sent = Sent(message: message) { acknowledged?($0) }
        let isPrompt = state.update { state in
            state.sent.append(sent)
            if !state.isPrompt { state.open.append(sent) }
            return state.isPrompt
        }
        if isPrompt { reactor.atEndOfTurn { self.tell([sent], true) } }
    }

    func connect(prompt: Bool = false) {
        state.update {
            $0.isConnected = true
            $0.isPrompt = prompt
        }
    }

    func disconnect() { state.update { $0.isConnected = false } }

    /// The broker takes the first so many that are open.
    func acknowledge(_ count: Int = .max, taken: Bool = true) {
        let first = state.update { state in
            let first = Array(state.open.prefix(count))
            state.open.removeFirst(first.count)
            return first
        }
        tell(first, taken)
    }

    private func tell(_ sent: [Sent], _ taken: Bool) {
        for sent in sent { sent.acknowledge(taken) }
        state.update { $0.acknowledged += sent.count }
    }
}

/// A store in a directory of its own with what stands before it, on one thread, in manual time.
final class World: Sendable {
    let reactor: Reactor
    let time: ManualTime
    let store: Store
    let journal: Journal
    let outbox: FakeOutbox

    fileprivate init(reactor: Reactor, store: Store, pause: Duration) {
        self.reactor = reactor
        self.store = store
        time = ManualTime(reactor: reactor)
        journal = Journal(store: store, reactor: reactor, time: time, pause: pause)
        outbox = FakeOutbox(reactor: reactor)
    }

    /// Lets everything run that can run at this moment, but for the store's own thread.
    func settle() async { for _ in 0..<32 { await Task.yield() } }

    func pass(_ duration: Duration) async {
        await settle()
        await time.advance(by: duration)
        await settle()
    }

    /// The result of the commit that holds everything recorded so far.
    @discardableResult
    func settled() async -> StoreError? {
        await withCheckedContinuation { continuation in
            journal.whenSettled { continuation.resume(returning: $0) }
        }
    }

    func expectUplinks(_ sequences: [Int64], at location: SourceLocation = #_sourceLocation) async throws {
        let found = try await store.uplinks(of: 1, limit: 1000).map(\.sequence)
        #expect(found == sequences, sourceLocation: location)
    }

    func expectDownlinks(_ sequences: [Int64], at location: SourceLocation = #_sourceLocation) async throws {
        let found = try await store.downlinks(limit: 1000).map(\.sequence)
        #expect(found == sequences, sourceLocation: location)
    }

    /// The result of the commit that holds the change.
    func record(_ change: Change, _ urgency: Journal.Urgency = .now) async -> StoreError? {
        await withCheckedContinuation { continuation in
            journal.record(change, urgency) { continuation.resume(returning: $0) }
        }
    }
}

/// Runs the body with a world of its own, on the world's own thread. `pause` is that between two commits.
func withWorld(
    maximumBytes: Int64? = nil, pause: Duration = .zero, _ body: (World) async throws -> Void
) async throws {
    let reactor = Reactor(name: "bridge test")
    defer { reactor.stop() }
    try await withTemporaryDirectory { directory in
        let store = try Store(directory: directory.path, maximumBytes: maximumBytes)
        try await withTaskExecutorPreference(reactor) {
            try await body(World(reactor: reactor, store: store, pause: pause))
        }
        await store.close()
    }
}

let start = Timestamp(milliseconds: 1_767_225_600_000)

func uplink(_ sequence: Int64, _ priority: Priority = .normal, id: String? = nil, bytes: Int = 3) -> UplinkRecord {
    UplinkRecord(
        sequence: sequence, module: 1, id: Array((id ?? "made-\(sequence)").utf8), idGiven: id != nil,
        payload: [UInt8](repeating: 1, count: bytes), priority: priority, acceptedAt: start,
        expiresAt: start + .seconds(86_400))
}

func downlink(_ sequence: Int64, bytes: Int = 3) -> DownlinkRecord {
    DownlinkRecord(
        sequence: sequence, module: 1, kind: "data", id: Array("d\(sequence)".utf8),
        payload: [UInt8](repeating: 0x41, count: bytes), receivedAt: start)
}

func parcel(_ sequence: Int64) -> Parcel {
    Parcel(sequence: sequence, messages: [OutboundMessage(topic: "t", payload: Array("\(sequence)".utf8))])
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
