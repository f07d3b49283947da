import Reactor

/// DTLS: S4 3.11 and 3.12.
extension AndlinkModule {
    /// With address translation enabled a session is negotiated anew after so long (S4 3.2).
    private static let renegotiation = Duration.seconds(30)

    func resetHandshake() -> Answer {
        if session.handshake == .done {
            session.handshake = .idle
            session.needsHandshake = true
        }
        return .ok
    }

    func tellHandshake() -> Answer {
        if session.handshake == .idle, !options.tellsIdleHandshake { return .error(Refusal.state.rawValue) }
        return .ok("+QLADTLSSTAT:\(session.handshake.rawValue)")
    }

    /// A key that is not the cloud's leads to failure.
    func shakeHands(
        _ key: Key?, _ expected: [UInt8]?, _ end: @escaping @Sendable (AndlinkModule, Bool) -> Void
    ) {
        session.handshake = .running
        session.needsHandshake = false
        cloud.andlink.handshakes += 1
        body.changed()
        let isRight = expected == nil || key?.bytes == expected
        during(cloud.andlink.handshakeTime) { module in
            module.session.handshake = isRight ? .done : .failed
            module.session.lastTraffic = module.body.clock.now
            module.tell("+QLADTLSSTAT:\(module.session.handshake.rawValue)")
            end(module, isRight)
        }
    }

    /// Whether the next message must be preceded by a handshake.
    var isHandshakeDue: Bool {
        guard session.encryption.type == 1 else { return false }
        if session.needsHandshake || session.handshake == .failed { return true }
        let silence = (body.clock.now - session.lastTraffic) * body.clock.scale
        return session.encryption.addressTranslation == 0 && silence > Self.renegotiation
    }
}
