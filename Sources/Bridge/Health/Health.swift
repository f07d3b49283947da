package import Reactor

/// Whether the process gets on: each part must answer when it is asked, whatever becomes of modules and broker.
///
/// Nothing is asked while nobody wants to know, so an idle bridge sleeps.
package actor Health {
    package enum Part: String, CaseIterable, Sendable { case executor, store, mqtt }

    /// How each part shows that it gets on.
    package struct Proofs: Sendable {
        /// Returns when a thread of the pool has had its turn.
        package var executor: @Sendable () async -> Void
        /// Returns when the store's thread has.
        package var store: @Sendable () async -> Void
        package var mqtt: @Sendable () -> Bool

        package init(
            executor: @escaping @Sendable () async -> Void, store: @escaping @Sendable () async -> Void,
            mqtt: @escaping @Sendable () -> Bool
        ) {
            self.executor = executor
            self.store = store
            self.mqtt = mqtt
        }
    }

    /// A disk may take its time; beyond this it is stuck.
    package static let limit = Duration.seconds(20)
    /// So long an answer is waited for before the parts are judged by what they did before.
    private static let patience = Duration.seconds(1)

    package nonisolated let reactor: Reactor
    private let time: any TimeSource
    private let proofs: Proofs
    /// Since when a part owes an answer.
    private var asked: [Part: Instant] = [:]
    private var waiting: [@Sendable ([Part]) -> Void] = []
    private var deadline: Timer?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    package init(reactor: Reactor, time: (any TimeSource)? = nil, proofs: Proofs) {
        self.reactor = reactor
        self.time = time ?? reactor
        self.proofs = proofs
    }

    /// Asks every part, and tells those that are stuck; after a second at most.
    package func check(_ completion: @escaping @Sendable ([Part]) -> Void) {
        waiting.append(completion)
        if deadline == nil {
            deadline = time.schedule(after: Self.patience) { [weak self] in self?.assumeIsolated { $0.tell() } }
        }
        ask(.executor, proofs.executor)
        ask(.store, proofs.store)
    }

    private func ask(_ part: Part, _ proof: @escaping @Sendable () async -> Void) {
        guard asked[part] == nil else { return }
        asked[part] = time.now
        Task(executorPreference: reactor) {
            await proof()
            await self.answered(part)
        }
    }

    private func answered(_ part: Part) {
        asked[part] = nil
        if asked.isEmpty { tell() }
    }

    private func tell() {
        deadline?.cancel()
        deadline = nil
        let told = waiting
        waiting = []
        guard !told.isEmpty else { return }
        let stuck = self.stuck
        for completion in told { completion(stuck) }
    }

    private var stuck: [Part] {
        Part.allCases.filter { part in
            if part == .mqtt { return !proofs.mqtt() }
            return asked[part].map { time.now - $0 > Self.limit } ?? false
        }
    }
}
