import Glibc
import Testing

@Suite struct LwM2MSeedCoverageTests {
    private static let files = [
        "Answer", "Command", "Confirmation", "Dialogue", "Keep", "Reading", "Register", "Report", "Request", "Send",
        "Update", "Value",
    ]

    /// The text of these files, which stand beside this one.
    private static func sources() throws -> String {
        let folder = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return try files.map { try read("\(folder)/LwM2M\($0)Tests.swift") }.joined()
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

    @Test func `every test that the table of standard LwM2M names is there`() throws {
        let sources = try Self.sources()
        for name in Set(LwM2MSeedCoverage.rows.map(\.test)) { #expect(sources.contains("func `\(name)`"), "\(name)") }
    }

    @Test func `nothing of the note of standard LwM2M is missing from the table`() {
        let rows = LwM2MSeedCoverage.rows
        let items = rows.map { "\($0.section) \($0.item)" }
        #expect(Set(items).count == items.count)
        #expect(rows.filter { $0.section == "6" }.count == 11)
        #expect(Set(rows.filter { $0.item.hasPrefix("+QLAURC") }.map(\.section)).count == 13)
        #expect(rows.filter { $0.section == "2.14" && $0.item.hasPrefix("status") }.count == 8)
        #expect(
            Set(rows.map(\.section)).isSuperset(
                of: (1...14).map { "2.\($0)" } + (1...13).map { "3.\($0)" } + (1...5).map { "4.3.\($0)" }))
    }
}
