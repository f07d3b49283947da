import Reactor

/// The way to the platform and back, seed 3.3.7 and 3.3.8, told by events (seed 5.7).
extension OneNETModule {
    func open(_ list: OneNETParameters) throws(OneNETRefusal) -> Answer {
        try list.count(2...3)
        try list.reference()
        let lifetime = try list.lifetime(1)
        let timeout = try list.numberIfAny(2, 1...65535, "timeout") ?? 30
        let suite = try suite()
        guard suite.state == .idle || suite.state == .lost else {
            throw OneNETRefusal(.unsupported, "MIPLOPEN while \(suite.state)")
        }
        guard memory.isAttached else { throw OneNETRefusal(.suite, "no network", isBreach: false) }
        session.suite?.state = .registering
        session.suite?.hasOpened = true
        session.suite?.lifetime = lifetime
        session.suite?.timeout = timeout
        dealNumber += 1
        return Answer(lines: [], result: .ok, afterwards: { [self] in register() })
    }

    private func register() {
        cloud.registrations += 1
        showSignalling(rai: 0)
        let isReached = cloud.server == nil || cloud.server == session.configuration.server
        guard session.configuration.bootstraps else { return connect(isReached && habits.connects) }
        event(1)
        guard isReached else { return fail(3, after: patience) }
        step(cloud.registrationTime) { module in
            module.event(2)
            module.connect(module.habits.connects)
        }
    }

    private func connect(_ isReached: Bool) {
        guard isReached else { return fail(5, after: patience) }
        event(4)
        switch cloud.registration {
        case .accept: step(cloud.registrationTime) { $0.registered() }
        case .reject: fail(7, after: cloud.registrationTime)
        case .ignore: fail(8, after: patience)
        }
    }

    var patience: Duration { .seconds(session.suite?.timeout ?? 30) }

    private func fail(_ number: Int, after delay: Duration) {
        step(delay) { module in
            module.session.suite?.state = .idle
            module.event(number)
        }
    }

    /// Unless the registration has come to another end by then.
    func step(_ delay: Duration, _ action: @escaping @Sendable (OneNETModule) -> Void) {
        let number = dealNumber
        later(delay) { module in
            if module.dealNumber == number { action(module) }
        }
    }

    private func registered() {
        session.suite?.state = .registered
        memory.isReachable = true
        cloud.isRegistered = true
        cloud.lifetime = session.suite?.lifetime
        event(6)
        if installationIsNews {
            installationIsNews = false
            // Only the package is meant, not the installation (seed 6.1.3).
            event(habits.erases ? 48 : 49)
            event(11)
        }
        watchLifetime()
        step(cloud.observationTime) { module in
            if module.cloud.observes { module.beginObserving() }
            module.heard()
        }
    }

    // MARK: The end

    func close(_ list: OneNETParameters) throws(OneNETRefusal) -> Answer {
        try list.count(1...1)
        try list.reference()
        let suite = try suite()
        guard suite.state == .registered else {
            if suite.state == .registering || suite.state == .closing || !suite.hasOpened {
                throw OneNETRefusal(.unsupported, "MIPLCLOSE while \(suite.state)")
            }
            // It may have ended by itself.
            throw OneNETRefusal(.suite, "not registered", isBreach: false)
        }
        session.suite?.state = .closing
        dealNumber += 1
        return Answer(
            lines: [], result: .ok,
            afterwards: { [self] in
                step(cloud.deregistrationTime) { module in
                    module.endRegistration(.idle)
                    module.event(15)
                }
            })
    }

    /// 9: the lifetime is over; 10: the platform does not know the module any more.
    func lose(_ number: Int) {
        guard session.suite?.state == .registered else { return }
        endRegistration(.lost)
        if power == .on { event(number) } else { session.hidesLoss = true }
        surprise()
    }

    private func endRegistration(_ state: Suite.State) {
        dealNumber += 1
        lifeNumber += 1
        cloud.isRegistered = false
        session.suite?.state = state
        for confirmation in session.suite?.confirmations.sorted() ?? [] { finish(confirmation, 0, 25) }
        session.suite?.observations = [:]
        session.suite?.reports = [:]
        session.suite?.isUpdating = false
        (session.firstLooks, session.discoveriesToCome) = ([:], 0)
        forgetRequests()
        body.changed()
    }

    /// The cloud waits in vain, also for an answer to what has not been said completely.
    func forgetRequests() {
        for id in session.reporting { cloud.asked(id, on: body.clock) }
        session.reporting = []
        cloud.forgetRequests()
    }

    func resumeRegistration() {
        if session.hidesLoss {
            session.hidesLoss = false
            event(9)
        } else if !body.options.resumesAfterSleep {
            lose(10)
        }
    }

    /// What data needs.
    func registration() throws(OneNETRefusal) -> Suite {
        let suite = try suite()
        guard suite.state == .registered else { throw OneNETRefusal(.suite, "not registered but \(suite.state)") }
        guard memory.isAttached else { throw OneNETRefusal(.suite, "no network", isBreach: false) }
        return suite
    }
}
