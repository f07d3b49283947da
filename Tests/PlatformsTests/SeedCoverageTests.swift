import Glibc
import Testing

@Suite struct SeedCoverageTests {
    private static let files = [
        "CommandTests", "DeregisterTests", "ErrorTests", "FetchTests", "FirmwareTests", "InquiryTests",
        "RegisterTests", "ReportTests", "SendTests", "ValueTests",
    ]

    /// The text of these files, which stand beside this one.
    private static func sources() throws -> String {
        let folder = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return try files.map { try read("\(folder)/\($0).swift") }.joined()
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
        for name in Set(SeedCoverage.rows.map(\.test)) { #expect(sources.contains("func `\(name)`"), "\(name)") }
    }

    @Test func `nothing of the note is missing from the table`() {
        let items = SeedCoverage.rows.map { "\($0.section) \($0.item)" }
        #expect(Set(items).count == items.count)
        #expect(SeedCoverage.rows.filter { $0.section == "6" }.count == 20)
        #expect(SeedCoverage.rows.filter { $0.item.hasPrefix("+QLWEVTIND") }.count == 12)
        #expect(Set(SeedCoverage.rows.map(\.section)).isSuperset(of: (1...9).flatMap { ["2.3.\($0)", "3.\($0)"] }))
    }
}
