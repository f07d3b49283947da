import Bridge
import Reactor
import Store
import Synchronization
import TestSupport
import Testing

/// Group commit: what is told when, and what a store that fails leaves behind.
@Suite struct JournalTests {
    /// Small enough to be full soon.
    private static let small: Int64 = 200_000

    @Test func `a change that somebody waits for is on disk when that one is told`() async throws {
        try await withWorld { world in
            #expect(await world.record(.accept(uplink(1))) == nil)
            try await world.expectUplinks([1])
        }
    }

    @Test func `everything of a turn is told together and in order`() async throws {
        try await withWorld { world in
            let told = Mutex<[Int64]>([])
            for sequence in Int64(1)...50 {
                world.journal.record(.accept(uplink(sequence)), .now) { error in
                    if error == nil { told.withLock { $0.append(sequence) } }
                }
            }
            #expect(told.withLock { $0 } == [])
            #expect(await world.settled() == nil)
            #expect(told.withLock { $0 } == Array(1...50))
            try await world.expectUplinks(Array(1...50))
        }
    }

    @Test func `what is recorded during a commit is in the next, and told after it`() async throws {
        try await withWorld { world in
            let told = Mutex<[Int64]>([])
            world.journal.record(.accept(uplink(1)), .now) { [journal = world.journal] _ in
                told.withLock { $0.append(1) }
                journal.record(.accept(uplink(2)), .now) { _ in told.withLock { $0.append(2) } }
            }
            await world.settle()
            // The first commit is under way by now, or done.
            #expect(await world.record(.accept(uplink(3))) == nil)
            #expect(await world.settled() == nil)
            #expect(told.withLock { $0 } == [1, 2])
            try await world.expectUplinks([1, 2, 3])
        }
    }

    @Test(arguments: [(Journal.Urgency.soon, 5), (.whenever, 20)])
    func `what is not urgent waits for its time, and no longer`(urgency: Journal.Urgency, milliseconds: Int)
        async throws
    {
        try await withWorld { world in
            world.journal.record(.received(downlink(1)), urgency)
            await world.pass(.milliseconds(milliseconds - 1))
            try await world.expectDownlinks([])
            await world.pass(.milliseconds(1))
            try await world.expectDownlinks([1])
        }
    }

    /// From 1 to 8, in one moment.
    private func rush(_ world: World) async {
        for sequence in Int64(1)...8 { world.journal.record(.accept(uplink(sequence)), .now) }
        #expect(await world.settled() == nil)
    }

    @Test func `a few that come right after a commit in a rush share the next one`() async throws {
        try await withWorld(pause: .milliseconds(4)) { world in
            await rush(world)
            for sequence in Int64(9)...15 {
                world.journal.record(.accept(uplink(sequence)), .now)
                await world.settle()
            }
            await world.pass(.milliseconds(3))
            // Twice, for the first answer may overtake a commit.
            for _ in 1...2 { try await world.expectUplinks(Array(1...8)) }
            await world.pass(.milliseconds(1))
            try await world.expectUplinks(Array(1...15))
            await world.pass(.milliseconds(4))
            #expect(await world.record(.accept(uplink(16))) == nil)
        }
    }

    /// Every 3 ms, which is less than a pause.
    @Test func `without a rush every one has its commit at once`() async throws {
        try await withWorld(pause: .milliseconds(4)) { world in
            for sequence in Int64(1)...20 {
                #expect(await world.record(.accept(uplink(sequence))) == nil)
                try await world.expectUplinks(Array(1...sequence))
                await world.pass(.milliseconds(3))
            }
        }
    }

    @Test(arguments: ["many", "impatient"])
    func `no commit pauses for many, or for one that is in a hurry`(reason: String) async throws {
        try await withWorld(pause: .seconds(3600)) { world in
            await rush(world)
            let told = Mutex(0)
            world.journal.record(.accept(uplink(9)), .now) { _ in told.withLock { $0 += 1 } }
            world.journal.whenSettled(patiently: true) { _ in told.withLock { $0 += 1 } }
            for _ in 1...2 { try await world.expectUplinks(Array(1...8)) }
            #expect(told.withLock { $0 } == 0)
            if reason == "many" {
                for sequence in Int64(10)...15 { world.journal.record(.accept(uplink(sequence)), .now) }
                #expect(await world.record(.accept(uplink(16))) == nil)
            } else {
                #expect(await world.settled() == nil)
            }
            try await world.expectUplinks(Array(1...(reason == "many" ? 16 : 9)))
        }
    }

    @Test func `what waits goes with what is urgent`() async throws {
        try await withWorld { world in
            world.journal.record(.received(downlink(1)), .whenever)
            world.journal.record(.received(downlink(2)), .soon)
            #expect(await world.record(.accept(uplink(3))) == nil)
            try await world.expectDownlinks([1, 2])
            // Nothing is left for the timers.
            await world.pass(.seconds(10))
        }
    }

    @Test func `the sooner of two times counts`() async throws {
        try await withWorld { world in
            world.journal.record(.received(downlink(1)), .whenever)
            world.journal.record(.received(downlink(2)), .soon)
            world.journal.record(.received(downlink(3)), .whenever)
            await world.pass(.milliseconds(5))
            try await world.expectDownlinks([1, 2, 3])
        }
    }

