package import Reactor
package import Store

/// Whether the store takes what comes, as the last commit or a probe has shown.
///
/// A failure stands until a probe finds room for another uplink: something small may be written on a disk that is as
/// good as full, and would otherwise end the failure for a moment.
package actor StoreWatch {
    package enum Verdict: Equatable, Sendable {
        case writable
        case failing(StoreError)
        /// The disk has not answered in time.
        case silent

        /// What is wrong, in words; nil if nothing is.
        package var fault: String? {
            switch self {
            case .writable: nil
            case .failing(let error): error.description
            case .silent: "The disk of the store does not answer."
            }
        }
    }

    /// Asks the store, by writing something or only by looking; returns how many bytes its files have.
    package typealias Probe = @Sendable (_ writing: Bool) async throws(StoreError) -> Int64

    /// For so long a proof holds: longer for who only keeps a record, so that flash memory is spared.
    package static let validity = Duration.seconds(5)
    package static let longValidity = Duration.seconds(60)
    /// So often a store that fails is tried, and one that is not used is looked at, without a word written.
    package static let retry = Duration.seconds(5)
    package static let glance = Duration.seconds(60)
    private static let patience = Duration.seconds(2)

    package nonisolated let reactor: Reactor
    private let time: any TimeSource
    private let probe: Probe
    private var proven: Instant?
    private var isProbing = false
    private var waiting: [@Sendable (Verdict) -> Void] = []
    private var deadline: Timer?
    private var next: Timer?
    private var isWatching = false

    /// As it is known now.
    package private(set) var verdict = Verdict.writable {
        didSet {
            guard verdict != oldValue else { return }
            schedule()
            whenChanged(verdict)
        }
    }
    /// Told of each verdict that is another than the one before.
    package var whenChanged: @Sendable (Verdict) -> Void = { _ in }
    /// Of the store's files.
    package private(set) var bytes: Int64 = 0

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    package init(reactor: Reactor, time: (any TimeSource)? = nil, probe: @escaping Probe) {
        self.reactor = reactor
        self.time = time ?? reactor
        self.probe = probe
    }

    /// From now on a fault is found within a minute though nobody asks or writes.
    package func start(_ whenChanged: @escaping @Sendable (Verdict) -> Void) {
        self.whenChanged = whenChanged
        isWatching = true
        schedule()
    }

    package func stop() {
        whenChanged = { _ in }
        isWatching = false
        next?.cancel()
    }

    /// A commit has ended.
    package func committed(_ error: StoreError?) {
        switch error {
        case let error?: verdict = .failing(error)
        case nil where verdict == .writable: proven = time.now
        case nil: break
        }
    }

    /// Calls back within two seconds: at once where the last proof is fresh.
    package func look(within validity: Duration = validity, _ completion: @escaping @Sendable (Verdict) -> Void) {
        if verdict == .writable, bytes > 0, let proven, time.now - proven < validity { return completion(.writable) }
        waiting.append(completion)
        ask(writing: true)
    }

    private func ask(writing: Bool) {
        if deadline == nil {
            deadline = time.schedule(after: Self.patience) { [weak self] in self?.assumeIsolated { $0.giveUp() } }
        }
        guard !isProbing else { return }
        isProbing = true
        Task(executorPreference: reactor) { await self.carryOut(writing: writing) }
    }

    private func carryOut(writing: Bool) async {
        var answer = Verdict.writable
        do throws(StoreError) {
            bytes = try await probe(writing)
        } catch {
            answer = .failing(error)
        }
        isProbing = false
        if answer == .writable, !writing, !waiting.isEmpty {
            // Who asked meanwhile wants to know it for certain.
            return ask(writing: true)
        }
        if writing { proven = time.now }
        verdict = answer
        schedule()
        tell()
    }

    private func giveUp() {
        verdict = .silent
        schedule()
        tell()
    }

    private func tell() {
        deadline?.cancel()
        deadline = nil
        let told = waiting
        waiting = []
        for completion in told { completion(verdict) }
    }

    private func schedule() {
        next?.cancel()
        guard isWatching else { return }
        let isWell = verdict == .writable
        next = time.schedule(after: isWell ? Self.glance : Self.retry) { [weak self] in
            self?.assumeIsolated { $0.ask(writing: !isWell) }
        }
    }
}
