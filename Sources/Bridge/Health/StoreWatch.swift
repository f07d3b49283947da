package import Reactor
package import Store

/// Whether the store can be written, as the last commit or a probe has shown.
package actor StoreWatch {
    package enum Verdict: Equatable, Sendable {
        case writable
        case failing(StoreError)
        /// The disk has not answered in time.
        case silent
    }

    /// For so long a proof holds: longer for who only keeps a record, so that flash memory is spared.
    package static let validity = Duration.seconds(5)
    package static let longValidity = Duration.seconds(60)
    private static let patience = Duration.seconds(2)

    package nonisolated let reactor: Reactor
    private let time: any TimeSource
    private let probe: @Sendable () async throws(StoreError) -> Int64
    private var proven: Instant?
    private var failure: StoreError?
    private var isProbing = false
    private var waiting: [@Sendable (Verdict) -> Void] = []
    private var deadline: Timer?

    /// Of the store's files.
    package private(set) var bytes: Int64 = 0

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    package init(
        reactor: Reactor, time: (any TimeSource)? = nil,
        probe: @escaping @Sendable () async throws(StoreError) -> Int64
    ) {
        self.reactor = reactor
        self.time = time ?? reactor
        self.probe = probe
    }

    /// A commit has ended.
    package func committed(_ error: StoreError?) {
        failure = error
        proven = time.now
    }

    package var isWritable: Bool { failure == nil }
    package var failureText: String? { failure?.description }

    /// Calls back within two seconds: at once where the last proof is fresh.
    package func look(within validity: Duration = validity, _ completion: @escaping @Sendable (Verdict) -> Void) {
        if failure == nil, bytes > 0, let proven, time.now - proven < validity { return completion(.writable) }
        waiting.append(completion)
        if deadline == nil {
            deadline = time.schedule(after: Self.patience) { [weak self] in self?.assumeIsolated { $0.tell(.silent) } }
        }
        guard !isProbing else { return }
        isProbing = true
        Task(executorPreference: reactor) { await self.carryOut() }
    }

    private func carryOut() async {
        var error: StoreError?
        do throws(StoreError) {
            bytes = try await probe()
        } catch let failure {
            error = failure
        }
        isProbing = false
        committed(error)
        tell(error.map { .failing($0) } ?? .writable)
    }

    private func tell(_ verdict: Verdict) {
        deadline?.cancel()
        deadline = nil
        let told = waiting
        waiting = []
        for completion in told { completion(verdict) }
    }
}