    @Test func `settled is told at once when nothing waits, and forces what is not urgent`() async throws {
        try await withWorld { world in
            let told = Mutex(false)
            world.journal.whenSettled { _ in told.withLock { $0 = true } }
            #expect(told.withLock { $0 })
            world.journal.record(.received(downlink(1)), .whenever)
            #expect(await world.settled() == nil)
            try await world.expectDownlinks([1])
        }
    }

    // MARK: A store that fails

    /// Fills the store to its brim, past the journal.
    private func fill(_ world: World) async throws {
        for size in [30_000, 3000, 300] {
            var sequence = Int64(100_000 + size * 10)
            while true {
                sequence += 1
                do throws(StoreError) {
                    try await world.store.commit([.received(downlink(sequence, bytes: size))])
                } catch {
                    guard case .full = error else { throw error }
                    break
                }
            }
        }
    }

    private func empty(_ world: World) async throws {
        let all = try await world.store.downlinks(limit: 10_000).filter { $0.sequence >= 100_000 }
        try await world.store.commit(all.map { .handedOver(downlink: $0.sequence) })
    }

    private func isFull(_ error: StoreError?) -> Bool { if case .full = error { true } else { false } }

    @Test func `an uplink that cannot be saved is given back, and the next one is welcome after a while`() async throws
    {
        try await withWorld(maximumBytes: Self.small) { world in
            try await fill(world)
            #expect(isFull(await world.record(.accept(uplink(1, bytes: 8000)))))
            #expect(isFull(world.journal.currentFailure))
            try await empty(world)
            // Nothing that was recorded waits, yet the failure must not stand for ever.
            await world.pass(.seconds(5))
            #expect(world.journal.currentFailure == nil)
            #expect(await world.record(.accept(uplink(2))) == nil)
            try await world.expectUplinks([2])
        }
    }

    @Test func `who watches the store has uplinks refused, and what failed tried again at once`() async throws {
        try await withWorld(maximumBytes: Self.small) { world in
            world.journal.refuse(for: .full(path: "p"))
            #expect(world.journal.currentFailure == .full(path: "p"))
            try await fill(world)
            #expect(isFull(await world.record(.received(downlink(1, bytes: 8000)))))
            try await empty(world)
            world.journal.refuse(for: nil)
            try await withTimeout("the downlink to be saved") {
                while try await world.store.downlinks(limit: 1).first?.sequence != 1 { try Task.checkCancellation() }
            }
            await world.settle()
            #expect(world.journal.currentFailure == nil)
        }
    }

    @Test func `what finds room without the uplink that has none does not wait`() async throws {
        try await withWorld(maximumBytes: Self.small) { world in
            try await fill(world)
            let oldest = try #require(try await world.store.downlinks(limit: 1).first).sequence
            world.journal.record(.handedOver(downlink: oldest), .whenever)
            #expect(isFull(await world.record(.accept(uplink(1, bytes: 150_000)))))
            await world.pass(.milliseconds(5))
            #expect(try await world.store.downlinks(limit: 1).first?.sequence != oldest)
            await world.settle()
            #expect(world.journal.currentFailure == nil)
        }
    }

    @Test func `a message of the module is kept and tried again until it is saved`() async throws {
        try await withWorld(maximumBytes: Self.small) { world in
            try await fill(world)
            #expect(isFull(await world.record(.received(downlink(1, bytes: 8000)), .soon, in: world)))
            await world.pass(.seconds(5))
            // Tried again, behind which this question stands: still full.
            try await expectMessages([], world)
            #expect(isFull(world.journal.currentFailure))
            try await empty(world)
            await world.pass(.milliseconds(4999))
            try await expectMessages([], world)
            await world.pass(.milliseconds(1))
            try await expectMessages([1], world)
            #expect(world.journal.currentFailure == nil)
        }
    }

    private func expectMessages(_ sequences: [Int64], _ world: World) async throws {
        let found = try await world.store.downlinks(limit: 1000).map(\.sequence).filter { $0 < 100_000 }
        await world.settle()
        #expect(found == sequences)
    }

    @Test func `order is kept over a failure`() async throws {
        try await withWorld(maximumBytes: Self.small) { world in
            try await fill(world)
            #expect(isFull(await world.record(.received(downlink(1, bytes: 8000)))))
            world.journal.record(.handedOver(downlink: 1), .whenever)
            world.journal.record(.received(downlink(2)), .whenever)
            try await empty(world)
            #expect(await world.settled() == nil)
            try await world.expectDownlinks([2])
        }
    }

    @Test func `a failure ends with the first commit that succeeds`() async throws {
        try await withWorld(maximumBytes: Self.small) { world in
            try await fill(world)
            #expect(isFull(await world.record(.accept(uplink(1, bytes: 8000)))))
            try await empty(world)
            #expect(await world.record(.received(downlink(2))) == nil)
            #expect(world.journal.currentFailure == nil)
        }
    }
}

extension World {
    /// Recorded without hurry, and the time that it may take passed.
    fileprivate func record(
        _ change: Change, _ urgency: Journal.Urgency, in world: World
    ) async -> StoreError? {
        await withCheckedContinuation { continuation in
            journal.record(change, urgency) { continuation.resume(returning: $0) }
            Task(executorPreference: reactor) { await world.pass(.milliseconds(5)) }
        }
    }
}
