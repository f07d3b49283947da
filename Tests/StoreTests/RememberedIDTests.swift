import Reactor
import Testing

@testable import Store

@Suite struct `Remembered ids` {
    @Test func `know their last outcome at every step`() async throws {
        try await withStore { store, _ in
            try await store.commit([.accept(uplink(1, id: "a"))])
            #expect(
                try await store.idMemory(module: 1, id: text("a"))
                    == RememberedID(sequence: 1, acceptedAt: start, outcome: nil))
            try await store.commit([.note(sequence: 1, outcome: text("sent"))])
            #expect(try await store.idMemory(module: 1, id: text("a"))?.outcome == text("sent"))
            try await store.commit([.end(sequence: 1, outcome: text("delivered"))])
            #expect(try await store.idMemory(module: 1, id: text("a"))?.outcome == text("delivered"))
            try await store.commit([.published(sequence: 1)])
            #expect(try await store.idMemory(module: 1, id: text("a"))?.outcome == text("delivered"))
        }
    }

    @Test func `are kept even when the whole life was one batch`() async throws {
        try await withStore { store, _ in
            try await store.commit([
                .accept(uplink(1, id: "a")), .note(sequence: 1, outcome: text("sent")),
                .end(sequence: 1, outcome: text("delivered")), .published(sequence: 1),
            ])
            #expect(try await store.idMemory(module: 1, id: text("a"))?.outcome == text("delivered"))
        }
    }

    @Test func `belong to their module, and the bridge's own are not kept`() async throws {
        try await withStore { store, _ in
            try await store.commit([.accept(uplink(1, of: 2, id: "a")), .accept(uplink(2))])
            let answers = try await store.idMemory([(1, text("a")), (2, text("a")), (1, text("made-2"))])
            #expect(answers.map { $0?.sequence } == [nil, 1, nil])
        }
    }

    @Test func `take the newer message when an id comes back`() async throws {
        try await withStore { store, _ in
            try await store.commit([.accept(uplink(1, id: "a")), .end(sequence: 1, outcome: text("failed"))])
            try await store.commit([.accept(uplink(2, id: "a", at: start + day))])
            #expect(
                try await store.idMemory(module: 1, id: text("a"))
                    == RememberedID(sequence: 2, acceptedAt: start + day, outcome: nil))
        }
    }

    @Test func `are forgotten by age, in steps`() async throws {
        try await withStore { store, _ in
            try await store.commit((1...10).map { .accept(uplink($0, id: "id-\($0)", at: start + .seconds($0))) })
            let moment = start + .seconds(8)
            #expect(try await store.forget(olderThan: moment, limit: 5) == 5)
            #expect(try await store.forget(olderThan: moment, limit: 5) == 2)
            #expect(try await store.forget(olderThan: moment, limit: 5) == 0)
            #expect(try await store.idMemory(module: 1, id: text("id-7")) == nil)
            #expect(try await store.idMemory(module: 1, id: text("id-8")) != nil)
            // The messages themselves still wait.
            #expect(try await store.uplinks(of: 1, limit: 20).count == 10)
        }
    }
}
