import Synchronization

/// Ids for uplinks and downlinks that have none: 16 hexadecimal digits by chance.
///
/// The chance is where this process begins to count; from there each step is scrambled (SplitMix64), so that no two ids
/// of a process are the same. Asking the kernel for every id cost 1 % of the bridge's time.
enum UplinkID {
    private static let position = Atomic<UInt64>(.random(in: .min ... .max))

    static func make() -> [UInt8] {
        var rest = position.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        rest = (rest ^ (rest >> 30)) &* 0xBF58_476D_1CE4_E5B9
        rest = (rest ^ (rest >> 27)) &* 0x94D0_49BB_1331_11EB
        rest ^= rest >> 31
        return [UInt8](capacity: 16) { digits in
            for _ in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: rest & 15)
                digits.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
                rest >>= 4
            }
        }
    }

    static func text() -> String { String(decoding: make(), as: UTF8.self) }
}
