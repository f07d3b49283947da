import Reactor
import Store
import Testing

/// What a crash leaves is what the files hold at that moment: copies of them, opened elsewhere.
@Suite struct `After a crash` {
    /// All that a store holds.
    private struct Contents: Equatable {
        var uplinks: [UplinkRecord]
        var outcomes: [PendingOutcome]
        var downlinks: [DownlinkRecord]
        var journal: [String: [UInt8]]
        var remembered: RememberedID?
        var modules: [ModuleRow]

        init(of store: Store, module: Int32, id: String) async throws {
            uplinks = try await store.uplinks(of: module, limit: 100)
            outcomes = try await store.pendingOutcomes(limit: 100)
            downlinks = try await store.downlinks(limit: 100)
            journal = try await store.journal(of: module)
            remembered = try await store.idMemory(module: module, id: text(id))
            modules = try await store.modules()
        }
    }

    private func crash<Result>(of directory: String, _ body: (Store) async throws -> Result) async throws -> Result {
        try await withDirectory { copy in
            for name in ["narrowbridge.db", "narrowbridge.db-wal", "lock"] {
                try write(try contents(of: directory + "/" + name), to: copy + "/" + name)
            }
            let store = try Store(directory: copy)
            let result = try await body(store)
            await store.close()
            return result
        }
    }

    @Test func `everything committed is there, after any batch`() async throws {
        try await withStore { store, directory in
            let meter = try await store.module(named: "meter")
            for round in Int64(0)..<8 {
                let first = round * 4
                try await store.commit([
                    .accept(uplink(first + 1, of: meter.number, id: "id-\(round)")),
                    .accept(uplink(first + 2, of: meter.number)), .received(downlink(first + 3)),
                    .journal(module: meter.number, key: "round", value: [UInt8(round)]),
                ])
                if round > 0 {
                    try await store.commit([
                        .end(sequence: first - 2, outcome: text("sent")), .handedOver(downlink: first - 1),
                    ])
                }
                let id = "id-\(round)"
                let now = try await Contents(of: store, module: meter.number, id: id)
                #expect(now.uplinks.count == Int(round) + 2)
                #expect(now.outcomes.count == Int(round))
                #expect(now.downlinks.count == 1)
                #expect(now.remembered?.sequence == first + 1)
                let then = try await crash(of: directory) { try await Contents(of: $0, module: meter.number, id: id) }
                #expect(then == now)
            }
        }
    }

    @Test func `a journal that was cut off gives all batches before the cut, whole`() async throws {
        try await withStore { store, directory in
            for batch in Int64(0)..<10 {
                try await store.commit([.accept(uplink(batch * 2 + 1)), .accept(uplink(batch * 2 + 2))])
            }
            let file = try contents(of: directory + "/narrowbridge.db")
            let journal = try contents(of: directory + "/narrowbridge.db-wal")
            // Of many places, some are in the middle of a page and some in the middle of a batch.
            var counts: Set<Int> = []
            for cut in stride(from: journal.count, to: journal.count - 60_000, by: -2_777) {
                try await withDirectory { copy in
                    try write(file, to: copy + "/narrowbridge.db")
                    try write([UInt8](journal[..<cut]), to: copy + "/narrowbridge.db-wal")
                    let restored = try Store(directory: copy)
                    let sequences = try await restored.uplinks(of: 1, limit: 100).map(\.sequence)
                    #expect(sequences == (0..<sequences.count).map { Int64($0) + 1 })
                    #expect(sequences.count % 2 == 0)
                    counts.insert(sequences.count)
                    await restored.close()
                }
            }
            #expect(counts.max() == 20)
            #expect(counts.count > 3)
        }
    }

    @Test func `no sequence that may have been given is given again`() async throws {
        try await withStore { store, directory in
            try await store.commit([.accept(uplink(1)), .end(sequence: 1, outcome: []), .published(sequence: 1)])
            // Its number is only in memory, within what the file has reserved.
            try await store.commit([.accept(uplink(500)), .end(sequence: 500, outcome: []), .published(sequence: 500)])
            let highest = try await crash(of: directory) { await $0.highestSequence() }
            #expect(highest >= 500)
        }
    }

    @Test func `the journal stays bounded`() async throws {
        try await withStore { store, directory in
            let payload = [UInt8](repeating: 7, count: 1024)
            // Some 40 MB through the journal, in batches that differ in size.
            for batch in Int64(0)..<40 {
                let range = (batch * 1000 + 1)...(batch * 1000 + 500 + batch)
                try await store.commit(range.map { .accept(uplink($0, payload: payload)) })
                try await store.commit(range.map { .end(sequence: $0, outcome: text("sent")) })
                try await store.commit(range.map { .published(sequence: $0) })
            }
            #expect(try contents(of: directory + "/narrowbridge.db-wal").count < 8 << 20)
            #expect(try contents(of: directory + "/narrowbridge.db").count < 4 << 20)
        }
    }
}
