import Platforms
package import Reactor
package import Store

/// Group commit: what all modules have to write goes to the store in one transaction, and whoever must wait for the
/// disk is told when it is there.
///
/// While one commit is under way the next one gathers, so that the busier the bridge is, the fewer commits a message
/// costs. Belongs to the reactor's thread; so do all who call it.
package actor Journal {
    /// How soon a change must be on disk.
    package enum Urgency: Sendable {
        /// Somebody waits: at the end of this turn, unless the last commit has only just begun.
        case now
        /// Within a few milliseconds; most of what comes soon after is then saved with it, or cancels it out.
        case soon
        /// Only tidies up: lost in a crash, it is done again.
        case whenever
    }

    package typealias Completion = @Sendable (StoreError?) -> Void

    /// Commits begin so far apart in a rush, as long as few uplinks wait for one: a commit costs as much as thirty
    /// messages, and a broker has no harm of an acknowledgement that comes 4 ms later. Measured with 1,000 messages a
    /// second; with 300 there is less to share, and what goes to the broker meanwhile would wait behind.
    package static let usualPause = Duration.milliseconds(4)
    /// So many uplinks do not wait: a broker sends no more than 10 or 20 without an acknowledgement.
    private static let mostPaused = 8
    private static let soon = Duration.milliseconds(5)
    private static let whenever = Duration.milliseconds(20)
    private static let retry = Duration.seconds(5)

    package nonisolated let reactor: Reactor
    private let store: Store
    private let time: any TimeSource
    private var changes: [Change] = []
    private var completions: [Completion] = []
    private var isCommitting = false
    private var isDue = false
    /// At the end of this turn it is decided when to commit.
    private var isLooking = false
    private let pause: Duration
    private var lastCommit: Instant?
    /// Changes of the most urgent kind since then.
    private var urgent = 0
    private var rush = Rush()
    private var timer: Timer?
    private var timerEnd: Instant?

    /// The last commit's error.
    private var failure: StoreError?
    /// Set by who watches the store: nothing would be saved, though the last commit was.
    private var refusal: StoreError?
    /// Told how long each commit has taken, and whether it failed.
    package var whenCommitted: @Sendable (Duration, StoreError?) -> Void = { _, _ in }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    package init(
        store: Store, reactor: Reactor, time: (any TimeSource)? = nil, pause: Duration = Journal.usualPause
    ) {
        self.pause = pause
        self.store = store
        self.reactor = reactor
        self.time = time ?? reactor
    }

    /// A plain call for everything on the reactor. The completion comes after the commit that holds the change.
    package nonisolated func record(_ change: Change, _ urgency: Urgency, _ completion: Completion? = nil) {
        assumeIsolated { $0.add(change, urgency, completion) }
    }

    /// Calls back when everything recorded so far is on disk; at once if nothing waits. Who is patient does not hurry
    /// a commit that pauses.
    package nonisolated func whenSettled(patiently: Bool = false, _ completion: @escaping Completion) {
        assumeIsolated { $0.settle(patiently, completion) }
    }

    /// Refuses uplinks for that reason, or no more; what could not be saved is then tried again at once.
    package nonisolated func refuse(for reason: StoreError?) {
        assumeIsolated { journal in
            journal.refusal = reason
            if reason == nil, journal.failure != nil { journal.commitAtEndOfTurn() }
        }
    }

    /// While it stands, uplinks are refused at the door.
    package nonisolated var currentFailure: StoreError? { assumeIsolated { $0.refusal ?? $0.failure } }

    private func add(_ change: Change, _ urgency: Urgency, _ completion: Completion?) {
        changes.append(change)
        if let completion { completions.append(completion) }
        switch urgency {
        case .now:
            urgent += 1
            rush.note(time.now)
            commitAtEndOfTurn()
        case .soon: commit(within: Self.soon)
        case .whenever: commit(within: Self.whenever)
        }
    }

    private func settle(_ patiently: Bool, _ completion: @escaping Completion) {
        guard isCommitting || !changes.isEmpty else {
            completion(nil)
            return
        }
        completions.append(completion)
        if !patiently { urgent = Self.mostPaused }
        commitAtEndOfTurn()
    }

    private func commitAtEndOfTurn() {
        isDue = true
        guard !isCommitting, !isLooking else { return }
        isLooking = true
        reactor.atEndOfTurn { self.assumeIsolated { $0.commitAfterPause() } }
    }

    private func commitAfterPause() {
        isLooking = false
        guard isDue, !isCommitting else { return }
        let current = time.now
        if !changes.isEmpty, urgent < Self.mostPaused, rush.isOn(at: current),
            let end = lastCommit.map({ $0 + pause }), end > current
        {
            commit(at: end)
        } else {
            commit()
        }
    }

    private func commit(within delay: Duration) {
        guard !isDue, !isCommitting else { return }
        commit(at: time.now + delay)
    }

    private func commit(at end: Instant) {
        if let timerEnd, timerEnd <= end { return }
        timer?.cancel()
        timerEnd = end
        timer = time.schedule(at: end) { self.assumeIsolated { $0.commit() } }
    }

    private func commit() {
        guard !isCommitting else { return }
        isCommitting = true
        isDue = false
        urgent = 0
        lastCommit = time.now
        timer?.cancel()
        timer = nil
        timerEnd = nil
        let batch = changes
        let told = completions
        changes = []
        completions = []
        Task(executorPreference: reactor) { await self.carryOut(batch, told) }
    }

    private func carryOut(_ batch: [Change], _ told: [Completion]) async {
        var error: StoreError?
        if !batch.isEmpty {
            let begun = time.now
            do throws(StoreError) {
                try await store.commit(batch)
            } catch let storeError {
                error = storeError
            }
            whenCommitted(time.now - begun, error)
        }
        isCommitting = false
        failure = error
        if error != nil {
            // What clients were not promised yet is given back to them; the rest must not be forgotten.
            changes = batch.filter { !$0.isAcceptance } + changes
            isDue = false
        }
        for completion in told { completion(error) }
        if error != nil {
            // The rest may find the room that uplinks are refused. Also when nothing is left to be written it is tried
            // again: a failure that stood for ever would refuse uplinks for ever.
            let restMayGo = !changes.isEmpty && batch.contains(where: \.isAcceptance)
            commit(within: restMayGo ? Self.soon : Self.retry)
            return
        }
        guard !changes.isEmpty || !completions.isEmpty else { return }
        if isDue { commitAfterPause() } else { commit(within: Self.soon) }
    }
}

extension Change {
    /// A message that its sender still holds: refused, it is not lost.
    fileprivate var isAcceptance: Bool {
        switch self {
        case .accept, .ordered: true
        default: false
        }
    }
}
