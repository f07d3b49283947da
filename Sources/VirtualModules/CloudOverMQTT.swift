import JSON
package import MQTT
package import Reactor

/// The platforms behind virtual modules as topics, for people and for tests in other languages.
///
/// `cloud/M/up` shows every uplink as JSON, what is published to `cloud/M/down` is sent down as it is, `cloud/M/control`
/// takes `{"do":"reset"}` and its like and is answered on `cloud/M/control/result`, and `cloud/M/breaches` is the
/// retained number of the host's faults.
package actor CloudOverMQTT: MQTTHandler {
    private let modules: [String: VirtualModule]
    private let reactor: Reactor
    private let configuration: MQTTConfiguration
    private var client: MQTTClient?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    /// The reactor is the modules'; the configuration's own subscriptions are replaced.
    package init(modules: [String: VirtualModule], configuration: MQTTConfiguration, reactor: Reactor) {
        self.modules = modules
        self.reactor = reactor
        self.configuration = configuration
    }

    package func start() {
        var configuration = self.configuration
        configuration.subscriptions = ["cloud/+/down", "cloud/+/control"]
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
        case .answer: break
        case .uplink(let uplink):
            publish(
                "cloud/\(name)/up",
                JSONText.object { json in
                    json.member("hex", hex: uplink.bytes)
                    json.member("text", String(validating: uplink.bytes, as: UTF8.self))
                    json.member("confirm", uplink.isConfirmed)
                    json.member("rai", uplink.rai)
                    json.member("time", time: uplink.time.milliseconds)
                })
        }
    }

    private func tellBreaches(of name: String, _ count: Int) {
        publish("cloud/\(name)/breaches", Array(String(count).utf8), retain: true)
    }

    // MARK: From the broker

    package nonisolated func connected(_ session: Session) {}
    package nonisolated func disconnected(_ reason: MQTTError) {}

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
        if parts[2] == "down" { return module.assumeIsolated { $0.send(downlink: message.payload) } }
        var order = ""
        var fault: String?
        do {
            let value = try JSONValue(parsing: message.payload)
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

/// Why an order on the control topic was not obeyed.
private struct ControlError: Error, CustomStringConvertible {
    let description: String
}

extension VirtualModule {
    fileprivate func obey(_ order: String, _ value: JSONValue) throws {
        let duration = value["seconds"]?.double.map { Duration.seconds($0) }
        switch order {
        case "reset": reset()
        case "unplug": unplug()
        case "plug": try plugIn()
        case "power_cut": cutPower()
        case "power_on": powerOn()
        case "sleep": enterSleep()
        case "observe": observeData()
        case "unobserve": cancelObservation()
        case "accept": withCloud { $0.registration = .accept }
        case "reject": withCloud { $0.registration = .reject }
        case "ignore": withCloud { $0.registration = .ignore }
        case "ack": withCloud { $0.acknowledgement = .after(duration ?? .milliseconds(50)) }
        case "ack_never": withCloud { $0.acknowledgement = .never }
        case "ack_lost": withCloud { $0.acknowledgement = .lost }
        case "rst": withCloud { $0.acknowledgement = .reset }
        case "buffer_full": fail(Fault(.bufferFull))
        case "report": report(value["line"]?.string ?? "")
        case "fault": fail(try Self.fault(value, duration))
        case "heal": heal()
        case "firmware": updateFirmware(Self.firmware(value))
        default: throw ControlError(description: "there is no order \"\(order)\"")
        }
    }

    private static func fault(_ value: JSONValue, _ duration: Duration?) throws(ControlError) -> Fault {
        let effect: Fault.Effect
        switch value["effect"]?.string {
        case "drop_answer": effect = .dropAnswer
        case "delay_answer": effect = .delayAnswer(duration ?? .seconds(10))
        case "answer": effect = .answer(value["line"]?.string ?? "ERROR")
        case "echo": effect = .echo
        case "lose_line_feed": effect = .loseLineFeed
        case "report_first": effect = .reportFirst
        case "double_report": effect = .doubleReport
        case "reset_before": effect = .resetBefore
        case "reset_after": effect = .resetAfter
        case "power_cut": effect = .powerCut(duration)
        case "hang_up": effect = .hangUp(duration)
        case "ignore_bytes": effect = .ignoreBytes(value["count"]?.integer ?? 1)
        default: throw ControlError(description: "there is no such effect")
        }
        return Fault(effect, on: value["on"]?.string ?? "", always: value["always"]?.bool ?? false)
    }

    private static func firmware(_ value: JSONValue) -> FirmwareTask {
        let outcome: FirmwareTask.Outcome =
            if let code = value["download_error"]?.integer {
                .downloadFailure(code)
            } else if let code = value["update_error"]?.integer {
                .updateFailure(code)
            } else {
                .success(revision: value["revision"]?.string ?? "BC260YCNAAR02A02")
            }
        var task = FirmwareTask(outcome)
        if let size = value["size"]?.integer, size > 0 { task.size = size }
        if let seconds = value["step_seconds"]?.double { task.stepTime = .seconds(seconds) }
        return task
    }
}
