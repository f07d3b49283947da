/// Ids for uplinks and downlinks that have none: 16 hexadecimal digits by chance.
enum UplinkID {
    static func make() -> [UInt8] {
        var rest = UInt64.random(in: .min ... .max)
        var digits = [UInt8](repeating: 0, count: 16)
        for index in digits.indices {
            let digit = UInt8(truncatingIfNeeded: rest & 15)
            digits[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            rest >>= 4
        }
        return digits
    }

    static func text() -> String { String(decoding: make(), as: UTF8.self) }
}
