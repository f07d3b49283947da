extension JSONText {
    package mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { unsafe string($0) }
    }

    /// A string whose bytes are at hand and are UTF-8.
    package mutating func string(utf8 value: [UInt8]) {
        unsafe value.withUnsafeBufferPointer { unsafe string($0) }
    }

    private mutating func string(_ utf8: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        if unsafe utf8.allSatisfy({ $0.standsForItself }) {
            unsafe bytes.append(contentsOf: utf8)
        } else {
            for index in utf8.indices { escaped(unsafe utf8[index]) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func integer(_ value: some FixedWidthInteger) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = UInt64(value.magnitude)
        var count = 1
        var power = rest
        while power >= 10 {
            power /= 10
            count += 1
        }
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: count))
        var index = bytes.count - 1
        while rest > 0 {
            bytes[index] += UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            index -= 1
        }
    }

    /// The shortest digits that give the same number again. JSON has no infinity and no "not a number": they are null.
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        let digits = value.description.utf8
        bytes.append(contentsOf: digits.hasWholeNumberSuffix ? digits.dropLast(2) : digits[...])
    }

    package mutating func boolean(_ value: Bool) {
        bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }

    package mutating func hex(_ data: [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var index = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: 2 * data.count))
        for byte in data {
            bytes[index] = (byte >> 4).hexDigit
            bytes[index + 1] = (byte & 15).hexDigit
            index += 2
        }
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func time(_ milliseconds: Int64?) {
        guard let milliseconds else { return null() }
        bytes.append(UInt8(ascii: "\""))
        RFC3339.append(milliseconds: milliseconds, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escaped(_ byte: UInt8) {
        guard !byte.standsForItself else { return bytes.append(byte) }
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append((byte >> 4).hexDigit)
            bytes.append((byte & 15).hexDigit)
        }
    }
}

extension UInt8 {
    /// True of a byte that a JSON string may hold unescaped.
    fileprivate var standsForItself: Bool {
        self >= 0x20 && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
    }

    fileprivate var hexDigit: UInt8 {
        self < 10 ? UInt8(ascii: "0") + self : UInt8(ascii: "a") + (self - 10)
    }
}

extension String.UTF8View {
    fileprivate var hasWholeNumberSuffix: Bool {
        count > 2 && suffix(2).elementsEqual(".0".utf8)
    }
}
