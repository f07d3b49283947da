/// Ids for uplinks and downlinks that have none: 16 hexadecimal digits by chance.
enum UplinkID {
    static func make() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
