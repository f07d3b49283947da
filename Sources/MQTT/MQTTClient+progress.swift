import Reactor

/// What has gone over all connections since the client was made.
package struct Traffic: Sendable, Equatable {
    package var connections = 0
    package var received = 0
    /// Published, and acknowledged by the broker.
    package var published = 0
    package var refused = 0
}

extension MQTTClient {
    /// Beyond a phase's own limit; timers may be late on a busy machine.
    private static let grace = Duration.seconds(15)

    /// False when the client is stuck, whether the broker is there or not: every phase ends by itself, and on a
    /// connection something is heard once a keepalive, or it is given up.
    package var makesProgress: Bool {
        let limit: Duration
        var since = phaseBegan
        switch phase {
        case .idle, .stopped: return true
        case .pausing: limit = .seconds(30)
        case .connecting, .greeting: limit = Self.patience
        case .connected(let connection):
            limit = connection.keepAlive * 2
            since = max(since, connection.heard)
        }
        return time.now - since <= limit + Self.grace
    }
}
