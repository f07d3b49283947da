import JSON

/// The bridge itself, by which the modules' devices are connected.
struct HubBridge: HubDevice {
    let topics: Topics

    var node: String { HubNames(base: topics.base).bridge }
    var slug: String { "narrowbridge" }

    func availability(_ presence: HubEntity.Presence) -> [String] { presence == .always ? [] : [topics.bridgeState] }

    func writeDevice(to json: inout JSONText.Members) {
        json.member("identifiers", [node])
        json.member("name", topics.base == "narrowbridge" ? "narrowbridge" : "narrowbridge \(topics.base)")
        json.member("manufacturer", "narrowbridge")
        json.member("model", "NB-IoT bridge")
        json.member("sw_version", Version.text)
    }

    var entities: [HubEntity] {
        let (state, info) = (topics.bridgeState, topics.bridgeInfo)
        return [
            .connection(id: "state", name: "State", .always, of: state),
            .init(.sensor, "version", "Version", category: .diagnostic) { json in
                json.member("state_topic", info)
                json.member("value_template", "{{ value_json.version }}")
            },
            .init(.sensor, "modules_ready", "Modules ready", icon: "access-point-check") { json in
                json.member("state_topic", info)
                json.member(
                    "value_template",
                    "{{ value_json.modules | selectattr('state', 'in', ['ready', 'asleep']) | list | count }}")
                json.member("state_class", "measurement")
            },
            .init(.binarySensor, "store", "Store", category: .diagnostic) { json in
                json.member("state_topic", info)
                json.member("value_template", "{{ 'OFF' if value_json.store.writable else 'ON' }}")
                json.member("device_class", "problem")
                json.member("json_attributes_topic", info)
                json.member("json_attributes_template", "{{ dict(error=value_json.store.error) | tojson }}")
            },
            .init(
                .sensor, "put_aside", "Messages that the broker refuses", category: .diagnostic,
                icon: "email-alert-outline"
            ) { json in
                json.member("state_topic", info)
                json.member("value_template", "{{ value_json.mqtt.put_aside }}")
                json.member("state_class", "measurement")
            },
        ]
    }
}

extension HubEntity {
    /// Says itself that the other side is away, so that must not hide it.
    static func connection(id: String, name: String, _ presence: Presence, of topic: String) -> HubEntity {
        HubEntity(.binarySensor, id, name, presence, category: .diagnostic) { json in
            json.member("state_topic", topic)
            json.member("device_class", "connectivity")
            json.member("payload_on", "online")
            json.member("payload_off", "offline")
        }
    }
}
