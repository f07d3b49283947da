extension UInt8 {
    var isASCIILetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) && self < 0x80 }
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isHexDigit: Bool { isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }

    var isModuleNameCharacter: Bool {
        isASCIILetter || isASCIIDigit || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
    }

    var isHostCharacter: Bool { isModuleNameCharacter || self == UInt8(ascii: ".") || self == UInt8(ascii: ":") }
}

extension String {
    var hasNoControlCharacters: Bool { utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    /// Control characters as TOML and JSON write them.
    var onOneLine: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        var shown = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": shown += "\\n"
            case "\r": shown += "\\r"
            case "\t": shown += "\\t"
            case _ where scalar.properties.generalCategory == .control:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                shown += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// May stand between quotes in an AT command: nothing in it ends the string or the line.
    var fitsQuotes: Bool { utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") } }

    /// The bytes of an even number of hexadecimal digits.
    var hexBytes: [UInt8]? {
        guard utf8.count.isMultiple(of: 2), utf8.allSatisfy(\.isHexDigit) else { return nil }
        let digits = utf8.map { $0.isASCIIDigit ? $0 - UInt8(ascii: "0") : ($0 | 0x20) - UInt8(ascii: "a") + 10 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// A topic that others can be built on: levels that are not empty, without wildcards.
    package var isTopicPrefix: Bool {
        let levels = split(separator: "/", omittingEmptySubsequences: false)
        return utf8.count <= 256 && hasNoControlCharacters && !hasPrefix("$") && !levels.contains("")
            && !utf8.contains(UInt8(ascii: "+")) && !utf8.contains(UInt8(ascii: "#"))
    }
}
