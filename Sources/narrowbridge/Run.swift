import Bridge
import Glibc
import HTTP
import Reactor
import Store

enum Run: Subcommand {
    static let name = "run"
    static let summary = "the bridge itself"
    static let help = """
        usage: narrowbridge run [--config FILE]

        Bridges every module of the configuration (/etc/narrowbridge/bridge.conf, else ./bridge.conf) to MQTT until
        SIGTERM or SIGINT. SIGHUP reads the configuration again: only modules whose entry has changed are restarted; a
        wrong file is reported, and the running configuration stays.
        """

    static let signals = [SIGTERM, SIGINT, SIGHUP, SIGUSR1]

    static func run(_ arguments: Arguments) async throws(Failure) {
        var arguments = arguments
        let path = try ConfigurationFile.path(&arguments)
        try arguments.end()
        let configuration = try ConfigurationFile.read(path)
        let log = Log(settings: configuration.bridge)
        Process.allowAllDescriptors()
        let signals = Signals(Self.signals)
        let notifier = Notifier()
        let socket = try listen(configuration.bridge, log)
        let gateway = try await start(configuration, log)
        let web = try await serve(gateway, configuration.bridge, log, socket)
        notifier.ready(shown(configuration))
        await notifier.watch(gateway.health, log: log)
        await serve(gateway, path, log, signals, notifier)
        await web?.stop()
    }

    private static func start(_ configuration: Configuration, _ log: Log) async throws(Failure) -> Gateway {
        do throws(StoreError) {
            let gateway = try await Gateway(
                configuration: configuration, log: log, reactor: Reactor(name: "bridge"))
            try await gateway.start()
            return gateway
        } catch {
            throw Failure(.failed, "\(error)")
        }
    }

    /// Before anything else: a second bridge that wants the same address is told so, and leaves the modules alone. One
    /// that never asked for the address does its work without it.
    private static func listen(_ settings: BridgeSettings, _ log: Log) throws(Failure) -> Int32? {
        guard let address = settings.http else { return nil }
        do throws(SystemError) {
            return try ListeningSocket.open(host: address.host, port: address.port)
        } catch {
            let advice = "\(error); http in [bridge] chooses another address, and \"\" none"
            guard !settings.isHTTPChosen else { throw Failure(.unavailable, advice) }
            log.warning("http", "no health, metrics and page: \(advice)")
            return nil
        }
    }

    private static func serve(
        _ gateway: Gateway, _ settings: BridgeSettings, _ log: Log, _ socket: Int32?
    ) async throws(Failure) -> WebSurface? {
        guard let socket else { return nil }
        do throws(SystemError) {
            return try await WebSurface(gateway, settings: settings, log: log, socket: socket)
        } catch {
            throw Failure(.unavailable, "\(error)")
        }
    }

    private static func serve(
        _ gateway: Gateway, _ path: String, _ log: Log, _ signals: Signals, _ notifier: Notifier
    ) async {
        for await signal in signals.stream {
            switch signal {
            case SIGHUP:
                notifier.reloading()
                notifier.ready(await reload(gateway, path, log))
            case SIGUSR1: await gateway.storeChanged()
            default:
                notifier.stopping()
                await gateway.stop()
                return
            }
        }
    }

    /// Says how the bridge stands afterwards.
    private static func reload(_ gateway: Gateway, _ path: String, _ log: Log) async -> String {
        let configuration: Configuration
        do throws(Failure) {
            configuration = try ConfigurationFile.read(path)
        } catch {
            for line in error.text.split(separator: "\n") { log.error("bridge", "not reloaded: \(line)") }
            return "the configuration is wrong, the one before stays"
        }
        do throws(StoreError) {
            let later = try await gateway.reload(configuration)
            log.notice("bridge", "configuration reloaded")
            if !later.isEmpty {
                log.warning("bridge", "\(later.joined(separator: " and ")) takes effect at the next start")
            }
            return shown(configuration)
        } catch {
            log.error("bridge", "not reloaded: \(error)")
            return "not reloaded: \(error)"
        }
    }

    private static func shown(_ configuration: Configuration) -> String {
        let count = configuration.modules.count
        return "\(count) \(count == 1 ? "module" : "modules"), broker \(configuration.mqtt.brokers[0])"
    }
}

extension Log {
    init(settings: BridgeSettings) {
        let format: Format =
            switch settings.logFormat {
            case .json: .json
            case .text: .text
            // systemd says so to whoever writes to its journal.
            case .auto: unsafe getenv("JOURNAL_STREAM") == nil ? .text : .journal
            }
        let level = Level.allCases.first { $0.name == settings.logLevel.rawValue } ?? .info
        self.init(level: level, format: format)
    }
}
