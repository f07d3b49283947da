/// One command as the module's parser sees it. Names are upper case; parameters keep their bytes.
struct CommandLine {
    enum Form: Equatable { case test, read, set, execute }

    struct Parameter: Equatable {
        let bytes: ArraySlice<UInt8>
        let isQuoted: Bool

        var text: String { String(decoding: bytes, as: UTF8.self) }
        /// A bare decimal number, without a sign or a blank.
        var number: Int? {
            guard !isQuoted, !bytes.isEmpty, bytes.count <= 10, bytes.allSatisfy({ 0x30...0x39 ~= $0 }) else {
                return nil
            }
            return bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
    }

    let bytes: [UInt8]
    /// With its `+`: `+NMGS`; of a basic command its letter: `E`, `I`; of a bare `AT` nothing.
    let name: String
    let form: Form
    let parameters: [Parameter]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Nil for a line without the prefix, `AT` or `at`.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: "AT".utf8) || bytes.starts(with: "at".utf8) else { return nil }
        self.bytes = bytes
        let body = bytes.dropFirst(2)
        guard body.first == UInt8(ascii: "+") else {
            name = String(decoding: body.prefix(1), as: UTF8.self).uppercased()
            let rest = body.dropFirst()
            form = rest.isEmpty ? .execute : .set
            parameters = rest.isEmpty ? [] : [Parameter(bytes: rest, isQuoted: false)]
            return
        }
        let end = body.firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "?") } ?? body.endIndex
        name = String(decoding: body[..<end], as: UTF8.self).uppercased()
        let rest = body[end...]
        if rest.isEmpty {
            (form, parameters) = (.execute, [])
        } else if rest.elementsEqual("?".utf8) {
            (form, parameters) = (.read, [])
        } else if rest.elementsEqual("=?".utf8) {
            (form, parameters) = (.test, [])
        } else {
            (form, parameters) = (.set, Self.split(rest.dropFirst()))
        }
    }

    /// At commas outside quotes.
    private static func split(_ list: ArraySlice<UInt8>) -> [Parameter] {
        var parameters: [Parameter] = []
        var start = list.startIndex
        var inQuotes = false
        for index in list.indices {
            if list[index] == UInt8(ascii: "\"") { inQuotes.toggle() }
            if list[index] == UInt8(ascii: ","), !inQuotes {
                parameters.append(parameter(list[start..<index]))
                start = index + 1
            }
        }
        parameters.append(parameter(list[start...]))
        return parameters
    }

    private static func parameter(_ bytes: ArraySlice<UInt8>) -> Parameter {
        let quote = UInt8(ascii: "\"")
        guard bytes.count >= 2, bytes.first == quote, bytes.last == quote else {
            return Parameter(bytes: bytes, isQuoted: false)
        }
        return Parameter(bytes: bytes.dropFirst().dropLast(), isQuoted: true)
    }
}

/// Hexadecimal as this module reads and writes it.
enum HexDigits {
    static func bytes(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            guard let value = value(digit) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
