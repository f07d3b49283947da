import Reactor
import Store
import Testing

@Suite struct `Other records` {
    @Test func `downlinks wait until the broker has them`() async throws {
        try await withStore { store, _ in
            try await store.commit([
                .received(downlink(1)), .received(downlink(2, of: 2)), .received(downlink(3)), .received(downlink(4)),
                // Never touches the disk.
                .handedOver(downlink: 3),
            ])
            #expect(try await store.downlinks(limit: 10) == [downlink(1), downlink(2, of: 2), downlink(4)])
            #expect(try await store.downlinks(of: 1, limit: 10) == [downlink(1), downlink(4)])
            #expect(try await store.downlinks(of: 1, after: 1, limit: 10) == [downlink(4)])
            #expect(try await store.downlinks(limit: 1) == [downlink(1)])
            try await store.commit([.handedOver(downlink: 1), .handedOver(downlink: 99)])
            #expect(try await store.downlinks(limit: 10).map(\.sequence) == [2, 4])
        }
    }

    @Test func `commands wait until they are carried out`() async throws {
        try await withStore { store, _ in
            let reboot = CommandRecord(
                sequence: 2, module: 1, name: "reboot", payload: [],
                reply: ReplyTo(topic: "r", correlation: [1]))
            let update = CommandRecord(sequence: 1, module: 3, name: "firmware/http", payload: text("{}"))
            try await store.commit([.ordered(reboot), .ordered(update)])
            #expect(try await store.commands() == [update, reboot])
            try await store.commit([.carriedOut(command: 1)])
            #expect(try await store.commands() == [reboot])
        }
    }

    @Test func `the ledger holds every retained topic once`() async throws {
        try await withStore { store, _ in
            try await store.commit([.retain(topic: "b"), .retain(topic: "a"), .retain(topic: "b")])
            try await store.commit([.retain(topic: "a"), .retain(topic: "c"), .release(topic: "c")])
            #expect(try await store.retainedTopics() == ["a", "b"])
            try await store.commit([.release(topic: "a"), .retain(topic: "a"), .release(topic: "b")])
            #expect(try await store.retainedTopics() == ["a"])
        }
    }

    @Test func `a journal keeps the last value of each key`() async throws {
        try await withStore { store, _ in
            try await store.commit([
                .journal(module: 1, key: "firmware", value: [1]), .journal(module: 1, key: "firmware", value: [2]),
                .journal(module: 1, key: "empty", value: []), .journal(module: 2, key: "firmware", value: [3]),
            ])
            #expect(try await store.journal(of: 1) == ["firmware": [2], "empty": []])
            try await store.commit([.journal(module: 1, key: "firmware", value: nil)])
            #expect(try await store.journal(of: 1) == ["empty": []])
            #expect(try await store.journal(of: 2) == ["firmware": [3]])
            #expect(try await store.journals() == [1: ["empty": []], 2: ["firmware": [3]]])
        }
    }

    @Test func `a module keeps its number`() async throws {
        try await withDirectory { directory in
            let first = try Store(directory: directory)
            let a = try await first.module(named: "a")
            let b = try await first.module(named: "b")
            #expect(a.number != b.number)
            #expect(try await first.module(named: "a") == a)
            await first.close()
            let second = try Store(directory: directory)
            #expect(try await second.module(named: "b") == b)
            let rows = try await second.modules(named: ["c", "a", "d", "c"])
            #expect(rows.map(\.name) == ["c", "a", "d", "c"])
            #expect(rows[1] == a && rows[0] == rows[3] && Set(rows.map(\.number)).count == 3)
            #expect(try await second.modules().map(\.name) == ["a", "b", "c", "d"])
            await second.close()
        }
    }

    @Test func `a sequence is never given twice`() async throws {
        try await withDirectory { directory in
            let first = try Store(directory: directory)
            #expect(await first.highestSequence() == 0)
            try await first.commit([.accept(uplink(4)), .received(downlink(6)), .handedOver(downlink: 6)])
            // Leaves no trace but its number.
            try await first.commit([
                .accept(uplink(9)), .end(sequence: 9, outcome: []), .published(sequence: 9),
            ])
            #expect(await first.highestSequence() == 9)
            await first.close()
            let second = try Store(directory: directory)
            #expect(await second.highestSequence() == 9)
            await second.close()
        }
    }

    @Test func `a closed store says so`() async throws {
        try await withStore { store, _ in
            await store.close()
            await #expect(throws: StoreError.closed) { try await store.commit([.accept(uplink(1))]) }
            await #expect(throws: StoreError.closed) { try await store.backlog() }
        }
    }
}
