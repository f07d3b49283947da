import Glibc
package import Reactor

/// A password or a key. It never shows itself in a log, a description or a dump.
package struct Secret: Sendable, Equatable {
    /// The secret itself: for the one call that needs it.
    package let revealed: String

    package init(_ revealed: String) { self.revealed = revealed }
}

extension Secret {
    /// What stands alone in a file. The newline that editors put at its end is no part of it.
    init?(line content: [UInt8]) {
        var text = content[...]
        if text.last == UInt8(ascii: "\n") { text.removeLast() }
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        guard !text.isEmpty, let string = String(validating: text, as: UTF8.self), string.hasNoControlCharacters else {
            return nil
        }
        self.init(string)
    }

    package init(file path: String) throws(SystemError) {
        guard let secret = Secret(line: try readFile(path, limit: 1 << 20)) else {
            throw SystemError(code: EINVAL, operation: "take one line of text from \(path)")
        }
        self = secret
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
