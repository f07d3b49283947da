import AT

extension LwM2MSession {
    package func deregister() async throws(SessionFailure) {
        switch try await settledStatus() {
        case .notRegistered, .deregistered, .invalid: resources.forgetObservations()
        case .registering:
            throw .failed(
                PlatformError(
                    name: "busy", text: "the module is still registering and cannot deregister", source: .module))
        case nil: try await endIfPossible()
        default: try await end()
        }
    }

    /// A module may refuse to end what it has lost already.
    func endIfPossible() async throws(SessionFailure) {
        do throws(SessionFailure) {
            try await end()
        } catch {
            guard case .failed = error else { throw error }
        }
    }

    func end() async throws(SessionFailure) {
        deregistering.expect()
        let before = registrationReports
        try await demand(LwM2MCommand.deregister)
        resources.forgetObservations()
        recent.end()
        // The end may have been told with the OK.
        if registrationReports == before { registration = .deregistering }
        let code = try await result(deregistering, atMost: Limit.deregistrationReport)
        if code == 0 { return }
        // Some firmware never reports it, and a failure may be one on the platform's side alone.
        switch try await settledStatus() {
        case .registered, .registering, .deregistering:
            throw .failed(
                code.map { LwM2MResult($0).published }
                    ?? PlatformError(
                        name: "still_registered", text: "the module did not deregister", source: .module))
        // One that does not tell is believed to have done what it was told.
        default: break
        }
    }

    /// Renews the registration (2.4); the module does it by itself too.
    package func update(lifetime: Int?) async throws(SessionFailure) {
        if let lifetime {
            guard LwM2MConfiguration.lifetimes.contains(lifetime) else {
                throw .failed(
                    PlatformError(
                        name: "bad_lifetime", text: "the lifetime is 20 to 31536000 seconds, not \(lifetime)",
                        source: .bridge))
            }
        }
        let before = self.lifetime
        self.lifetime = lifetime ?? before
        do throws(SessionFailure) {
            try await renew()
        } catch {
            // The command has failed, so a registration to come is not to have it.
            if case .failed = error { self.lifetime = before }
            throw error
        }
    }

    private func renew() async throws(SessionFailure) {
        guard !isVoid, try await status() == .registered else { return try await register() }
        let code = try await renew(LwM2MCommand.update(lifetime: self.lifetime))
        if code == 0 { return }
        // After the lifetime has passed, an update is refused or fails (2.4, remark); then there is no registration.
        guard try await status() == .registered else { return try await register() }
        throw .failed(
            code.map { LwM2MResult($0).published }
                ?? PlatformError(
                    name: "update_failed", text: "the module refused the update, or did not tell its result",
                    source: .module))
    }
}
