package import MQTT
import Platforms
import Reactor
import Store

/// What clients publish: read, put in order, handed to the modules, and acknowledged when it is on disk.
extension Gateway: MQTTHandler {
    package nonisolated func connected(_ session: Session) { assumeIsolated { $0.brokerIsThere(session) } }

    package nonisolated func disconnected(_ reason: MQTTError) {
        assumeIsolated { $0.brokerIsGone(reason) }
    }

    package nonisolated func received(_ messages: [InboundMessage], batch: BatchNumber) {
        assumeIsolated { $0.take(messages, batch) }
    }

    private func brokerIsThere(_ session: Session) {
        self.session = session
        toldReasons = []
        log.notice("mqtt", "connected to \(session.broker) with MQTT \(session.version)")
        link.publish(topics.bridgeState, Array("online".utf8), retain: true)
        clearOrphans()
        // The bridge's device first: the modules' refer to it.
        tellHubEverything(withStates: false)
        for module in modules.values { module.assumeIsolated { $0.publishEverything() } }
        publishInfo()
        board.changed("")
        outcomes.connected()
        downlinks.connected()
    }

    private func brokerIsGone(_ reason: MQTTError) {
        session = nil
        board.changed("")
        // It is tried again and again; what comes of that is told when it is new.
        guard toldReasons.insert("\(reason)").inserted else { return log.debug("mqtt", "\(reason)") }
        log.warning("mqtt", "\(reason)")
    }

    private func take(_ messages: [InboundMessage], _ number: BatchNumber) {
        let batch = InboundBatch(number: number, messages: messages.compactMap(read))
        // Messages are accepted in the order in which they came, so a batch waits for the one before it.
        guard inbound.isEmpty, !isReadingInbound, !isReloading, batch.givenIDs.isEmpty else {
            inbound.append(batch)
            beginReadingInbound()
            return
        }
        accept(batch, remembered: [])
    }

    func beginReadingInbound() {
        guard !isReadingInbound, !isReloading, !inbound.isEmpty else { return }
        isReadingInbound = true
        Task(executorPreference: reactor) { await self.readInbound() }
    }

    /// Asks the store for the ids that clients gave.
    private func readInbound() async {
        while !inbound.isEmpty, !isReloading {
            let batch = inbound.removeFirst()
            let ids = batch.givenIDs
            let remembered = ids.isEmpty ? [] : try? await store.idMemory(ids)
            guard !isReloading else {
                // The modules have gone meanwhile; others are about to come.
                inbound.insert(batch, at: 0)
                break
            }
            accept(batch, remembered: remembered)
        }
        isReadingInbound = false
    }

    /// `remembered` is nil if the store could not be asked.
    private func accept(_ batch: InboundBatch, remembered: [RememberedID?]?) {
        var memories = (remembered ?? []).makeIterator()
        for message in batch.messages {
            let memory = message.givenID == nil ? nil : memories.next() ?? nil
            switch inPlace(message) {
            case nil: continue
            case .uplink(let module, .success(let request), let reply):
                module.assumeIsolated { module in
                    if let id = request.id, module.repeatOutcome(of: id, remembered: memory, reply: reply) { return }
                    // It might be sent twice.
                    if let id = request.id, remembered == nil {
                        return module.reject(Self.unknowable(id), reply: reply)
                    }
                    module.accept(request, reply: reply)
                }
            case .uplink(let module, .failure(let rejection), let reply):
                module.assumeIsolated { $0.reject(rejection, reply: reply) }
            case .answer(let module, let payload, let reply):
                module.assumeIsolated { $0.answered(payload, reply: reply) }
            case .command(let module, let name, let payload, let reply):
                order(module, name, payload, reply)
            }
        }
        let link = self.link
        journal.whenSettled(patiently: true) { _ in link.settle(batch.number) }
    }

    private static func unknowable(_ id: String) -> Rejection {
        Rejection("store", "the store cannot be read: nobody knows whether the id was accepted before", id: id)
    }

    /// The message for the module that bears the name now: a reload may have put another in its place.
    private func inPlace(_ message: Inbound) -> Inbound? {
        guard let module = modules[message.module.name] else {
            refuseUnknown(message.topic, message.reply)
            return nil
        }
        return message.addressed(to: module)
    }

