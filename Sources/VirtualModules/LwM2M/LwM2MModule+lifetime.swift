import Reactor

/// AT+QLAUPDATE, S3 2.4, the updates that the module makes by itself, 3.1, and the end of a lifetime.
extension LwM2MModule {
    /// The five lines of S3 2.1.
    static func updateInterval(of lifetime: Int) -> Duration {
        switch lifetime {
        case ...30: .milliseconds(lifetime * 500)
        case ...50: .milliseconds(15_000 + (lifetime - 30) * 750)
        case ...100: .milliseconds(30_000 + (lifetime - 50) * 800)
        case ...300: .milliseconds(70_000 + (lifetime - 100) * 900)
        default: .milliseconds(250_000 + (lifetime - 300) * 950)
        }
    }

    func update(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard 2...3 ~= parameters.count else { return refuse(command, "wrong number of parameters") }
        guard let mode = parameters[0].number, mode <= 1 else { return refuse(command, "wrong mode") }
        guard let value = parameters[1].number, mode == 0 ? Self.lifetimes.contains(value) : value <= 1 else {
            return refuse(command, mode == 0 ? "wrong lifetime" : "wrong binding mode")
        }
        guard let rai = releaseIndication(parameters.dropFirst(2)) else { return refuse(command, "wrong RAI") }
        guard session.status == .registered else {
            return mayBeUnaware ? Self.error : refuse(command, "QLAUPDATE without registration")
        }
        let id = nextReportID()
        return Answer(
            lines: body.spelling.showsUpdateNumber ? ["+QLAUPDATE: \(id)"] : [], result: .ok,
            afterwards: { [self] in
                showSignalling(rai: rai)
                exchangeUpdate { module, result in
                    if result == .success { module.keep(mode, value) }
                    module.report("+QLAUPDATE: \(result.rawValue),\(id)")
                }
            })
    }

    private func keep(_ mode: Int, _ value: Int) {
        if mode == 0 {
            (session.lifetime, cloud.lifetime) = (value, value)
            settings.server?.lifetime = value
        } else {
            settings.server?.binding = value
        }
    }

    /// 0 for none; nil for a wrong one.
    func releaseIndication(_ parameters: ArraySlice<CommandLine.Parameter>) -> Int? {
        guard let parameter = parameters.first else { return 0 }
        return parameter.number.flatMap { $0 <= 2 ? $0 : nil }
    }

    /// One update passes between module and cloud, by the host's wish or the module's own.
    func exchangeUpdate(_ then: @escaping @Sendable (LwM2MModule, Result) -> Void) {
        guard memory.isAttached else { return then(self, .notSent) }
        let finish: @Sendable (LwM2MModule, Result) -> Void = { module, result in
            guard module.session.status == .registered else { return }
            if result == .success {
                module.cloud.updates += 1
                module.session.lastUpdate = module.body.clock.now
                module.memory.isReachable = true
            }
            then(module, result)
            if result == .success { module.watchLifetime() }
            // The cloud does not know the registration any more.
            if result == .notFound { module.endRegistration() }
            module.exchange()
            module.body.changed()
        }
        switch cloud.acknowledgement {
        case .after(let delay):
            later(delay) { finish($0, Result(rawValue: $0.cloud.updateResult) ?? .otherFault) }
        case .never, .lost: later(patience) { finish($0, .timeout) }
        case .reset: later(.milliseconds(50)) { finish($0, .reset) }
        }
    }

    // MARK: Timers

    /// Begins anew, from the last update on: the next one, and the end that comes without it.
    func watchLifetime() {
        session.updates += 1
        guard session.status == .registered else { return }
        let updates = session.updates
        let passed = (body.clock.now - session.lastUpdate) * body.clock.scale
        if settings.options.updatesItself { ping(after: Self.updateInterval(of: session.lifetime) - passed, updates) }
        later(max(.zero, .seconds(session.lifetime) - passed)) { module in
            guard module.session.updates == updates else { return }
            module.endRegistration()
        }
    }

    private func ping(after delay: Duration, _ updates: Int) {
        later(max(.zero, delay)) { module in
            guard module.session.updates == updates, module.session.status == .registered else { return }
            module.exchangeUpdate { module, result in
                // A sleeping module updates without a word.
                if module.power == .on { module.urc("ping", "\(result == .notSent ? 1 : result.rawValue)") }
                guard result != .success, module.session.status == .registered else { return }
                module.ping(after: Self.updateInterval(of: module.session.lifetime), updates)
            }
        }
    }

    /// The lifetime is over, or the cloud has said that it knows nothing of the module.
    private func endRegistration() {
        guard session.status == .registered || session.status == .recoveryNeeded else { return }
        cloud.isRegistered = false
        session.observations = []
        session.report = nil
        cloud.forgetRequests()
        session.status = power == .asleep ? .recoveryNeeded : .invalid
        session.endedAsleep = power == .asleep
        body.note("the registration is over")
        if power == .on, settings.options.updatesItself { urc("ping", "\(Result.updateFailed.rawValue)") }
    }
}
