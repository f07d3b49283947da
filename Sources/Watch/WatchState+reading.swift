import JSON
import Reactor

/// What each topic means.
extension WatchState {
    mutating func read(topic: String, payload: [UInt8], retained: Bool, at now: Timestamp) -> [LogEntry] {
        guard topic.hasPrefix(base + "/") else { return [] }
        let levels = topic.dropFirst(base.count + 1).split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count >= 2 else { return [] }
        let name = String(levels[0])
        let rest = levels.dropFirst().joined(separator: "/")
        if name == "bridge" { return readBridge(rest, payload, at: now) }
        if payload.isEmpty, retainedTopics.contains(rest) { return forget(name, rest, at: now) }
        var module = modules[name] ?? ModuleView(name: name)
        defer { modules[name] = module }
        func entry(_ kind: LogEntry.Kind, _ text: String, isBad: Bool = false) -> [LogEntry] {
            [LogEntry(time: now, module: name, kind: kind, text: text, isBad: isBad)]
        }
        if rest == "availability" {
            module.isOnline = payload.elementsEqual("online".utf8)
            return []
        }
        if rest.hasPrefix("object/") {
            let text = DisplayText(bytes: payload).text
            let path = String(rest.dropFirst("object/".count))
            guard module.resources.updateValue(text, forKey: path) != text, !retained else { return [] }
            return entry(.value, "\(path) = \(text)")
        }
        guard let json = try? JSONValue(parsing: payload), json.members != nil else { return [] }
        switch rest {
        case "status":
            let before = module.state
            module.read(status: json)
            guard module.state != before else { return [] }
            let reason = module.error.map { ": \($0)" } ?? ""
            return entry(.state, module.state + reason, isBad: ["failed", "offline"].contains(module.state))
        case "firmware":
            let before = module.firmware
            module.read(firmware: json)
            guard module.firmware != before, !(before.state == "idle" && module.firmware.state == "idle") else {
                return []
            }
            return retained ? [] : entry(.firmware, module.firmware.sentence, isBad: module.firmware.state == "failed")
        case "up/result":
            let text = json.outcome
            module.lastUplink = .init(time: json["time"]?.time ?? now, text: text)
            return entry(.uplink, text, isBad: ["failed", "rejected", "expired"].contains(json["state"]?.string))
        case "down/json":
            let text = json["text"]?.string ?? "0x" + (json["hex"]?.string ?? "")
            module.lastDownlink = .init(time: json["received_at"]?.time ?? now, text: text)
            return entry(.downlink, text)
        case "event":
            let text = json.event
            module.lastEvent = .init(time: json["time"]?.time ?? now, text: text)
            return entry(.event, text)
        case "request":
            return entry(.request, json.request)
        default:
            guard rest.hasPrefix("command/"), rest.hasSuffix("/result") else { return [] }
            let command = rest.dropFirst("command/".count).dropLast("/result".count)
            let isGood = json["ok"]?.bool == true
            return entry(
                .command, "\(command): \(isGood ? "done" : json["error"]?.sentence ?? "failed")", isBad: !isGood)
        }
    }

    private var retainedTopics: Set<String> { ["availability", "status", "firmware"] }

    /// The module has left the configuration: its retained topics are cleared.
    private mutating func forget(_ name: String, _ topic: String, at now: Timestamp) -> [LogEntry] {
        guard topic == "status", modules.removeValue(forKey: name) != nil else { return [] }
        return [LogEntry(time: now, module: name, kind: .state, text: "left the configuration")]
    }

    private mutating func readBridge(_ topic: String, _ payload: [UInt8], at now: Timestamp) -> [LogEntry] {
        switch topic {
        case "state":
            let isOnline = payload.elementsEqual("online".utf8)
            guard isBridgeOnline != isOnline else { return [] }
            isBridgeOnline = isOnline
            return [
                LogEntry(
                    time: now, module: "bridge", kind: .bridge, text: isOnline ? "online" : "offline", isBad: !isOnline)
            ]
        case "info":
            guard let json = try? JSONValue(parsing: payload) else { return [] }
            version = json["version"]?.string
            let fault = json["store"]?["error"]?.string
            guard fault != storeFault else { return [] }
            storeFault = fault
            let text = "store: \(fault ?? "what comes can be saved again")"
            return [LogEntry(time: now, module: "bridge", kind: .bridge, text: text, isBad: fault != nil)]
        default: return []
        }
    }
}

extension ModuleView.FirmwareView {
    var sentence: String {
        if let error { return "\(state): \(error)" }
        if let awaits { return "\(state), waits for a decision: \(awaits)" }
        return progress.map { "\(state) \($0) %" } ?? state
    }
}

extension JSONValue {
    fileprivate var outcome: String {
        let state = self["state"]?.string ?? "?"
        let error = self["error"]?.sentence.map { ": \($0)" } ?? ""
        return "\(state) \(self["id"]?.string ?? "")\(error)"
    }

    /// Its name, with its details as key=value.
    fileprivate var event: String {
        let details = self["detail"]?.members ?? []
        return ([self["event"]?.string ?? "?"] + details.map { "\($0.key)=\($0.value.short)" }).joined(separator: " ")
    }

    fileprivate var request: String {
        var parts = [self["kind"]?.string ?? "?", self["path"]?.string ?? ""]
        if let value = self["value"], !value.isNull { parts.append("= \(value.short)") }
        if let arguments = self["arguments"], !arguments.isNull { parts.append("(\(arguments.short))") }
        if self["answered"]?.bool == false { parts.append("waits for an answer") }
        return parts.joined(separator: " ")
    }

    private var short: String { string ?? String(decoding: source, as: UTF8.self) }
}
