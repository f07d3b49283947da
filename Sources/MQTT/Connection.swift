import Reactor

/// What belongs to one connection and ends with it. Lives inside the client.
final class Connection {
    let handle: Handle
    let request: ConnectionRequest
    /// A duplicate of the library's socket, for watching: the library closes its own when it likes, which would leave
    /// the reactor watching a number that is not ours any more.
    let descriptor: Int32
    var gate = ReadGate()
    /// Packets queued since the last write, roughly: one alone needs no cork.
    var unwritten = 1
    /// The socket was full at the last write.
    var isBlocked = false
    /// When something last came, and when something last went.
    var heard: Instant
    var wrote: Instant
    var keepAlive: Duration
    var keepAliveTimer: Timer?
    /// When the broker accepted us; nil until then.
    var accepted: Instant?
    /// Filters by the identifier of their subscription, until it is granted.
    var subscribing: [Int32: [String]] = [:]

    init(_ handle: Handle, _ request: ConnectionRequest, now: Instant) {
        self.handle = handle
        self.request = request
        descriptor = handle.duplicateSocket()
        heard = now
        wrote = now
        keepAlive = .seconds(Int64(request.keepAliveSeconds))
    }

    deinit { handle.hangUp(descriptor) }

    var version: SpokenVersion { request.version }

    /// What to wait for. Not for room in the socket while acknowledgements are held back, or the loop would spin.
    var interest: Reactor.Readiness {
        let waitsForRoom = isBlocked && gate.isOpen
        if gate.room > 0 { return waitsForRoom ? .bothWays : .readable }
        return waitsForRoom ? .writable : Reactor.Readiness()
    }
}
