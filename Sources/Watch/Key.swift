/// What a person presses.
package enum Key: Sendable, Equatable {
    case up, down, pageUp, pageDown, home, end, enter, escape, erase
    case character(Character)
}

/// Makes keys of the bytes that a terminal sends for them.
package struct KeyReader: Sendable {
    private var pending: [UInt8] = []

    package init() {}

    /// Bytes as they were read. A lone escape at their end is the key itself: terminals send sequences in one piece.
    package mutating func read(_ bytes: some Collection<UInt8>) -> [Key] {
        pending += bytes
        var keys: [Key] = []
        while let first = pending.first {
            if first == 0x1B {
                keys += escaped()
            } else if first < 0x20 || first == 0x7F {
                pending.removeFirst()
                if let key = Self.controls[first] { keys.append(key) }
            } else {
                guard let character = takeCharacter() else { return keys }
                keys.append(.character(character))
            }
        }
        return keys
    }

    private static let controls: [UInt8: Key] = [0x0D: .enter, 0x0A: .enter, 0x08: .erase, 0x7F: .erase]

    private static let sequences: [String: Key] = [
        "[A": .up, "[B": .down, "OA": .up, "OB": .down, "[5~": .pageUp, "[6~": .pageDown, "[H": .home, "[F": .end,
        "OH": .home, "OF": .end, "[1~": .home, "[4~": .end,
    ]

    /// `ESC [` or `ESC O`, parameters, and a final byte; of sequences that are not known nothing is left over.
    private mutating func escaped() -> [Key] {
        guard pending.count > 1, pending[1] == UInt8(ascii: "[") || pending[1] == UInt8(ascii: "O") else {
            pending.removeFirst()
            return [.escape]
        }
        let end = pending[2...].firstIndex { (0x40...0x7E).contains($0) } ?? pending.count - 1
        let sequence = String(decoding: pending[1...end], as: UTF8.self)
        pending.removeSubrange(...end)
        return Self.sequences[sequence].map { [$0] } ?? []
    }

    /// Nil while its bytes are not all here.
    private mutating func takeCharacter() -> Character? {
        let count =
            switch pending[0] {
            case 0xC0..<0xE0: 2
            case 0xE0..<0xF0: 3
            case 0xF0...: 4
            default: 1
            }
        guard pending.count >= count else { return nil }
        let text = String(decoding: pending[..<count], as: UTF8.self)
        pending.removeFirst(count)
        return text.first
    }
}
