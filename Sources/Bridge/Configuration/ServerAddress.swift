import Glibc

/// A host and a port, written `host:port`, or `[address]:port` with an address of IPv6.
package struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    package var host: String
    package var port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Without a default the port must be written. Nothing but the characters of names and addresses is let through,
    /// since hosts become parts of AT commands.
    package init?(_ text: String, defaultPort: UInt16? = nil) {
        let utf8 = text.utf8
        let colons = utf8.count { $0 == UInt8(ascii: ":") }
        let host: Substring
        let port: Substring?
        if text.hasPrefix("[") {
            guard let end = utf8.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = text[utf8.index(after: text.startIndex)..<end]
            let rest = text[utf8.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":"), host.utf8.contains(UInt8(ascii: ":")) else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if colons == 1, let colon = utf8.firstIndex(of: UInt8(ascii: ":")) {
            host = text[..<colon]
            port = text[utf8.index(after: colon)...]
        } else {
            host = text[...]
            port = nil
        }
        guard (1...150).contains(host.utf8.count), host.utf8.allSatisfy(\.isHostCharacter) else { return nil }
        // Colons belong to an address of IPv6 alone.
        guard !host.utf8.contains(UInt8(ascii: ":")) || Self.isIPv6(String(host)) else { return nil }
        guard let number = port.map({ UInt16(digits: $0) }) ?? defaultPort, number > 0 else { return nil }
        self.init(host: String(host), port: number)
    }

    private static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return unsafe inet_pton(AF_INET6, text, &address) == 1
    }

    package var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension UInt16 {
    /// Digits alone: no sign, no blank.
    fileprivate init?(digits: Substring) {
        guard digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return nil }
        self.init(digits)
    }
}
