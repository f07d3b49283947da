extension JSONParser {
    ///     number = [ "-" ] ( "0" / digit19 *digit ) [ "." 1*digit ] [ ( "e" / "E" ) [ "+" / "-" ] 1*digit ]
    mutating func parseNumber() throws(JSONError) {
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if let next, next.isDigit { throw fault(expected: "no digit after a leading zero") }
        } else {
            try takeDigits()
        }
        if take(UInt8(ascii: ".")) { try takeDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try takeDigits()
        }
    }

    private mutating func takeDigits() throws(JSONError) {
        guard let next, next.isDigit else { throw fault(expected: "a digit") }
        while let next = self.next, next.isDigit { position += 1 }
    }

    ///     string = quote *( unescaped / "\" ( quote / "\" / "/" / b / f / n / r / t / "u" 4hexdigit ) ) quote
    mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        // Most strings have no escape and are taken over in one piece.
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\\") {
            if byte == UInt8(ascii: "\"") {
                defer { position += 1 }
                return try text(bytes[start..<position], from: start)
            }
            position += 1
        }
        return try parseEscapedString(from: start)
    }

    private mutating func parseEscapedString(from start: Int) throws(JSONError) -> String {
        var result = try text(bytes[start..<position], from: start)
        var piece = position
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                result += try text(bytes[piece..<position], from: piece)
                position += 1
                return result
            case UInt8(ascii: "\\"):
                result += try text(bytes[piece..<position], from: piece)
                position += 1
                result.unicodeScalars.append(try parseEscape())
                piece = position
            case 0..<0x20:
                throw fault(expected: "no control character inside a string")
            default:
                position += 1
            }
        }
        throw fault(expected: "'\"' at the end of the string")
    }

    private mutating func parseEscape() throws(JSONError) -> Unicode.Scalar {
        let scalar: Unicode.Scalar
        switch next {
        case UInt8(ascii: "\""): scalar = "\""
        case UInt8(ascii: "\\"): scalar = "\\"
        case UInt8(ascii: "/"): scalar = "/"
        case UInt8(ascii: "b"): scalar = "\u{8}"
        case UInt8(ascii: "f"): scalar = "\u{C}"
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "t"): scalar = "\t"
        case UInt8(ascii: "u"): return try parseUnicodeEscape()
        default: throw fault(expected: "one of \" \\ / b f n r t u after a backslash")
        }
        position += 1
        return scalar
    }

    /// Stands at the `u`. Characters beyond the first plane come as a pair of surrogates.
    private mutating func parseUnicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let start = position - 1
        let first = try parseCodeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first) else {
            throw fault(at: start, found: "a second half of a surrogate pair", expected: "the first half before it")
        }
        guard take(UInt8(ascii: "\\")), next == UInt8(ascii: "u") else {
            throw fault(at: start, found: "a first half of a surrogate pair", expected: "the second half after it")
        }
        let second = try parseCodeUnit()
        guard UTF16.isTrailSurrogate(second) else {
            throw fault(at: start, found: "a first half of a surrogate pair", expected: "the second half after it")
        }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private mutating func parseCodeUnit() throws(JSONError) -> UInt16 {
        position += 1
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = next?.hexValue else { throw fault(expected: "four hexadecimal digits after \\u") }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    private func text(_ slice: ArraySlice<UInt8>, from start: Int) throws(JSONError) -> String {
        if let text = String(validating: slice, as: UTF8.self) { return text }
        throw fault(at: start + validPrefix(of: slice), found: "bytes that are not UTF-8", expected: "UTF-8")
    }

    private func validPrefix(of slice: ArraySlice<UInt8>) -> Int {
        do throws(UTF8.ValidationError) {
            return try UTF8Span(validating: slice.span).count
        } catch {
            return error.byteOffsets.lowerBound
        }
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit of either case.
    var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
