import JSON

/// One thing that the hub shows of a device: its kind and name, and what only entities of this kind have.
struct HubEntity {
    /// As the hub names its platforms.
    enum Kind: String {
        case binarySensor = "binary_sensor"
        case button, event, number, sensor, text, update
        case toggle = "switch"
    }

    /// Without whom it means nothing any more.
    enum Presence { case always, withBridge, withModule }

    /// Where the hub's user finds it.
    enum Category: String { case diagnostic, config }

    let kind: Kind
    /// One of its kind on its device.
    let id: String
    let name: String
    var presence = Presence.withModule
    var category: Category?
    var icon: String?
    var isEnabled = true
    let write: (inout JSONText.Members) -> Void

    init(
        _ kind: Kind, _ id: String, _ name: String, _ presence: Presence = .withModule, category: Category? = nil,
        icon: String? = nil, isEnabled: Bool = true, write: @escaping (inout JSONText.Members) -> Void
    ) {
        self.kind = kind
        self.id = id
        self.name = name
        self.presence = presence
        self.category = category
        self.icon = icon
        self.isEnabled = isEnabled
        self.write = write
    }
}

/// What the hub shows as one device: the bridge, or a module.
protocol HubDevice {
    /// Names the device for ever; the node id of its topics.
    var node: String { get }
    /// In front of its entities' ids, as a person types them.
    var slug: String { get }
    /// In the order in which the hub is told.
    var entities: [HubEntity] { get }
    /// All of these say `online` where an entity of this presence is of use.
    func availability(_ presence: HubEntity.Presence) -> [String]
    func writeDevice(to json: inout JSONText.Members)
}

extension HubDevice {
    func topic(of entity: HubEntity, prefix: String) -> String {
        "\(prefix)/\(entity.kind.rawValue)/\(node)/\(entity.id)/config"
    }

    func topics(prefix: String) -> [String] { entities.map { topic(of: $0, prefix: prefix) } }

    /// The discovery message. Ids come twice, for hubs before and after 2026.4.
    func payload(of entity: HubEntity) -> [UInt8] {
        JSONText.object(capacity: 1024) { json in
            json.member("name", entity.name)
            json.member("unique_id", "\(node)_\(entity.id)")
            let id = HubNames.slug("\(slug)_\(entity.id)")
            json.member("object_id", id)
            json.member("default_entity_id", "\(entity.kind.rawValue).\(id)")
            if let category = entity.category { json.member("entity_category", category.rawValue) }
            if let icon = entity.icon { json.member("icon", "mdi:\(icon)") }
            if !entity.isEnabled { json.member("enabled_by_default", false) }
            entity.write(&json)
            json.member("qos", 1)
            let availability = availability(entity.presence)
            if !availability.isEmpty {
                json.array("availability") { json in
                    for topic in availability { json.object { $0.member("topic", topic) } }
                }
                json.member("availability_mode", "all")
            }
            json.object("device") { json in writeDevice(to: &json) }
            json.object("origin") { json in
                json.member("name", "narrowbridge")
                json.member("sw_version", Version.text)
            }
        }
    }
}
