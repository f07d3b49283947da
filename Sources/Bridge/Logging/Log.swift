import Glibc
import JSON
import Reactor
import Synchronization

/// What the bridge tells its operator, on standard error. One line a message; secrets never get here.
package struct Log: Sendable {
    package enum Level: Int, Comparable, Sendable, CaseIterable {
        case debug, info, notice, warning, error

        package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }

        package var name: String { "\(self)" }

        /// syslog's number, which the journal reads from a line's head.
        var priority: Int {
            switch self {
            case .debug: 7
            case .info: 6
            case .notice: 5
            case .warning: 4
            case .error: 3
            }
        }
    }

    package enum Format: Sendable { case text, journal, json }

    package let level: Level
    package let format: Format

    package init(level: Level, format: Format) {
        self.level = level
        self.format = format
    }

    package func isOn(_ level: Level) -> Bool { level >= self.level }

    package func debug(_ subject: String, _ text: @autoclosure () -> String) { write(.debug, subject, text) }
    package func info(_ subject: String, _ text: @autoclosure () -> String) { write(.info, subject, text) }
    package func notice(_ subject: String, _ text: @autoclosure () -> String) { write(.notice, subject, text) }
    package func warning(_ subject: String, _ text: @autoclosure () -> String) { write(.warning, subject, text) }
    package func error(_ subject: String, _ text: @autoclosure () -> String) { write(.error, subject, text) }

    private func write(_ level: Level, _ subject: String, _ text: () -> String) {
        guard isOn(level) else { return }
        var bytes = line(level, subject, text())
        bytes.append(UInt8(ascii: "\n"))
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
    }

    private func line(_ level: Level, _ subject: String, _ text: String) -> [UInt8] {
        switch format {
        case .text: Array("\(RFC3339.text(milliseconds: Self.now)) \(level.name) \(subject): \(text)".utf8)
        case .journal: Array("<\(level.priority)>\(subject): \(text)".utf8)
        case .json:
            JSONText.object { json in
                json.member("time", time: Self.now)
                json.member("level", level.name)
                json.member("subject", subject)
                json.member("text", text)
            }
        }
    }

    private static var now: Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
