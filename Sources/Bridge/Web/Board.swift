import Reactor

/// Where modules pin up what the page shows. Cheap while nobody looks. Unchecked: belongs to the reactor's thread.
final class Board: @unchecked Sendable {
    /// Kept of all modules together; each has its share.
    private static let mostEntries = 4000
    private static let fewest = 2
    private static let most = 50

    /// How many messages, and how many events, a module keeps.
    private(set) var entriesPerModule = Board.most
    private var lastID = 0
    /// Modules that have changed, with the last change that was shown of them.
    private(set) var changed: [String: Int] = [:]
    private(set) var shown = 0
    /// Set while somebody looks: called at the first change since the last `take`.
    var isWatched = false {
        didSet { if !isWatched { changed = [:] } }
    }
    var whenChanged: () -> Void = {}

    func count(modules: Int) {
        entriesPerModule = min(Self.most, max(Self.fewest, Self.mostEntries / max(1, 2 * modules)))
    }

    func nextID() -> Int {
        lastID += 1
        return lastID
    }

    func changed(_ module: String) {
        guard isWatched else { return }
        if changed.isEmpty { whenChanged() }
        if changed[module] == nil { changed[module] = shown }
    }

    /// Some of those that have changed, each with the change after which it was not shown.
    func take(_ most: Int) -> [(module: String, since: Int)] {
        var taken: [(module: String, since: Int)] = []
        for (module, since) in changed.prefix(most) { taken.append((module, since)) }
        for (module, _) in taken { changed[module] = nil }
        shown = lastID
        return taken
    }
}
