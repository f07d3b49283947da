import AT

/// Settings: what is not as wished is set, and what takes effect after a restart asks for one, once.
extension AndlinkSession {
    /// A setting that is not as wished.
    struct Change {
        var command: Command
        /// In effect, or known to be in effect, only after a restart (3.3, 3.9, 3.15, 3.16, and chapter 6 for the others).
        var needsRestart = true
        /// A module may lack the command.
        var isOptional = false
        /// The registration of before belongs to another configuration.
        var endsRegistration = true
        /// What is gone afterwards.
        var deletes: [AndlinkServer] = []
    }

    package func prepare() async throws(SessionFailure) {
        try await awaitEndOfUpdate()
        let key = try wantedKey()
        let isUp = isRegistered(try await status())
        var changes = try await serverChanges(isRegistered: isUp)
        for phase in phases { changes += try await encryptionChanges(phase, key) }
        changes += try await deviceTypeChanges()
        changes += try await registrationModeChanges()
        if isUp, changes.contains(where: \.endsRegistration) { try await deregisterIfPossible() }
        // What has come to be as wished may ask for a restart again, should it be lost one day.
        restartedFor.formIntersection(changes.map(\.command.description))
        try await apply(changes)
        _ = try await ask(AndlinkCommand.firmware(options.firmwareMode))
    }

    private func apply(_ changes: [Change]) async throws(SessionFailure) {
        var names: [String] = []
        for change in changes {
            let text = change.command.description
            let name = String(text.prefix { $0 != "=" })
            if change.isOptional {
                guard try await ask(change.command) != nil else {
                    if change.deletes.isEmpty, !lacking.contains(name) { lacking.append(name) }
                    continue
                }
                deleted.formUnion(change.deletes)
            } else {
                try await demand(change.command)
            }
            guard change.needsRestart, restartedFor.insert(text).inserted else { continue }
            if !names.contains(name) { names.append(name) }
        }
        guard !names.isEmpty else { return }
        throw .needsRestart(reason: "what was set by \(names.joined(separator: ", ")) takes effect after a restart")
    }

    // MARK: Servers

    private var wantedServers: [AndlinkServer] {
        let bootstrap = options.bootstrapServer.map { AndlinkServer(.bootstrap, host: $0.host, port: $0.port) }
        let server = options.server.map { AndlinkServer(.lwm2m, host: $0.host, port: $0.port) }
        return [bootstrap, server].compactMap { $0 }
    }

    /// Deletes before it sets: a deletion knows addresses only, and takes with it what is wished at the same one.
    private func serverChanges(isRegistered: Bool) async throws(SessionFailure) -> [Change] {
        let listed = try await ask(AndlinkCommand.servers)?.lines.compactMap { AndlinkServer($0) } ?? []
        let wanted = wantedServers
        let isOurs = wanted.allSatisfy(listed.contains)
        let leftOver = listed.filter { server in
            guard !wanted.contains(server) else { return false }
            // Our own bootstrap server may have named it, as it has if the module is registered, or if it came back.
            let isNamed = server.kind == .lwm2m && options.bootstrapServer != nil && isOurs
            return !(isNamed && (isRegistered || deleted.contains(server)))
        }
        var changes: [Change] = []
        do throws(Quoted.Refusal) {
            var addresses: [AndlinkServer] = []
            for server in leftOver where !addresses.contains(where: server.isAt) {
                addresses.append(server)
                let command = try AndlinkCommand.deleteServer(host: server.host, port: server.port)
                changes.append(
                    Change(command: command, isOptional: true, deletes: leftOver.filter(server.isAt)))
            }
            for server in wanted where !listed.contains(server) || leftOver.contains(where: server.isAt) {
                changes.append(Change(command: try AndlinkCommand.set(server)))
            }
        } catch {
            throw .failed(PlatformError(name: "bad_server", text: "\(error)", source: .bridge))
        }
        return changes
    }

    // MARK: Encryption

    var isEncrypted: Bool { options.psk != nil }

    /// The bootstrap phase has settings of its own, which matter where there is one.
    var phases: [AndlinkCommand.Phase] { options.bootstrapServer == nil ? [.server] : [.bootstrap, .server] }

    /// Nil without encryption.
    func wantedKey() throws(SessionFailure) -> AndlinkKey? {
        guard let psk = options.psk else { return nil }
        guard let key = AndlinkKey(id: options.pskID ?? imei ?? "0", secret: psk) else {
            throw .failed(
                PlatformError(
                    name: "bad_psk",
                    text: "psk has 32 hexadecimal digits, and psk_id is the module's IMEI of 15 digits",
                    source: .bridge))
        }
        return key
    }

