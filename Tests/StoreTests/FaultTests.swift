import Glibc
import Reactor
import Synchronization
import Testing

@testable import Store

@Suite struct `When something is wrong` {
    @Test func `a full store refuses the batch, keeps the rest, and goes on when there is room`() async throws {
        try await withStore(maximumBytes: 400_000) { store, directory in
            let path = directory + "/narrowbridge.db"
            let payload = [UInt8](repeating: 7, count: 1000)
            var sequence: Int64 = 0
            var refused: StoreError?
            while refused == nil && sequence < 2000 {
                do {
                    try await store.commit((1...10).map { .accept(uplink(sequence + $0, payload: payload)) })
                    sequence += 10
                } catch let error as StoreError {
                    refused = error
                }
            }
            #expect(refused == .full(path: path))
            #expect(sequence > 100)
            // All of the batches that were taken, nothing of the one that was not.
            #expect(try await store.uplinks(of: 1, limit: 5000).map(\.sequence) == Array(1...sequence))
            await #expect(throws: StoreError.full(path: path)) {
                try await store.commit((1...100).map { .accept(uplink(sequence + $0, payload: payload)) })
            }
            // What is sent makes room.
            for ended in 1...20 {
                try await store.commit([.end(sequence: Int64(ended), outcome: []), .published(sequence: Int64(ended))])
            }
            try await store.commit((1...10).map { .accept(uplink(sequence + $0, payload: payload)) })
            #expect(try await store.uplinks(of: 1, limit: 5000).count == Int(sequence) - 10)
        }
    }

    @Test func `a disk that is nearly full takes no more uplinks, but the ends of those that were taken`() async throws
    {
        try await withDirectory { directory in
            let free = Mutex<Int64?>(nil)
            let store = try Store(directory: directory, schema: .current) { free.withLock { $0 } }
            let path = directory + "/narrowbridge.db"
            let journal = path + "-wal"
            try await store.commit((1...300).map { .accept(uplink($0)) })
            #expect(try contents(of: journal).count > 8192)
            // As much as is kept, and the journal: it is emptied, and then there is not enough for another.
            free.withLock { $0 = 256 * 1024 }
            let batch: [Change] = [.accept(uplink(301))]
            await #expect(throws: StoreError.full(path: path)) { try await store.commit(batch) }
            // The probe itself would find room, and says what an uplink would not.
            for writing in [true, false] {
                await #expect(throws: StoreError.full(path: path)) { try await store.probe(writing: writing) }
            }
            #expect(try contents(of: journal).count == 0)
            for sequence in Int64(1)...300 {
                try await store.commit([.end(sequence: sequence, outcome: []), .published(sequence: sequence)])
            }
            #expect(try contents(of: journal).count < 65_536)
            #expect(try await store.uplinks(of: 1, limit: 5000).isEmpty)
            // The file has not become smaller, but there is room within it; the journal still needs its own.
            free.withLock { $0 = 64 * 1024 }
            await #expect(throws: StoreError.full(path: path)) { try await store.commit(batch) }
            free.withLock { $0 = 256 * 1024 }
            try await store.commit(batch)
            _ = try await store.probe()
            await store.close()
        }
    }

    @Test func `the room on a disk is told`() {
        #expect(FreeSpace.bytes(in: "/proc/self") == nil)
        #expect((FreeSpace.bytes(in: "/tmp") ?? 0) > 0)
        #expect(FreeSpace.bytes(in: "/nonexistent") == nil)
    }

    /// Fills a store, stops it as a crash would (`unclean`) or cleanly, and overwrites pages in the middle of the file.
    private func damagedStore(unclean: Bool, _ body: (String) async throws -> Void) async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory)
            for batch in Int64(0)..<20 {
                try await store.commit(
                    (1...100).map { .accept(uplink(batch * 100 + $0, payload: [UInt8](repeating: 7, count: 200))) })
            }
            await store.close()
            let path = directory + "/narrowbridge.db"
            let size = try contents(of: path).count
            // The first half is left alone: damage there is met while the file is opened.
            for page in (size / 8192)..<(size / 4096) {
                try write([UInt8](repeating: 0xA5, count: 4096), to: path, at: page * 4096)
            }
            if unclean { try write(text("1\n"), to: directory + "/lock") }
            try await body(directory)
        }
    }

    @Test func `damage is found at the start after an unclean end`() async throws {
        try await damagedStore(unclean: true) { directory in
            let error = #expect(throws: StoreError.self) { try Store(directory: directory) }
            guard case .damaged(let path, _) = error else {
                Issue.record("not damaged but \(String(describing: error))")
                return
            }
            #expect(path == directory + "/narrowbridge.db")
            #expect(error?.description.contains("is damaged") == true)
        }
    }

    @Test func `damage met later refuses every write from then on`() async throws {
        try await damagedStore(unclean: false) { directory in
            let store = try Store(directory: directory)
            var met: StoreError?
            do { _ = try await store.uplinks(of: 1, limit: 5000) } catch let error as StoreError { met = error }
            guard let met, case .damaged = met else {
                Issue.record("the damage was not met")
                return
            }
            await #expect(throws: met) { try await store.commit([.retain(topic: "a")]) }
            await #expect(throws: met) { try await store.forget(olderThan: start) }
            await #expect(throws: met) { try await store.module(named: "new") }
            await store.close()
            // Not a clean end: the next start looks.
            #expect(try !contents(of: directory + "/lock").isEmpty)
            #expect(throws: StoreError.self) { try Store(directory: directory) }
        }
    }

    @Test(arguments: ["not a database at all, only some text that is long enough", ""])
    func `a file that is something else is refused, an empty one is begun`(content: String) async throws {
        try await withDirectory { directory in
            try write(
                [UInt8](repeating: 0x20, count: content.isEmpty ? 0 : 4096) + text(content),
                to: directory + "/narrowbridge.db")
            guard content.isEmpty else {
                let error = #expect(throws: StoreError.self) { try Store(directory: directory) }
                guard case .damaged? = error else {
                    Issue.record("not damaged but \(String(describing: error))")
                    return
                }
                return
            }
            let store = try Store(directory: directory)
            try await store.commit([.retain(topic: "a")])
            await store.close()
        }
    }

    @Test func `a second bridge is told who has the directory`() async throws {
        try await withStore { store, directory in
            let error = StoreError.locked(directory: directory, pid: getpid())
            #expect(throws: error) { try Store(directory: directory) }
            #expect(error.description.contains("process \(getpid())"))
            await store.close()
        }
    }

    @Test func `the directory is free again after a close, and after the store is gone`() async throws {
        try await withDirectory { directory in
            let first = try Store(directory: directory)
            await first.close()
            #expect(try contents(of: directory + "/lock").isEmpty)
            do { _ = try Store(directory: directory) }
            let third = try Store(directory: directory)
            await third.close()
        }
    }

    @Test func `a file that is taken away under a running bridge is noticed`() async throws {
        try await withStore { store, directory in
            let path = directory + "/narrowbridge.db"
            try await store.commit([.accept(uplink(1))])
            unsafe _ = rename(path, directory + "/moved.db")
            await #expect(throws: StoreError.replaced(path: path)) { try await store.commit([.accept(uplink(2))]) }
            unsafe _ = rename(directory + "/moved.db", path)
        }
    }

    @Test func `a path that leads nowhere is an error`() {
        #expect(throws: StoreError.self) { try Store(directory: "/nonexistent/narrowbridge/state") }
    }

    @Test(
        arguments: [
            (ResultCode.full, 0, .full(path: "p")),
            (.ioError, ENOSPC, .full(path: "p")),
            (.ioError, EDQUOT, .full(path: "p")),
            (.cannotOpen, EROFS, .readOnly(path: "p")),
            (.cannotOpen, EACCES, .readOnly(path: "p")),
            (.readOnly, 0, .readOnly(path: "p")),
            (ResultCode(rawValue: 8 | 1 << 8), 0, .readOnly(path: "p")),
            (.corrupt, 0, .damaged(path: "p", detail: "words")),
            (ResultCode(rawValue: 11 | 3 << 8), 0, .damaged(path: "p", detail: "words")),
            (.notADatabase, 0, .damaged(path: "p", detail: "words")),
            (.damagedFileSystem, 0, .damaged(path: "p", detail: "words")),
            (.busy, 0, .busy(path: "p")),
            (.ioError, EIO, .other(code: 10, message: "words: Input/output error")),
            (ResultCode(rawValue: 20), 0, .other(code: 20, message: "words")),
        ] as [(ResultCode, Int32, StoreError)])
    func `every fault of the library has its sentence`(code: ResultCode, system: Int32, expected: StoreError) {
        let error = StoreError(SQLiteError(code: code, message: "words", systemCode: system), path: "p")
        #expect(error == expected)
        #expect(error.description.hasSuffix("."))
    }
}
