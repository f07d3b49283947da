import AT

extension CTWingSession {
    /// Receive mode and lifetime. The buffer is emptied by `fetch` before the mode is changed to push, which would
    /// leave in it what is there.
    package func prepare() async throws(SessionFailure) {
        _ = try await demand(CTWingCommand.receive(options.receiveMode))
        try await setLifetime(lifetime)
    }

    /// A lifetime takes effect after a restart (2.3.6), so one is asked for where the module shows another value.
    private func setLifetime(_ seconds: Int) async throws(SessionFailure) {
        let wanted = CTWingCommand.effectiveLifetime(seconds)
        let current = try await ask(CTWingCommand.lifetime)?.lines.first.flatMap { Fields($0)[0]?.int }
        guard current != wanted else { return }
        _ = try await demand(CTWingCommand.lifetime(seconds))
        // A module that does not tell its lifetime cannot be said to need a restart.
        guard current != nil, restartedForLifetime != wanted else { return }
        restartedForLifetime = wanted
        throw .needsRestart(reason: "the lifetime of \(wanted) s takes effect after a restart")
    }

    package func register() async throws(SessionFailure) {
        forgetResults()
        switch try await status() {
        case .registeredAndObserved where !isVoid:
            return
        case .registered where !isVoid:
            if try await isObserved(within: Limit.oldObservation) { return }
            try await close()
        case .registered, .registeredAndObserved:
            try await closeIfPossible()
        case .registering:
            // Our own attempt of before a restart of the bridge: its result is still to come.
            if try await isConnected() {
                if try await isObserved() { return }
                try await close()
            }
        default:
            break
        }
        try await open()
        guard try await isConnected() else { throw .failed(try await whyNotConnected()) }
        guard try await isObserved() else {
            throw .failed(
                PlatformError(
                    name: "not_observed", text: "connected, but the platform did not observe object 19/0/0",
                    source: .cloud))
        }
    }

    private func open() async throws(SessionFailure) {
        let command: Command
        do throws(Quoted.Refusal) {
            command = try CTWingCommand.open(host: options.host, port: options.port, psk: options.psk)
        } catch {
            throw .failed(PlatformError(name: "bad_server", text: "\(error)", source: .bridge))
        }
        forgetResults()
        registration = .registering
        isVoid = false
        do throws(SessionFailure) {
            _ = try await demand(command)
        } catch {
            registration = nil
            throw error
        }
    }

    /// Results of an earlier time are not those that are awaited from here on.
    private func forgetResults() {
        connectionResult.lower()
        observation.lower()
    }

    /// Waits for event 0 or 1.
    private func isConnected() async throws(SessionFailure) -> Bool {
        let limit = options.psk == nil ? Limit.connection : Limit.encryptedConnection
        if maySend || registration == .registered { return true }
        guard try await wait(for: connectionResult, atMost: limit) else {
            // The report may have been lost on the line.
            let status = try await status()
            return status == .registered || status == .registeredAndObserved
        }
        return lastConnectionResult == .connected
    }

    /// A module may refuse to close what it has lost already.
    private func closeIfPossible() async throws(SessionFailure) {
        do throws(SessionFailure) {
            try await close()
        } catch {
            guard case .failed = error else { throw error }
        }
    }

    /// Waits for event 3.
    private func isObserved(within limit: Duration = Limit.observation) async throws(SessionFailure) -> Bool {
        if maySend { return true }
        if try await wait(for: observation, atMost: limit) { return true }
        return try await status() == .registeredAndObserved
    }

    /// Event 1 means rejected or timed out; only the module knows which.
    private func whyNotConnected() async throws(SessionFailure) -> PlatformError {
        switch try await status() {
        case .rejected:
            PlatformError(
                name: "rejected_by_server",
                text:
                    "the platform rejected the registration: check the server's address and that the IMEI is known there",
                source: .cloud)
        case .timeout:
            PlatformError(
                name: "timeout",
                text:
                    "the platform did not answer the registration: check the server's address, and the psk of an encrypted device",
                source: .cloud)
        case let other:
            PlatformError(
                name: "registration_failed",
                text: "the registration did not succeed (\(other?.rawValue ?? "no status"))", source: .cloud)
        }
    }

    package func deregister() async throws(SessionFailure) {
        forgetResults()
        switch try await status() {
        case .deregistered, .uninitialised, .rejected, .timeout, .resumptionFailed:
            return
        case nil:
            try await closeIfPossible()
            return
        case .registering:
            // NCDPCLOSE is refused until the result of an open has come (2.3.1, remark 3).
            _ = try await isConnected()
        default:
            break
        }
        try await close()
    }

    private func close() async throws(SessionFailure) {
        _ = try await demand(CTWingCommand.close)
        registration = nil
        // No report tells the end, so the state is asked for, a little less often each time, and a last time at the end.
        var waited = Duration.zero
        var pause = Duration.milliseconds(500)
        while true {
            switch try await status() {
            case .deregistered, .uninitialised: return
            // A module that does not tell is believed to have done what it was told.
            case nil: return
            default: break
            }
            if waited >= Limit.closing { break }
            do throws(CommandFailure) {
                try await channel.pause(for: pause)
            } catch {
                throw Self.failure(of: error, command: nil)
            }
            waited += pause
            pause = min(pause * 2, .seconds(10))
        }
        throw .failed(
            PlatformError(
                name: "still_registered", text: "the module did not deregister within 124 s", source: .module))
    }

    /// The module renews its registration by itself; asked to do it at once, it can only register anew.
    package func update(lifetime: Int?) async throws(SessionFailure) {
        if let lifetime {
            guard (0...2_592_000).contains(lifetime) else {
                throw .failed(
                    PlatformError(
                        name: "bad_lifetime", text: "the lifetime is 0 to 2592000 seconds, not \(lifetime)",
                        source: .bridge))
            }
            restartedForLifetime = nil
            let earlier = self.lifetime
            self.lifetime = lifetime
            do throws(SessionFailure) {
                try await setLifetime(lifetime)
            } catch {
                // What the module refused is not asked for again at the next registration.
                if case .failed = error { self.lifetime = earlier }
                throw error
            }
        }
        try await deregister()
        try await register()
    }

    package func refresh() async throws(SessionFailure) {
        _ = try await status()
        try await countDropped()
    }

    func countDropped() async throws(SessionFailure) {
        guard let line = try await ask(CTWingCommand.messageCounts)?.lines.first, let counts = MessageCounts(line)
        else {
            return
        }
        // Fewer than before: the module has restarted and counts anew.
        let new = counts.dropped >= droppedAtLastCount ? counts.dropped - droppedAtLastCount : counts.dropped
        droppedByModule += new
        droppedAtLastCount = counts.dropped
    }
}
