import Testing

@testable import Store

@Suite struct `The schema` {
    private let next = Schema(
        steps: Schema.current.steps + ["ALTER TABLE module ADD COLUMN note TEXT; CREATE TABLE more (a)"])

    @Test func `an older file is brought up to date and keeps what it holds`() async throws {
        try await withDirectory { directory in
            let old = try Store(directory: directory)
            let meter = try await old.module(named: "meter")
            try await old.commit([.accept(uplink(1, of: meter.number))])
            await old.close()

            let new = try Store(directory: directory, schema: next)
            #expect(try await new.module(named: "meter") == meter)
            #expect(try await new.uplinks(of: meter.number, limit: 9) == [uplink(1, of: meter.number)])
            await new.close()

            let connection = try Connection(path: directory + "/narrowbridge.db", access: .existing)
            #expect(try connection.number("PRAGMA user_version") == Int64(next.version))
            #expect(try connection.number("SELECT count(*) FROM more") == 0)
        }
    }

    @Test func `a newer file is refused and left as it is`() async throws {
        try await withDirectory { directory in
            let path = directory + "/narrowbridge.db"
            try await Store(directory: directory, schema: next).close()
            let error = StoreError.newerSchema(path: path, found: next.version, supported: next.version - 1)
            #expect(throws: error) { try Store(directory: directory) }
            #expect(throws: error) { try Store.openForInspection(directory: directory) }
            #expect(error.description.contains("newer narrowbridge"))
            try await Store(directory: directory, schema: next).close()
        }
    }

    @Test func `who only looks does not migrate`() async throws {
        try await withDirectory { directory in
            let path = directory + "/narrowbridge.db"
            let connection = try Connection(path: path, access: .create)
            try connection.execute("CREATE TABLE something (a)")
            let error = StoreError.olderSchema(path: path, found: 0, supported: Schema.current.version)
            #expect(throws: error) { try Store.openForInspection(directory: directory) }
        }
    }

    @Test func `a step that fails leaves the version before it`() async throws {
        try await withDirectory { directory in
            let broken = Schema(steps: Schema.current.steps + ["CREATE TABLE half (a); CREATE TABLE module (a)"])
            #expect(throws: StoreError.self) { try Store(directory: directory, schema: broken) }
            let store = try Store(directory: directory)
            try await store.commit([.accept(uplink(1))])
            await store.close()
            let connection = try Connection(path: directory + "/narrowbridge.db", access: .existing)
            #expect(try connection.number("SELECT count(*) FROM sqlite_schema WHERE name = 'half'") == 0)
        }
    }
}
