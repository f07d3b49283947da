import AT
import Modem
import Reactor
import Serial
import Synchronization
import Testing

/// What a modem has told its owner, in order.
enum Told: Equatable, Sendable, CustomStringConvertible {
    case report(String)
    case unknown(String)
    case trouble(Modem.Trouble)
    case lost(LineLoss)

    var description: String {
        switch self {
        case .report(let line): "report \(line)"
        case .unknown(let line): "unknown \(line)"
        case .trouble(let trouble): "\(trouble)"
        case .lost(let loss): "lost: \(loss)"
        }
    }
}

/// A modem on a scripted port, in manual time. All of a test runs on one thread, so nothing in it depends on the
/// machine's speed.
final class TestLine: Sendable {
    typealias Outcome = Result<Response, CommandFailure>

    static let imei = "866465050000874"

    let reactor: Reactor
    let time: ManualTime
    let port = ScriptedPort()
    let modem: Modem
    private let recorder: Recorder

    /// Outlives the line in the modem's handlers without keeping the modem alive.
    private final class Recorder: Sendable {
        let told = Mutex<[Told]>([])
        func add(_ event: Told) { told.withLock { $0.append(event) } }
    }

    fileprivate init(reactor: Reactor, settings: Modem.Settings, catalog: ReportCatalog) {
        self.reactor = reactor
        let time = ManualTime(reactor: reactor)
        self.time = time
        let recorder = Recorder()
        self.recorder = recorder
        let modem = Modem(
            reactor: reactor, time: time, settings: settings, catalog: catalog,
            handlers: .init(
                report: { recorder.add(.report($0.text)) }, unknown: { recorder.add(.unknown($0.text)) },
                trouble: { recorder.add(.trouble($0)) }, lost: { recorder.add(.lost($0)) }))
        self.modem = modem
        port.connect { [weak modem] reply in
            time.schedule(after: reply.delay) { if let modem { Self.hear(reply.text, by: modem) } }
        }
    }

    var told: [Told] { recorder.told.withLock { $0 } }
    var written: [String] { port.written }

    var reports: [String] { told.compactMap { if case .report(let line) = $0 { line } else { nil } } }
    var unknowns: [String] { told.compactMap { if case .unknown(let line) = $0 { line } else { nil } } }

    func forget() {
        recorder.told.withLock { $0 = [] }
        port.forgetWritten()
    }

    // MARK: The module's side

    /// Bytes as they are, now.
    func hear(_ text: String) { Self.hear(text, by: modem) }

    /// Lines, each between two line ends.
    func say(_ lines: String...) { hear(Self.framed(lines)) }

    /// The command is answered with these lines from now on.
    func answer(_ command: String, _ lines: String..., after delay: Duration = .milliseconds(20)) {
        port.script(command + "\r", .init(text: Self.framed(lines), delay: delay))
    }

    func beSilent(to commands: String...) { for command in commands { port.script(command + "\r", nil) } }

    /// Answers what a line in step must answer.
    func answerProbes() {
        answer("AT", "OK")
        answer("AT+CGSN=1", "+CGSN: \(Self.imei)", "OK")
    }

    static func framed(_ lines: [String]) -> String { lines.map { "\r\n\($0)\r\n" }.joined() }

    private static func hear(_ text: String, by modem: Modem) {
        var text = text
        text.withUTF8 { bytes in unsafe modem.hear(UnsafeRawBufferPointer(bytes)) }
    }

    // MARK: The owner's side

    /// Sends a command, which has reached its place in the queue on return.
    func begin(_ command: Command, _ priority: CommandPriority = .housekeeping) async -> Task<Outcome, Never> {
        let task = Task(executorPreference: reactor) { [modem] in
            do throws(CommandFailure) {
                return Outcome.success(try await modem.perform(command, priority: priority))
            } catch {
                return Outcome.failure(error)
            }
        }
        await settle()
        return task
    }

    func begin(_ text: String, _ priority: CommandPriority = .housekeeping) async -> Task<Outcome, Never> {
        await begin(Command(text), priority)
    }

    /// Lets everything run that can run at this moment.
    func settle() async { for _ in 0..<32 { await Task.yield() } }

    /// Moves the clock, with everything that becomes due on the way.
    func pass(_ duration: Duration) async {
        await settle()
        await time.advance(by: duration)
        await settle()
    }

    func knowIMEI() async { await modem.know(imei: Self.imei) }
}

/// Runs the body with a line of its own, on the line's own thread.
func withLine(
    _ settings: Modem.Settings = .init(baud: 0), catalog: ReportCatalog = .common,
    _ body: (TestLine) async throws -> Void
) async throws {
    let reactor = Reactor(name: "modem test")
    defer { reactor.stop() }
    try await withTaskExecutorPreference(reactor) {
        let line = TestLine(reactor: reactor, settings: settings, catalog: catalog)
        await line.modem.attach(line.port)
        try await body(line)
        await line.modem.end(.stopped)
    }
}

extension Command {
    /// A question that one line with the name of the command answers.
    static let signal = Command("AT+CSQ", answer: .prefixed("+CSQ"))
}

extension TestLine.Outcome {
    /// The lines of a good answer; nil for anything else.
    var lines: [String]? {
        guard case .success(let response) = self, response.final.isOK else { return nil }
        return response.lines.map(\.text)
    }

    var failure: CommandFailure? { if case .failure(let failure) = self { failure } else { nil } }
}
