import JSON
import Reactor
import Store

/// What `queue list` shows.
final class QueueList {
    private let now: Timestamp
    private var table = Table(
        headings: ["MODULE", "ID", "STATE", "BYTES", "TRIES", "PRIORITY", "WAITS FOR", "EXPIRES IN", "TARGET"],
        rightAligned: [3, 4, 6, 7])
    private var waiting = 0
    private var ended = 0

    init(now: Timestamp) { self.now = now }

    func add(_ entry: QueueEntry) {
        let id = String(decoding: entry.id, as: UTF8.self)
        switch entry.state {
        case .waiting:
            waiting += 1
            table.rows.append([
                entry.module.name, id, "waiting", "\(entry.size)", "\(entry.attempts)", "\(entry.priority)",
                entry.acceptedAt.map { Self.span(now - $0) } ?? "", entry.expiresAt.map { Self.span($0 - now) } ?? "",
                entry.target,
            ])
        case .ended(let outcome):
            ended += 1
            let state = (try? JSONValue(parsing: outcome))?["state"]?.string ?? "ended"
            table.rows.append([entry.module.name, id, state, "", "", "", "", "", ""])
        }
    }

    var text: String {
        if waiting + ended == 0 { return "nothing waits" }
        var text = "\(table.text)\n\n\(waiting) \(waiting == 1 ? "waits" : "wait")"
        if ended > 0 { text += ", \(ended) ended: the broker does not have the outcome yet" }
        return text
    }

    static func printJSON(_ entry: QueueEntry) {
        let json = JSONText.object { json in
            json.member("module", entry.module.name)
            json.member("id", String(decoding: entry.id, as: UTF8.self))
            switch entry.state {
            case .waiting:
                json.member("state", "waiting")
                json.member("bytes", entry.size)
                json.member("attempts", entry.attempts)
                json.member("priority", "\(entry.priority)")
                json.member("accepted_at", time: entry.acceptedAt?.milliseconds)
                json.member("expires_at", time: entry.expiresAt?.milliseconds)
                json.member("target", entry.target.isEmpty ? nil : entry.target)
            case .ended(let outcome):
                json.member("state", "ended")
                json.member("outcome", raw: outcome)
            }
        }
        Terminal.say(String(decoding: json, as: UTF8.self))
    }

    /// The largest unit that fits: a glance is enough.
    private static func span(_ duration: Duration) -> String {
        let seconds = Int(duration.inSeconds)
        switch seconds {
        case ..<0: return "now"
        case ..<120: return "\(seconds) s"
        case ..<7200: return "\(seconds / 60) min"
        case ..<172_800: return "\(seconds / 3600) h"
        default: return "\(seconds / 86_400) d"
        }
    }
}

/// Rows under headings, each column as wide as its widest cell.
struct Table {
    let headings: [String]
    /// Columns of numbers.
    let rightAligned: Set<Int>
    var rows: [[String]] = []

    init(headings: [String], rightAligned: Set<Int> = []) {
        self.headings = headings
        self.rightAligned = rightAligned
    }

    var text: String {
        let all = [headings] + rows
        let widths = headings.indices.map { column in all.map { $0[column].unicodeScalars.count }.max() ?? 0 }
        return all.map { line($0, widths) }.joined(separator: "\n")
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = cells.indices.map { column in
            let padding = String(repeating: " ", count: widths[column] - cells[column].unicodeScalars.count)
            return rightAligned.contains(column) ? padding + cells[column] : cells[column] + padding
        }.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }
}
