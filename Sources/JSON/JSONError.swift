/// The place where a text stops being JSON, and why.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// Bytes before the place.
    package let offset: Int
    /// Both count from 1, the column in characters of Unicode.
    package let line: Int
    package let column: Int
    package let found: String
    package let expected: String

    package var description: String { "line \(line), column \(column): \(found); expected \(expected)" }

    init(in bytes: [UInt8], at offset: Int, found: String? = nil, expected: String) {
        self.offset = offset
        self.expected = expected
        let before = bytes.prefix(offset)
        line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        column = 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 }
        self.found = found ?? Self.whatStands(at: offset, in: bytes)
    }

    private static func whatStands(at offset: Int, in bytes: [UInt8]) -> String {
        guard offset < bytes.count else { return "the text ends here" }
        let byte = bytes[offset]
        guard byte > 0x20, byte < 0x7F else {
            return "here is the byte 0x" + String(byte, radix: 16, uppercase: true)
        }
        return "here is '\(Unicode.Scalar(byte))'"
    }
}
