import Glibc
import Testing

@Suite struct AndlinkSeedCoverageTests {
    private static let files = [
        "Command", "Confirmation", "Deregister", "Encryption", "Error", "Firmware", "Prepare", "Reboot", "Register",
        "Report", "Request", "Send", "Transcript",
        "Value",
    ]

    /// The text of the tests, which stand beside this one.
    private static func sources() throws -> String {
        let folder = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return try files.map { try read("\(folder)/Andlink\($0)Tests.swift") }.joined()
    }

    private static func read(_ path: String) throws -> String {
        let descriptor = unsafe open(path, O_RDONLY)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        try #require(!bytes.isEmpty)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `every test that the table names is there`() throws {
        let sources = try Self.sources()
        for name in Set(AndlinkSeedCoverage.rows.map(\.test)) { #expect(sources.contains("func `\(name)`"), "\(name)") }
    }

    @Test func `nothing of the note is missing from the table`() {
        let rows = AndlinkSeedCoverage.rows
        let items = rows.map { "\($0.section) \($0.item)" }
        #expect(Set(items).count == items.count)
        #expect(Set(rows.map(\.section)).isSuperset(of: (1...16).map { "3.\($0)" } + (1...4).map { "4.\($0)" }))
        func count(_ section: String, _ prefix: String) -> Int {
            rows.filter { $0.section == section && $0.item.hasPrefix(prefix) }.count
        }
        #expect(count("2", "FIRMWARE") == 7)
        #expect(count("3.5", "0x") == 5)
        #expect(count("3.6", "result") == 6)
        #expect(count("3.8", "AT+QLAFOTAIND=") == 6)
        #expect(count("3.10", "") - count("3.10", "AT+") == 14)
        #expect(count("4.3", "+QLAEVTIND:") == 8)
        #expect(count("5", "error") == AndlinkErrorTests.rows.count)
        #expect(count("7", "cause") == 24)
    }
}
