import JSON
import Reactor
import Testing

@testable import Bridge

@Suite struct BoardTests {
    private func log(_ count: Int, limit: Int) -> ModuleLog {
        var log = ModuleLog()
        for id in 1...count {
            log.add(
                id.isMultiple(of: 2) ? .event : .up, "", Array("\(id)".utf8), sequence: Int64(id), at: start, id: id,
                limit: limit)
        }
        return log
    }

    private func shown(_ log: ModuleLog, since change: Int = 0) throws -> [JSONValue] {
        let json = JSONText.object { log.write(to: &$0, since: change) }
        return try JSONValue(parsing: json)["log"]?.array ?? []
    }

    @Test func `a module keeps the last of its messages, and as many events`() throws {
        let texts = try shown(log(20, limit: 3)).compactMap { $0["text"]?.string }
        #expect(texts == ["15", "17", "19", "16", "18", "20"])
    }

    @Test func `what becomes of an uplink is a change of its entry`() throws {
        var log = log(5, limit: 3)
        let isKnown = log.mark(3, "sent", change: 6)
        #expect(isKnown)
        let news = try shown(log, since: 5)
        #expect(news.count == 1)
        #expect(news.first?["label"]?.string == "sent")
        #expect(news.first?["id"]?.integer == 3)
        // Forgotten by now, or never shown.
        let isForgotten = !log.mark(77, "sent", change: 7)
        #expect(isForgotten)
    }

    @Test(arguments: [
        (String(repeating: "x", count: 255) + "é", 257, String(repeating: "x", count: 255)),
        (String(repeating: "x", count: 300), 300, String(repeating: "x", count: 256)),
        ("short", 5, "short"),
    ])
    func `a long text is cut between characters, and its length told`(
        text: String, size: Int, shown expected: String
    ) throws {
        var log = ModuleLog()
        log.add(.down, "", Array(text.utf8), at: start, id: 1, limit: 3)
        let entry = try #require(try shown(log).first)
        #expect(entry["text"]?.string == expected)
        #expect(entry["size"]?.integer == size)
    }

    @Test func `bytes that are no text are shown as such`() throws {
        var log = ModuleLog()
        log.add(.down, "", [0x00, 0xFF, 0x80], at: start, id: 1, limit: 3)
        #expect(try shown(log).first?["hex"]?.string == "00ff80")
    }

    @Test(arguments: [(1, 50), (30, 50), (100, 20), (1000, 2), (100_000, 2)])
    func `the more modules there are, the less each keeps`(modules: Int, entries: Int) {
        let board = Board()
        board.count(modules: modules)
        #expect(board.entriesPerModule == entries)
    }

    @Test func `changes are gathered while somebody looks, and told from where they began`() {
        let board = Board()
        board.changed("a")
        #expect(board.changed.isEmpty)
        board.isWatched = true
        _ = board.nextID()
        board.changed("a")
        board.changed("b")
        let first = board.take(1)
        #expect(first.count == 1)
        _ = board.nextID()
        board.changed("a")
        board.changed("b")
        let since = Dictionary(uniqueKeysWithValues: board.take(9).map { ($0.module, $0.since) })
        // The one that was told has news since then; the other was not told of the first change either.
        #expect(since == [first[0].module: 1, first[0].module == "a" ? "b" : "a": 0])
        board.isWatched = false
        #expect(board.changed.isEmpty)
    }
}
