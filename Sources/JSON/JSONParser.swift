/// Reads RFC 8259, strictly:
///
///     text   = blanks value blanks
///     value  = "null" / "true" / "false" / number / string / array / object
///     array  = "[" [ value *( "," value ) ] "]"
///     object = "{" [ string ":" value *( "," string ":" value ) ] "}"
///
/// No byte order mark, no key twice, no half of a surrogate pair, nothing but UTF-8.
struct JSONParser {
    let bytes: [UInt8]
    let depthLimit: Int
    var position = 0

    init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// The byte here; nil at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    func fault(at offset: Int? = nil, found: String? = nil, expected: String) -> JSONError {
        JSONError(in: bytes, at: offset ?? position, found: found, expected: expected)
    }

    mutating func parseText() throws(JSONError) -> JSONValue {
        skipBlanks()
        let value = try parseValue(depth: 0)
        skipBlanks()
        guard next == nil else { throw fault(expected: "the end of the text") }
        return value
    }

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
        let start = position
        let content: JSONValue.Content
        switch next {
        case UInt8(ascii: "{"): content = .object(try parseMembers(depth: depth + 1))
        case UInt8(ascii: "["): content = .array(try parseElements(depth: depth + 1))
        case UInt8(ascii: "\""): content = .string(try parseString())
        case UInt8(ascii: "t"): content = try parseWord("true", .boolean(true))
        case UInt8(ascii: "f"): content = try parseWord("false", .boolean(false))
        case UInt8(ascii: "n"): content = try parseWord("null", .null)
        case let byte? where byte.isDigit || byte == UInt8(ascii: "-"):
            try parseNumber()
            content = .number
        default: throw fault(expected: "a value")
        }
        return JSONValue(content: content, source: bytes[start..<position])
    }

    private mutating func parseElements(depth: Int) throws(JSONError) -> [JSONValue] {
        try enter(depth: depth)
        var elements: [JSONValue] = []
        guard !take(UInt8(ascii: "]")) else { return elements }
        while true {
            elements.append(try parseValue(depth: depth))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw fault(expected: "',' or ']'") }
            skipBlanks()
        }
    }

    private mutating func parseMembers(depth: Int) throws(JSONError) -> [JSONValue.Member] {
        try enter(depth: depth)
        var members: [JSONValue.Member] = []
        var seen = SeenKeys()
        guard !take(UInt8(ascii: "}")) else { return members }
        while true {
            let start = position
            guard next == UInt8(ascii: "\"") else { throw fault(expected: "a key in quotes") }
            let key = try parseString()
            guard seen.insert(key, after: members) else {
                throw fault(at: start, found: "the key \"\(key)\" stands here a second time", expected: "each key once")
            }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw fault(expected: "':'") }
            skipBlanks()
            members.append(.init(key: key, value: try parseValue(depth: depth)))
            skipBlanks()
            if take(UInt8(ascii: "}")) { return members }
            guard take(UInt8(ascii: ",")) else { throw fault(expected: "',' or '}'") }
            skipBlanks()
        }
    }

    /// Steps over the opening bracket and the blanks behind it.
    private mutating func enter(depth: Int) throws(JSONError) {
        guard depth <= depthLimit else {
            throw fault(found: "this is nested too deeply", expected: "at most \(depthLimit) levels")
        }
        position += 1
        skipBlanks()
    }

    private mutating func parseWord(
        _ word: StaticString, _ content: JSONValue.Content
    ) throws(JSONError) -> JSONValue.Content {
        for byte in "\(word)".utf8 {
            guard take(byte) else { throw fault(expected: "the word \(word)") }
        }
        return content
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    mutating func skipBlanks() {
        while let next, next.isJSONBlank { position += 1 }
    }
}

/// Finds a key that comes twice: by comparison in a small object, by a table in a large one, so that no text costs
/// more than its length.
private struct SeenKeys {
    private static let large = 16
    private var table: Set<[UInt8]> = []

    /// False if the key was there.
    mutating func insert(_ key: String, after members: [JSONValue.Member]) -> Bool {
        if members.count < Self.large {
            return !members.contains { $0.key.utf8.elementsEqual(key.utf8) }
        }
        if table.isEmpty { table = Set(members.map { Array($0.key.utf8) }) }
        return table.insert(Array(key.utf8)).inserted
    }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    var isJSONBlank: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
