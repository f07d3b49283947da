import AT
import Platforms
import Synchronization
import Testing

/// A channel that answers from a script, in a time of its own. A command that the script lacks is a fault of the test.
final class ScriptedChannel: CommandChannel {
    enum Reply {
        case ok([String])
        case refused(ErrorCode?)
        case timedOut
        case unprompted
        case lost(LineLoss)

        static func lines(_ lines: String...) -> Reply { .ok(lines) }
        static func code(_ code: Int) -> Reply { .refused(.number(code)) }
        static let ok = Reply.ok([])
        static let error = Reply.refused(nil)
    }

    /// A reply, and what the module reports before it and so long after it.
    struct Step {
        var reply: Reply
        var before: [String] = []
        var after: [(Duration, String)] = []
    }

    struct Sent: Equatable {
        var command: String
        var priority: CommandPriority
        var at: Duration
    }

    private var steps: [String: [Step]] = [:]
    private var coming: [(at: Duration, line: String)] = []
    /// Ends every wait when it comes.
    private var loss: (at: Duration, LineLoss)?
    private weak var session: (any PlatformSession)?

    private(set) var now = Duration.zero
    private(set) var sent: [Sent] = []
    private(set) var events: [SessionEvent] = []

    var commands: [String] { sent.map(\.command) }

    func attach(_ session: any PlatformSession) { self.session = session }

    /// The command is answered like that, in turn; the last answer stays.
    func script(_ command: String, _ replies: Reply...) { steps[command] = replies.map { Step(reply: $0) } }

    func scriptAll(_ command: String, _ replies: [Reply]) { steps[command] = replies.map { Step(reply: $0) } }

    func script(_ command: String, _ reply: Reply, before: [String] = [], after: [(Duration, String)]) {
        steps[command] = [Step(reply: reply, before: before, after: after)]
    }

    func report(_ line: String, after delay: Duration = .zero) {
        coming.append((now + delay, line))
        coming.sort { $0.at < $1.at }
    }

    func lose(_ loss: LineLoss, after delay: Duration) { self.loss = (now + delay, loss) }

    func forget() {
        sent = []
        events = []
    }

    // MARK: CommandChannel

    func perform(_ command: Command, priority: CommandPriority) async throws(CommandFailure) -> Response {
        let text = String(decoding: command.bytes, as: UTF8.self)
        sent.append(Sent(command: text, priority: priority, at: now))
        guard let step = next(text) else {
            Issue.record("\(text) is not in the script")
            throw .refused(nil)
        }
        for line in step.before { hear(line) }
        pass(until: now + .milliseconds(20))
        for (delay, line) in step.after { report(line, after: delay) }
        switch step.reply {
        case .ok(let lines): return Response(lines: lines.map { Line(Array($0.utf8)) }, final: .ok)
        case .refused(let code): throw .refused(code)
        case .timedOut: throw .timedOut
        case .unprompted: throw .unprompted
        case .lost(let loss): throw .lost(loss)
        }
    }

    func pause(for duration: Duration) async throws(CommandFailure) {
        _ = try await wait(for: Signal(), atMost: duration)
    }

    func wait(for signal: Signal, atMost limit: Duration) async throws(CommandFailure) -> Bool {
        let end = min(now + limit, loss?.at ?? now + limit)
        let came = Came()
        signal.await { came.note($0) }
        while came.value == nil, let next = coming.first, next.at <= end { pass(until: next.at) }
        if came.value == nil {
            pass(until: end)
            signal.abandon()
        }
        if let loss, loss.at <= now { throw .lost(loss.1) }
        return came.value == true
    }

    private final class Came: Sendable {
        private let state = Mutex<Bool?>(nil)
        var value: Bool? { state.withLock { $0 } }
        func note(_ came: Bool) { state.withLock { $0 = came } }
    }

    private func next(_ text: String) -> Step? {
        guard let queue = steps[text], let first = queue.first else { return nil }
        if queue.count > 1 { steps[text]?.removeFirst() }
        return first
    }

    private func pass(until moment: Duration) {
        while let next = coming.first, next.at <= moment {
            coming.removeFirst()
            now = max(now, next.at)
            hear(next.line)
        }
        now = max(now, moment)
    }

    private func hear(_ line: String) { events += session?.understand(Line(Array(line.utf8))) ?? [] }
}

/// A session of the China Telecom platform on a scripted channel.
func makeSession(
    psk: String? = nil, lifetime: Int = 86_400, mode: CTWingCommand.ReceiveMode = .buffered
) -> (session: CTWingSession, channel: ScriptedChannel) {
    let channel = ScriptedChannel()
    let session = CTWingSession(
        options: .init(host: "221.229.214.202", port: 5683, psk: psk, lifetime: lifetime, receiveMode: mode),
        channel: channel)
    channel.attach(session)
    return (session, channel)
}

/// The same, registered.
func makeRegisteredSession() -> (session: CTWingSession, channel: ScriptedChannel) {
    let (session, channel) = makeSession()
    _ = session.understand("+QLWEVTIND: 0")
    _ = session.understand("+QLWEVTIND: 3")
    return (session, channel)
}

let openCommand = "AT+NCDPOPEN=\"221.229.214.202\",5683"

extension ScriptedChannel.Reply {
    /// An answer to NMSTATUS.
    static func status(_ name: String) -> Self { .ok(["+NMSTATUS: \(name)"]) }
}

/// What a procedure throws; nil when it does not.
func failure(of body: () async throws(SessionFailure) -> Void) async -> SessionFailure? {
    do throws(SessionFailure) {
        try await body()
        return nil
    } catch {
        return error
    }
}

extension SessionFailure {
    /// The name of the error, where it is one.
    var name: String? { if case .failed(let error) = self { error.name } else { nil } }
}
