import Glibc
import Testing

@Suite struct OneNETSeedCoverageTests {
    private static let files = [
        "Acknowledgement", "Answer", "Command", "End", "Error", "Event", "Firmware", "Register", "Report", "Result",
        "Send", "Transcript",
    ]

    /// The text of these files, which stand beside this one.
    private static func sources() throws -> String {
        let folder = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return try files.map { try read("\(folder)/OneNET\($0)Tests.swift") }.joined()
    }

    private static func read(_ path: String) throws -> String {
        let descriptor = unsafe open(path, O_RDONLY)
        try #require(descriptor >= 0, "\(path)")
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `every test that the table names is there`() throws {
        let sources = try Self.sources()
        for name in Set(OneNETSeedCoverage.rows.map(\.test)) { #expect(sources.contains("func `\(name)`"), "\(name)") }
    }

    @Test func `nothing of the note is missing from the table`() {
        let rows = OneNETSeedCoverage.rows
        let items = rows.map { "\($0.section) \($0.item)" }
        #expect(Set(items).count == items.count)
        #expect(rows.filter { $0.section == "4" && !$0.item.contains("compatible") }.count == 5)
        #expect(rows.filter { $0.section == "5.7" && $0.item.hasPrefix("event") && $0.item.count <= 8 }.count == 25)
        #expect(rows.filter { $0.item.hasSuffix("=?") }.count == 14)
        let sections = Set(rows.map(\.section))
        #expect(sections.isSuperset(of: (1...16).map { "3.3.\($0)" }))
        #expect(sections.isSuperset(of: (1...10).map { "5.\($0)" }))
        #expect(
            sections.isSuperset(of: ["7.2", "7.3.1", "7.3.2", "7.3.3", "7.4.1", "7.4.2", "7.5", "7.6", "7.7", "7.9"]))
        #expect(sections.isSuperset(of: (1...5).map { "7.8.\($0)" }))
    }
}
