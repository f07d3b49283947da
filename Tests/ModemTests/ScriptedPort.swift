import Reactor
import Serial
import Synchronization

/// A port that keeps what is written and answers commands from a script, each after a delay of manual time.
final class ScriptedPort: Port {
    struct Reply: Sendable {
        var text: String
        var delay: Duration
    }

    private struct State {
        var written: [String] = []
        var script: [String: Reply] = [:]
        var isClosed = false
        var say: (@Sendable (Reply) -> Void)?
    }

    private let state = Mutex(State())

    var written: [String] { state.withLock { $0.written } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func connect(say: @escaping @Sendable (Reply) -> Void) { state.withLock { $0.say = say } }

    /// From now on the command is answered like that, or not at all.
    func script(_ command: String, _ reply: Reply?) { state.withLock { $0.script[command] = reply } }

    func forgetWritten() { state.withLock { $0.written = [] } }

    func write(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let (say, reply) = state.withLock { state in
            state.written.append(text)
            return (state.say, state.script[text])
        }
        if let reply { say?(reply) }
    }

    func close() {
        state.withLock {
            $0.isClosed = true
            $0.say = nil
        }
    }
}
