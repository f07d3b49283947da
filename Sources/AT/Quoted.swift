/// A string parameter. The language has no escapes, so a string that would end early is refused, not bent.
package enum Quoted {
    /// A string that cannot stand between quotes.
    package struct Refusal: Error, Hashable, CustomStringConvertible {
        package let byte: UInt8
        package let offset: Int

        package init(byte: UInt8, offset: Int) {
            self.byte = byte
            self.offset = offset
        }

        package var description: String {
            let name =
                switch byte {
                case Byte.carriageReturn: "a carriage return"
                case Byte.lineFeed: "a line feed"
                case Byte.quote: "a quotation mark"
                default: "a NUL"
                }
            return "The string has \(name) at byte \(offset); a module would take that for its end."
        }
    }

    /// Adds `"text"` to `target`; refuses CR, LF, NUL and `"`, and then adds nothing.
    package static func encode(_ text: String, into target: inout [UInt8]) throws(Refusal) {
        var offset = 0
        for byte in text.utf8 {
            switch byte {
            case Byte.carriageReturn, Byte.lineFeed, Byte.quote, 0: throw Refusal(byte: byte, offset: offset)
            default: offset += 1
            }
        }
        target.append(Byte.quote)
        target.append(contentsOf: text.utf8)
        target.append(Byte.quote)
    }

    package static func encode(_ text: String) throws(Refusal) -> String {
        var target: [UInt8] = []
        try encode(text, into: &target)
        return String(decoding: target, as: UTF8.self)
    }
}
