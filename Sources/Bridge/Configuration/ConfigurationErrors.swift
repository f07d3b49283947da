/// All faults of one configuration, in the order of their places.
package struct ConfigurationErrors: Error, Equatable, CustomStringConvertible {
    package var faults: [Fault]

    package init(faults: [Fault]) { self.faults = faults }

    package var description: String { faults.map(\.description).joined(separator: "\n") }

    /// One fault: its place, what stands there and what is expected instead.
    package struct Fault: Sendable, Equatable, CustomStringConvertible {
        package var file: String
        /// Both count from 1.
        package var line: Int
        package var column: Int
        package var found: String
        package var expected: String

        package init(file: String, line: Int, column: Int, found: String, expected: String) {
            self.file = file
            self.line = line
            self.column = column
            self.found = found
            self.expected = expected
        }

        /// One line, whatever stands in the file.
        package var description: String { "\(file):\(line):\(column): \(found.onOneLine); expected \(expected)" }
    }
}

/// Gathers the faults while a configuration is read, so that all are told in one go.
final class FaultLog {
    let file: String
    private(set) var faults: [ConfigurationErrors.Fault] = []

    init(file: String) { self.file = file }

    func fault(at position: TOMLPosition, found: String, expected: String) {
        faults.append(.init(file: file, line: position.line, column: position.column, found: found, expected: expected))
    }

    var errors: ConfigurationErrors {
        ConfigurationErrors(faults: faults.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }

    /// A path as the configuration means it: relative ones start at the folder of its file.
    func resolve(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(file[...slash]) + path
    }
}
