import MQTT
import Platforms
import Reactor

/// Home Assistant: discovery messages for the bridge and every module, paced, and anew whenever the hub has started.
extension Gateway {
    /// Between one module and the next, so that a thousand take half a minute.
    private static let hubPace = Duration.milliseconds(25)

    /// The retained topics that there are because of the hub.
    func hubTopics(of modules: [ModuleSettings]) -> Set<String> {
        guard hub.isOn else { return [] }
        var all = Set(HubBridge(topics: topics).topics(prefix: hub.prefix))
        for settings in modules {
            let module = HubModule(topics: topics, settings: settings, identity: Identity(), offer: nil)
            all.formUnion(module.topics(prefix: hub.prefix))
            all.insert(topics.hubUpdate(settings.name))
        }
        return all
    }

    /// The broker is there, or the hub is (again): it may know nothing of us.
    func tellHubEverything(withStates: Bool) {
        guard hub.isOn else { return }
        hub.add(Hub.bridge, withStates: withStates)
        for settings in configuration.modules {
            hub.forget([settings.name])
            hub.add(settings.name, withStates: withStates)
        }
        tellHubNext()
    }

    /// A new configuration is in place.
    func tellHubOfReload(isNew: Bool, changed: [String]) {
        link.subscribe(hub.subscriptions)
        guard hub.isOn, link.isConnected else { return }
        if isNew { return tellHubEverything(withStates: true) }
        hub.forget(changed)
        for name in changed { hub.add(name, withStates: false) }
        tellHubNext()
    }

    /// A message that is none of a client's.
    func hubMaySpeak(_ message: InboundMessage) {
        // A retained one is not news: the hub was told when we connected.
        guard hub.isOn, hub.birthTopics.contains(message.topic), !message.retain,
            message.payload.elementsEqual("online".utf8)
        else { return }
        log.info("bridge", "Home Assistant has started: it is told everything")
        tellHubEverything(withStates: true)
    }

    func heard(_ news: HubNews, of name: String) {
        guard hub.isOn, link.isConnected, let module = modules[name] else { return }
        if news == .firmware { publishHubUpdate(of: module) }
        // Most news change nothing of what the hub was told.
        if hub.isNews(module.assumeIsolated { $0.hubModule.shown }, of: name) {
            hub.add(name, withStates: false)
            tellHubNext()
        }
    }

    private func publishHubUpdate(of module: Module) {
        guard let payload = module.assumeIsolated({ $0.hubUpdate }), hub.isNews(payload, of: module.name) else {
            return
        }
        link.publish(topics.hubUpdate(module.name), payload, retain: true)
    }

    // MARK: One after the other

    func tellHubNext() {
        // What is new is on record first.
        guard link.isConnected, !isReloading, let (name, withStates) = hub.next() else { return }
        let last: OutboundMessage?
        if name == Hub.bridge {
            last = publishAllButLast(HubBridge(topics: topics))
            if withStates { publishStates() }
        } else if let module = modules[name] {
            let device = module.assumeIsolated { $0.hubModule }
            _ = hub.isNews(device.shown, of: name)
            last = publishAllButLast(device)
            if withStates { module.assumeIsolated { $0.publishEverything() } }
            publishHubUpdate(of: module)
        } else {
            last = nil
        }
        guard let last else { return tellHubNext() }
        hub.isTelling = true
        // When the broker has it; also in a later connection.
        link.publish(last) { [weak self] _ in self?.assumeIsolated { $0.tellHubLater() } }
    }

    private func publishAllButLast(_ device: some HubDevice) -> OutboundMessage? {
        var messages = device.entities.map {
            OutboundMessage(
                topic: device.topic(of: $0, prefix: hub.prefix), payload: device.payload(of: $0), retain: true)
        }
        let last = messages.popLast()
        for message in messages { link.publish(message, acknowledged: nil) }
        return last
    }

    private func publishStates() {
        link.publish(topics.bridgeState, Array("online".utf8), retain: true)
        publishInfo()
    }

    private func tellHubLater() {
        reactor.schedule(after: Self.hubPace) { [weak self] in
            self?.assumeIsolated {
                $0.hub.isTelling = false
                $0.tellHubNext()
            }
        }
    }
}
