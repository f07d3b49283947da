/// One line as received, without terminators, blanks around it and noise.
///
/// A text that carries its own length may hold terminators inside.
package struct Line: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(stringLiteral value: String) {
        bytes = Array(value.utf8)
    }

    /// The line as text; what is not UTF-8 is replaced.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package var description: String { text }

    /// Compares bytes, never characters: a combining mark after the prefix does not hide it.
    package func hasPrefix(_ prefix: String) -> Bool {
        var index = 0
        for byte in prefix.utf8 {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }

    /// Whether the line is `prefix` alone or `prefix` followed by `:` or `=`.
    package func isNamed(_ prefix: String) -> Bool {
        guard hasPrefix(prefix) else { return false }
        let end = prefix.utf8.count
        return end == bytes.count || bytes[end] == Byte.colon || bytes[end] == Byte.equals
    }
}
