import JSON
import Platforms
import Reactor

/// The last messages and events of one module, for the page. Bounded; shares its bytes with what was published.
struct ModuleLog {
    enum Kind: String, Sendable { case up, down, request, event, command }

    struct Entry: Sendable {
        /// Ascends over all modules.
        let id: Int
        /// The same, of the last change.
        var changed: Int
        let time: Timestamp
        let kind: Kind
        /// So many bytes there were. Small, and beside another small one: there are thousands of entries.
        let size: Int32
        /// An uplink's number, under which its state changes.
        var sequence: Int64 = 0
        /// What has become of an uplink; else its name.
        var label: String
        let text: [UInt8]
    }

    /// Longer ones are cut.
    private static let longestText = 256

    private(set) var messages: [Entry] = []
    private(set) var events: [Entry] = []

    /// `limit` of messages, and as many events.
    mutating func add(
        _ kind: Kind, _ label: String, _ text: [UInt8], sequence: Int64 = 0, at time: Timestamp, id: Int, limit: Int
    ) {
        let shown = text.count > Self.longestText ? Self.cut(text) : text
        let entry = Entry(
            id: id, changed: id, time: time, kind: kind, size: Int32(clamping: text.count), sequence: sequence,
            label: label, text: shown)
        switch kind {
        case .up, .down: Self.append(entry, to: &messages, limit)
        case .request, .event, .command: Self.append(entry, to: &events, limit)
        }
    }

    /// Not in the middle of a character.
    private static func cut(_ text: [UInt8]) -> [UInt8] {
        var end = longestText
        while end > longestText - 4, text[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(text[..<end])
    }

    private static func append(_ entry: Entry, to entries: inout [Entry], _ limit: Int) {
        if entries.count >= limit { entries.removeFirst(entries.count - limit + 1) }
        if entries.isEmpty { entries.reserveCapacity(min(limit, 2)) }
        entries.append(entry)
    }

    /// False for an uplink that is shown no more.
    mutating func mark(_ sequence: Int64, _ label: String, change: Int) -> Bool {
        guard let index = messages.lastIndex(where: { $0.sequence == sequence }) else { return false }
        messages[index].label = label
        messages[index].changed = change
        return true
    }

    func write(to json: inout JSONText.Members, since change: Int) {
        json.array("log") { json in
            for entry in messages where entry.changed > change { entry.write(to: &json) }
            for entry in events where entry.changed > change { entry.write(to: &json) }
        }
    }
}

extension ModuleLog.Entry {
    fileprivate func write(to json: inout JSONText.Elements) {
        json.object { json in
            json.member("id", id)
            json.member("time", time: time.milliseconds)
            json.member("kind", kind.rawValue)
            json.member("label", label)
            json.member("size", size)
            if let text = DownlinkMessages.text(of: text) {
                json.member("text", text)
            } else {
                json.member("hex", hex: text)
            }
        }
    }
}
