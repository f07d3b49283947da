package import Reactor

/// A line that passed, or something that happened, with its time.
package struct LogEntry: Sendable {
    package enum Kind: Sendable { case command, answer, report, note }

    package let time: Instant
    package let kind: Kind
    package let text: String
}

/// The last lines of a module, the breaches of its host, and who waits for news of it.
struct ModuleLog {
    private static let limit = 20_000

    var keepsEntries: Bool
    private(set) var entries: [LogEntry] = []
    private(set) var breaches: [String] = []

    init(keepsEntries: Bool) { self.keepsEntries = keepsEntries }

    mutating func add(_ kind: LogEntry.Kind, _ text: @autoclosure () -> String, at time: Instant) {
        guard keepsEntries else { return }
        if entries.count == Self.limit { entries.removeFirst(Self.limit / 2) }
        entries.append(LogEntry(time: time, kind: kind, text: text()))
    }

    mutating func addBreach(_ text: String) { breaches.append(text) }
}
