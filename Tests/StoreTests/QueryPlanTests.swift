import Testing

@testable import Store

@Suite struct `Every question` {
    private func plan(_ sql: String, _ connection: Connection) throws -> [String] {
        try connection.prepare("EXPLAIN QUERY PLAN " + sql).all { $0.string(3) }
    }

    @Test(arguments: [
        SQL.uplinks, SQL.pendingOutcomes, SQL.remembered, SQL.forget, SQL.downlinksOfModule, SQL.downlinks,
        SQL.commands, SQL.retainedTopics, SQL.journal, SQL.journals, SQL.modules, SQL.module,
        "DELETE FROM uplink WHERE sequence = 1", "UPDATE outcome SET outcome = '' WHERE sequence = 1",
        "UPDATE remembered SET outcome = '' WHERE sequence = 1",
    ])
    func `goes by an index and sorts nothing`(sql: String) async throws {
        try await withStore { _, directory in
            let connection = try Connection(path: directory + "/narrowbridge.db", access: .existing)
            let lines = try plan(sql, connection)
            #expect(lines.contains { $0.hasPrefix("SEARCH") })
            #expect(!lines.contains { $0.hasPrefix("SCAN") || $0.contains("TEMP B-TREE") }, "\(lines)")
        }
    }

    @Test func `of pages of the queue starts where the last page ended`() async throws {
        try await withStore { _, directory in
            let connection = try Connection(path: directory + "/narrowbridge.db", access: .existing)
            let lines = try plan(SQL.uplinks, connection)
            #expect(lines.contains { $0.contains("uplink_order (module=? AND priority=? AND rowid>?)") }, "\(lines)")
        }
    }

    @Test func `of the backlog walks the small index only`() async throws {
        try await withStore { _, directory in
            let connection = try Connection(path: directory + "/narrowbridge.db", access: .existing)
            let lines = try plan(SQL.backlog, connection)
            #expect(lines.contains("SCAN uplink USING COVERING INDEX uplink_order"), "\(lines)")
            #expect(!lines.contains { $0.contains("TEMP B-TREE") }, "\(lines)")
        }
    }

    @Test func `is answered rightly with a hundred thousand waiting`() async throws {
        try await withStore { store, _ in
            for batch in Int64(0)..<100 {
                try await store.commit(
                    (1...1000).map { .accept(uplink(batch * 1000 + $0, of: Int32($0 % 50), payload: [1])) })
            }
            let backlog = try await store.backlog()
            #expect(backlog.count == 50)
            #expect(backlog.values.allSatisfy { $0.waiting == 2000 })
            let place = QueuePlace(priority: .normal, sequence: 50_000)
            #expect(
                try await store.uplinks(of: 7, after: place, limit: 3).map(\.sequence) == [50_007, 50_057, 50_107])
        }
    }
}
