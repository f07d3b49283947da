/// A value as three parameters of a command: type, length, value (S3 2.8).
struct TypedValue {
    let type: ResourceType
    /// The bytes of an opaque value, else its text.
    let bytes: [UInt8]

    /// Why the parameters are no value.
    struct Fault: Error { let reason: String }

    init(
        _ type: CommandLine.Parameter, _ length: CommandLine.Parameter, _ value: CommandLine.Parameter
    ) throws(Fault) {
        guard let number = type.number, let type = ResourceType(rawValue: number) else {
            throw Fault(reason: "wrong type of value")
        }
        guard let length = length.number else { throw Fault(reason: "wrong length") }
        self.type = type
        let bytes = Array(value.bytes)
        switch type {
        case .string:
            guard length <= 1024 else { throw Fault(reason: "wrong length") }
            guard value.isQuoted else { throw Fault(reason: "a string without quotes") }
            guard !bytes.contains(UInt8(ascii: "\"")) else { throw Fault(reason: "a quote within a string") }
            guard bytes.count == length else { throw Fault(reason: "wrong length") }
            self.bytes = bytes
        case .opaque:
            // Quoted in the note's examples, bare in its text: both are taken.
            guard length <= 512, bytes.count == 2 * length else { throw Fault(reason: "wrong length") }
            guard let octets = HexDigits.bytes(value.bytes) else { throw Fault(reason: "no hexadecimal data") }
            self.bytes = octets
        case .integer:
            guard [2, 4, 8].contains(length) else { throw Fault(reason: "wrong length") }
            guard !value.isQuoted, let number = Int64(Self.canonical(bytes)),
                number.magnitude <= UInt64(1) << (8 * length - 1) - (number < 0 ? 0 : 1)
            else { throw Fault(reason: "no integer of \(length) bytes") }
            self.bytes = bytes
        case .float:
            guard length == 4 else { throw Fault(reason: "wrong length") }
            guard !value.isQuoted, Self.isDecimal(bytes) else { throw Fault(reason: "no decimal number") }
            self.bytes = bytes
        case .boolean:
            guard length == 1 else { throw Fault(reason: "wrong length") }
            guard !value.isQuoted, bytes == [0x30] || bytes == [0x31] else { throw Fault(reason: "no 0 or 1") }
            self.bytes = bytes
        }
    }

    /// Empty, thus no number, for a spelling with a plus sign, which Swift would take.
    private static func canonical(_ bytes: [UInt8]) -> String {
        bytes.first == UInt8(ascii: "+") ? "" : String(decoding: bytes, as: UTF8.self)
    }

    /// Digits with one point between them at most, and a minus sign before; no exponent.
    private static func isDecimal(_ bytes: [UInt8]) -> Bool {
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { 0x30...0x39 ~= $0 } }
    }
}
