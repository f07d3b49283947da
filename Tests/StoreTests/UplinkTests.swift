import Reactor
import Testing

@testable import Store

@Suite struct `Uplinks` {
    @Test func `come back exactly as they were accepted`() async throws {
        try await withStore { store, _ in
            var record = uplink(7, of: 3, id: "é\u{1F600}", priority: .high, payload: [0, 13, 10, 255])
            record.target = "object/3303/0/5700"
            record.confirm = true
            record.rai = 2
            record.attempts = 4
            record.reply = ReplyTo(topic: "answers/here", correlation: [0, 1])
            var bare = uplink(8, of: 3, payload: [])
            bare.reply = ReplyTo(topic: "answers", correlation: nil)
            var empty = uplink(9, of: 3)
            empty.reply = ReplyTo(topic: "answers", correlation: [])
            try await store.commit([.accept(record), .accept(bare), .accept(empty)])
            #expect(try await store.uplinks(of: 3, limit: 10) == [record, bare, empty])
        }
    }

    @Test func `wait in the order of acceptance, high before normal, each module for itself`() async throws {
        try await withStore { store, _ in
            try await store.commit([
                .accept(uplink(5)), .accept(uplink(1)), .accept(uplink(4, priority: .high)),
                .accept(uplink(3, of: 2)), .accept(uplink(2)), .accept(uplink(6, priority: .high)),
            ])
            #expect(try await store.uplinks(of: 1, limit: 10).map(\.sequence) == [4, 6, 1, 2, 5])
            #expect(try await store.uplinks(of: 2, limit: 10).map(\.sequence) == [3])
            #expect(try await store.uplinks(of: 9, limit: 10).isEmpty)
        }
    }

    @Test(arguments: 1...6)
    func `are the same read in pages of any size`(size: Int) async throws {
        try await withStore { store, _ in
            let order: [Int64] = [2, 5, 1, 3, 4]
            try await store.commit(order.map { .accept(uplink($0, priority: $0 == 2 || $0 == 5 ? .high : .normal)) })
            var read: [Int64] = []
            var place: QueuePlace?
            while case let page = try await store.uplinks(of: 1, after: place, limit: size), let last = page.last {
                #expect(page.count <= size)
                read += page.map(\.sequence)
                place = last.place
            }
            #expect(read == order)
        }
    }

    @Test func `keep their place and count their attempts`() async throws {
        try await withStore { store, _ in
            try await store.commit([.accept(uplink(1)), .accept(uplink(2))])
            try await store.commit([.attempted(sequence: 1, attempts: 2)])
            #expect(try await store.uplinks(of: 1, limit: 10).map(\.attempts) == [2, 0])
        }
    }

    @Test func `leave the queue with an outcome that waits for the broker`() async throws {
        try await withStore { store, _ in
            var record = uplink(1, of: 4)
            record.reply = ReplyTo(topic: "r", correlation: [9])
            try await store.commit([.accept(record), .accept(uplink(2, of: 4))])
            try await store.commit([.end(sequence: 1, outcome: text("sent"))])
            #expect(try await store.uplinks(of: 4, limit: 10).map(\.sequence) == [2])
            let expected = PendingOutcome(
                sequence: 1, module: 4, id: record.id, outcome: text("sent"), reply: record.reply)
            #expect(try await store.pendingOutcomes(limit: 10) == [expected])
            #expect(try await store.pendingOutcomes(after: 1, limit: 10).isEmpty)

            try await store.commit([.published(sequence: 1)])
            #expect(try await store.pendingOutcomes(limit: 10).isEmpty)
        }
    }

    @Test(
        arguments: [
            // What comes together in one batch after `accept`, and what is left: waiting, outcomes.
            ([], 1, 0),
            ([.attempted(sequence: 1, attempts: 3)], 1, 0),
            ([.end(sequence: 1, outcome: [0x7B])], 0, 1),
            ([.end(sequence: 1, outcome: [0x7B]), .published(sequence: 1)], 0, 0),
        ] as [([Change], Int, Int)])
    func `may live any part of their life within one batch`(
        rest: [Change], waiting: Int, outcomes: Int
    ) async throws {
        try await withStore { store, _ in
            try await store.commit([.accept(uplink(1))] + rest)
            #expect(try await store.uplinks(of: 1, limit: 10).count == waiting)
            #expect(try await store.pendingOutcomes(limit: 10).count == outcomes)
        }
    }

    @Test func `may end and be published in one batch after another`() async throws {
        try await withStore { store, _ in
            try await store.commit([.accept(uplink(1, id: "a"))])
            try await store.commit([.end(sequence: 1, outcome: text("sent")), .published(sequence: 1)])
            #expect(try await store.uplinks(of: 1, limit: 10).isEmpty)
            #expect(try await store.pendingOutcomes(limit: 10).isEmpty)
            #expect(try await store.idMemory(module: 1, id: text("a"))?.outcome == text("sent"))
        }
    }

    @Test func `are counted by module, with the moment of the first`() async throws {
        try await withStore { store, _ in
            try await store.commit([
                .accept(uplink(1, at: start + .seconds(1))),
                .accept(uplink(2, priority: .high, at: start + .seconds(2))),
                .accept(uplink(3, of: 7, at: start + .seconds(3))), .accept(uplink(4, of: 8)),
            ])
            try await store.commit([.end(sequence: 4, outcome: [])])
            #expect(
                try await store.backlog() == [
                    1: Backlog(waiting: 2, oldest: start + .seconds(1)),
                    7: Backlog(waiting: 1, oldest: start + .seconds(3)),
                ])
        }
    }

    @Test func `are all or nothing in a batch`() async throws {
        try await withStore { store, _ in
            try await store.commit([.accept(uplink(1))])
            await #expect(throws: StoreError.self) {
                try await store.commit([
                    .accept(uplink(2)), .received(downlink(3)),
                    // The sequence is taken: the batch fails at its end.
                    .accept(uplink(1)),
                ])
            }
            #expect(try await store.uplinks(of: 1, limit: 10).map(\.sequence) == [1])
            #expect(try await store.downlinks(limit: 10).isEmpty)
            try await store.commit([.accept(uplink(2))])
            #expect(try await store.uplinks(of: 1, limit: 10).map(\.sequence) == [1, 2])
        }
    }
}
