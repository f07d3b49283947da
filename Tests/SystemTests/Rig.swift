import AT
import Glibc
import JSON
import MQTT
import Reactor
import TestSupport
import VirtualModules

/// Everything between two clients: a broker, virtual modules with their cloud, and the bridge as a process.
final class Rig: Sendable {
    let broker: Broker
    let directory: TemporaryDirectory
    let modules: [VirtualModule]
    let bridge: BridgeProcess
    let client: TestClient
    let configuration: String

    fileprivate init(
        broker: Broker, directory: TemporaryDirectory, modules: [VirtualModule], bridge: BridgeProcess,
        client: TestClient, configuration: String
    ) {
        self.broker = broker
        self.directory = directory
        self.modules = modules
        self.bridge = bridge
        self.client = client
        self.configuration = configuration
    }

    var module: VirtualModule { modules[0] }

    /// A moment of the conversation, to be taken before what makes a state that may soon be over.
    struct Mark: Sendable {
        let messages: Int
    }

    var beginning: Mark { Mark(messages: 0) }
    var mark: Mark { Mark(messages: client.record.value.messages.count) }

    /// The first status, now or soon, that says so.
    @discardableResult
    func status(
        of module: String = "m0", since mark: Mark? = nil, limit: Duration = .seconds(60),
        where condition: @escaping @Sendable (JSONValue) -> Bool
    ) async throws -> JSONValue {
        try await json(on: "nb/\(module)/status", since: mark, limit: limit, where: condition)
    }

    /// Waits until the retained status says that the module is in this state.
    @discardableResult
    func state(
        _ state: String, of module: String = "m0", since mark: Mark? = nil, limit: Duration = .seconds(60)
    ) async throws -> JSONValue {
        try await status(of: module, since: mark, limit: limit) { $0["state"]?.string == state }
    }

    /// The newest message on the topic fulfils the condition, or one that comes does: several come in one batch, and
    /// the newest of them alone would hide the others. With a mark, all since then are looked at.
    @discardableResult
    func json(
        on topic: String, since mark: Mark? = nil, limit: Duration = .seconds(60),
        where condition: @escaping @Sendable (JSONValue) -> Bool
    ) async throws -> JSONValue {
        let messages = client.record.value.messages
        let start = mark?.messages ?? messages.lastIndex { $0.topic == topic } ?? messages.count
        let find: @Sendable (TestClient.Record) -> JSONValue? = { record in
            for message in record.messages[start...] where message.topic == topic {
                if let json = try? JSONValue(parsing: message.payload), condition(json) { return json }
            }
            return nil
        }
        let record = try await client.record.wait("\(topic) to be as expected", limit: limit) { find($0) != nil }
        return find(record)!
    }

    /// Waits until an event of that name has been published so often.
    func event(_ name: String, count: Int = 1, of module: String = "m0", limit: Duration = .seconds(60)) async throws {
        let topic = "nb/\(module)/event"
        try await client.record.wait("\(count) times the event \(name)", limit: limit) { record in
            let events = record.messages.filter { $0.topic == topic }.compactMap { try? JSONValue(parsing: $0.payload) }
            return events.filter { $0["event"]?.string == name }.count >= count
        }
    }

    /// Every outcome so far, in order.
    func outcomes(of module: String = "m0") -> [JSONValue] {
        client.record.value.messages.filter { $0.topic == "nb/\(module)/up/result" }
            .compactMap { try? JSONValue(parsing: $0.payload) }
    }

    /// Waits for an outcome of that id and state.
    @discardableResult
    func outcome(
        _ id: String, _ state: String, of module: String = "m0", limit: Duration = .seconds(60)
    ) async throws -> JSONValue {
        let topic = "nb/\(module)/up/result"
        let find: @Sendable (TestClient.Record) -> JSONValue? = { record in
            for message in record.messages where message.topic == topic {
                guard let json = try? JSONValue(parsing: message.payload) else { continue }
                if json["id"]?.string == id, json["state"]?.string == state { return json }
            }
            return nil
        }
        let record = try await client.record.wait("\(id) to be \(state)", limit: limit) { find($0) != nil }
        return find(record)!
    }

    /// Starts the bridge after it has ended, and waits until it has told the broker.
    func startBridgeAgain() async throws {
        let topic = "nb/m0/status"
        let before = client.record.value.messages.filter { $0.topic == topic }.count
        try await bridge.start()
        try await client.record.wait("the bridge to be back") { record in
            record.messages.filter { $0.topic == topic }.count > before
        }
    }

    func up(_ payload: String, module: String = "m0") async throws {
        try await client.publish("nb/\(module)/up", payload)
    }

    func up(json: String, module: String = "m0") async throws {
        try await client.publish("nb/\(module)/up/json", json)
    }

