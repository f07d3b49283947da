/// Where a module fetches a package or a file: `http://host[:port]/path`, as AT+QFOTADL takes it.
package struct PackageAddress: Sendable, Equatable, CustomStringConvertible {
    /// Why an address is none.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    package static let longest = 511
    package static let longestFileName = 63
    /// The module's own choice where the address names no file that it can keep.
    package static let defaultFileName = "mcu_update.bin"

    package let description: String
    package let host: String
    package let port: Int
    package let path: String

    package init(_ text: String) throws(Fault) {
        func fault(_ what: String) -> Fault { Fault(description: "the url \(what)") }
        guard text.utf8.count <= Self.longest else {
            throw fault("has \(text.utf8.count) bytes; at most \(Self.longest) are expected")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 }) else {
            throw fault("holds a blank, a quotation mark or something else than ASCII; escape it as %20")
        }
        let scheme = "http://"
        guard text.lowercased().hasPrefix(scheme) else {
            throw fault("begins with \"\(text.prefix(8))\"; http:// is expected")
        }
        let rest = text.dropFirst(scheme.count)
        guard let slash = rest.firstIndex(of: "/"), rest.index(after: slash) < rest.endIndex else {
            throw fault("has no path; http://host:port/path is expected")
        }
        let server = rest[..<slash].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard !server[0].isEmpty else { throw fault("has no host; http://host:port/path is expected") }
        port = try server.count == 1 ? 80 : Self.port(server[1], fault)
        host = String(server[0])
        path = String(rest[slash...])
        // As the module wants it to begin.
        description = scheme + rest
    }

    private static func port(_ text: Substring, _ fault: (String) -> Fault) throws(Fault) -> Int {
        guard let port = Int(text), (1...65_535).contains(port), String(port) == text else {
            throw fault("has the port \"\(text.prefix(20))\"; 1 to 65535 is expected")
        }
        return port
    }

    /// Under which name a module keeps the file: the path's last part, if it can be one.
    package var fileName: String { Self.isFileName(lastPart) ? lastPart : Self.defaultFileName }

    /// The module refuses a file whose name it cannot keep for its length.
    package var hasLongName: Bool { lastPart.utf8.count > Self.longestFileName }

    private var lastPart: String { path.prefix { $0 != "?" }.split(separator: "/").last.map(String.init) ?? "" }

    package static func isFileName(_ name: String) -> Bool {
        let letters = name.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && !"\"\\/:*?<>|,".utf8.contains(byte)
        }
        return (1...longestFileName).contains(name.utf8.count) && letters && name != "." && name != ".."
    }
}
