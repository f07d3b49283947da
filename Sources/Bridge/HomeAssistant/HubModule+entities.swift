import JSON

/// What every module has: its state, its messages, its commands.
extension HubModule {
    /// The state, the queue and the firmware are told while the module is away too: that is when they matter.
    var stateEntities: [HubEntity] {
        let status = topics.status(name)
        return [
            .connection(id: "connectivity", name: "Connectivity", .withBridge, of: topics.availability(name)),
            HubEntity(.sensor, "state", "State", .withBridge, icon: "state-machine") { json in
                json.member("state_topic", status)
                json.member("value_template", "{{ value_json.state }}")
                json.member("device_class", "enum")
                json.member("options", Status.State.allCases.map(\.rawValue))
                json.member("json_attributes_topic", status)
                json.member(
                    "json_attributes_template",
                    "{{ dict(since=value_json.since, error=value_json.error, retry_at=value_json.retry_at) | tojson }}")
            },
            HubEntity(.sensor, "registration", "Registration", category: .diagnostic, icon: "cloud-check-outline") {
                $0.member("state_topic", status)
                $0.member("value_template", "{{ value_json.registration or 'unknown' }}")
            },
            HubEntity(.sensor, "signal", "Signal", category: .diagnostic) { json in
                json.member("state_topic", status)
                json.member("value_template", "{{ value_json.network.rssi_dbm }}")
                json.member("device_class", "signal_strength")
                json.member("unit_of_measurement", "dBm")
                json.member("state_class", "measurement")
            },
            update,
        ]
    }

    private var update: HubEntity {
        let (topic, command) = (topics.hubUpdate(name), topics.command(name, "firmware/decide"))
        return HubEntity(.update, "firmware", "Firmware", .withBridge, category: .config) { json in
            json.member("state_topic", topic)
            json.member("device_class", "firmware")
            if let offer {
                json.member("command_topic", command)
                json.member("payload_install", #"{"action":"\#(offer.rawValue)"}"#)
            }
        }
    }

    // MARK: Messages

    var messageEntities: [HubEntity] {
        let own = topics.module(name)
        let event = HubEntity(.event, "event", "Event", category: .diagnostic, icon: "message-text-clock-outline") {
            $0.member("state_topic", own.event)
            $0.member("event_types", HubEvents.names(settings.platform) + [HubEvents.other])
            $0.member("value_template", HubEvents.template(settings.platform))
        }
        guard hasCloud else { return [event] }
        return [queue, lastUplink(own.result), lastDownlink(own.downJSON), downlink(own.downJSON), event]
            + (hasRequests ? [request(own.request)] : [])
    }

    private var hasRequests: Bool {
        switch settings.platform {
        case .lwm2m, .onenet, .andlink: true
        case .ctwing, .none: false
        }
    }

    private var queue: HubEntity {
        let status = topics.status(name)
        return HubEntity(.sensor, "queue", "Queue", .withBridge, icon: "tray-full") { json in
            json.member("state_topic", status)
            json.member("value_template", "{{ value_json.queue.waiting }}")
            json.member("unit_of_measurement", "messages")
            json.member("state_class", "measurement")
        }
    }

    private func lastUplink(_ topic: String) -> HubEntity {
        HubEntity(.sensor, "last_uplink", "Last uplink", .withBridge, icon: "upload-network-outline") { json in
            json.member("state_topic", topic)
            json.member("value_template", "{{ value_json.state }}")
            json.member("device_class", "enum")
            json.member("options", Outcome.State.allCases.map(\.rawValue))
            json.member("json_attributes_topic", topic)
        }
    }

    /// A state has at most 255 characters; the attributes have all.
    private func lastDownlink(_ topic: String) -> HubEntity {
        HubEntity(.sensor, "last_downlink", "Last downlink", .withBridge, icon: "download-network-outline") { json in
            json.member("state_topic", topic)
            json.member("value_template", "{{ (value_json.text or value_json.hex) \(HubTemplate.shortened) }}")
            json.member("json_attributes_topic", topic)
        }
    }

    private func downlink(_ topic: String) -> HubEntity {
        HubEntity(.event, "downlink", "Downlink", icon: "download-network-outline") { json in
            json.member("state_topic", topic)
            json.member("event_types", ["downlink"])
            json.member("value_template", "{{ dict(value_json, event_type='downlink') | tojson }}")
        }
    }

    private func request(_ topic: String) -> HubEntity {
        HubEntity(.event, "request", "Request of the cloud", icon: "cloud-question-outline") { json in
            json.member("state_topic", topic)
            json.member("event_types", HubEvents.requests)
            json.member("value_template", "{{ dict(value_json, event_type=value_json.kind) | tojson }}")
        }
    }

    // MARK: Commands

    var commandEntities: [HubEntity] {
        var buttons = [
            button("refresh", "Refresh", category: .diagnostic, icon: "refresh"),
            button("reboot", "Restart", category: .config, deviceClass: "restart"),
        ]
        guard hasCloud else { return buttons }
        buttons.append(button("register", "Register", category: .config, icon: "cloud-upload-outline"))
        buttons.append(
            button("deregister", "Deregister", category: .config, icon: "cloud-off-outline", isEnabled: false))
        guard settings.power == .deepSleep else { return buttons }
        buttons.append(button("wake", "Wake", category: .config, icon: "sleep-off"))
        buttons.append(button("sleep", "Allow sleep", category: .config, icon: "sleep"))
        return buttons
    }

    private func button(
        _ command: String, _ name: String, category: HubEntity.Category, icon: String? = nil,
        deviceClass: String? = nil, isEnabled: Bool = true
    ) -> HubEntity {
        let topic = topics.command(self.name, command)
        return HubEntity(.button, command, name, category: category, icon: icon, isEnabled: isEnabled) { json in
            json.member("command_topic", topic)
            json.member("payload_press", "{}")
            if let deviceClass { json.member("device_class", deviceClass) }
        }
    }
}

/// What templates of the hub have in common.
enum HubTemplate {
    static let longest = 255
    static let shortened = "| truncate(\(longest), True, '…')"
}