    /// In one go, so that the queue fills however slow this machine is.
    func up(burst: [String], to topic: String = "up") async throws {
        let messages = burst.map { OutboundMessage(topic: "nb/m0/\(topic)", payload: Array($0.utf8)) }
        try await client.publish(messages)
    }

    func order(_ command: String, _ payload: String = "", module: String = "m0") async throws {
        try await client.publish("nb/\(module)/command/\(command)", payload)
    }

    /// The texts of all uplinks that the module's cloud has, in order.
    func received(_ index: Int = 0) async -> [String] {
        await modules[index].uplinks.map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}

struct RigOptions: Sendable {
    var modules = 1
    /// What the modules are; `keys` may say more than their usual configuration.
    var platform = ModuleOptions.Platform.ctwing
    /// Changes one module's options.
    var module: @Sendable (inout ModuleOptions) -> Void = { _ in }
    /// Done to each module before the bridge starts.
    var prepare: @Sendable (VirtualModule) async -> Void = { _ in }
    /// Lines for each [[module]].
    var keys = ""
    var bridgeKeys = ""
    /// The bridge's state is on a disk of so many bytes, which can be filled.
    var stateDisk: Int?
    /// Where the bridge listens for HTTP; nowhere, as a rule, since many run at once.
    var http = ""
    var broker: Broker.Options = {
        var options = Broker.Options()
        options.isPersistent = true
        return options
    }()
    /// Wait until every module is ready.
    var untilReady = true

    /// For a thousand messages at once: the broker, which writes all of its store at each, would be what is slow.
    var withQuickBroker: RigOptions {
        var options = self
        options.broker.savesAlways = false
        return options
    }
}

/// Runs the body with a rig, and takes everything away afterwards.
func withRig(_ options: RigOptions = RigOptions(), _ body: (Rig) async throws -> Void) async throws {
    let directory = try TemporaryDirectory()
    try await withBroker(options.broker) { broker in
        let virtual = (0..<options.modules).map { index in
            var own = ModuleOptions()
            own.platform = options.platform
            own.imei = "86933405\(String(1_000_000 + index))"
            own.timeScale = 50
            // In protocol time: a module that may sleep does so after ten seconds of a test.
            own.sleepAfter = .seconds(500)
            own.bootTime = .milliseconds(200)
            own.attachTime = .milliseconds(300)
            options.module(&own)
            return (options: own, path: directory.file("tty\(index)"))
        }
        try await withVirtualModules(virtual) { modules in
            let text = configuration(options, broker, directory)
            let file = try directory.write("bridge.conf", text)
            let disk = options.stateDisk.map { SmallDisk(path: directory.file("state"), bytes: $0) }
            let bridge = BridgeProcess(configuration: file, disk: disk)
            try await withClient(of: broker, subscriptions: ["nb/#"]) { client in
                let rig = Rig(
                    broker: broker, directory: directory, modules: modules, bridge: bridge, client: client,
                    configuration: text)
                for module in modules { await options.prepare(module) }
                try await bridge.start()
                do {
                    if options.untilReady {
                        for index in 0..<options.modules { try await rig.state("ready", of: "m\(index)") }
                    }
                    try await body(rig)
                } catch {
                    print("bridge:\n\(bridge.log.suffix(6000))")
                    throw error
                }
                try await bridge.end(SIGTERM)
            }
        }
    }
}

private func configuration(_ options: RigOptions, _ broker: Broker, _ directory: TemporaryDirectory) -> String {
    var text = """
        [mqtt]
        host = "127.0.0.1"
        port = \(broker.address.port)
        client_id = "bridge"
        base_topic = "nb"
        [bridge]
        state_dir = "\(directory.file("state"))"
        http = "\(options.http)"
        log_level = "info"
        \(options.bridgeKeys)

        """
    for index in 0..<options.modules {
        text += """
            [[module]]
            name = "m\(index)"
            port = "\(directory.file("tty\(index)"))"
            \(options.platform.configuration)
            \(options.keys)

            """
    }
    return text
}

extension ModuleOptions.Platform {
    /// The keys without which the bridge does not speak to such a module.
    var configuration: String {
        switch self {
        case .ctwing: "platform = \"ctwing\"\nserver = \"221.229.214.202:5683\""
        case .lwm2m(let service):
            """
            platform = "lwm2m"
            service = "\(service.rawValue)"
            server = "221.229.214.202:5683"
            \(service == .andlink ? "device_type = \"500677\"" : "")
            """
        case .onenet: "platform = \"onenet\"\nserver = \"183.230.40.39:5683\""
        case .andlink: "platform = \"andlink\"\nbootstrap_server = \"112.13.96.205:5783\""
        case .bc25, .bc32, .bare: "platform = \"none\""
        }
    }
}