    private func encryptionChanges(
        _ phase: AndlinkCommand.Phase, _ key: AndlinkKey?
    ) async throws(SessionFailure) -> [Change] {
        // The commands of the bootstrap phase are in development; their settings are kept over restarts.
        let isBootstrap = phase == .bootstrap
        var changes: [Change] = []
        if let key {
            let line = try await ask(AndlinkCommand.key(phase))?.lines.first
            let isKnown = line.map { key.mayBeShown(in: $0, imei: imei) } ?? writtenKeys.contains(phase)
            if !isKnown {
                writtenKeys.insert(phase)
                changes.append(Change(command: AndlinkCommand.key(phase, key), isOptional: isBootstrap))
            }
        }
        let shown = try await ask(AndlinkCommand.encryption(phase))?.lines.first.map { Fields($0) }
        let isOn = key != nil
        let isAsWished =
            isOn
            ? shown?[0]?.int == 1 && shown?[1]?.int == (options.crossesNAT ? 0 : 1) : (shown?[0]?.int ?? 0) == 0
        // A plain module that does not tell its mode has no other.
        if !isAsWished {
            let command = AndlinkCommand.encryption(phase, isOn: isOn, crossesNAT: options.crossesNAT)
            changes.append(Change(command: command, needsRestart: isBootstrap, isOptional: isBootstrap))
        }
        return changes
    }

    /// Whether the module holds another key than ours under the same id, it does not show. Where the registration fails
    /// on an encrypted line, the keys are written again, once.
    func rewriteKeys() async throws(SessionFailure) {
        let unwritten = phases.filter { !writtenKeys.contains($0) }
        guard let key = try wantedKey(), !unwritten.isEmpty else { return }
        writtenKeys.formUnion(unwritten)
        try await apply(
            unwritten.map { Change(command: AndlinkCommand.key($0, key), isOptional: $0 == .bootstrap) })
    }

    // MARK: The rest

    private func deviceTypeChanges() async throws(SessionFailure) -> [Change] {
        guard let wanted = options.deviceType else { return [] }
        let line = try await ask(AndlinkCommand.deviceType)?.lines.first
        guard line.flatMap({ Fields($0)[1]?.text }) != wanted else { return [] }
        do throws(Quoted.Refusal) {
            return [Change(command: try AndlinkCommand.deviceType(wanted))]
        } catch {
            throw .failed(PlatformError(name: "bad_device_type", text: "\(error)", source: .bridge))
        }
    }

    /// Manual, so that a module that was deregistered on request stays so.
    private func registrationModeChanges() async throws(SessionFailure) -> [Change] {
        let mode = try await ask(AndlinkCommand.registrationMode)?.lines.first.flatMap { Fields($0)[0]?.int }
        registersByItself = mode == AndlinkCommand.RegistrationMode.automatic.rawValue
        guard mode != AndlinkCommand.RegistrationMode.manual.rawValue else { return [] }
        return [
            Change(
                command: AndlinkCommand.registration(.manual), needsRestart: registersByItself, isOptional: true,
                endsRegistration: false)
        ]
    }

    /// Nothing is asked of a module that is about to tell the platform of its new firmware (chapter 2, remark), but to
    /// register if it waits for that.
    private func awaitEndOfUpdate() async throws(SessionFailure) {
        var waited = Duration.zero
        var hasAsked = false
        let limit = mayHaveFinishedUpdate ? Limit.missedEndOfUpdate : Limit.endOfUpdate
        while isFinishingUpdate, waited < limit {
            if !hasAsked, try await waitsForRegistration(waited) {
                hasAsked = true
                _ = try await ask(AndlinkCommand.register)
            }
            let step = Duration.seconds(10)
            _ = try await wait(for: updateNews, atMost: step)
            waited += step
        }
        isFinishingUpdate = false
        mayHaveFinishedUpdate = false
    }

    /// It says so, or its saying so was missed.
    private func waitsForRegistration(_ waited: Duration) async throws(SessionFailure) -> Bool {
        if isReadyToRegister { return true }
        guard waited > .zero else { return false }
        return switch try await status() {
        case .registered, .registeredAndObserved, .dataEnabled, .registering, .initialising, .timeoutAndRetrying: false
        default: true
        }
    }
}
