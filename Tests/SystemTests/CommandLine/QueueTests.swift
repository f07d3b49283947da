import Glibc
import JSON
import Reactor
import Store
import TestSupport
import Testing

@Suite struct `The queue by hand` {
    @Test func `what waits is listed in the order of sending`() async throws {
        try await withQueue { queue in
            let run = try await queue("list")
            let rows = run.text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(rows[0].prefix(5) == ["MODULE", "ID", "STATE", "BYTES", "TRIES"])
            #expect(rows[1].prefix(6) == ["m1", "urgent", "waiting", "3", "0", "high"])
            #expect(rows[2].prefix(6) == ["m1", "first", "waiting", "3", "2", "normal"])
            #expect(rows.last == ["2", "wait"])
        }
    }

    @Test func `as JSON it is a line for each`() async throws {
        try await withQueue { queue in
            let run = try await queue("list", "--json", "--module", "m1")
            let values = try run.text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
            #expect(values.map { $0["id"]?.string } == ["urgent", "first"])
            #expect(values[1]["attempts"]?.integer == 2)
            #expect(values[1]["accepted_at"]?.string == "2026-01-01T00:00:00.000Z")
        }
    }

    @Test func `what is dropped ends as failed`() async throws {
        try await withQueue { queue in
            let run = try await queue("drop", "--module", "m1", "--id", "first")
            #expect(run.status == 0)
            #expect(run.text.hasPrefix("1 uplink dropped\n"))
            let left = try await queue("list", "--json").text.split(separator: "\n")
            let ended = try JSONValue(parsing: Array(try #require(left.last).utf8))
            #expect(ended["state"]?.string == "ended")
            #expect(ended["outcome"]?["state"]?.string == "failed")
            #expect(ended["outcome"]?["error"]?["name"]?.string == "dropped_by_operator")
            #expect(ended["outcome"]?["error"]?["source"]?.string == "bridge")
        }
    }

    @Test func `what is retried has all its attempts again`() async throws {
        try await withQueue { queue in
            let run = try await queue("retry", "--module", "m1", "--all")
            #expect(run.text.hasPrefix("2 uplinks to be tried anew\n"))
            let lines = try await queue("list", "--json").text.split(separator: "\n")
            #expect(try lines.allSatisfy { try JSONValue(parsing: Array($0.utf8))["attempts"]?.integer == 0 })
        }
    }

    @Test func `an id that does not wait, and a module that is unknown, are told`() async throws {
        try await withQueue { queue in
            let id = try await queue("drop", "--module", "m1", "--id", "first", "--id", "other")
            #expect(id.status == 1)
            #expect(id.text.contains("1 of the 2 ids do not wait in m1"))
            #expect(try await queue("list", "--module", "m9").status == 64)
        }
    }

    @Test func `a running bridge is told of the change and lives on`() async throws {
        try await withQueue { queue in
            let bridge = try await Program.start(["run", "--config", queue.configuration])
            try await bridge.output.wait("the start") { $0.text.contains("started with 1 module") || $0.isComplete }
            let run = try await queue("drop", "--module", "m1", "--all")
            #expect(run.text == "2 uplinks dropped\nthe bridge (process \(bridge.pid)) was told\n")
            bridge.signal(SIGTERM)
            #expect(try await bridge.exit() == 0)
        }
    }

    /// A state directory in which two uplinks wait for one module.
    private struct Scene {
        let configuration: String

        func callAsFunction(_ words: String...) async throws -> Program.Run {
            try await Program.run(["queue"] + words + ["--config", configuration])
        }
    }

    private func withQueue(_ body: (Scene) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let state = directory.file("state")
            let configuration = try directory.write(
                "bridge.conf",
                """
                [mqtt]
                port = \(try LocalSocket.freePort())
                [bridge]
                state_dir = "\(state)"
                http = ""
                [[module]]
                name = "m1"
                port = "\(directory.file("nowhere"))"
                platform = "none"
                """)
            let store = try Store(directory: state)
            let module = try await store.module(named: "m1").number
            try await store.commit([
                .accept(uplink("first", module, sequence: 1, priority: .normal, attempts: 2)),
                .accept(uplink("urgent", module, sequence: 2, priority: .high, attempts: 0)),
            ])
            await store.close()
            try await body(Scene(configuration: configuration))
        }
    }

    private func uplink(
        _ id: String, _ module: Int32, sequence: Int64, priority: Priority, attempts: Int
    ) -> UplinkRecord {
        UplinkRecord(
            sequence: sequence, module: module, id: Array(id.utf8), idGiven: true, payload: [1, 2, 3],
            priority: priority, acceptedAt: Timestamp(milliseconds: 1_767_225_600_000),
            expiresAt: Timestamp(milliseconds: 4_000_000_000_000), attempts: attempts)
    }
}
