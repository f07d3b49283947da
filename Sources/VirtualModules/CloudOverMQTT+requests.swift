import JSON

/// `cloud/M/request` and `cloud/M/answer`: what clouds with objects want, and what they are told.
///
/// A request is `{"kind":"read","path":"3303/0/5700"}`, with `hex` or `text` for what it carries and an `id` that its
/// answer shall have. How it reaches the host may be said too: `query`, `parts` (each a `path` with `hex` or `text`),
/// `pause` and `retransmit` in seconds, and `parts_before_reset`.
extension CloudOrder {
    /// Why a request is none.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    init(_ json: JSONValue) throws(Fault) {
        guard let name = json["kind"]?.string, let kind = Kind(rawValue: name) else {
            let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(description: "kind is one of \(kinds)")
        }
        guard let path = json["path"]?.string else { throw Fault(description: "path is missing") }
        self.init(kind, path, text: json["text"]?.string)
        if let hex = json["hex"] { payload = try Self.bytes(hex) }
        query = json["query"]?.string
        for part in json["parts"]?.array ?? [] {
            guard let path = part["path"]?.string else { throw Fault(description: "a part has no path") }
            let bytes = try part["hex"].map { hex throws(Fault) in try Self.bytes(hex) }
            parts.append(Part(path, bytes ?? Array((part["text"]?.string ?? "").utf8)))
        }
        pause = .seconds(json["pause"]?.double ?? 0)
        partsBeforeReset = json["parts_before_reset"]?.integer
        retransmissions = (json["retransmit"]?.array ?? []).compactMap(\.double).map { .seconds($0) }
    }

    private static func bytes(_ json: JSONValue) throws(Fault) -> [UInt8] {
        guard let text = json.string, let bytes = HexDigits.bytes(Array(text.utf8)[...]) else {
            throw Fault(description: "hex is not hexadecimal")
        }
        return bytes
    }
}

extension CloudAnswer {
    /// With the asker's own id, if it had one.
    func json(id: JSONValue?) -> [UInt8] {
        let milliseconds = Int(latency / .milliseconds(1))
        return JSONText.object { json in
            if let id { json.member("id", raw: id.compacted) } else { json.member("id", self.id) }
            json.member("message", self.id)
            json.member("kind", order.kind.rawValue)
            json.member("path", order.path)
            json.member("code", code)
            json.array("values") { array in
                for value in values {
                    array.object { json in
                        json.member("path", value.path)
                        json.value(value.type, value.bytes)
                    }
                }
            }
            json.member("latency_ms", milliseconds)
            json.member("late", isLate)
            json.member("double", isDouble)
        }
    }
}

extension ResourceType {
    var name: String { "\(self)" }
}

extension JSONText.Members {
    /// A number as a number, a boolean as one, a string as it is, and opaque bytes in hexadecimal.
    mutating func value(_ type: ResourceType, _ bytes: [UInt8]) {
        member("type", type.name)
        let text = String(decoding: bytes, as: UTF8.self)
        switch type {
        case .string: member("value", text)
        case .opaque: member("value", hex: bytes)
        case .integer: member("value", Int(text))
        case .float: member("value", Double(text))
        case .boolean: member("value", text == "1")
        }
    }
}
