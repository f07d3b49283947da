import Reactor

/// Bootstrap, registration, observation and deregistration: S4 3.4, 3.9, 3.10 and 4.3.
extension AndlinkModule {
    /// How long a transmission and its repetitions take until the module gives up.
    static let patience = Duration.seconds(124)

    func changeRegistration(_ command: CommandLine) -> Answer {
        guard let type = command.onlyNumber, type <= 1 else {
            return refuse(command, .parameters, "wrong kind of registration")
        }
        return type == 0 ? register(command) : deregister(command)
    }

    // MARK: Registration

    private func register(_ command: CommandLine) -> Answer {
        if memory.radio == 0 { return refuse(command, .minimalFunctions, "registration without a radio") }
        switch session.status {
        case .initialising, .initialised, .registering, .retrying:
            // One that the module began by itself the host need not know of.
            guard session.isAskedFor else { return .error(Refusal.state.rawValue) }
            return refuse(command, .state, "a second registration")
        case .registered, .dataEnabled: return refuse(command, .state, "registered already")
        default: break
        }
        guard memory.isAttached else {
            session.status = .noAddress
            return .error(Refusal.noNetwork.rawValue)
        }
        guard isConfigured else {
            session.status = .missingConfiguration
            return refuse(command, .notConfigured, "registration without a server or its key")
        }
        session.status = .initialising
        return Answer(
            lines: [], result: .ok,
            afterwards: { [self] in
                beginRegistration()
                session.isAskedFor = true
            })
    }

    /// There is a server, and a key for each that is to be spoken to in secret.
    private var isConfigured: Bool {
        guard saved.bootstrap != nil || saved.server != nil else { return false }
        if saved.bootstrap != nil, session.bootstrapEncryption.type == 1, session.bootstrapKey == nil { return false }
        return session.encryption.type == 0 || session.key != nil
    }

    func beginRegistration() {
        session.attempt += 1
        session.isAskedFor = false
        guard memory.isAttached else {
            session.status = .noAddress
            return
        }
        guard isConfigured else {
            session.status = .missingConfiguration
            return
        }
        session.status = .initialising
        wakeForRadio()
        showSignalling(rai: 0)
        if saved.bootstrap == nil { return beginSession() }
        guard session.bootstrapEncryption.type == 1 else { return bootstrap(1) }
        shakeHands(session.bootstrapKey, cloud.andlink.bootstrapPSK) { module, isDone in
            if isDone { module.bootstrap(1) } else { module.fail(.initialisationFailed) }
        }
    }

    private func bootstrap(_ count: Int) {
        cloud.andlink.bootstraps += 1
        let answers = cloud.andlink.bootstrapServer.map { $0 == saved.bootstrap?.text } ?? true
        switch answers ? cloud.andlink.bootstrap : .ignore {
        case .accept:
            during(cloud.andlink.bootstrapTime) { module in
                module.session.status = .initialised
                module.event(4)
                module.beginSession()
            }
        case .reject: during(cloud.andlink.bootstrapTime) { $0.fail(.initialisationFailed) }
        case .ignore: retry(count, .initialisationFailed) { $0.bootstrap(count + 1) }
        }
    }

    private func beginSession() {
        guard session.encryption.type == 1 else { return register(1) }
        shakeHands(session.key, cloud.psk) { module, isDone in
            if isDone { module.register(1) } else { module.fail(.initialisationFailed) }
        }
    }

    private func register(_ count: Int) {
        session.status = count == 1 ? .registering : .retrying
        cloud.registrations += 1
        // What the bootstrap server assigns is right.
        let answers = saved.bootstrap != nil || cloud.server == nil || cloud.server == saved.server?.text
        switch answers ? cloud.registration : .ignore {
        case .accept: during(cloud.registrationTime) { $0.registered() }
        case .reject: during(cloud.registrationTime) { $0.fail(.rejected) }
        case .ignore: retry(count, .failed) { $0.register(count + 1) }
        }
    }

    private func retry(_ count: Int, _ failure: Status, _ again: @escaping @Sendable (AndlinkModule) -> Void) {
        during(Self.patience) { module in
            guard count < module.cloud.andlink.attempts else { return module.fail(failure) }
            module.session.status = .retrying
            again(module)
        }
    }

    private func fail(_ status: Status) {
        session.status = status
        body.note("registration failed: \(status.rawValue)")
    }

    private func registered() {
        session.status = .registered
        session.lastTraffic = body.clock.now
        memory.isReachable = true
        cloud.isRegistered = true
        cloud.andlink.deviceType = saved.deviceType.isEmpty ? nil : saved.deviceType
        cloud.andlink.registrationWasEncrypted = session.encryption.type == 1
        event(0)
        keepAlive()
        exchange()
        if cloud.observes { during(cloud.observationTime) { $0.beObserved() } }
    }

    /// The module renews its registration by itself (event 2).
    private func keepAlive() {
        during(options.lifetime * 9 / 10) { module in
            guard module.isRegistered else { return }
            module.cloud.updates += 1
            module.event(2)
            module.keepAlive()
        }
    }

    // MARK: Observation

    func beObserved() {
        guard isRegistered, !session.isObserved else { return }
        session.isObserved = true
        if options.tellsDataEnabled { session.status = .dataEnabled }
        event(3)
        if installation != nil {
            during(cloud.observationTime) { $0.endInstallation() }
        } else if cloud.andlink.observesFirmware {
            during(cloud.observationTime) { module in
                module.session.firmwareIsObserved = true
                module.event(5)
                module.exchange()
            }
        }
        exchange()
    }

    // MARK: Deregistration

    private func deregister(_ command: CommandLine) -> Answer {
        guard !session.isClosing else { return refuse(command, .state, "a second deregistration") }
        guard isRegistered else {
            switch session.status {
            case .initialising, .initialised, .registering, .retrying:
                return refuse(command, .state, "deregistration before the registration's end")
            default: return refuse(command, .notRegistered, "deregistration without registration")
            }
        }
        session.isClosing = true
        return Answer(lines: [], result: .ok, afterwards: { [self] in beginDeregistration() })
    }

    private func beginDeregistration() {
        wakeForRadio()
        showSignalling(rai: 0)
        switch cloud.andlink.deregistration {
        case .accept:
            during(cloud.deregistrationTime) { module in
                module.leave(.deregistered)
                module.event(1)
            }
        case .reject: during(cloud.deregistrationTime) { $0.leave(.deregistrationFailed) }
        case .ignore: during(Self.patience) { $0.leave(.deregistrationFailed) }
        }
    }

    /// A registration ends, by whatever.
    private func leave(_ status: Status) {
        session.attempt += 1
        session.isClosing = false
        session.status = status
        session.isObserved = false
        session.firmwareIsObserved = false
        session.handshake = .idle
        cloud.isRegistered = false
        finishConfirmed(2)
        body.note("not registered: \(status.rawValue)")
    }

    func loseNetwork() { leave(.noAddress) }

    /// After some protocol time, unless the registration ends before.
    func during(_ delay: Duration, _ action: @escaping @Sendable (AndlinkModule) -> Void) {
        let attempt = session.attempt
        later(delay) { module in
            guard module.session.attempt == attempt else { return }
            action(module)
        }
    }
}
