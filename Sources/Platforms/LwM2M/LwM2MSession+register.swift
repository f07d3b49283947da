import AT

extension LwM2MSession {
    /// A registration that is sound and as wished is kept, with all that the cloud observes; else a new one is made.
    package func register() async throws(SessionFailure) {
        switch try await settledStatus() {
        case .registered where !isVoid && knowsObservations:
            if try await isAsWished() {
                registration = .registered
                return
            }
            try await end()
        case .registering, .deregistering:
            // It may never come to an end by itself.
            try restartOnce(because: registration)
            throw .failed(
                PlatformError(
                    name: "busy", text: "the module has been \(registration?.rawValue ?? "busy") for too long",
                    source: .module))
        case .needsResumption where isVoid:
            // The table's advice (6, result 3), though this state is another than "not registered" (2.3).
            let before = hasRestarted
            do throws(SessionFailure) {
                return try await begin()
            } catch {
                if case .lost = error { throw error }
                guard try await status() == .needsResumption else { throw error }
                hasRestarted = before
            }
            try await endIfPossible()
        case .registered, .resuming, .needsResumption, nil:
            try await endIfPossible()
        default: break
        }
        try await begin()
    }

    /// Under a registration that was made before the bridge knew of it, the cloud may observe what nobody can say.
    private var knowsObservations: Bool {
        options.service.takesData || hasSeenRegistration || !resources.observations.isEmpty
    }

    /// Waits while the module is on its way from one state to another. The report of the end may be lost, so the state
    /// is asked for, a little less often each time.
    func settledStatus() async throws(SessionFailure) -> Registration? {
        var waited = Duration.zero
        var pause = Duration.seconds(1)
        while true {
            transition.lower()
            let status = try await status()
            guard let limit = limit(of: status), waited < limit else { return status }
            if try await !wait(for: transition, atMost: min(pause, limit - waited)) {
                waited += pause
                pause = min(pause * 2, .seconds(10))
            }
        }
    }

    private func limit(of status: Registration?) -> Duration? {
        switch status {
        case .registering: registrationLimit
        case .deregistering: Limit.deregistration
        case .resuming: Limit.recovery
        // One whose recovery has failed does not begin another.
        case .needsResumption: isVoid ? nil : Limit.beginningOfRecovery
        default: nil
        }
    }

    private var registrationLimit: Duration {
        options.bootstrap || options.psk != nil ? Limit.longRegistration : Limit.registration
    }

    // MARK: A registration that is there

    /// Sets what may be set without harm to the registration; false where only a new one brings what is wished.
    private func isAsWished() async throws(SessionFailure) -> Bool {
        let wished = try await wishedConfiguration()
        let line = try await ask(LwM2MCommand.configuration)?.lines.first
        guard let shown = line.flatMap(LwM2MConfiguration.init), wished.isServed(by: shown) else { return false }
        let settings = try await shownSettings()
        let differing = options.settings.filter { !settings.contains($0) }
        guard settings.isEmpty || differing.allSatisfy(\.maySetWhileRegistered) else { return false }
        let plan = try await objectPlan()
        guard !plan.replacesObjects else { return false }
        try await set(differing.filter(\.maySetWhileRegistered))
        guard try await carryOut(plan) else { return false }
        if !options.bootstrap, shown.lifetime != lifetime {
            guard try await renew(LwM2MCommand.update(lifetime: lifetime)) == 0 else { return false }
        }
        if let binding = options.binding, binding != shown.binding {
            guard try await renew(LwM2MCommand.update(binding: binding)) == 0 else { return false }
        }
        return true
    }

    /// The result of an update; nil if it was refused or did not tell.
    func renew(_ command: Command) async throws(SessionFailure) -> Int? {
        guard try await takeTurn(updating) else { return nil }
        defer { updating.turn.pass() }
        updating.expect()
        guard try await ask(command) != nil else {
            return try await result(updating, atMost: Limit.lateResult)
        }
        return try await result(updating, atMost: acknowledgementLimit)
    }

    /// With some slack for the network.
    var acknowledgementLimit: Duration { retransmission.limit + .seconds(6) }

    // MARK: A new one

    private func begin() async throws(SessionFailure) {
        let before = registration
        registration = nil
        resources.forgetObservations()
        // What came before an end that was asked for has ended with it.
        if before != .deregistered { recent.end() }
        unansweredObserves = []
        lastNotified = nil
        resets = 0
        let settings = try await shownSettings()
        let differing = options.settings.filter { !settings.contains($0) }
        if differing.contains(where: \.isHandshake), isBound(before) { try restartOnce(because: before) }
        try await set(differing)
        try await configure(before: before)
        // Nothing is registered, so objects have no results to wait for.
        guard try await carryOut(try await objectPlan(), isRegistered: false) else {
            throw .failed(
                PlatformError(name: "bad_objects", text: "the module did not take the objects", source: .module))
        }
        try await requestRegistration(before: before)
        isVoid = false
        hasRestarted = false
        hasSeenRegistration = true
        registration = .registered
        // There is no place for it in a configuration without a key. A module without it works all the same.
        if let binding = options.binding, options.psk == nil {
            _ = try await renew(LwM2MCommand.update(binding: binding))
        }
        try await awaitObservation()
        if registration != .registered { _ = try await status() }
    }

