import Glibc
import Reactor
import Synchronization

/// `narrowbridge at` without commands: they are typed, or come through a pipe.
struct Dialog {
    enum Event: Sendable {
        case typed(String)
        case ended
        case lost(String)
    }

    let line: ModuleLine
    let screen: Screen

    /// Ends with the input. Where a script feeds it, a refusal shows in the exit status.
    func run(_ events: AsyncStream<Event>, _ sink: AsyncStream<Event>.Continuation) async throws(Failure) {
        let reader = InputReader()
        Task { await reader.read(into: sink) }
        var refused = 0
        screen.prompt()
        for await event in events {
            switch event {
            case .lost(let reason):
                throw Failure(.unavailable, reason)
            case .ended:
                screen.leave()
                if refused > 0, !screen.isInteractive { throw Failure(.failed, At.refusals(refused)) }
                return
            case .typed(let text):
                screen.typed()
                if try await !perform(text) { refused += 1 }
                screen.prompt()
            }
        }
    }

    private func perform(_ text: String) async throws(Failure) -> Bool {
        if text.allSatisfy({ $0 == " " }) { return true }
        do throws(Failure) {
            return try await At.perform(try At.command(text), on: line, screen)
        } catch {
            // A slip of the hand, or a command that the module did not answer, does not end the dialog.
            guard screen.isInteractive else { throw error }
            screen.remark(error.text)
            return false
        }
    }
}

/// Where answers, reports and the prompt meet.
final class Screen: Sendable {
    let isInteractive = isatty(0) == 1 && isatty(1) == 1
    private let isPrompting = Mutex(false)

    func say(_ text: String) {
        isPrompting.withLock { isPrompting in
            // A report must not run on behind the prompt.
            Terminal.show(isPrompting ? "\r\u{1B}[K\(text)\n> " : text + "\n")
        }
    }

    /// What the module did not say.
    func remark(_ text: String) {
        if isInteractive { say("(\(text))") } else { Terminal.complain("narrowbridge at: \(text)") }
    }

    func prompt() {
        guard isInteractive else { return }
        isPrompting.withLock { isPrompting in
            isPrompting = true
            Terminal.show("> ")
        }
    }

    func typed() { isPrompting.withLock { $0 = false } }

    func leave() {
        typed()
        if isInteractive { Terminal.show("\n") }
    }
}

/// Reads standard input line by line on a thread of its own, because that blocks.
private actor InputReader {
    private let thread = WorkerThread(name: "input")

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    func read(into events: AsyncStream<Dialog.Event>.Continuation) {
        var pending: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe Glibc.read(0, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            pending += chunk[..<count]
            while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                events.yield(.typed(Self.text(pending[..<end])))
                pending.removeSubrange(...end)
            }
        }
        if !pending.isEmpty { events.yield(.typed(Self.text(pending[...]))) }
        events.yield(.ended)
    }

    private static func text(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
}