    /// A command is in the store before it is acknowledged; it is carried out when it is there.
    func order(_ module: Module, _ name: String, _ payload: [UInt8], _ reply: ReplyTo?) {
        let record = CommandRecord(
            sequence: sequences.next(), module: module.number, name: name, payload: payload, reply: reply)
        journal.record(.ordered(record), .now) { _ in
            module.assumeIsolated { $0.order(record) }
        }
    }

    // MARK: Reading

    private func read(_ message: InboundMessage) -> Inbound? {
        guard let topic = InboundTopic(message.topic, base: topics.base) else {
            hubMaySpeak(message)
            return nil
        }
        let reply = message.properties?.responseTopic.map {
            ReplyTo(topic: $0, correlation: message.properties?.correlationData)
        }
        guard let module = modules[topic.module] else {
            refuseUnknown(topic, reply.flatMap { topics.refusalOfReply(to: $0.topic) == nil ? $0 : nil })
            return nil
        }
        if let reply, let reason = topics.refusalOfReply(to: reply.topic) {
            return refusal(
                topic, module, Rejection("response_topic", "the response topic \(reply.topic) is \(reason)"))
        }
        if message.retain {
            // Delivered anew at every connection: taken for an uplink, it would be sent each time.
            return refusal(topic, module, Rejection("retained", "retained messages are not taken"), reply)
        }
        switch topic {
        case .command(_, let name):
            return .command(module, name: name, payload: message.payload, reply: reply)
        case .uplink:
            return uplink(module, reply) { () throws(Rejection) in
                try UplinkRequest(raw: message.payload, properties: message.properties)
            }
        case .uplinkJSON:
            return uplink(module, reply) { () throws(Rejection) in
                try UplinkRequest(json: message.payload, properties: message.properties)
            }
        case .object(_, let path):
            return uplink(module, reply) { () throws(Rejection) in
                try UplinkRequest(set: path, message.payload, properties: message.properties)
            }
        case .answer:
            return .answer(module, payload: message.payload, reply: reply)
        }
    }

    private func uplink(
        _ module: Module, _ reply: ReplyTo?, _ make: () throws(Rejection) -> UplinkRequest
    ) -> Inbound {
        do throws(Rejection) {
            return .uplink(module, .success(try make()), reply: reply)
        } catch {
            return .uplink(module, .failure(error), reply: reply)
        }
    }

    private func refusal(
        _ topic: InboundTopic, _ module: Module, _ rejection: Rejection, _ reply: ReplyTo? = nil
    ) -> Inbound? {
        if case .command(_, let name) = topic {
            publishFailure(rejection, of: name, to: topic.module, reply)
            return nil
        }
        if case .answer = topic {
            module.assumeIsolated { $0.reject(rejection, reply: reply, isUplink: false) }
            return nil
        }
        return .uplink(module, .failure(rejection), reply: reply)
    }

    /// Somebody has mistyped a name, or the module has left the configuration.
    private func refuseUnknown(_ topic: InboundTopic, _ reply: ReplyTo?) {
        // Our own tree has names that are no modules.
        guard topic.module != "bridge" else { return }
        let rejection = Rejection("unknown_module", "there is no module \(topic.module) in the configuration")
        if case .command(_, let name) = topic {
            publishFailure(rejection, of: name, to: topic.module, reply)
            return
        }
        let outcome = Outcome(
            id: UplinkID.text(), state: .rejected, time: reactor.timestamp,
            error: PlatformError(name: rejection.name, text: rejection.text, source: .bridge))
        publish(outcome.json, to: topics.result(topic.module), reply)
    }

    private func publishFailure(_ rejection: Rejection, of command: String, to module: String, _ reply: ReplyTo?) {
        let error = PlatformError(name: rejection.name, text: rejection.text, source: .bridge)
        publish(OrderResult.failed(error).json, to: topics.commandResult(module, command), reply)
    }

    private func publish(_ json: [UInt8], to topic: String, _ reply: ReplyTo?) {
        for message in OutcomeMessages.make(json, topic: topic, reply: reply) {
            link.publish(message, acknowledged: nil)
        }
    }
}

extension InboundTopic {
    var module: String {
        switch self {
        case .uplink(let module), .uplinkJSON(let module), .object(let module, _), .answer(let module),
            .command(let module, _):
            module
        }
    }
}
