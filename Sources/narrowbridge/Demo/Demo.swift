import Glibc
import MQTT
import Reactor

enum Demo: Subcommand {
    static let name = "demo"
    static let summary = "a broker, a virtual module of every platform and the bridge at work, for a first look"
    static let help = """
        usage: narrowbridge demo [--seconds N]

        Starts a broker of its own on a free port of this machine, a virtual module of every platform with its cloud, and
        a bridge between them; sends something each way every few seconds and prints every message. Ends with Ctrl-C, or after N seconds,
        and leaves nothing behind. Needs the program mosquitto; exit status 69 if it is missing.
        """

    static let signals = [SIGINT, SIGTERM]

    enum Event: Sendable {
        case heard(ListeningClient.Event)
        case tick
        case died(String)
        case over
    }

    static func run(_ arguments: Arguments) async throws(Failure) {
        var arguments = arguments
        let seconds = try arguments.number("--seconds", in: 1...1_000_000)
        try arguments.end()
        let signals = Signals(Self.signals)
        let reactor = Reactor(name: "demo")
        let (events, sink) = AsyncStream.makeStream(of: Event.self)
        let scene = try await DemoScene(reactor: reactor)
        let settings = MQTTConfiguration(
            brokers: [BrokerAddress(host: "127.0.0.1", port: scene.port)], clientID: "demo",
            subscriptions: ["narrowbridge/#", "cloud/#"])
        let client = ListeningClient(settings, reactor) { sink.yield(.heard($0)) }
        await client.start()
        let helpers = helpers(signals, scene.broker, seconds, sink)
        let result: Result<Void, Failure>
        do throws(Failure) {
            result = .success(try await play(events, sink, scene, client, reactor))
        } catch {
            result = .failure(error)
        }
        for helper in helpers { helper.cancel() }
        Terminal.say("\nending the bridge, the module and the broker")
        await client.stop()
        await scene.end()
        try result.get()
    }

    /// What makes events beside the client.
    private static func helpers(
        _ signals: Signals, _ broker: Child, _ seconds: Int?, _ sink: AsyncStream<Event>.Continuation
    ) -> [Task<Void, any Error>] {
        [
            Task { for await _ in signals.stream { sink.yield(.over) } },
            Task { await watch(broker, sink) },
            Task {
                while true {
                    try await Task.sleep(for: .seconds(2))
                    sink.yield(.tick)
                }
            },
            Task {
                guard let seconds else { return }
                try await Task.sleep(for: .seconds(seconds))
                sink.yield(.over)
            },
        ]
    }

    private static func play(
        _ events: AsyncStream<Event>, _ sink: AsyncStream<Event>.Continuation, _ scene: DemoScene,
        _ client: ListeningClient, _ reactor: Reactor
    ) async throws(Failure) {
        var view = DemoView(start: reactor.now)
        var ticks = 0
        for await event in events {
            switch event {
            case .heard(.connected):
                guard scene.bridge == nil else { continue }
                try await scene.startBridge()
                guard let bridge = scene.bridge else { continue }
                Task { await watch(bridge, sink) }
                introduce(scene, bridge)
            case .heard(.messages(let messages)):
                for message in messages { view.show(message, at: reactor.now) }
            case .heard(.disconnected): continue
            case .tick:
                if let line = DemoView.next(ticks, ready: view.ready) {
                    ticks += 1
                    await client.publish(line.topic, line.text)
                }
            case .died(let name):
                throw Failure(.unavailable, "\(name) has ended by itself")
            case .over:
                return
            }
        }
    }

    private static func watch(_ child: Child, _ sink: AsyncStream<Event>.Continuation) async {
        _ = await child.ended
        var lines = ""
        if let text = readText(child.log) {
            lines = "\n" + text.split(separator: "\n").suffix(5).joined(separator: "\n")
        }
        sink.yield(.died(child.name + lines))
    }

    private static func readText(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    private static func introduce(_ scene: DemoScene, _ bridge: Child) {
        Terminal.say("broker   127.0.0.1:\(scene.port)  mosquitto, process \(scene.broker.processID)")
        for module in DemoModule.all {
            Terminal.say("module   \(scene.folder)/\(module.name)  a virtual \(module.what)")
        }
        Terminal.say(
            """
            bridge   \(scene.folder)/bridge.conf  process \(bridge.processID)
            page     http://127.0.0.1:\(scene.webPort)/

            In another terminal:
              mosquitto_sub -p \(scene.port) -t 'narrowbridge/#' -v
              mosquitto_pub -p \(scene.port) -t narrowbridge/meter-1/up -m 'hello cloud'
              mosquitto_pub -p \(scene.port) -t cloud/meter-1/down -m 'hello client'
              mosquitto_pub -p \(scene.port) -t cloud/meter-1/control -m '{"do":"unplug"}'   and then "plug"
            Ctrl-C ends the demo. Below, JSON is shown without its times and without what is null.

            """)
    }
}
