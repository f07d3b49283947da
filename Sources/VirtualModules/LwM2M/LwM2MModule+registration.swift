import Reactor

/// AT+QLAREG and AT+QLADEREG, S3 2.3 and 2.5, and the recovery after deep sleep, 3.12.
extension LwM2MModule {
    /// What AT+QLACFG must have said for the cloud (S3 2.2).
    private var platformNumber: Int {
        switch service {
        case .ctIoT: 0
        case .ctAEP, .cuDMP: 1
        case .andlink: 2
        }
    }

    func register(_ command: CommandLine) -> Answer {
        switch session.status {
        // The note allows "unregistered" alone, and itself asks for QLAREG after a failed recovery (6, result 3).
        case .unregistered, .deregistered, .invalid, .recoveryNeeded: break
        case .registering, .registered, .deregistering, .recovering:
            return refuse(command, "QLAREG while \(session.status)")
        }
        guard let server = session.bootstrap ?? settings.server else {
            return refuse(command, "QLAREG without a server")
        }
        guard memory.isAttached else { return result("+QLAREG", .otherFault) }
        session.status = .registering
        session.observations = []
        session.report = nil
        cloud.forgetRequests()
        return Answer(lines: [], result: .ok, afterwards: { [self] in begin(server) })
    }

    private func begin(_ server: Server) {
        cloud.registrations += 1
        showSignalling(rai: 0)
        var outcome = cloud.registration
        if settings.options.platform != platformNumber {
            body.breach("platform is \(settings.options.platform), the cloud is one of \(platformNumber)")
            outcome = .reject
        } else if service == .andlink, !settings.options.resources.contains(where: { $0.path == ObjectPath(3, 0, 17) })
        {
            body.breach("no product type is configured")
            outcome = .reject
        }
        let keyFits = server.key.map { key in cloud.psk.map(key.opens) ?? false } ?? (cloud.psk == nil)
        if !keyFits || cloud.server != nil && cloud.server != "\(server.address):\(server.port)" { outcome = .ignore }
        switch outcome {
        case .accept: later(cloud.registrationTime) { $0.registered(server) }
        case .reject: later(cloud.registrationTime) { $0.failRegistration(.forbidden) }
        case .ignore: later(patience) { $0.failRegistration(.timeout) }
        }
    }

    private func failRegistration(_ result: Result) {
        guard session.status == .registering else { return }
        session.status = .unregistered
        report("+QLAREG: \(result.rawValue)")
    }

    private func registered(_ server: Server) {
        guard session.status == .registering else { return }
        var server = server
        if session.bootstrap != nil {
            finishBootstrap(&server)
            settings.server = server
        }
        session.status = .registered
        memory.isReachable = true
        cloud.isRegistered = true
        (session.lifetime, cloud.lifetime) = (server.lifetime, server.lifetime)
        session.lastUpdate = body.clock.now
        report("+QLAREG: 0")
        watchLifetime()
        if reportsUpdate {
            reportsUpdate = false
            urc("report", "\(nextReportID())")
        }
        if cloud.observes { later(cloud.observationTime) { $0.beginObserving() } }
    }

    /// What the bootstrap server says of the working one; the order is that of S3 5.4.2.
    private func finishBootstrap(_ server: inout Server) {
        if let lifetime = cloud.assignedLifetime {
            server.lifetime = lifetime
            urc("lifetime_changed", "\(lifetime)")
        }
        tellBinding(server.binding)
        urc("bs_finished")
    }

    func tellBinding(_ binding: Int) {
        let name = binding == 0 ? "U" : "UQ"
        urc("binding_changed", body.spelling.quotesBinding ? "\"\(name)\"" : name)
    }

    // MARK: Deregistration

    func deregister(_ command: CommandLine) -> Answer {
        guard session.status == .registered else {
            return mayBeUnaware ? Self.error : refuse(command, "QLADEREG without registration")
        }
        session.status = .deregistering
        switch cloud.acknowledgement {
        case .after, .reset: later(cloud.deregistrationTime) { $0.endDeregistration(.success) }
        case .never, .lost: later(patience) { $0.endDeregistration(.timeout) }
        }
        return .ok
    }

    private func endDeregistration(_ result: Result) {
        guard session.status == .deregistering else { return }
        report("+QLADEREG: \(result.rawValue)")
        // An answer that does not come leaves all as it was.
        session.status = result == .success ? .deregistered : .registered
        guard result == .success else { return }
        cloud.isRegistered = false
        session.observations = []
        session.report = nil
        cloud.forgetRequests()
    }

    /// The registration ended by itself, and the host has perhaps not heard of it.
    var mayBeUnaware: Bool {
        session.status == .invalid || session.status == .recovering || session.status == .recoveryNeeded
    }

    // MARK: Deep sleep

    func recover() {
        guard memory.isAttached else {
            session.status = .recoveryNeeded
            return
        }
        session.status = .recovering
        later(cloud.registrationTime) { module in
            guard module.session.status == .recovering else { return }
            guard module.body.options.resumesAfterSleep, module.cloud.isRegistered else {
                return module.failRecovery()
            }
            module.session.status = .registered
            // The cloud answered, so it knows where the module is.
            module.memory.isReachable = true
            module.urc("recovered", "0")
            module.exchange()
        }
    }

    func failRecovery() {
        session.status = .recoveryNeeded
        session.observations = []
        cloud.isRegistered = false
        cloud.forgetRequests()
        urc("recovered", "\(Result.recoveryFailed.rawValue)")
    }
}
