import JSON
import MQTT
import Platforms
import Reactor
import Store

/// What the bridge shows of itself, and the topics it has left behind.
extension Gateway {
    /// At most once a second: a thousand modules that start change it a thousand times.
    func publishInfoSoon() {
        guard infoTimer == nil else { return }
        infoTimer = reactor.schedule(after: .seconds(1)) { [weak self] in
            self?.assumeIsolated { $0.publishInfo() }
        }
    }

    func publishInfo() {
        infoTimer?.cancel()
        infoTimer = nil
        guard link.isConnected else { return }
        link.publish(topics.bridgeInfo, info(), retain: true)
    }

    private func info() -> [UInt8] {
        JSONText.object(capacity: 1024) { json in
            json.member("version", Version.text)
            json.member("started_at", time: startedAt.milliseconds)
            json.object("mqtt") { json in
                json.optional("broker", session.map { "\($0.broker)" })
                json.optional("version", session.map { "\($0.version)" })
                json.member("client_id", configuration.mqtt.clientID)
                json.member("base_topic", topics.base)
                json.member("tls", configuration.mqtt.tls != nil)
                json.member("put_aside", outcomes.putAsideCount + downlinks.putAsideCount)
            }
            json.object("store") { json in
                json.member("writable", storeFault == nil)
                json.optional("error", storeFault)
            }
            json.array("modules") { json in
                for settings in configuration.modules {
                    guard let module = modules[settings.name] else { continue }
                    let summary = module.assumeIsolated { $0.summary }
                    json.object { json in
                        json.member("name", settings.name)
                        json.member("platform", summary.platform)
                        json.optional("model", summary.model)
                        json.member("state", summary.state)
                    }
                }
            }
        }
    }

    // MARK: Ledger

    /// Every retained topic is in the store before it is published, so that it can be cleared when its module, or the
    /// base topic, is another one.
    func openLedger(for all: [ModuleSettings]) async throws(StoreError) {
        let known = Set(try await store.retainedTopics())
        shown = retainedTopics(of: all)
        // One that is cleared just now is not in the store for long.
        for topic in shown where !known.contains(topic) || released.contains(topic) {
            journal.record(.retain(topic: topic), .soon)
        }
        released.subtract(shown)
        orphans = known.subtracting(shown)
        await settle()
    }

    func clearOrphans() {
        guard link.isConnected else { return }
        for topic in orphans {
            link.publish(OutboundMessage(topic: topic, payload: [], retain: true)) { [weak self] taken in
                self?.assumeIsolated { $0.cleared(topic, taken) }
            }
        }
        orphans = []
    }

    private func cleared(_ topic: String, _ taken: Bool) {
        // A reload has brought it back meanwhile.
        guard !shown.contains(topic) else { return }
        guard taken else {
            // At the next connection.
            orphans.insert(topic)
            return
        }
        released.insert(topic)
        journal.record(.release(topic: topic), .whenever)
    }

    private func retainedTopics(of all: [ModuleSettings]) -> Set<String> {
        var topics: Set = [self.topics.bridgeState, self.topics.bridgeInfo]
        for settings in all {
            let name = settings.name
            topics.formUnion([self.topics.availability(name), self.topics.status(name), self.topics.firmware(name)])
            let own = self.topics.module(name)
            for object in settings.objects {
                topics.formUnion(object.resources.map { own.object(ObjectPath(object.path($0))) })
            }
        }
        return topics.union(hubTopics(of: all))
    }
}
