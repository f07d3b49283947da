/// Writes that come in several reports: index N−1 … 0, all with the same message id.
package struct RequestParts: Sendable {
    package struct Part: Sendable {
        package var messageID: Int
        package var value: WrittenValue
        package var index: Int

        package init(messageID: Int, value: WrittenValue, index: Int) {
            self.messageID = messageID
            self.value = value
            self.index = index
        }
    }

    package enum Outcome: Equatable, Sendable {
        /// All parts are there.
        case complete(messageID: Int, [WrittenValue])
        /// More should follow.
        case held
        /// A part is missing or out of its order: nothing of it is believed.
        case broken(messageID: Int)
    }

    private var parts: [Part] = []
    /// A write whose rest is not believed either, and the index with which it began.
    private var broken: (messageID: Int, first: Int)?

    package init() {}

    package var isEmpty: Bool { parts.isEmpty }

    /// A part of another write breaks the one that is held.
    package mutating func add(_ part: Part) -> [Outcome] {
        if let broken, part.messageID == broken.messageID, part.index < broken.first { return [] }
        broken = nil
        guard let first = parts.first, let last = parts.last else { return begin(part) }
        guard part.messageID == last.messageID else { return settle() + begin(part) }
        switch part.index {
        case last.index: return [.held]
        case last.index - 1:
            parts.append(part)
            return part.index == 0 ? finish() : [.held]
        case first.index...:
            // Told again from the beginning.
            parts = []
            return begin(part)
        default:
            broken = (first.messageID, first.index)
            parts = []
            return [.broken(messageID: first.messageID)]
        }
    }

    private mutating func begin(_ part: Part) -> [Outcome] {
        parts = [part]
        return part.index == 0 ? finish() : [.held]
    }

    private mutating func finish() -> [Outcome] {
        defer { parts = [] }
        return [.complete(messageID: parts[0].messageID, parts.map(\.value))]
    }

    /// Nothing has followed for a second. A part that stays alone is a whole write, whatever its index says (facts of
    /// published firmware); several that lack an end are not.
    package mutating func settle() -> [Outcome] {
        guard let first = parts.first else { return [] }
        defer { parts = [] }
        return parts.count == 1
            ? [.complete(messageID: first.messageID, [first.value])] : [.broken(messageID: first.messageID)]
    }

    /// The module has restarted: what it had begun is not continued.
    package mutating func forget() { self = RequestParts() }
}
