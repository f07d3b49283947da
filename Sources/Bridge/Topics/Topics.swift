package import MQTT
package import Platforms

/// The topics of one bridge. Module names and everything below them are as the contract writes them.
package struct Topics: Sendable {
    package let base: String

    package init(base: String) { self.base = base }

    package var bridgeState: String { "\(base)/bridge/state" }
    package var bridgeInfo: String { "\(base)/bridge/info" }

    /// What the bridge says when it ends, and the broker when it has crashed.
    package var lastWill: OutboundMessage {
        OutboundMessage(topic: bridgeState, payload: Array("offline".utf8), retain: true)
    }

    package func availability(_ module: String) -> String { "\(base)/\(module)/availability" }
    package func status(_ module: String) -> String { "\(base)/\(module)/status" }
    package func firmware(_ module: String) -> String { "\(base)/\(module)/firmware" }
    /// The same as the firmware's, as the home hub understands it.
    package func hubUpdate(_ module: String) -> String { "\(base)/\(module)/update" }
    package func result(_ module: String) -> String { "\(base)/\(module)/up/result" }
    package func down(_ module: String) -> String { "\(base)/\(module)/down" }
    package func downJSON(_ module: String) -> String { "\(base)/\(module)/down/json" }
    package func event(_ module: String) -> String { "\(base)/\(module)/event" }
    /// Those of one module, for whoever needs them with every message.
    package func module(_ name: String) -> ModuleTopics {
        ModuleTopics(
            status: status(name), result: result(name), down: down(name), downJSON: downJSON(name), event: event(name),
            request: "\(base)/\(name)/request", objects: "\(base)/\(name)/object/")
    }
    package func command(_ module: String, _ command: String) -> String { "\(base)/\(module)/command/\(command)" }
    package func commandResult(_ module: String, _ command: String) -> String {
        "\(self.command(module, command))/result"
    }

    /// Everything that clients may publish to. The results of commands lie one level deeper than the commands
    /// themselves, so the bridge never hears itself.
    package var subscriptions: [String] {
        [
            "up", "up/json", "object/+/+/+/set", "object/+/+/set", "answer", "command/+", "command/firmware/+",
        ].map { "\(base)/+/\($0)" }
    }

    /// True for a topic that the bridge itself reads or writes: no reply may be sent there.
    package func isOwn(_ topic: String) -> Bool { topic == base || topic.hasPrefix(base + "/") }

    /// Why no reply can be sent there; nil if one can. A broker ends the connection of who publishes where it alone may.
    package func refusalOfReply(to topic: String) -> String? {
        guard !topic.isEmpty, !topic.utf8.contains(where: { "+#\0".utf8.contains($0) }) else {
            return "none to publish to"
        }
        if isOwn(topic) { return "one of the bridge's own topics" }
        return topic.hasPrefix("$SYS/") || topic == "$SYS" ? "one of the broker's own topics" : nil
    }
}

/// The topics of one module that messages go to all the time, put together once.
package struct ModuleTopics: Sendable {
    package let status: String
    package let result: String
    package let down: String
    package let downJSON: String
    package let event: String
    package let request: String
    private let objects: String

    fileprivate init(
        status: String, result: String, down: String, downJSON: String, event: String, request: String, objects: String
    ) {
        self.status = status
        self.result = result
        self.down = down
        self.downJSON = downJSON
        self.event = event
        self.request = request
        self.objects = objects
    }

    /// Where a resource's value is shown.
    package func object(_ path: ObjectPath) -> String { objects + path.description }
}

/// What a client has published to.
package enum InboundTopic: Equatable, Sendable {
    case uplink(module: String)
    case uplinkJSON(module: String)
    /// `path` as it was written: it may be none.
    case object(module: String, path: String)
    case answer(module: String)
    case command(module: String, name: String)

    package init?(_ topic: String, base: String) {
        // Bytes, for two spellings of a character are two topics.
        guard topic.utf8.starts(with: base.utf8) else { return nil }
        let rest = topic.utf8.dropFirst(base.utf8.count)
        guard rest.first == UInt8(ascii: "/") else { return nil }
        let path = rest.dropFirst()
        guard let slash = path.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let module = String(topic[path.startIndex..<slash])
        let suffix = topic[topic.utf8.index(after: slash)...]
        switch suffix {
        case "up": self = .uplink(module: module)
        case "up/json": self = .uplinkJSON(module: module)
        case "answer": self = .answer(module: module)
        case _ where suffix.hasPrefix("object/") && suffix.hasSuffix("/set"):
            self = .object(module: module, path: String(suffix.dropFirst("object/".count).dropLast("/set".count)))
        default:
            // `command/firmware/+` also brings the result of a command `firmware`, which there is not.
            guard suffix.hasPrefix("command/"), !suffix.hasSuffix("/result") else { return nil }
            self = .command(module: module, name: String(suffix.dropFirst("command/".count)))
        }
    }
}
