import AT

/// Values as MQTT clients write and read them.
extension ResourceValue {
    /// Why a text is no value of its kind.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    /// What a client published: text, or raw bytes for opaque resources.
    package init(
        published bytes: [UInt8], kind: ResourceKind, longestOpaque: Int = Self.longestOpaque
    ) throws(Fault) {
        if kind == .opaque {
            try self.init(opaque: bytes, longest: longestOpaque)
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Fault("the value is not UTF-8; \(kind.expected) is expected")
        }
        try self.init(text: text, kind: kind)
    }

    /// Text, also for opaque resources, which are written in hexadecimal digits.
    package init(text: String, kind: ResourceKind) throws(Fault) {
        let fault = Fault("the value is \"\(text.prefix(40))\"; \(kind.expected) is expected")
        switch kind {
        case .string:
            guard text.utf8.count <= Self.longestString else {
                throw Fault("the value has \(text.utf8.count) bytes; \(kind.expected) is expected")
            }
            self = .string(text)
        case .opaque:
            guard let bytes = Hex.decode(text) else { throw fault }
            try self.init(opaque: bytes, longest: Self.longestOpaque)
        case .integer:
            guard let value = Int64(text) else {
                throw Self.isWhole(text) ? Self.outOfRange("\"\(text.prefix(40))\"", kind) : fault
            }
            self = .integer(value)
        case .float:
            // Swift reads 0x10 too, and words.
            guard let value = Double(text), value.isFinite, !text.contains(where: { "xX".contains($0) }) else {
                throw fault
            }
            guard Float(value).isFinite else { throw Self.outOfRange("\"\(text.prefix(40))\"", kind) }
            self = .float(value)
        case .boolean:
            switch text {
            case "true", "1": self = .boolean(true)
            case "false", "0": self = .boolean(false)
            default: throw fault
            }
        case .executable:
            throw Fault("the resource is executable; it has no value")
        }
    }

    private static func isWhole(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        return !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// A number that a module's integer of eight bytes or its float of four cannot hold.
    package static func outOfRange(_ shown: String, _ kind: ResourceKind) -> Fault {
        let limits = kind == .integer ? "\(Int64.min) to \(Int64.max)" : "-3.4e38 to 3.4e38"
        return Fault("the value is \(shown); a number from \(limits) is expected")
    }

    private init(opaque bytes: [UInt8], longest: Int) throws(Fault) {
        guard bytes.count <= longest else {
            throw Fault("the value has \(bytes.count) bytes; at most \(longest) bytes is expected")
        }
        self = .opaque(bytes)
    }

    /// As it is published: text, or the bytes of an opaque one.
    package var published: [UInt8] {
        if case .opaque(let bytes) = self { return bytes }
        return Array(text.utf8)
    }

    /// Text; an opaque value in hexadecimal digits.
    package var text: String {
        switch self {
        case .string(let text): text
        case .opaque(let bytes): Hex.string(bytes)
        case .integer(let value): String(value)
        case .float(let value): Self.decimal(value)
        case .boolean(let value): value ? "true" : "false"
        }
    }

    /// Without an exponent, which modules do not know.
    package static func decimal(_ value: Double) -> String {
        let text = "\(value)"
        guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]) else {
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        }
        let isNegative = text.hasPrefix("-")
        let mantissa = text[..<mark].drop { $0 == "-" }
        let parts = mantissa.split(separator: ".", maxSplits: 1)
        let whole = String(parts[0])
        let fraction = parts.count > 1 && parts[1] != "0" ? String(parts[1]) : ""
        let digits = whole + fraction
        let point = whole.count + exponent
        let plain =
            if point <= 0 {
                "0." + String(repeating: "0", count: -point) + digits
            } else if point >= digits.count {
                digits + String(repeating: "0", count: point - digits.count)
            } else {
                String(digits.prefix(point)) + "." + String(digits.dropFirst(point))
            }
        return (isNegative ? "-" : "") + plain
    }
}

extension ResourceKind {
    package var expected: String {
        switch self {
        case .string: "text of at most \(ResourceValue.longestString) bytes"
        case .opaque: "at most \(ResourceValue.longestOpaque) bytes"
        case .integer: "a whole number"
        case .float: "a number"
        case .boolean: "true or false"
        case .executable: "no value"
        }
    }
}
