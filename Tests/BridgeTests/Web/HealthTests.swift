import Reactor
import TestSupport
import Testing

@testable import Bridge

@Suite struct HealthTests {
    /// What a part answers, when the test lets it.
    private final class Part: Sendable {
        private let gate = Observed(true)
        var isOpen: Bool { gate.value }
        func stick() { gate.update { $0 = false } }
        func loosen() { gate.update { $0 = true } }
        func answer() async { _ = try? await gate.wait("to be let go") { $0 } }
    }

    @Sendable private func check(_ health: Health, _ world: World) async -> [Health.Part] {
        let found = Observed<[Health.Part]?>(nil)
        await health.check { stuck in found.update { $0 = stuck } }
        await world.settle()
        if found.value == nil { await world.pass(.seconds(1)) }
        return found.value ?? Health.Part.allCases
    }

    @Test(arguments: [Health.Part.executor, .store])
    func `a part that does not answer is slow first, then stuck, and well again when it answers`(
        part: Health.Part
    ) async throws {
        try await withWorld { world in
            let (executor, store) = (Part(), Part())
            let health = Health(
                reactor: world.reactor, time: world.time,
                proofs: .init(
                    executor: { await executor.answer() }, store: { await store.answer() }, mqtt: { true }))
            #expect(await check(health, world) == [])
            (part == .store ? store : executor).stick()
            #expect(await check(health, world) == [])
            await world.pass(Health.limit)
            #expect(await check(health, world) == [part])
            (part == .store ? store : executor).loosen()
            // It answers on another thread.
            try await withTimeout("the part to answer") {
                while await check(health, world) != [] { await Task.yield() }
            }
        }
    }

    @Test func `the client of the broker speaks for itself`() async throws {
        try await withWorld { world in
            let health = Health(
                reactor: world.reactor, time: world.time, proofs: .init(executor: {}, store: {}, mqtt: { false }))
            #expect(await check(health, world) == [.mqtt])
        }
    }
}
