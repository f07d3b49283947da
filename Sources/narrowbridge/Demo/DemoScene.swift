import Glibc
import MQTT
import Reactor
import VirtualModules

/// All that the demo brings with it: a folder, a broker, modules with their clouds, and the bridge.
final class DemoScene {
    let folder: String
    let port: Int
    /// Of the page.
    let webPort: Int
    private let modules: [String: VirtualModule]
    let broker: Child
    private let cloud: CloudOverMQTT
    private(set) var bridge: Child?

    init(reactor: Reactor) async throws(Failure) {
        folder = try Self.makeFolder()
        port = try Self.freePort()
        var other = try Self.freePort()
        while other == port { other = try Self.freePort() }
        webPort = other
        do throws(SystemError) {
            try Self.write(
                "\(folder)/mosquitto.conf",
                "listener \(port) 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nlog_dest stderr\n")
            broker = try Child(
                "mosquitto", named: "mosquitto", ["-c", "\(folder)/mosquitto.conf"], log: "\(folder)/mosquitto.log")
        } catch {
            Folder.remove(folder)
            guard error.code == ENOENT else { throw Failure(.failed, "\(error)") }
            throw Failure(
                .unavailable, "the demo needs the broker mosquitto: make deps, or apt-get install mosquitto")
        }
        var modules: [String: VirtualModule] = [:]
        do throws(SystemError) {
            for (number, demo) in DemoModule.all.enumerated() {
                let module = try VirtualModule(
                    options: Self.options(demo, number), path: "\(folder)/\(demo.name)", reactor: reactor)
                modules[demo.name] = module
                try await module.start()
            }
        } catch {
            for module in modules.values { await module.stop() }
            await broker.stop()
            Folder.remove(folder)
            throw Failure(.failed, "\(error)")
        }
        self.modules = modules
        let address = BrokerAddress(host: "127.0.0.1", port: port)
        cloud = CloudOverMQTT(
            modules: modules,
            configuration: MQTTConfiguration(brokers: [address], clientID: "demo-cloud"), reactor: reactor)
    }

    private static func options(_ demo: DemoModule, _ number: Int) -> ModuleOptions {
        var options = ModuleOptions()
        options.platform = demo.platform
        options.imei = "8693340500000\(10 + number)"
        options.sleepAfter = ModuleOptions.hardwareSleep
        options.baud = demo.platform == .andlink ? 9600 : 115_200
        options.keepsLog = false
        return options
    }

    /// To be called when the broker is there.
    func startBridge() async throws(Failure) {
        await cloud.start()
        do throws(SystemError) {
            try Self.write("\(folder)/bridge.conf", configuration)
            // This very program, even if its file was replaced meanwhile.
            bridge = try Child(
                "/proc/self/exe", named: "narrowbridge", ["run", "--config", "\(folder)/bridge.conf"],
                log: "\(folder)/bridge.log")
        } catch {
            throw Failure(.failed, "\(error)")
        }
    }

    /// The bridge first, so that its good-bye arrives.
    func end() async {
        await bridge?.stop()
        await cloud.stop()
        for module in modules.values { await module.stop() }
        await broker.stop()
        Folder.remove(folder)
    }

    private var configuration: String {
        """
        [mqtt]
        host = "127.0.0.1"
        port = \(port)
        client_id = "demo-bridge"

        [bridge]
        state_dir = "\(folder)/state"
        http = "127.0.0.1:\(webPort)"

        """
            + DemoModule.all.map { demo in
                """

                [[module]]
                name = "\(demo.name)"
                port = "\(folder)/\(demo.name)"
                baud = \(demo.platform == .andlink ? 9600 : 115_200)
                \(demo.configuration)

                """
            }.joined()
    }

    private static func makeFolder() throws(Failure) -> String {
        var template = Array("/tmp/narrowbridge-demo-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw Failure(.failed, "\(SystemError.last("make a folder in /tmp"))")
        }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func write(_ path: String, _ text: String) throws(SystemError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("write \(path)") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw .last("write \(path)") }
    }

    /// Free at this moment; nobody else is likely to take it in the next.
    private static func freePort() throws(Failure) -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard result == 0 else { throw Failure(.unavailable, "\(SystemError.last("find a free port"))") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
