/// Bytes as pairs of hex digits. Writes capitals, reads any case.
package enum Hex {
    private static let digits: [UInt8] = Array("0123456789ABCDEF".utf8)

    /// The value of every byte as a digit; 0xFF for what is none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, digit) in digits.enumerated() {
            values[Int(digit)] = UInt8(value)
            values[Int(digit | 0x20)] = UInt8(value)
        }
        return values
    }()

    /// Adds the digits of `bytes` to `target`, so that a command is built in one array.
    package static func encode(_ bytes: [UInt8], into target: inout [UInt8]) {
        let digits = digits
        target.append(addingCapacity: 2 * bytes.count) { output in
            for byte in bytes {
                output.append(digits[Int(byte >> 4)])
                output.append(digits[Int(byte & 15)])
            }
        }
    }

    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var target: [UInt8] = []
        encode(bytes, into: &target)
        return target
    }

    /// The digits as text.
    package static func string(_ bytes: [UInt8]) -> String {
        String(decoding: encode(bytes), as: UTF8.self)
    }

    /// Nil for an odd number of digits and for anything that is no digit.
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        let values = values
        var isSound = true
        let bytes = [UInt8](capacity: text.count / 2) { output in
            var index = text.startIndex
            while index < text.endIndex {
                let high = values[Int(text[index])]
                let low = values[Int(text[index + 1])]
                guard high | low < 16 else {
                    isSound = false
                    return
                }
                output.append(high << 4 | low)
                index += 2
            }
        }
        return isSound ? bytes : nil
    }

    package static func decode(_ text: [UInt8]) -> [UInt8]? { decode(text[...]) }

    package static func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8)) }
}
