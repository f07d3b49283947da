import Reactor
import Testing

private actor Counter {
    let reactor: Reactor
    var value = 0
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }
    init(reactor: Reactor) { self.reactor = reactor }
    func add() -> Bool {
        value += 1
        return reactor.isCurrent
    }
    func nap(_ duration: Duration) async throws { try await reactor.sleep(for: duration) }
}

@Suite struct ReactorTests {
    @Test func `an actor's work runs on the reactor's thread`() async {
        let counter = Counter(reactor: Reactor(name: "test"))
        #expect(await counter.add())
    }

    @Test func `a sleep ends`() async throws {
        let counter = Counter(reactor: Reactor(name: "test"))
        try await counter.nap(.milliseconds(5))
    }

    @Test func `a cancelled sleep throws at once`() async throws {
        let counter = Counter(reactor: Reactor(name: "test"))
        let task = Task { try await counter.nap(.seconds(1000)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
