/// `http://host[:port]/path` as AT+QFOTADL takes it (S1 2.2.2.1 and 2.2.2.3); anything else is nil.
struct PackageURL: Equatable {
    let host: String
    let port: UInt16
    /// With its leading slash.
    let path: String

    init?(_ text: String) {
        let scheme = "http://"
        guard text.utf8.count <= 511, text.hasPrefix(scheme) else { return nil }
        let rest = text.dropFirst(scheme.count)
        guard let slash = rest.firstIndex(of: "/"), rest[slash...].count > 1 else { return nil }
        let server = rest[..<slash]
        if let colon = server.firstIndex(of: ":") {
            guard let number = UInt16(server[server.index(after: colon)...]), number > 0 else { return nil }
            (host, port) = (String(server[..<colon]), number)
        } else {
            (host, port) = (String(server), 80)
        }
        guard !host.isEmpty, !rest.contains(where: { $0 == " " || $0 == "\"" }) else { return nil }
        path = String(rest[slash...])
    }

    /// Only this machine is really asked.
    var isLocal: Bool { host == "localhost" || host.hasPrefix("127.") }

    /// The last part of the path; the default for one with characters that no file may have (S1 2.2.2.3).
    var fileName: String {
        let name = path.prefix { $0 != "?" }.split(separator: "/").last.map(String.init) ?? ""
        return Self.isLegal(name) ? name : "mcu_update.bin"
    }

    static let longestName = 63

    static func isLegal(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !#"\/:*?"<>|,"#.utf8.contains($0) }
    }
}
