extension JSONValue {
    package var isNull: Bool { if case .null = content { true } else { false } }
    package var isNumber: Bool { if case .number = content { true } else { false } }

    package var bool: Bool? { if case .boolean(let value) = content { value } else { nil } }
    package var string: String? { if case .string(let value) = content { value } else { nil } }
    package var array: [JSONValue]? { if case .array(let elements) = content { elements } else { nil } }
    package var members: [Member]? { if case .object(let members) = content { members } else { nil } }

    /// The number, if it is whole and fits: 3, -0, 3.0 and 3e2 are whole.
    package var integer: Int? {
        guard isNumber else { return nil }
        if let exact = wholeDigits { return exact }
        // Beyond 2^53 a double no longer tells neighbours apart.
        guard let double, abs(double) <= 9_007_199_254_740_992 else { return nil }
        let whole = Int(double)
        return Double(whole) == double ? whole : nil
    }

    /// The number as a double, if it is not beyond all doubles.
    package var double: Double? {
        guard isNumber, let value = Double(String(decoding: source, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// The value of a member; nil too if this is no object.
    package subscript(key: String) -> JSONValue? {
        members?.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// The source without the blanks between its parts; strings and numbers stay as they were written.
    package var compacted: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var inString = false
        var afterBackslash = false
        for byte in source {
            if inString {
                inString = afterBackslash || byte != UInt8(ascii: "\"")
                afterBackslash = !afterBackslash && byte == UInt8(ascii: "\\")
            } else if byte.isJSONBlank {
                continue
            } else {
                inString = byte == UInt8(ascii: "\"")
            }
            result.append(byte)
        }
        return result
    }

    /// What it is, for an error message.
    package var kind: String {
        switch content {
        case .null: "null"
        case .boolean: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    private var wholeDigits: Int? {
        var digits = source
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        var value = 0
        for byte in digits {
            guard byte.isDigit else { return nil }
            let digit = Int(byte - UInt8(ascii: "0"))
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            // Summed on the negative side, which reaches one further.
            let (sum, overflowAgain) = shifted.subtractingReportingOverflow(digit)
            guard !overflow, !overflowAgain else { return nil }
            value = sum
        }
        return isNegative ? value : (value == .min ? nil : -value)
    }
}
