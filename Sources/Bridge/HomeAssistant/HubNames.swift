/// The ids under which the hub knows the bridge and its modules. They depend on the base topic and the module's name
/// alone, so that history and dashboards outlive restarts, other hosts and other modules on the same line.
struct HubNames: Sendable {
    /// Of the bridge's device; the node id of its topics too.
    let bridge: String

    /// Ids have letters, digits, `_` and `-` only, which a base topic need not, and no two bases may share one.
    init(base: String) {
        bridge = base == "narrowbridge" ? base : "narrowbridge-\(Self.digest(base))"
    }

    func module(_ name: String) -> String { "\(bridge)_\(name)" }

    /// FNV-1a, in eight digits.
    private static func digest(_ text: String) -> String {
        let hash = text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// As the hub writes the part of an entity's id behind the dot.
    static func slug(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self).lowercased()
    }
}
