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
    func openLedger() async throws(StoreError) {
        retained = Set(try await store.retainedTopics())
        for topic in currentTopics.subtracting(retained) { journal.record(.retain(topic: topic), .soon) }
    }

    func clearOrphans() {
        guard link.isConnected else { return }
        let journal = self.journal
        for topic in retained.subtracting(currentTopics) {
            link.publish(OutboundMessage(topic: topic, payload: [], retain: true)) { _ in
                journal.record(.release(topic: topic), .whenever)
            }
        }
        retained.formIntersection(currentTopics)
    }

    private var currentTopics: Set<String> {
        var all: Set = [topics.bridgeState, topics.bridgeInfo]
        for (name, module) in modules {
            all.formUnion([topics.availability(name), topics.status(name), topics.firmware(name)])
            let own = topics.module(name)
            for object in module.settings.objects {
                all.formUnion(object.resources.map { own.object(ObjectPath(object.path($0))) })
            }
        }
        return all
    }
}
