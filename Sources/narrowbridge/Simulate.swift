import Bridge
import Glibc
import MQTT
import Reactor
import VirtualModules

enum Simulate: Subcommand {
    static let name = "simulate"
    static let summary = "virtual modules on pseudo-terminals, for tests and for users without hardware"
    static let help = """
        usage: narrowbridge simulate [--modules N] [--ports PATTERN] [--platform NAME[,NAME…]]… [--baud N]
                                     [--boot] [--mqtt HOST:PORT]

        Runs N virtual modules (one of each platform) until Ctrl-C and prints their names and ports. PATTERN says where
        the ports are and has %d in the place of the module's number (/tmp/narrowbridge/module-%d). NAME is one of
        \(ModuleOptions.Platform.names.joined(separator: ", "));
        with several the modules take turns. With --baud the lines are as slow as real ones; without, as fast as the
        machine. With --boot the modules are switched on only then.

        With --mqtt their clouds are reached at that broker: cloud/M/up shows what arrived, what is published to
        cloud/M/down is sent down, cloud/M/request takes {"kind":"read","path":"3303/0/5700"} and the like, answered on
        cloud/M/answer, and cloud/M/control takes orders such as {"do":"reset"}, {"do":"unplug"},
        {"do":"plug"}, {"do":"reject"}, {"do":"accept"}, {"do":"ack_never"}, {"do":"firmware"}; M is the module's name.
        Exit status 69 if the broker cannot be reached at the start; one that goes later is waited for.
        """

    static let signals = [SIGINT, SIGTERM]

    static func run(_ arguments: Arguments) async throws(Failure) {
        var arguments = arguments
        let modulesWanted = try arguments.number("--modules", in: 1...10_000)
        let pattern = try arguments.option("--ports") ?? "/tmp/narrowbridge/module-%d"
        let names = try arguments.options("--platform").flatMap {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let baud = try arguments.number("--baud", in: 300...4_000_000) ?? 0
        let boots = arguments.flag("--boot")
        let broker = try arguments.option("--mqtt").map { text throws(Failure) in try address(text) }
        try arguments.end()
        let platforms = try names.isEmpty ? [.ctwing] : names.map { name throws(Failure) in try platform(name) }
        let count = modulesWanted ?? platforms.count
        guard count == 1 || pattern.contains("%d") else {
            throw Failure(.wrongUsage, "--ports has no %d, which several modules need")
        }
        let signals = Signals(Self.signals)
        let (events, sink) = AsyncStream.makeStream(of: Event.self)
        let reactor = Reactor(name: "virtual")
        var modules: [String: VirtualModule] = [:]
        for number in 1...count {
            var options = ModuleOptions()
            options.sleepAfter = ModuleOptions.hardwareSleep
            options.platform = platforms[(number - 1) % platforms.count]
            options.imei = "86933405" + String(String(10_000_000 + number).dropFirst())
            options.baud = baud
            options.start = boots ? .booting : .running
            options.keepsLog = false
            let path = pattern.replacing("%d", with: String(number))
            modules["module-\(number)"] = try await start(options, path, reactor)
            let name = names.isEmpty ? "" : "  \(names[(number - 1) % names.count])"
            Terminal.say("module-\(number)  \(path)\(name)")
        }
        let cloud = broker.map { broker in
            CloudOverMQTT(
                modules: modules,
                configuration: MQTTConfiguration(brokers: [broker], clientID: "narrowbridge-cloud-\(getpid())"),
                reactor: reactor, tellLink: { sink.yield(.link($0)) })
        }
        Task { for await _ in signals.stream { sink.yield(.over) } }
        await cloud?.start()
        let result: Result<Void, Failure>
        do throws(Failure) {
            result = .success(try await wait(events))
        } catch {
            result = .failure(error)
        }
        await cloud?.stop()
        for module in modules.values { await module.stop() }
        try result.get()
    }

    private enum Event: Sendable {
        /// Nil: connected.
        case link(MQTTError?)
        case over
    }

    /// Until a signal comes, or the broker turns out not to be there. A loss later on is told once, and so is its end.
    private static func wait(_ events: AsyncStream<Event>) async throws(Failure) {
        var connection = FirstConnection(brokers: 1)
        var isLost = false
        for await event in events {
            switch event {
            case .over: return
            case .link(nil):
                if isLost { Terminal.complain("narrowbridge simulate: the broker is back") }
                isLost = false
                connection.made()
            case .link(let error?):
                try connection.failed(error)
                if !isLost { Terminal.complain("narrowbridge simulate: \(error)") }
                isLost = true
            }
        }
    }

    private static func platform(_ name: String) throws(Failure) -> ModuleOptions.Platform {
        guard let platform = ModuleOptions.Platform(name) else {
            let names = ModuleOptions.Platform.names.joined(separator: ", ")
            throw Failure(.wrongUsage, "--platform is \(name); one of \(names) is expected")
        }
        return platform
    }

    private static func address(_ text: String) throws(Failure) -> BrokerAddress {
        guard let address = ServerAddress(text, defaultPort: 1883) else {
            throw Failure(.wrongUsage, "--mqtt is \(text); host:port is expected")
        }
        return BrokerAddress(host: address.host, port: Int(address.port))
    }

    /// Starts a module, in a folder that is made if only it is missing.
    private static func start(
        _ options: ModuleOptions, _ path: String, _ reactor: Reactor
    ) async throws(Failure) -> VirtualModule {
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            unsafe _ = mkdir(String(path[..<slash]), 0o755)
        }
        do throws(SystemError) {
            let module = try VirtualModule(options: options, path: path, reactor: reactor)
            try await module.start()
            return module
        } catch {
            throw Failure(.failed, "\(error)")
        }
    }
}
