import JSON
import MQTT
import Platforms
import Reactor
import Store

/// What a message on its way to MQTT is.
enum DownlinkKind: String {
    /// What the cloud sent on the data channel.
    case data
    /// A request of the cloud, as JSON.
    case request
    /// The value that the cloud wrote into a resource.
    case write
}

/// What a downlink becomes: its bytes on one topic, and the same with time and id as JSON on another.
enum DownlinkMessages {
    static func parcel(of downlink: DownlinkRecord, topics: ModuleTopics) -> Parcel {
        Parcel(sequence: downlink.sequence, messages: messages(of: downlink, topics: topics))
    }

    private static func messages(of downlink: DownlinkRecord, topics: ModuleTopics) -> [OutboundMessage] {
        switch DownlinkKind(rawValue: downlink.kind) {
        case .request:
            return [OutboundMessage(topic: topics.request, payload: downlink.payload, retain: false)]
        case .write:
            guard let path = ObjectPath(downlink.target) else { return [] }
            return [OutboundMessage(topic: topics.object(path) + "/write", payload: downlink.payload, retain: false)]
        case .data, nil:
            return [
                OutboundMessage(topic: topics.down, payload: downlink.payload, retain: false),
                OutboundMessage(topic: topics.downJSON, payload: json(of: downlink), retain: false),
            ]
        }
    }

    private static func json(of downlink: DownlinkRecord) -> [UInt8] {
        JSONText.object(capacity: 160 + 3 * downlink.payload.count) { json in
            json.member("id", utf8: downlink.id)
            json.member("hex", hex: downlink.payload)
            json.optional("text", text(of: downlink.payload))
            json.member("received_at", time: downlink.receivedAt.milliseconds)
        }
    }

    /// nil unless the bytes are UTF-8.
    static func text(of payload: [UInt8]) -> String? { String(validating: payload, as: UTF8.self) }
}
