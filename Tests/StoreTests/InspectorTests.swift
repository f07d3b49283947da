import Reactor
import Store
import Testing

@Suite struct `The command line's view` {
    private func withQueue(_ body: (Store, StoreInspector, ModuleRow) async throws -> Void) async throws {
        try await withStore { store, directory in
            let meter = try await store.module(named: "meter")
            let other = try await store.module(named: "other")
            try await store.commit([
                .accept(uplink(1, of: meter.number, id: "a")),
                .accept(uplink(2, of: meter.number, id: "b", priority: .high, payload: [1])),
                .accept(uplink(3, of: other.number, id: "a")), .accept(uplink(4, of: meter.number)),
            ])
            try await store.commit([
                .attempted(sequence: 1, attempts: 3), .end(sequence: 4, outcome: text("sent")),
            ])
            try await body(store, try Store.openForInspection(directory: directory), meter)
        }
    }

    private func list(_ inspector: StoreInspector, _ module: String) throws -> [QueueEntry] {
        var entries: [QueueEntry] = []
        try inspector.list(module: module) { entries.append($0) }
        return entries
    }

    @Test func `lists what waits in sending order, then what has ended`() async throws {
        try await withQueue { _, inspector, meter in
            let entries = try list(inspector, "meter")
            #expect(entries.map(\.sequence) == [2, 1, 4])
            #expect(entries.map(\.size) == [1, 3, 0])
            #expect(entries.map(\.attempts) == [0, 3, 0])
            #expect(entries.map(\.state) == [.waiting, .waiting, .ended(outcome: text("sent"))])
            #expect(entries.map(\.acceptedAt) == [start, start, nil])
            #expect(try inspector.modules().map(\.name) == ["meter", "other"])
            #expect(try inspector.backlog()[meter.number]?.waiting == 2)
            #expect(throws: StoreError.unknownModule("none")) { try list(inspector, "none") }
        }
    }

    @Test func `drops with an outcome that the bridge sees and publishes`() async throws {
        try await withQueue { store, inspector, meter in
            let dropped = try inspector.drop(module: "meter", .ids([text("a"), text("x")])) { $0.id + text(" dropped") }
            #expect(dropped == 1)
            #expect(try await store.uplinks(of: meter.number, limit: 9).map(\.sequence) == [2])
            let outcomes = try await store.pendingOutcomes(limit: 9)
            #expect(outcomes.map(\.outcome) == [text("a dropped"), text("sent")])
            #expect(try await store.idMemory(module: meter.number, id: text("a"))?.outcome == text("a dropped"))
            #expect(try inspector.drop(module: "meter", .all) { _ in [] } == 1)
            #expect(try await store.uplinks(of: meter.number, limit: 9).isEmpty)
            #expect(try inspector.backlog().count == 1)
        }
    }

    @Test func `what was dropped on its way takes its true outcome, while that is not published`() async throws {
        try await withQueue { store, inspector, meter in
            try inspector.drop(module: "meter", .all) { _ in text("dropped") }
            try await store.commit([.end(sequence: 1, outcome: text("delivered")), .published(sequence: 2)])
            // Too late for this one: the broker has the other.
            try await store.commit([.end(sequence: 2, outcome: text("delivered"))])
            let outcomes = try await store.pendingOutcomes(limit: 9)
            #expect(outcomes.map(\.sequence) == [1, 4])
            #expect(outcomes.first?.outcome == text("delivered"))
            #expect(try await store.uplinks(of: meter.number, limit: 9).isEmpty)
        }
    }

    @Test func `retry gives attempts back and a longer life, never a shorter one`() async throws {
        try await withQueue { store, inspector, meter in
            #expect(try inspector.retry(module: "meter", .ids([text("a")]), until: start + day + day) == 1)
            #expect(try inspector.retry(module: "meter", .ids([text("b")]), until: start) == 1)
            let records = try await store.uplinks(of: meter.number, limit: 9)
            #expect(records.map(\.attempts) == [0, 0])
            #expect(records.map(\.expiresAt) == [start + day, start + day + day])
        }
    }

    @Test func `works in pages beside a bridge that commits`() async throws {
        try await withStore { store, directory in
            let meter = try await store.module(named: "meter")
            let number = meter.number
            try await store.commit((1...1700).map { .accept(uplink($0, of: number)) })
            let bridge = Task {
                for sequence in Int64(2001)...2100 {
                    try await store.commit([.accept(uplink(sequence, of: number, priority: .high))])
                    try await store.commit([.end(sequence: sequence, outcome: [])])
                }
            }
            let visitor = Task {
                let inspector = try Store.openForInspection(directory: directory)
                var seen = 0
                for _ in 0..<20 { try inspector.list(module: "meter") { seen += $0.state == .waiting ? 1 : 0 } }
                let dropped = try inspector.drop(module: "meter", .ids((1...1700).map { text("made-\($0)") })) { _ in []
                }
                return (seen, dropped)
            }
            try await bridge.value
            let (seen, dropped) = try await visitor.value
            #expect(seen >= 20 * 1700)
            #expect(dropped == 1700)
            #expect(try await store.uplinks(of: number, limit: 9).isEmpty)
            #expect(try await store.pendingOutcomes(limit: 5000).count == 1800)
        }
    }

    @Test func `works without a bridge, and needs a store`() async throws {
        try await withDirectory { directory in
            #expect(throws: StoreError.missing(path: directory + "/narrowbridge.db")) {
                try Store.openForInspection(directory: directory)
            }
            let store = try Store(directory: directory)
            let meter = try await store.module(named: "meter")
            try await store.commit([.accept(uplink(1, of: meter.number))])
            await store.close()
            #expect(try Store.openForInspection(directory: directory).drop(module: "meter", .all) { _ in [1] } == 1)
            let again = try Store(directory: directory)
            #expect(try await again.pendingOutcomes(limit: 9).map(\.outcome) == [[1]])
            await again.close()
        }
    }
}
