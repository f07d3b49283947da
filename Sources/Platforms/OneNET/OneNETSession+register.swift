import AT

/// The beginning of an instance's life: MIPLCONFIG, MIPLCREATE, MIPLADDOBJ, MIPLOPEN.
extension OneNETSession {
    package func register() async throws(SessionFailure) {
        if standing == .registered { return }
        guard OneNETCommand.isLifetime(lifetime) else { throw .failed(Self.badLifetime(lifetime)) }
        let objects = try describedObjects()
        try await build()
        for object in objects { try await add(object) }
        isSettling = true
        defer { isSettling = false }
        try await open()
        try await settleObservations()
        if standing != .registered { throw .failed(lastFailure ?? Self.notRegistered) }
    }

    /// What waits to be reported must not go before the platform has said that it wants it: it would be told to nobody.
    private func settleObservations() async throws(SessionFailure) {
        let instances = resources.objects.filter { !OneNETObject.builtIn.contains($0.id) }
        let dataUp = options.dataUp.flatMap { resources.kind(of: $0) == nil ? nil : $0 }
        // A platform that observes single resources never comes to an end by itself.
        for _ in 0..<(2 * instances.count) {
            observation.lower()
            let lacksData = dataUp.map { usableObservation(of: $0) == nil } ?? false
            guard standing == .registered, lacksData || !instances.allSatisfy(isObserved) else { return }
            let limit = lacksData ? Limit.observation : Limit.furtherObservation
            guard try await wait(for: observation, atMost: limit) else { return }
        }
    }

    private func isObserved(_ instance: ObjectDescription) -> Bool {
        [ObjectPath(object: instance.id), ObjectPath(object: instance.id, instance: instance.instance)].contains {
            path in
            resources.observations[path].map { !unansweredObservations.contains($0.messageID) } ?? false
        }
    }

    private func describedObjects() throws(SessionFailure) -> [OneNETObject] {
        let objects = OneNETObject.all(of: resources.objects)
        for object in objects where object.bitmap.utf8.count > OneNETObject.mostInstances {
            throw .failed(
                PlatformError(
                    name: "instance_too_high",
                    text: "object \(object.id) has an instance \(object.bitmap.utf8.count - 1); "
                        + "at most \(OneNETObject.mostInstances - 1) can be told to the module",
                    source: .bridge))
        }
        return objects
    }

    /// An instance without anything in it. One that is there from before is deleted; if it cannot be, only a restart
    /// of the module helps, which forgets everything.
    private func build() async throws(SessionFailure) {
        try await clear()
        guard try await createInstance() != nil else { return }
        standing = .void
        try await clear()
        guard let refusal = try await createInstance() else { return }
        standing = .unknown
        guard hasRestartedModule else {
            hasRestartedModule = true
            throw .needsRestart(reason: "an instance of OneNET from before cannot be replaced (\(refusal.text))")
        }
        throw .failed(refusal)
    }

    /// The configuration comes first: after the instance it would have no effect (3.3.1, remark 1). Returns why not.
    private func createInstance() async throws(SessionFailure) -> PlatformError? {
        if let refusal = try await configure() { return refusal }
        do throws(CommandFailure) {
            let answer = try await channel.perform(OneNETCommand.create)
            reference = answer.lines.first.flatMap { Fields($0)[0]?.int } ?? 0
            standing = .created
            return nil
        } catch {
            if case .refused = error { return Self.error(of: error, OneNETCommand.create) }
            standing = .unknown
            throw Self.failure(of: error, command: OneNETCommand.create)
        }
    }

    /// The module renews its registration by itself where its firmware can.
    private func configure() async throws(SessionFailure) -> PlatformError? {
        var server = try await server()
        var refusal: PlatformError?
        for autoUpdate in [true, nil] {
            server.autoUpdate = autoUpdate
            let command: Command
            do throws(Quoted.Refusal) {
                command = try OneNETCommand.configure(.hex, server)
            } catch {
                throw .failed(PlatformError(name: "bad_server", text: "\(error)", source: .bridge))
            }
            do throws(CommandFailure) {
                _ = try await channel.perform(command)
                updatesItself = autoUpdate == true
                return nil
            } catch {
                guard case .refused = error else { throw Self.failure(of: error, command: command) }
                refusal = refusal ?? Self.error(of: error, command)
            }
        }
        return refusal
    }

    /// Without a server of ours: the bootstrap server that the module has, or else the one that the note gives (7.2.1).
    private func server() async throws(SessionFailure) -> OneNETCommand.Server {
        if let host = options.host { return .init(bootstrap: options.bootstrap, host: host, port: options.port) }
        if let line = try await ask(OneNETCommand.configuration)?.lines.first,
            let known = OneNETCommand.readConfiguration(line), known.bootstrap
        {
            return known
        }
        return .init(bootstrap: true, host: "183.230.40.39", port: 5683)
    }

    /// An object that is there from before is described anew.
    private func add(_ object: OneNETObject) async throws(SessionFailure) {
        let command = OneNETCommand.add(object, to: reference)
        if try await ask(command) != nil { return }
        _ = try await ask(OneNETCommand.remove(object: object.id, from: reference))
        try await demand(command)
    }

    // MARK: MIPLOPEN

    private func open() async throws(SessionFailure) {
        resources.forgetObservations()
        beginEpoch()
        registrationResult.lower()
        observation.lower()
        lastFailure = nil
        standing = .opening
        shown = .registering
        let command = OneNETCommand.open(reference, lifetime: lifetime, timeout: Limit.open)
        do throws(CommandFailure) {
            _ = try await channel.perform(command)
        } catch {
            // Silence may mean that the module is registering all the same; its events tell.
            if case .refused = error, standing == .opening {
                standing = .created
                shown = nil
            }
            if standing != .registered { throw Self.failure(of: error, command: command) }
        }
        try await awaitRegistration()
        hasRestartedModule = false
        unclearRefusals = 0
    }

    /// Event 6, or one of 3, 5, 7 and 8.
    private func awaitRegistration() async throws(SessionFailure) {
        if standing == .registered { return }
        let limit = options.bootstrap ? Limit.registration + Limit.bootstrap : Limit.registration
        let came = try await wait(for: registrationResult, atMost: limit)
        if standing == .registered { return }
        if !came { shown = .timeout }
        throw .failed(
            lastFailure
                ?? PlatformError(
                    name: "no_result", text: "the module did not say within \(limit) how the registration has ended",
                    source: .module))
    }
}
