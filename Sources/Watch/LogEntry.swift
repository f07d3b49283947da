package import Reactor

/// One line of what has happened, for the log below the table and for a pipe.
package struct LogEntry: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case bridge, state, uplink, downlink, request, event, firmware, command, value
    }

    package let time: Timestamp
    package let module: String
    package let kind: Kind
    package let text: String
    /// Something that a person should look at.
    package var isBad = false

    /// The same for a program that reads lines: its columns are divided by single blanks.
    package func line(timeText: String) -> String {
        "\(timeText) \(DisplayText(module).text) \(kind.rawValue) \(DisplayText(text).text)"
    }

    /// Whether it has what a person looks for.
    func matches(_ filter: String) -> Bool {
        filter.isEmpty || "\(module) \(kind.rawValue) \(text)".lowercased().contains(filter.lowercased())
    }
}