    private func configure(before: Registration?) async throws(SessionFailure) {
        let wished = try await wishedConfiguration()
        if let fault = wished.fault { throw .failed(fault) }
        if isBound(before) {
            // As it is, it may register again (6, result 3). A bootstrap server is not shown.
            let shown = try await ask(LwM2MCommand.configuration)?.lines.first.flatMap(LwM2MConfiguration.init)
            if let shown, wished.isTheSame(as: shown) { return }
            try restartOnce(because: before)
        }
        let configure = try command { () throws(Quoted.Refusal) in try LwM2MCommand.configure(wished) }
        do throws(CommandFailure) {
            _ = try await channel.perform(configure)
        } catch {
            if case .refused = error { try restartOnce(because: before) }
            throw Self.failure(of: error, command: configure)
        }
    }

    /// Its server and its handshake cannot be set: it was registered, and "deregistered" is another state than "not
    /// registered" (2.1, 2.2, 2.14).
    private func isBound(_ status: Registration?) -> Bool {
        switch status {
        case .deregistered, .invalid, .resuming, .needsResumption, .resumptionFailed: true
        default: false
        }
    }

    /// Configuration and registration are taken by a module that is not registered only (2.1, 2.3); one that calls
    /// itself something else and refuses them is helped by a restart, but not by one after the other.
    private func restartOnce(because status: Registration?) throws(SessionFailure) {
        guard status != .notRegistered, !hasRestarted else { return }
        hasRestarted = true
        throw .needsRestart(
            reason: "the module does not register while it is \(status?.rawValue ?? "in an unknown state")")
    }

    private func requestRegistration(before: Registration?) async throws(SessionFailure) {
        registering.expect()
        registration = .registering
        do throws(CommandFailure) {
            _ = try await channel.perform(LwM2MCommand.register)
        } catch {
            // Without an answer it may be under way all the same.
            guard error == .timedOut else {
                registering.end()
                registration = nil
                if case .refused = error { try restartOnce(because: before) }
                throw Self.failure(of: error, command: LwM2MCommand.register)
            }
        }
        switch try await registrationEnd() {
        case .told(0), .shown(.registered): return
        case .told(let code): throw .failed(LwM2MResult(code).ofRegistration)
        case .shown(let status):
            throw .failed(
                PlatformError(
                    name: "registration_failed",
                    text: "no result of the registration; the module is \(status?.rawValue ?? "in an unknown state")",
                    source: .cloud))
        }
    }

    private enum RegistrationEnd {
        case told(Int)
        case shown(Registration?)
    }

    /// The report may be lost on the line, so the state is asked for now and then; and at once when the cloud asks for
    /// something, for then it knows the module.
    private func registrationEnd() async throws(SessionFailure) -> RegistrationEnd {
        defer { registering.end() }
        var left = registrationLimit
        var idle = 0
        while true {
            let slice = min(Limit.untilAsked, left)
            let came = try await wait(for: registering.signal, atMost: slice)
            if let code = registering.code { return .told(code) }
            left = max(.zero, left - (came ? .seconds(1) : slice))
            let status = try await status()
            // One that has not begun, as while it looks for a network, shows what it was before: once is not enough.
            idle = status == .registering || status == nil ? 0 : idle + 1
            let isOver = status == .registered || idle > 1 || left == .zero
            guard isOver else { continue }
            // The report may be on its way.
            if status != .registering { _ = try await wait(for: registering.signal, atMost: Limit.lateResult) }
            return registering.code.map { .told($0) } ?? .shown(status)
        }
    }

    /// Raw data can go when the platform observes their resource. Some never does, and takes other resources all the
    /// same: after another observation no more is expected than what follows soon.
    private func awaitObservation() async throws(SessionFailure) {
        guard !options.service.takesData, resources.kind(of: options.dataUp) != nil else { return }
        var limit = Limit.observation
        while !isDataObserved {
            observeAnswered.lower()
            guard try await wait(for: observeAnswered, atMost: limit) else { return }
            limit = Limit.nextObservation
        }
    }

    private var isDataObserved: Bool {
        resources.observation(of: options.dataUp).map { !unansweredObserves.contains($0.messageID) } ?? false
    }
}
