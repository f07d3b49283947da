import Glibc
import MQTT
import Reactor
import Watch

enum WatchCommand: Subcommand {
    static let name = "watch"
    static let summary = "a live view of every module of a bridge, over MQTT"
    static let help = """
        usage: narrowbridge watch [--config FILE] [--host HOST] [--port N] [--base TOPIC]
                                  [--user NAME] [--password-file FILE]
                                  [--tls] [--ca-file FILE] [--cert-file FILE --key-file FILE]

        Shows every module of a bridge with its state, signal, queue and last messages, live, until q or Ctrl-C. It only
        listens. Broker, base topic, user and TLS are those of the configuration (/etc/narrowbridge/bridge.conf, else
        ./bridge.conf) where there is one; what is said here counts more. With --host and without --config no file is read:
        port 1883 (8883 with TLS) and base topic narrowbridge are the defaults then. --tls trusts what the system trusts.

          q, Ctrl-C         quit                     enter    all that is known of the module
          ↑ ↓ or k j        choose a module          / text   only modules and messages with that text
          PgUp PgDn g G     … in larger steps        esc      back

        Into a pipe or a file it prints one line for each change: time, module, kind, text. Exit status 69 if the broker
        cannot be reached at the start; a broker that goes later is waited for.
        """

    static let signals = [SIGINT, SIGTERM, SIGHUP, SIGWINCH]

    enum Event: Sendable {
        case heard(ListeningClient.Event)
        case typed([UInt8])
        case resized
        case tick
        case over
    }

    static func run(_ arguments: Arguments) async throws(Failure) {
        let options = try WatchOptions(arguments)
        let signals = Signals(Self.signals)
        let reactor = Reactor(name: "watch")
        let (events, sink) = AsyncStream.makeStream(of: Event.self)
        let state = WatchState(base: options.base)
        let client = ListeningClient(options.client(subscriptions: state.subscriptions), reactor) {
            sink.yield(.heard($0))
        }
        Task {
            for await signal in signals.stream { sink.yield(signal == SIGWINCH ? .resized : .over) }
        }
        await client.start()
        let result: Result<Void, Failure>
        do throws(Failure) {
            if isatty(1) == 1 {
                try await WatchLive(state: state, reactor: reactor, brokers: options.brokers).run(events, sink)
            } else {
                try await WatchLines(state: state, reactor: reactor, brokers: options.brokers).run(events)
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await client.stop()
        try result.get()
    }
}

/// At the start each broker is tried once. Later on one that is away is waited for.
struct FirstConnection {
    private var untried: Int
    private(set) var isMade = false

    init(brokers: Int) { untried = brokers }

    mutating func made() { isMade = true }

    mutating func failed(_ error: MQTTError) throws(Failure) {
        untried -= 1
        if !isMade, untried <= 0 { throw Failure(.unavailable, "\(error)") }
    }
}

extension WatchState {
    mutating func take(_ messages: [InboundMessage], at now: Timestamp) -> [LogEntry] {
        messages.flatMap { receive(topic: $0.topic, payload: $0.payload, retained: $0.retain, at: now) }
    }
}
