/// The bytes that carry meaning in the AT language.
package enum Byte {
    static let lineFeed: UInt8 = 0x0A
    package static let carriageReturn: UInt8 = 0x0D
    package static let escape: UInt8 = 0x1B
    static let tab: UInt8 = 0x09
    static let blank: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let plus: UInt8 = 0x2B
    static let comma: UInt8 = 0x2C
    static let minus: UInt8 = 0x2D
    static let zero: UInt8 = 0x30
    static let nine: UInt8 = 0x39
    static let colon: UInt8 = 0x3A
    static let equals: UInt8 = 0x3D
    static let prompt: UInt8 = 0x3E
}

extension UInt8 {
    /// A space or a tab.
    @inline(__always) var isBlank: Bool { self == Byte.blank || self == Byte.tab }

    /// What a floating or wrongly clocked line produces; no module prints either.
    @inline(__always) var isNoise: Bool { self == 0x00 || self == 0xFF }

    /// Neither noise nor a terminator, for any byte a line usually holds; the few control characters left out are rare.
    @inline(__always) var isOrdinary: Bool { self > Byte.carriageReturn && self < 0xFF }

    @inline(__always) var isDigit: Bool { self >= Byte.zero && self <= Byte.nine }

    @inline(__always) var isUppercase: Bool { self >= 0x41 && self <= 0x5A }
}

extension [UInt8] {
    /// Whether `other` stands at `offset`; false where it does not fit.
    func holds(_ other: [UInt8], at offset: Int = 0) -> Bool {
        let size = other.count
        guard offset >= 0, count - offset >= size else { return false }
        var index = 0
        while index < size {
            guard self[offset + index] == other[index] else { return false }
            index += 1
        }
        return true
    }

    /// Whether the bytes are `text`, no more and no less.
    func isExactly(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && starts(withText: text)
    }

    /// Whether the bytes begin with `text`.
    func starts(withText text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { wanted in
            for index in 0..<wanted.count where unsafe self[index] != wanted[index] { return false }
            return true
        }
    }
}
