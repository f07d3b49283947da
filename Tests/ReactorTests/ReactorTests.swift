import Glibc
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

/// A descriptor that is readable, and a deadline.
private actor Line {
    private let reactor: Reactor
    private var happened: [String] = []
    private var end: CheckedContinuation<Void, Never>?
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }
    init(reactor: Reactor) { self.reactor = reactor }

    /// Both are due in the turn in which they are made.
    func order() async throws -> [String] {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw SystemError.last("make a pipe") }
        defer { for end in ends { close(end) } }
        let reader = ends[0]
        try reactor.watch(reader, for: .readable) { _ in
            self.assumeIsolated { $0.note("bytes") }
            self.reactor.unwatch(reader)
        }
        reactor.schedule(after: .zero) { self.assumeIsolated { $0.note("deadline") } }
        _ = unsafe write(ends[1], "x", 1)
        await withCheckedContinuation { end = $0 }
        return happened
    }

    private func note(_ event: String) {
        happened.append(event)
        if happened.count == 2 { end?.resume() }
    }
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

    @Test func `a deadline that has passed waits for what came before it`() async throws {
        let reactor = Reactor(name: "test")
        let line = Line(reactor: reactor)
        #expect(try await line.order() == ["bytes", "deadline"])
        reactor.stop()
    }

    @Test func `a cancelled sleep throws at once`() async throws {
        let counter = Counter(reactor: Reactor(name: "test"))
        let task = Task { try await counter.nap(.seconds(1000)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
