import JSON
import Platforms

/// A module as the hub shows it. Which entities there are depends on the configuration alone.
struct HubModule: HubDevice {
    let topics: Topics
    let settings: ModuleSettings
    let model: String?
    let revision: String?
    let imei: String?
    /// The step of an update that waits for a decision, which the hub may give.
    let offer: Firmware.Offer?

    init(topics: Topics, settings: ModuleSettings, identity: Identity, offer: Firmware.Offer?) {
        self.topics = topics
        self.settings = settings
        model = identity.model
        revision = identity.revision
        imei = identity.imei
        self.offer = offer
    }

    var name: String { settings.name }
    var node: String { HubNames(base: topics.base).module(name) }
    var slug: String { name }

    /// What a discovery message says of it that may change while it runs.
    struct Shown: Hashable {
        let model, revision, imei: String?
        let offer: Firmware.Offer?
    }

    var shown: Shown { Shown(model: model, revision: revision, imei: imei, offer: offer) }

    func availability(_ presence: HubEntity.Presence) -> [String] {
        switch presence {
        case .always: []
        case .withBridge: [topics.bridgeState]
        case .withModule: [topics.bridgeState, topics.availability(name)]
        }
    }

    /// What is not known is left out: the hub takes no null.
    func writeDevice(to json: inout JSONText.Members) {
        json.member("identifiers", [node])
        json.member("name", name)
        json.member("manufacturer", "Quectel")
        if let model { json.member("model", model) }
        if let revision { json.member("sw_version", revision) }
        if let imei { json.member("serial_number", imei) }
        json.member("via_device", HubNames(base: topics.base).bridge)
    }

    var entities: [HubEntity] { stateEntities + messageEntities + commandEntities + resourceEntities }

    var hasCloud: Bool { settings.platform != .none }
}

extension Firmware {
    /// What an update waits for, with the action of `firmware/decide` that lets it go on.
    package enum Offer: String, Sendable { case download, update }

    package var offer: Offer? {
        guard awaitsDecision else { return nil }
        return state == .downloading ? .download : .update
    }
}
