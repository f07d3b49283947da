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
        if memory.status == .registering || memory.isClosing { return .error(955) }
        if memory.status == .registered || memory.status == .observed, !memory.sessionIsLost { return .error(959) }
        guard memory.isAttached else { return .error(957) }
        let server = "\(parameters[0].text):\(port)"
        memory.status = .registering
        memory.sessionIsLost = false
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
        guard memory.status == .registering else { return }
        memory.status = status
        event(1)
    }

    private func registered() {
        guard memory.status == .registering else { return }
        memory.status = .registered
        memory.isReachable = true
        cloud.isRegistered = true
        cloud.lifetime = memory.lifetime == 0 ? nil : memory.lifetime
        event(0)
        keepAlive()
        if cloud.observes { later(cloud.observationTime) { $0.observe() } }
    }

    func observe() {
        guard memory.status == .registered else { return }
        memory.status = .observed
        event(3)
        if updateIsObserved {
            updateIsObserved = false
            event(9)
        }
        exchange()
    }

    func stopObserving() {
        guard memory.status == .observed else { return }
        memory.status = .registered
        body.note("observation cancelled")
    }

    /// The module renews a registration that has a lifetime by itself (seed 2.3.6, note 1).
    private func keepAlive() {
        guard memory.lifetime > 0 else { return }
        let registration = cloud.registrations
        later(.seconds(memory.lifetime) * 9 / 10) { module in
            guard module.cloud.isRegistered, module.cloud.registrations == registration else { return }
            module.cloud.updates += 1
            if module.power == .on { module.event(2) }
            module.keepAlive()
        }
    }

    // MARK: Deregistration, seed 2.3.2

    func close() -> Answer {
        if memory.status == .registering {
            body.breach("NCDPCLOSE before the result of NCDPOPEN")
            return nvram.namesErrors ? .error(955) : .error(1)
        }
        if memory.firmware != nil { return .error(957) }
        guard memory.status == .registered || memory.status == .observed, !memory.isClosing else { return .error(954) }
        memory.isClosing = true
        later(cloud.deregistrationTime) { module in
            module.memory.isClosing = false
            module.memory.status = .deregistered
            module.cloud.isRegistered = false
            if module.memory.confirmedStatus == 1 { module.finishConfirmed(2, event: 5) }
            module.body.note("deregistered")
        }
        return .ok
    }

    // MARK: Messages

    func transmit(_ bytes: [UInt8], isConfirmed: Bool, rai: Int) {
        memory.isReachable = true
        showSignalling(rai: rai)
        if isConfirmed { memory.confirmedStatus = 1 }
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
                module.memory.sessionIsLost = true
                module.event(10)
            }
        }
        body.changed()
        if case .after = acknowledgement { later(.milliseconds(20)) { $0.exchange() } }
    }

    private func finishConfirmed(_ status: Int, event type: Int, epoch: Int? = nil) {
        guard memory.confirmedStatus == 1, epoch == nil || epoch == confirmedEpoch else { return }
        memory.confirmedStatus = status
        event(type)
    }

    /// What the platform does when it hears of the module: sends what waits, begins an update.
    func exchange() {
        guard memory.status == .observed, !memory.sessionIsLost, memory.isReachable, memory.isAttached,
            power == .on, memory.firmware == nil
        else { return }
        while !cloud.downlinks.isEmpty { receive(cloud.downlinks.removeFirst()) }
        if let task = cloud.firmware { beginFirmware(task) }
    }

    // MARK: The radio, as +CSCON shows it

    /// Released by the indication at once (1), after one answer (2), or when nothing has passed for long (0).
    private func showSignalling(rai: Int) {
        if !memory.hasSignalling {
            memory.hasSignalling = true
            if memory.signallingReports { report("+CSCON:1") }
        }
        signallingEpoch += 1
        let epoch = signallingEpoch
        later(rai == 1 ? .milliseconds(100) : rai == 2 ? .seconds(1) : .seconds(20)) { module in
            guard module.signallingEpoch == epoch, module.memory.hasSignalling else { return }
            module.memory.hasSignalling = false
            if module.memory.signallingReports, module.power == .on { module.report("+CSCON:0") }
        }
    }
}
