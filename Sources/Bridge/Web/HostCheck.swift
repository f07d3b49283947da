import Glibc

/// Which names a browser may reach the bridge by. A page of somebody else can make its own name point here (DNS
/// rebinding), and would then be let read everything; an address, or a name of this machine, it cannot take.
struct HostCheck: Sendable {
    private let names: Set<String>

    init(listening host: String, others: [String], machine: String = hostName()) {
        var names = Set(["localhost", host.lowercased()] + others)
        if !machine.isEmpty { names.formUnion([machine.lowercased(), machine.lowercased() + ".local"]) }
        self.names = names
    }

    /// `header` as it came: a name or an address, perhaps with a port.
    func admits(_ header: String?) -> Bool {
        // Only HTTP/1.0 has none, and no browser speaks it.
        guard let header else { return true }
        var host = header.lowercased()[...]
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            return Self.isAddress(String(host[host.index(after: host.startIndex)..<end]), AF_INET6)
        }
        if let colon = host.lastIndex(of: ":") { host = host[..<colon] }
        if host.hasSuffix(".") { host.removeLast() }
        return names.contains(String(host)) || Self.isAddress(String(host), AF_INET)
    }

    private static func isAddress(_ text: String, _ family: Int32) -> Bool {
        var address = in6_addr()
        return unsafe inet_pton(family, text, &address) == 1
    }
}
