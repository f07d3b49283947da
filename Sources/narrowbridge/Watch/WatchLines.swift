import JSON
import MQTT
import Reactor
import Watch

/// Into a pipe: one line for each change.
struct WatchLines {
    var state: WatchState
    let reactor: Reactor
    let brokers: Int

    func run(_ events: AsyncStream<WatchCommand.Event>) async throws(Failure) {
        var state = state
        var connection = FirstConnection(brokers: brokers)
        for await event in events {
            let now = reactor.timestamp
            switch event {
            case .heard(.connected(let session)):
                if connection.isMade { Terminal.complain("narrowbridge watch: broker \(session.broker): is back") }
                connection.made()
            case .heard(.disconnected(let error)):
                try connection.failed(error)
                Terminal.complain("narrowbridge watch: \(error)")
            case .heard(.messages(let messages)):
                for entry in state.take(messages, at: now) {
                    // Nobody reads any more.
                    guard Terminal.offer(entry.line(timeText: RFC3339.text(milliseconds: entry.time.milliseconds)))
                    else { return }
                }
            case .over: return
            case .typed, .resized, .tick: break
            }
        }
    }
}
