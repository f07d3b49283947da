import Reactor

/// Registration, messages and their acknowledgements: what passes between module and platform.
extension CTWingModule {
    /// How long the module waits for the platform (seed 2.3.2; facts of published firmware).
    static let patience = Duration.seconds(124)

    // MARK: Registration, seed 2.3.1

    func open(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard 1...3 ~= parameters.count else { return wrong(command, 2, "wrong number of parameters") }
        guard parameters[0].isQuoted, Self.isAddress(parameters[0].text) else {
            return wrong(command, 3, "no address")
        }
        var port = 5683
        if parameters.count > 1, !parameters[1].bytes.isEmpty {
            guard let number = parameters[1].number, number <= 65535 else { return wrong(command, 3, "wrong port") }
            if number != 0 { port = number }
        }
        var psk: [UInt8]?
        if parameters.count == 3 {
            guard let bytes = HexDigits.bytes(parameters[2].bytes), 1...256 ~= bytes.count else {
                return wrong(command, 5, "wrong key")
            }
            psk = bytes
        }
        if memory.firmware != nil { return .error(957) }
        if session.status == .registering || session.isClosing { return .error(955) }
        if session.status == .registered || session.status == .observed, !session.isLost { return .error(959) }
        guard memory.isAttached else { return .error(957) }
        let server = "\(parameters[0].text):\(port)"
        session.status = .registering
        session.isLost = false
        return Answer(lines: [], result: .ok, afterwards: { [self, psk] in register(server: server, psk: psk) })
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                1...3 ~= part.count && part.allSatisfy { 0x30...0x39 ~= $0 }
                    && part.reduce(0) { $0 * 10 + Int($1 - 0x30) } < 256
            }
    }

    private func register(server: String, psk: [UInt8]?) {
        cloud.registrations += 1
        showSignalling(rai: 0)
        let answers = psk == cloud.psk && (cloud.server == nil || cloud.server == server)
        switch answers ? cloud.registration : .ignore {
        case .accept: later(cloud.registrationTime) { $0.registered() }
        case .reject: later(cloud.registrationTime) { $0.failRegistration(.rejected) }
        case .ignore: later(Self.patience) { $0.failRegistration(.timedOut) }
        }
    }

    private func failRegistration(_ status: Status) {
        guard session.status == .registering else { return }
        session.status = status
        event(1)
    }

    private func registered() {
        guard session.status == .registering else { return }
        session.status = .registered
        memory.isReachable = true
        cloud.isRegistered = true
        cloud.lifetime = session.lifetime == 0 ? nil : session.lifetime
        event(0)
        keepAlive()
        if cloud.observes { later(cloud.observationTime) { $0.observe() } }
    }

    /// The module renews a registration that has a lifetime by itself (seed 2.3.6, note 1).
    private func keepAlive() {
        guard session.lifetime > 0 else { return }
        let registration = cloud.registrations
        later(.seconds(session.lifetime) * 9 / 10) { module in
            guard module.cloud.isRegistered, module.cloud.registrations == registration else { return }
            module.cloud.updates += 1
            if module.power == .on { module.event(2) }
            module.keepAlive()
        }
    }

    // MARK: Deregistration, seed 2.3.2

    func close() -> Answer {
        if session.status == .registering {
            body.breach("NCDPCLOSE before the result of NCDPOPEN")
            return nvram.namesErrors ? .error(955) : .error(1)
        }
        if memory.firmware != nil { return .error(957) }
        guard session.status == .registered || session.status == .observed, !session.isClosing else {
            return .error(954)
        }
        session.isClosing = true
        later(cloud.deregistrationTime) { module in
            module.session.isClosing = false
            module.session.status = .deregistered
            module.cloud.isRegistered = false
            if module.session.confirmedStatus == 1 { module.finishConfirmed(2, event: 5) }
            module.body.note("deregistered")
        }
        return .ok
    }

    // MARK: Messages

    func transmit(_ bytes: [UInt8], isConfirmed: Bool, rai: Int) {
        memory.isReachable = true
        showSignalling(rai: rai)
        if isConfirmed { session.confirmedStatus = 1 }
        let acknowledgement = cloud.acknowledgement
        if case .lost = acknowledgement {
        } else {
            cloud.uplinks.append(
                ReceivedUplink(bytes: bytes, isConfirmed: isConfirmed, rai: rai, time: body.clock.time.timestamp))
            if let reply = cloud.reply { cloud.downlinks.append(reply) }
        }
        confirmedEpoch += 1
        let epoch = confirmedEpoch
        switch acknowledgement {
        case .after(let delay):
            if isConfirmed { later(delay) { $0.finishConfirmed(4, event: 4, epoch: epoch) } }
        case .never, .lost:
            if isConfirmed { later(Self.patience) { $0.finishConfirmed(3, event: 5, epoch: epoch) } }
        case .reset:
            later(.milliseconds(50)) { module in
                if isConfirmed { module.finishConfirmed(5, event: 5, epoch: epoch) }
                module.session.isLost = true
                module.event(10)
            }
        }
        body.changed()
        if case .after = acknowledgement { later(.milliseconds(20)) { $0.exchange() } }
    }

    private func finishConfirmed(_ status: Int, event type: Int, epoch: Int? = nil) {
        guard session.confirmedStatus == 1, epoch == nil || epoch == confirmedEpoch else { return }
        session.confirmedStatus = status
        event(type)
    }
}
