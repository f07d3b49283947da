import Reactor

/// How long ago something was, in one unit.
enum Age {
    static func text(_ time: Timestamp?, now: Timestamp) -> String {
        guard let time else { return "" }
        let seconds = max(0, (now - time).components.seconds)
        return switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m"
        case ..<86_400: "\(seconds / 3600)h"
        default: "\(seconds / 86_400)d"
        }
    }

    /// The time of day in UTC, as every time that the bridge tells.
    static func clock(_ time: Timestamp) -> String {
        let day: Int64 = 86_400
        let seconds = ((time.milliseconds / 1000) % day + day) % day
        return [seconds / 3600, seconds / 60 % 60, seconds % 60].map { ($0 < 10 ? "0" : "") + "\($0)" }
            .joined(separator: ":")
    }
}
