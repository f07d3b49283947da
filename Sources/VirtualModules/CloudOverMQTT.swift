import JSON
package import MQTT
package import Reactor

/// The platforms behind virtual modules as topics, for people and for tests in other languages.
///
/// `cloud/M/up` shows every uplink as JSON, what is published to `cloud/M/down` is sent down as it is, `cloud/M/request`
/// takes what a cloud with objects wants and is answered on `cloud/M/answer`, `cloud/M/control` takes `{"do":"reset"}`
/// and its like and is answered on `cloud/M/control/result`, and `cloud/M/breaches` is the retained number of the host's
/// faults.
package actor CloudOverMQTT: MQTTHandler {
    private let modules: [String: VirtualModule]
    private let reactor: Reactor
    private let configuration: MQTTConfiguration
    /// Told of each connection (nil), and why one came to nothing or has ended.
    private let tellLink: @Sendable (MQTTError?) -> Void
    private var client: MQTTClient?
    /// The askers' own ids of requests, by module and number.
    private var askers: [String: [Int: JSONValue]] = [:]

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    /// The reactor is the modules'; the configuration's own subscriptions are replaced.
    package init(
        modules: [String: VirtualModule], configuration: MQTTConfiguration, reactor: Reactor,
        tellLink: @escaping @Sendable (MQTTError?) -> Void = { _ in }
    ) {
        self.modules = modules
        self.reactor = reactor
        self.configuration = configuration
        self.tellLink = tellLink
    }

    package func start() {
        var configuration = self.configuration
        configuration.subscriptions = ["cloud/+/down", "cloud/+/request", "cloud/+/control"]
        let client = MQTTClient(configuration: configuration, reactor: reactor, handler: self)
        self.client = client
        for (name, module) in modules {
            module.assumeIsolated { module in
                module.observe { [weak self] news in self?.assumeIsolated { $0.tell(news, of: name) } }
            }
            tellBreaches(of: name, module.assumeIsolated { $0.breaches.count })
        }
        client.assumeIsolated { $0.start() }
    }

    package func stop() async {
        await client?.stop(last: [])
        client = nil
    }

    // MARK: To the broker

    private func publish(_ topic: String, _ payload: [UInt8], retain: Bool = false) {
        client?.assumeIsolated { $0.publish(OutboundMessage(topic: topic, payload: payload, retain: retain)) }
    }

    private func tell(_ news: VirtualModule.News, of name: String) {
        switch news {
        case .breach(_, let count): tellBreaches(of: name, count)
        case .answer(let answer):
            publish("cloud/\(name)/answer", answer.json(id: askers[name]?[answer.id]))
        case .uplink(let uplink):
            publish(
                "cloud/\(name)/up",
                JSONText.object { json in
                    json.member("hex", hex: uplink.bytes)
                    json.member("text", String(validating: uplink.bytes, as: UTF8.self))
                    json.member("confirm", uplink.isConfirmed)
                    json.member("rai", uplink.rai)
                    json.member("time", time: uplink.time.milliseconds)
                    guard let type = uplink.type else { return }
                    json.member("path", uplink.path)
                    json.value(type, uplink.bytes)
                    json.member("group", uplink.group)
                })
        }
    }

    private func tellBreaches(of name: String, _ count: Int) {
        publish("cloud/\(name)/breaches", Array(String(count).utf8), retain: true)
    }

    // MARK: From the broker

    package nonisolated func connected(_ session: Session) { tellLink(nil) }
    package nonisolated func disconnected(_ reason: MQTTError) { tellLink(reason) }

    package nonisolated func received(_ messages: [InboundMessage], batch: BatchNumber) {
        assumeIsolated { cloud in
            // What was retained is of another day.
            for message in messages where !message.retain { cloud.receive(message) }
            cloud.client?.assumeIsolated { $0.settle(batch) }
        }
    }

    private func receive(_ message: InboundMessage) {
        let parts = message.topic.split(separator: "/")
        guard parts.count == 3, let module = modules[String(parts[1])] else { return }
        let name = String(parts[1])
        switch parts[2] {
        case "down": module.assumeIsolated { $0.send(downlink: message.payload) }
        case "request": ask(module, name, message.payload)
        default: obey(module, name, message.payload)
        }
    }

    private func ask(_ module: VirtualModule, _ name: String, _ payload: [UInt8]) {
        var asker: JSONValue?
        do {
            let json = try JSONValue(parsing: payload)
            asker = json["id"]
            let order = try CloudOrder(json)
            // An answer may come before the number is known here.
            let id = module.assumeIsolated { $0.nextRequestID }
            askers[name, default: [:]][id] = asker
            module.assumeIsolated { _ = $0.request(order) }
        } catch {
            publish(
                "cloud/\(name)/answer",
                JSONText.object { json in
                    if let asker { json.member("id", raw: asker.compacted) }
                    json.member("error", "\(error)")
                })
        }
    }

    private func obey(_ module: VirtualModule, _ name: String, _ payload: [UInt8]) {
        var order = ""
        var fault: String?
        do {
            let value = try JSONValue(parsing: payload)
            order = value["do"]?.string ?? ""
            try module.assumeIsolated { try $0.obey(order, value) }
        } catch {
            fault = "\(error)"
        }
        publish(
            "cloud/\(name)/control/result",
            JSONText.object { json in
                json.member("do", order)
                json.member("ok", fault == nil)
                json.member("error", fault)
            })
    }
}
