import CTOML

/// A place in the configuration file.
struct TOMLPosition: Equatable {
    var line: Int
    var column: Int

    static let start = TOMLPosition(line: 1, column: 1)
}

/// A value of TOML and where it stands.
struct TOMLNode {
    enum Value {
        case table([Entry])
        case array([TOMLNode])
        case string(String)
        case integer(Int64)
        case float(Double)
        case boolean(Bool)
        case dateTime
    }

    struct Entry {
        let key: String
        let keyPosition: TOMLPosition
        let node: TOMLNode
    }

    let position: TOMLPosition
    let value: Value

    /// What it is, for the eyes of who wrote it.
    var shown: String {
        switch value {
        case .table: "a table"
        case .array: "a list"
        case .string(let text): "the string \"\(text.unicodeScalars.count > 80 ? text.prefix(77) + "…" : text[...])\""
        case .integer(let value): "\(value)"
        case .float(let value): "\(value)"
        case .boolean(let value): "\(value)"
        case .dateTime: "a date or time"
        }
    }

    /// The same without the value, for what must stay secret.
    var kind: String {
        switch value {
        case .string: "a string"
        case .integer, .float: "a number"
        case .boolean: "a boolean"
        case .table, .array, .dateTime: shown
        }
    }
}

/// A text that is not TOML.
struct TOMLError: Error {
    let position: TOMLPosition
    let reason: String
}

extension TOMLNode {
    /// The root table of a text.
    init(parsing text: [UInt8]) throws(TOMLError) {
        let document = unsafe text.withUnsafeBytes { unsafe ctoml_parse($0.baseAddress, $0.count) }
        guard let document = unsafe document else {
            throw TOMLError(position: .start, reason: "not enough memory")
        }
        defer { unsafe ctoml_free(document) }
        if let reason = unsafe ctoml_error(document) {
            let line = unsafe ctoml_error_line(document)
            let column = unsafe ctoml_error_column(document)
            throw TOMLError(position: TOMLPosition(line, column), reason: unsafe String(cString: reason))
        }
        var walk = unsafe Walk(document: document)
        self = unsafe walk.next().node
    }

    /// Goes once through the nodes, which stand in the order parent, children.
    @unsafe private struct Walk {
        let document: OpaquePointer
        var index = 0

        init(document: OpaquePointer) { unsafe self.document = document }

        mutating func next() -> Entry {
            let raw = unsafe ctoml_node_at(document, index)
            unsafe index += 1
            let value: Value
            switch unsafe raw.kind {
            case CTOML_TABLE: value = unsafe .table((0..<raw.count).map { _ in unsafe next() })
            case CTOML_ARRAY: value = unsafe .array((0..<raw.count).map { _ in unsafe next().node })
            case CTOML_STRING: value = unsafe .string(string(raw.text, raw.text_length))
            case CTOML_INTEGER: value = unsafe .integer(raw.integer)
            case CTOML_FLOAT: value = unsafe .float(raw.number)
            case CTOML_BOOLEAN: value = unsafe .boolean(raw.boolean)
            default: value = .dateTime
            }
            return unsafe Entry(
                key: string(raw.key, raw.key_length), keyPosition: TOMLPosition(raw.key_line, raw.key_column),
                node: TOMLNode(position: TOMLPosition(raw.line, raw.column), value: value))
        }

        private func string(_ start: UnsafePointer<CChar>?, _ length: Int) -> String {
            let bytes = unsafe UnsafeRawBufferPointer(start: start, count: length)
            return unsafe String(decoding: bytes, as: UTF8.self)
        }
    }
}

extension TOMLPosition {
    /// What has no place of its own stands at the start.
    fileprivate init(_ line: UInt32, _ column: UInt32) {
        self.init(line: max(1, Int(line)), column: max(1, Int(column)))
    }
}
