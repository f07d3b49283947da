import Reactor
import Store
import TestSupport
import Testing

@testable import Bridge

@Suite struct StoreWatchTests {
    private static let full = StoreError.full(path: "p")

    /// A store that answers what the test wants, and the watch over it.
    private final class Subject: Sendable {
        struct State: Sendable {
            var error: StoreError?
            var isSilent = false
            /// Whether something was written, for each question.
            var asked: [Bool] = []
            var verdicts: [StoreWatch.Verdict] = []
        }

        let state: Observed<State>
        let watch: StoreWatch

        init(_ world: World) async {
            let state = Observed(State())
            self.state = state
            watch = StoreWatch(reactor: world.reactor, time: world.time) { writing async throws(StoreError) in
                state.update { $0.asked.append(writing) }
                _ = try? await state.wait("to be let go") { !$0.isSilent }
                if let error = state.value.error { throw error }
                return 4096
            }
            await watch.start { verdict in state.update { $0.verdicts.append(verdict) } }
        }

        func store(_ error: StoreError?) { state.update { $0.error = error } }

        func look(_ world: World) async -> StoreWatch.Verdict? {
            let found = Observed<StoreWatch.Verdict?>(nil)
            await watch.look { verdict in found.update { $0 = verdict } }
            await world.settle()
            return found.value
        }
    }

    @Test func `a failure is told once and its end once, however many commits fail, or succeed meanwhile`() async throws
    {
        try await withWorld { world in
            let subject = await Subject(world)
            subject.store(Self.full)
            for _ in 0..<10 {
                await subject.watch.committed(Self.full)
                await world.pass(.seconds(1))
                // Something small has found room, an uplink would not.
                await subject.watch.committed(nil)
            }
            #expect(await subject.watch.verdict == .failing(Self.full))
            #expect(subject.state.value.verdicts == [.failing(Self.full)])
            #expect(subject.state.value.asked == [true, true])
            subject.store(nil)
            await world.pass(StoreWatch.retry)
            #expect(subject.state.value.verdicts == [.failing(Self.full), .writable])
        }
    }

    @Test func `a store that nobody uses is looked at once a minute, without a word written`() async throws {
        try await withWorld { world in
            let subject = await Subject(world)
            await world.pass(.seconds(130))
            #expect(subject.state.value.asked == [false, false])
            subject.store(Self.full)
            await world.pass(StoreWatch.glance)
            #expect(subject.state.value.verdicts == [.failing(Self.full)])
            await subject.watch.stop()
            subject.store(nil)
            await world.pass(.seconds(600))
            #expect(subject.state.value.verdicts == [.failing(Self.full)])
        }
    }

    @Test func `who asks has a proof that is fresh, and a failure is asked for anew`() async throws {
        try await withWorld { world in
            let subject = await Subject(world)
            #expect(await subject.look(world) == .writable)
            #expect(await subject.look(world) == .writable)
            #expect(subject.state.value.asked == [true])
            await world.pass(StoreWatch.validity)
            subject.store(Self.full)
            #expect(await subject.look(world) == .failing(Self.full))
            subject.store(nil)
            #expect(await subject.look(world) == .writable)
            #expect(subject.state.value.asked == [true, true, true])
        }
    }

    @Test func `who asks during a mere look waits for a proof`() async throws {
        try await withWorld { world in
            let subject = await Subject(world)
            subject.state.update { $0.isSilent = true }
            await world.pass(StoreWatch.glance)
            #expect(await subject.look(world) == nil)
            subject.state.update { $0.isSilent = false }
            await world.settle()
            #expect(subject.state.value.asked == [false, true])
        }
    }

    @Test func `a disk that does not answer is told as that, and its answer as well`() async throws {
        try await withWorld { world in
            let subject = await Subject(world)
            subject.state.update { $0.isSilent = true }
            let verdict = Observed<StoreWatch.Verdict?>(nil)
            await subject.watch.look { found in verdict.update { $0 = found } }
            await world.pass(.seconds(60))
            #expect(verdict.value == .silent)
            #expect(subject.state.value.asked == [true])
            subject.state.update { $0.isSilent = false }
            await world.settle()
            #expect(subject.state.value.verdicts == [.silent, .writable])
        }
    }

    @Test func `a store without room is not writable until there is room again`() async throws {
        try await withWorld(maximumBytes: 120_000) { world in
            let store = world.store
            let watch = StoreWatch(reactor: world.reactor, time: world.time) { writing async throws(StoreError) in
                try await store.probe(writing: writing)
            }
            func look() async -> StoreWatch.Verdict {
                await withCheckedContinuation { continuation in
                    Task { await watch.look { continuation.resume(returning: $0) } }
                }
            }
            #expect(await look() == .writable)
            #expect(await watch.bytes > 0)
            var sequence: Int64 = 1
            while (try? await store.commit([.accept(uplink(sequence, bytes: 1000))])) != nil { sequence += 1 }
            // A fresh proof would hold.
            await world.time.advance(by: .seconds(6))
            guard case .failing(.full) = await look() else {
                Issue.record("a full store was called writable")
                return
            }
            #expect(await watch.verdict.fault?.contains("no space left") == true)
            try await store.commit((1..<sequence).map { .end(sequence: $0, outcome: []) })
            try await store.commit((1..<sequence).map { .published(sequence: $0) })
            await world.time.advance(by: .seconds(6))
            #expect(await look() == .writable)
        }
    }
}
