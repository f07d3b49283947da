/// A JSON value that remembers how it was written.
///
/// A body that is passed on goes out with the very bytes it came with: a number keeps its digits, an object the order
/// of its members.
///
///     let value = try JSONValue(parsing: payload)
///     let text = value["text"]?.string
package struct JSONValue: Sendable {
    package enum Content: Sendable {
        case null
        case boolean(Bool)
        /// Its digits are the value's source; see `integer` and `double`.
        case number
        case string(String)
        case array([JSONValue])
        case object([Member])
    }

    package struct Member: Sendable, Equatable {
        package let key: String
        package let value: JSONValue
    }

    package let content: Content
    /// The bytes of the value as they stood in the text, without the blanks around it.
    package let source: ArraySlice<UInt8>

    /// Reads a text of RFC 8259: one value, nothing beside it, no key twice in an object.
    ///
    /// Nesting beyond the limit is refused, so that no text can exhaust the stack.
    package init(parsing bytes: [UInt8], depthLimit: Int = 64) throws(JSONError) {
        var parser = JSONParser(bytes: bytes, depthLimit: min(depthLimit, 512))
        self = try parser.parseText()
    }

    init(content: Content, source: ArraySlice<UInt8>) {
        self.content = content
        self.source = source
    }
}

/// Equal values may be written with different blanks and escapes; a number is equal to the same digits only.
extension JSONValue: Equatable {
    package static func == (a: JSONValue, b: JSONValue) -> Bool {
        switch (a.content, b.content) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.number, .number): a.source == b.source
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }
}
