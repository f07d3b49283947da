import Glibc
import JSON
import MQTT
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
    private var lastStates: [String: String] = [:]
    /// The modules that have been ready.
    private(set) var ready: Set<String> = []

    init(start: Instant) { self.start = start }

    mutating func show(_ message: InboundMessage, at now: Instant) {
        let topic = message.topic
        let text = String(decoding: message.payload, as: UTF8.self)
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
        let module = topic.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        if state == "ready" { ready.insert(module) }
        return lastStates.updateValue(state, forKey: module) != state
    }

    /// What is said next: the modules in turn, and each its own lines in turn; nil while that module is not ready.
    static func next(_ tick: Int, ready: Set<String>) -> DemoModule.Line? {
        let modules = DemoModule.all
        let module = modules[tick % modules.count]
        guard ready.contains(module.name) else { return nil }
        return module.lines[tick / modules.count % module.lines.count].spoken(tick)
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
        let isOrder = ["up", "command", "answer"].contains(parts[2]) || parts.last == "set"
        return isOrder && parts.last != "result" ? .client : .bridge
    }

    private func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private func coloured(_ text: String, _ colour: String) -> String {
        isColoured ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }
}
