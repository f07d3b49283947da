import Glibc
import Testing

/// One thing that a note defines, and the test that covers it.
struct SeedRow: Sendable {
    var section: String
    var item: String
    var test: String

    init(_ section: String, _ item: String, _ test: String) {
        self.section = section
        self.item = item
        self.test = test
    }
}

/// What holds for every table of rows.
enum SeedTable {
    /// Every test that the rows name stands in a file of these folders, which lie in this target's.
    static func expectTests(of rows: [SeedRow], in folders: [String], at location: SourceLocation = #_sourceLocation)
        throws
    {
        let target = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
        let files = try folders.flatMap { try swiftFiles(in: "\(target)/\($0)") }
        try #require(!files.isEmpty, sourceLocation: location)
        let text = try files.map(read).joined()
        for name in Set(rows.map(\.test)) {
            #expect(text.contains("func `\(name)`"), "\(name)", sourceLocation: location)
        }
    }

    static func expectUnique(_ rows: [SeedRow], at location: SourceLocation = #_sourceLocation) {
        let items = rows.map { "\($0.section) \($0.item)" }
        #expect(Set(items).count == items.count, sourceLocation: location)
    }

    private struct MissingFolder: Error { var path: String }

    private static func swiftFiles(in folder: String) throws -> [String] {
        guard let stream = unsafe opendir(folder) else { throw MissingFolder(path: folder) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".swift") { names.append("\(folder)/\(name)") }
        }
        return names
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
}
