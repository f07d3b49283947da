import AT

/// From any state to one that takes data, and back.
extension AndlinkSession {
    package func register() async throws(SessionFailure) {
        forgetResults()
        switch try await status() {
        case .registered, .registeredAndObserved, .dataEnabled:
            guard isVoid else {
                mayHaveUplinkUnderWay = lastUplinkStatus == nil
                return
            }
            try await deregisterIfPossible()
        case .registering, .initialising, .timeoutAndRetrying:
            // Begun before a restart of the bridge, or by the module itself.
            if try await isRegistered() { return try await awaitObservation() }
            try await deregisterIfPossible()
        case .deregistered, .rejected, .registrationFailed, .deregistrationFailed:
            break
        default:
            if registersByItself, try await isRegistered() { return try await awaitObservation() }
        }
        try await begin()
        guard try await isRegistered() else {
            let reason = try await whyNotRegistered()
            // Shown as the module has told it; only what speaks against the failure is not believed.
            if isRegistered(registration) { registration = nil }
            if isEncrypted { try await rewriteKeys() }
            throw .failed(reason)
        }
        try await awaitObservation()
    }

    /// Results of an earlier time are not those that are awaited from here on.
    private func forgetResults() {
        registrationResult.lower()
        deregistration.lower()
        observation.lower()
        hasEncryptionFailed = false
    }

    private func begin() async throws(SessionFailure) {
        forgetResults()
        isVoid = false
        isObserved = false
        registration = .registering
        do throws(SessionFailure) {
            try await demand(AndlinkCommand.register)
        } catch {
            registration = nil
            guard case .failed = error else { throw error }
            // A module that registers by itself need not be told.
            switch try await status() {
            case .registering, .initialising, .timeoutAndRetrying, .registered, .registeredAndObserved, .dataEnabled:
                return
            default: break
            }
            // One that has restarted is ready when it says REGISTERNOTIFY (3.9), not when it has a network.
            guard !isReadyToRegister, try await wait(for: readiness, atMost: Limit.readiness) else { throw error }
            registration = .registering
            try await demand(AndlinkCommand.register)
        }
    }

    /// Waits for event 0. A refusal has no event, so the state is asked for between; one that may still be of the time
    /// before must show twice.
    private func isRegistered() async throws(SessionFailure) -> Bool {
        let isLong = isEncrypted || options.bootstrapServer != nil
        let limit = isLong ? Limit.longRegistration : Limit.registration
        var waited = Duration.zero
        var pause = Duration.seconds(5)
        var failures = 0
        while true {
            if maySend { return true }
            if try await wait(for: registrationResult, atMost: pause) {
                if maySend { return true }
                if hasEncryptionFailed { return false }
            }
            waited += pause
            switch try await status() {
            case .registered, .registeredAndObserved, .dataEnabled:
                isVoid = false
                return true
            case .rejected, .registrationFailed, .initialisationFailed, .missingConfiguration:
                failures += 1
                if failures == 2 { return false }
            default: failures = 0
            }
            if waited >= limit { return false }
            pause = min(pause * 2, .seconds(20))
        }
    }

    /// Data that nobody observes may vanish, so event 3 is awaited; but not every firmware tells it (chapter 6).
    private func awaitObservation() async throws(SessionFailure) {
        guard registration == .registered else { return }
        _ = try await wait(for: observation, atMost: Limit.observation)
        guard registration == .registered else { return }
        _ = try await status()
    }

    private func whyNotRegistered() async throws(SessionFailure) -> PlatformError {
        if isEncrypted, try await encryptionState() == .failed || hasEncryptionFailed {
            return failure("dtls_failed", "the encrypted connection was not established: check psk and psk_id")
        }
        return switch try await status() {
        case .rejected:
            failure(
                "rejected_by_server",
                "the platform rejected the registration: check the server's address, the device type and that the IMEI is known there"
            )
        case .timeoutAndRetrying, .registering, .initialising:
            failure(
                "timeout",
                "the platform did not answer the registration: check the server's address, and the psk of an encrypted device"
            )
        case .missingConfiguration:
            failure("missing_configuration", "the module lacks a setting: check server, bootstrap_server and psk")
        case .initialisationFailed:
            failure("initialisation_failed", "the module could not prepare the registration")
        case .noAddress: failure("no_address", "the module has no IP address")
        case let other:
            failure("registration_failed", "the registration did not succeed (\(other?.rawValue ?? "no status"))")
        }
    }

    private func failure(_ name: String, _ text: String) -> PlatformError {
        let hint = lacking.isEmpty ? "" : "; this module does not know \(lacking.joined(separator: ", "))"
        return PlatformError(name: name, text: text + hint, source: .cloud)
    }

    func encryptionState() async throws(SessionFailure) -> AndlinkEncryptionState? {
        try await ask(AndlinkCommand.encryptionState)?.lines.first.flatMap { Fields($0)[0]?.int }
            .map(AndlinkEncryptionState.init)
    }

    // MARK: Deregistration

    package func deregister() async throws(SessionFailure) {
        forgetResults()
        switch try await status() {
        case .uninitialised, .missingConfiguration, .initialised, .initialisationFailed, .deregistered, .rejected,
            .registrationFailed, .noAddress:
            return
        case nil:
            try await deregisterIfPossible()
            return
        case .registering, .initialising:
            guard try await isRegistered() else {
                try await deregisterIfPossible()
                return
            }
        default:
            break
        }
        try await end()
    }

    /// A module may refuse to end what it has lost already.
    func deregisterIfPossible() async throws(SessionFailure) {
        do throws(SessionFailure) {
            try await end()
        } catch {
            guard case .failed = error else { throw error }
        }
    }

    /// Waits for event 1, which may be lost, so the state is asked for too.
    private func end() async throws(SessionFailure) {
        deregistration.lower()
        isDeregistering = true
        defer { isDeregistering = false }
        try await demand(AndlinkCommand.deregister)
        registration = .deregistering
        var waited = Duration.zero
        var pause = Duration.seconds(1)
        while waited < Limit.closing {
            if try await wait(for: deregistration, atMost: pause) { return }
            waited += pause
            switch try await status() {
            case .deregistered, .uninitialised, .initialised: return
            case nil:
                // A module that does not tell is believed to have done what it was told.
                registration = .deregistered
                return
            case .deregistrationFailed:
                throw .failed(
                    PlatformError(
                        name: "deregistration_failed", text: "the module could not deregister", source: .module))
            default: break
            }
            pause = min(pause * 2, .seconds(10))
        }
        throw .failed(
            PlatformError(name: "still_registered", text: "the module did not deregister within 60 s", source: .module))
    }
}
