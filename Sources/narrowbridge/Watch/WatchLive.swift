import Glibc
import MQTT
import Reactor
import Watch

/// On a terminal: the screen is drawn anew when something has changed, and once a second for the ages.
struct WatchLive {
    var state: WatchState
    let reactor: Reactor
    let brokers: Int

    /// A flood of messages is not worth more pictures than an eye can see.
    private static let shortest = Duration.milliseconds(100)

    func run(
        _ events: AsyncStream<WatchCommand.Event>, _ sink: AsyncStream<WatchCommand.Event>.Continuation
    ) async throws(Failure) {
        var state = state
        let terminal = FullScreen()
        terminal.enter()
        defer { terminal.leave() }
        let keyboard = Keyboard()
        if isatty(0) == 1 { Task { await keyboard.read(into: sink) } }
        let ticker = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(1))
                sink.yield(.tick)
            }
        }
        defer { ticker.cancel() }
        var screen = WatchScreen(columns: terminal.size.columns, rows: terminal.size.rows)
        var keys = KeyReader()
        var connection = FirstConnection(brokers: brokers)
        var drawn = reactor.now + .seconds(-1)
        var isDue = false
        for await event in events {
            var isUrgent = true
            switch event {
            case .heard(.connected(let session)):
                connection.made()
                state.link = .connected(broker: "\(session.broker)")
            case .heard(.disconnected(let error)):
                try connection.failed(error)
                state.link = .lost(reason: "\(error)")
            case .heard(.messages(let messages)):
                _ = state.take(messages, at: reactor.timestamp)
                isUrgent = false
            case .typed(let bytes):
                for key in keys.read(bytes) where screen.press(key, in: state) == .quit { return }
            case .resized:
                (screen.columns, screen.rows) = terminal.size
                terminal.forget()
            case .tick: break
            case .over: return
            }
            if !isUrgent, reactor.now - drawn < Self.shortest {
                if !isDue {
                    isDue = true
                    Task {
                        try? await Task.sleep(for: Self.shortest)
                        sink.yield(.tick)
                    }
                }
                continue
            }
            isDue = false
            drawn = reactor.now
            terminal.draw(screen.frame(state, now: reactor.timestamp))
        }
    }
}

/// Reads keys on a thread of its own, because that blocks.
private actor Keyboard {
    private let thread = WorkerThread(name: "keyboard")

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    func read(into events: AsyncStream<WatchCommand.Event>.Continuation) {
        var bytes = [UInt8](repeating: 0, count: 256)
        while true {
            let count = unsafe Glibc.read(0, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            // The terminal is gone.
            guard count > 0 else { break }
            events.yield(.typed(Array(bytes[..<count])))
        }
        events.yield(.over)
    }
}
