/// Writes that come in several reports: index N−1 … 0, all with the same message id.
package struct RequestParts {
    package struct Part {
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

    package init() {}

    package var isEmpty: Bool { parts.isEmpty }

    /// A part of another write breaks the one that is held.
    package mutating func add(_ part: Part) -> [Outcome] {
        var outcomes: [Outcome] = []
        if let last = parts.last {
            if part.messageID == last.messageID, part.index == last.index {
                return [.held]
            }
            guard part.messageID == last.messageID, part.index == last.index - 1 else {
                outcomes = settle()
                return outcomes + add(part)
            }
        }
        parts.append(part)
        guard part.index == 0 else { return [.held] }
        defer { parts = [] }
        return [.complete(messageID: part.messageID, parts.map(\.value))]
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
    package mutating func forget() { parts = [] }
}
