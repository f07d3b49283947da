/// One field of a line, without quotes and blanks around it.
package struct Field: Hashable, Sendable {
    package let bytes: ArraySlice<UInt8>
    package let isQuoted: Bool

    init(_ raw: ArraySlice<UInt8>) {
        var raw = raw
        while let first = raw.first, first.isBlank { raw.removeFirst() }
        while let last = raw.last, last.isBlank { raw.removeLast() }
        isQuoted = raw.first == Byte.quote
        if isQuoted {
            raw.removeFirst()
            if raw.last == Byte.quote { raw.removeLast() }
        }
        bytes = raw
    }

    package var isEmpty: Bool { bytes.isEmpty }

    /// The field as text; what is not UTF-8 is replaced.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// A whole decimal number with an optional sign; nil for anything else and for what does not fit.
    package var int: Int? {
        let (value, end) = number
        return end == bytes.endIndex ? value : nil
    }

    /// The number at the front, like 37 of `37%`.
    package var leadingInt: Int? { number.value }

    /// The bytes that pairs of hex digits stand for; nil if a digit is odd or foreign.
    package var hex: [UInt8]? { Hex.decode(bytes) }

    package static func == (field: Field, text: String) -> Bool { field.bytes.elementsEqual(text.utf8) }

    private var number: (value: Int?, end: Int) {
        var index = bytes.startIndex
        let isNegative = bytes.first == Byte.minus
        if isNegative || bytes.first == Byte.plus { index += 1 }
        let start = index
        var value = 0
        while index < bytes.endIndex, bytes[index].isDigit {
            let digit = Int(bytes[index] - Byte.zero)
            let (scaled, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, carries) = scaled.addingReportingOverflow(isNegative ? -digit : digit)
            if overflows || carries { return (nil, index) }
            value = sum
            index += 1
        }
        return (index > start ? value : nil, index)
    }
}

/// The name and the fields of a line, taken from either end.
///
/// Knows quotes: a quoted field ends at a quote that a comma or the end follows. Where text may hold just that, its
/// announced length is the only guide: ``text(length:)`` and ``hex(length:)``.
///
///     var fields = Fields(line)            // +QLAREAD: 48767,"6CBBD6861BC43359"
///     let id = fields.next()?.int          // 48767
///     let token = fields.next()?.hex
package struct Fields: Sendable {
    private let bytes: [UInt8]
    private let nameEnd: Int
    /// What is not taken yet. One past the end means nothing, while an empty rest is one empty field.
    private var start: Int
    private var end: Int

    /// Splits `+NAME: a,b`; a line without `:` or `=` in front of any comma or quote has fields only if it is no name.
    package init(_ line: Line) {
        self.init(line.bytes)
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        end = bytes.count
        var index = 0
        scan: while index < bytes.count {
            switch bytes[index] {
            case Byte.colon, Byte.equals: break scan
            case Byte.comma, Byte.quote:
                index = bytes.count
                nameEnd = 0
                start = 0
                skipBlanks()
                return
            default: index += 1
            }
        }
        nameEnd = index
        start = index + 1
        skipBlanks()
        if start == bytes.count { start += 1 }
    }

    /// Takes the whole line for fields.
    package init(bare line: Line) {
        bytes = line.bytes
        nameEnd = 0
        start = bytes.isEmpty ? 1 : 0
        end = bytes.count
    }

    /// What stands in front of `:` or `=`.
    package var name: String { String(decoding: bytes[..<nameEnd], as: UTF8.self) }

    package var hasMore: Bool { start <= end }

    /// Where the next field begins, blanks included.
    var position: Int { start }

    /// Where the next field's opening quote is, if it has one.
    var quotePosition: Int? {
        var index = start
        while index < end, bytes[index].isBlank { index += 1 }
        return index < end && bytes[index] == Byte.quote ? index : nil
    }

    /// All that is not taken yet, raw.
    package var tail: ArraySlice<UInt8> { hasMore ? bytes[start..<end] : [] }

    /// How many fields are not taken yet.
    package var count: Int {
        var rest = self
        var count = 0
        while rest.next() != nil { count += 1 }
        return count
    }

    /// The field at a place counted from what is not taken yet; nil if there is none.
    package subscript(index: Int) -> Field? {
        guard index >= 0 else { return nil }
        var rest = self
        for _ in 0..<index where rest.next() == nil { return nil }
        return rest.next()
    }

    /// The value of `KEY=value` anywhere in the line, like `RECEIVED` in `BUFFERED=0,RECEIVED=34,DROPPED=2`.
    package func value(of key: String) -> Field? {
        let key = Array(key.utf8)
        var rest = Fields(bare: Line(bytes))
        while let field = rest.next() {
            let bytes = field.bytes
            let separator = bytes.startIndex + key.count
            guard separator < bytes.endIndex, bytes[separator] == Byte.equals || bytes[separator] == Byte.colon,
                bytes[..<separator].elementsEqual(key)
            else { continue }
            return Field(bytes[(separator + 1)...])
        }
        return nil
    }
}

