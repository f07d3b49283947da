import Glibc
import JSON
import Reactor

/// What a person sees of the demo: one line for each message, with who has published it.
struct DemoView {
    private enum Speaker: String {
        case client, bridge
        case cloud = "cloud "

        var colour: String {
            switch self {
            case .client: "36"
            case .bridge: "32"
            case .cloud: "33"
            }
        }
    }

    private let isColoured = isatty(1) == 1
    private let start: Instant
    private let longestPayload = 96
    private var lastState = ""
    private(set) var isReady = false

    init(start: Instant) { self.start = start }

    mutating func show(topic: String, text: String, at now: Instant) {
        guard isNews(topic, text) else { return }
        let seconds = (now - start).inSeconds
        let time = pad("\(Int(seconds)).\(Int(seconds * 10) % 10)", 6)
        let short = Self.shortened(text)
        let payload = short.count > longestPayload ? short.prefix(longestPayload - 1) + "…" : short[...]
        let speaker = speaker(of: topic)
        let topicColumn = topic + String(repeating: " ", count: max(0, 34 - topic.count))
        Terminal.say("\(time)  \(coloured(speaker.rawValue, speaker.colour))  \(topicColumn)  \(payload)")
    }

    /// The status is published with every change of a counter, and only its state is worth a line here.
    private mutating func isNews(_ topic: String, _ text: String) -> Bool {
        if topic.hasSuffix("/breaches") { return text != "0" }
        if topic == "narrowbridge/bridge/info" || topic.hasSuffix("/firmware") { return false }
        guard topic.hasSuffix("/status") else { return true }
        let state = (try? JSONValue(parsing: Array(text.utf8)))?["state"]?.string ?? ""
        defer { lastState = state }
        if state == "ready" { isReady = true }
        return state != lastState
    }

    /// JSON without what a first look does not need; anything else as it is.
    private static func shortened(_ text: String) -> String {
        guard let members = (try? JSONValue(parsing: Array(text.utf8)))?.members else { return text }
        let left = members.filter { !omitted.contains($0.key) && !$0.value.isNull }
        let json = JSONText.object { json in
            for member in left { json.member(member.key, member.value) }
        }
        return String(decoding: json, as: UTF8.self)
    }

    private static let omitted: Set = [
        "time", "since", "received_at", "hex", "platform", "network", "sleep", "identity", "queue", "counters",
    ]

    private func speaker(of topic: String) -> Speaker {
        let parts = topic.split(separator: "/")
        guard parts.count >= 3 else { return .bridge }
        if parts[0] == "cloud" { return .cloud }
        let isOrder = parts[2] == "up" || parts[2] == "command"
        return isOrder && parts.last != "result" ? .client : .bridge
    }

    private func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private func coloured(_ text: String, _ colour: String) -> String {
        isColoured ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }
}
