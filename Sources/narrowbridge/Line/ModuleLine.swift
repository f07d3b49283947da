import AT
import Modem
import Platforms
import Reactor
import Serial

/// A module's line in the hands of a person: opened for one run of a command, and gone with it.
actor ModuleLine {
    /// What happens besides the answers.
    enum Notice: Sendable {
        case line(String)
        case remark(String)
        case lost(String)
    }

    private let reactor: Reactor
    private let modem: Modem
    private let connector = WorkerThread(name: "connector")

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    /// A baud rate of 0 gives answers no time on the line. `tell` is called on the reactor.
    init(
        baud: Int, slack: Duration = .seconds(2), on reactor: Reactor, tell: @escaping @Sendable (Notice) -> Void
    ) {
        self.reactor = reactor
        modem = Modem(
            reactor: reactor, time: reactor, settings: .init(baud: baud, slack: slack),
            catalog: .common.adding(CTWingSession.reports),
            handlers: .init(
                report: { tell(.line($0.text)) }, unknown: { tell(.line($0.text)) },
                trouble: { trouble in Self.remark(trouble).map { tell(.remark($0)) } },
                lost: { loss in
                    if case .reset = loss { tell(.remark("\(loss)")) } else { tell(.lost("\(loss)")) }
                }))
    }

    func open(_ endpoint: Endpoint, baud: Int) async throws(PortError) {
        let modem = modem
        let port = try await Ports.open(
            endpoint, baud: baud, on: reactor, connector: connector,
            handlers: PortHandlers(
                received: { bytes in unsafe modem.hear(bytes) },
                closed: { error in modem.assumeIsolated { $0.end(.closed(error.description)) } }))
        await modem.attach(port)
    }

    /// Whether a module answers `AT` before the time is over; sleeping ones are woken.
    func answers(within limit: Duration) async -> Bool {
        let timer = reactor.schedule(after: limit) { [modem] in modem.assumeIsolated { $0.end(.unresponsive) } }
        defer { timer.cancel() }
        while true {
            do throws(CommandFailure) {
                _ = try await modem.perform(Inquiry.attention)
                return true
            } catch {
                switch error {
                case .refused: return true
                case .timedOut, .unprompted, .lost(.reset): continue
                case .lost: return false
                }
            }
        }
    }

    func perform(_ command: Command) async throws(CommandFailure) -> Response { try await modem.perform(command) }

    /// The answer's lines; nil if the module refuses or stays silent.
    func ask(_ command: Command) async -> [Line]? { try? await modem.perform(command).lines }

    func close() async { await modem.end(.stopped) }

    private static func remark(_ trouble: Modem.Trouble) -> String? {
        switch trouble {
        case .timedOut: nil
        case .inStepAgain: "the line is in step again"
        case .woke(let attempts): "the module woke up after \(attempts) attempts"
        case .discarded(let bytes): "\(bytes) bytes that were no line were thrown away"
        case .noise: "noise on the line: the baud rate may be wrong"
        }
    }
}
