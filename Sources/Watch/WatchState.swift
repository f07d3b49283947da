import JSON
package import Reactor

/// All that the topics of one bridge have told so far. A message goes in, what has changed comes out.
package struct WatchState: Sendable {
    package enum Link: Sendable, Equatable {
        case connecting
        case connected(broker: String)
        case lost(reason: String)
    }

    package let base: String
    package var link = Link.connecting
    /// Nil as long as nobody has said.
    package internal(set) var isBridgeOnline: Bool?
    package internal(set) var version: String?
    /// Why the bridge cannot save what comes; nil if it can.
    package internal(set) var storeFault: String?
    package internal(set) var modules: [String: ModuleView] = [:]
    package private(set) var log: [LogEntry] = []

    private static let longestLog = 1000

    package init(base: String) { self.base = base }

    /// What a client must hear for it.
    package var subscriptions: [String] {
        [
            "bridge/+", "+/availability", "+/status", "+/firmware", "+/up/result", "+/down/json", "+/event",
            "+/request", "+/command/+/result", "+/command/firmware/+/result", "+/object/+/+/+",
        ].map { "\(base)/\($0)" }
    }

    package var names: [String] { modules.keys.sorted { Self.precedes($0, $1) } }

    /// With numbers in their order: meter-2 before meter-10.
    private static func precedes(_ a: String, _ b: String) -> Bool {
        let (left, right) = (parts(a), parts(b))
        for (l, r) in zip(left, right) where l != r {
            if let first = Int(l), let second = Int(r), first != second { return first < second }
            return l < r
        }
        return left.count == right.count ? a < b : left.count < right.count
    }

    private static func parts(_ name: String) -> [Substring] {
        var parts: [Substring] = []
        var start = name.startIndex
        while start < name.endIndex {
            let isNumber = name[start].isWholeNumber
            let end = name[start...].firstIndex { $0.isWholeNumber != isNumber } ?? name.endIndex
            parts.append(name[start..<end])
            start = end
        }
        return parts
    }

    /// Keeps what is worth a line, and gives it back.
    package mutating func receive(topic: String, payload: [UInt8], retained: Bool, at now: Timestamp) -> [LogEntry] {
        let new = read(topic: topic, payload: payload, retained: retained, at: now)
        log += new
        if log.count > Self.longestLog { log.removeFirst(log.count - Self.longestLog) }
        return new
    }
}