extension Fields {
    /// Takes the next field from the left.
    package mutating func next() -> Field? {
        guard hasMore else { return nil }
        let from = start
        var index = start
        skipBlanks()
        if start < end, bytes[start] == Byte.quote {
            index = start + 1
            while index < end, !(bytes[index] == Byte.quote && closes(after: index + 1)) { index += 1 }
        }
        while index < end, bytes[index] != Byte.comma { index += 1 }
        start = index + 1
        return Field(bytes[from..<index])
    }

    /// Takes the next field from the right.
    package mutating func last() -> Field? {
        guard hasMore else { return nil }
        var index = end
        while index > start, bytes[index - 1].isBlank { index -= 1 }
        if index - start >= 2, bytes[index - 1] == Byte.quote {
            index -= 2
            while index > start, !(bytes[index] == Byte.quote && opens(before: index)) { index -= 1 }
        }
        while index > start, bytes[index - 1] != Byte.comma { index -= 1 }
        let field = Field(bytes[index..<end])
        if index == start {
            start = end + 1
        } else {
            end = index - 1
        }
        return field
    }

    /// Takes a text of type 1, raw between optional quotes, by its length; nil and nothing taken if it is shorter.
    package mutating func text(length: Int) -> ArraySlice<UInt8>? {
        take(length)
    }

    /// Takes bytes of type 2, hex between optional quotes, by their length; nil and nothing taken if they do not fit.
    package mutating func hex(length: Int) -> [UInt8]? {
        guard length >= 0, length <= bytes.count else { return nil }
        var rest = self
        guard let digits = rest.take(2 * length), let decoded = Hex.decode(digits) else { return nil }
        self = rest
        return decoded
    }

    private mutating func take(_ length: Int) -> ArraySlice<UInt8>? {
        guard hasMore, length >= 0 else { return nil }
        // A raw text may begin with a quote of its own.
        if let quote = quotePosition, end - quote - 2 >= length, bytes[quote + 1 + length] == Byte.quote {
            return take(from: quote + 1, length, closing: 1)
        }
        if let text = take(from: start, length, closing: 0) { return text }
        // … or with blanks, which after a comma are none of it.
        var from = start
        while from < end, bytes[from].isBlank { from += 1 }
        return from > start ? take(from: from, length, closing: 0) : nil
    }

    private mutating func take(from: Int, _ length: Int, closing: Int) -> ArraySlice<UInt8>? {
        guard end - from >= length else { return nil }
        let upTo = from + length
        var index = upTo + closing
        while index < end, bytes[index].isBlank { index += 1 }
        guard index == end || bytes[index] == Byte.comma else { return nil }
        start = index + 1
        return bytes[from..<upTo]
    }

    private mutating func skipBlanks() {
        while start < end, bytes[start].isBlank { start += 1 }
    }

    /// Whether a comma or the end follows.
    private func closes(after index: Int) -> Bool {
        var index = index
        while index < end, bytes[index].isBlank { index += 1 }
        return index >= end || bytes[index] == Byte.comma
    }

    /// Whether a comma or the beginning stands in front.
    private func opens(before index: Int) -> Bool {
        var index = index
        while index > start, bytes[index - 1].isBlank { index -= 1 }
        return index <= start || bytes[index - 1] == Byte.comma
    }
}
