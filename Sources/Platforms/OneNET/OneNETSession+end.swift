import AT

/// The end of an instance's life: MIPLDELOBJ, MIPLCLOSE, MIPLDELETE; and its renewal.
extension OneNETSession {
    package func deregister() async throws(SessionFailure) {
        let refusal = try await clear()
        resources.forgetObservations()
        if let refusal {
            standing = .void
            throw .failed(refusal)
        }
        shown = .deregistered
    }

    /// Ends and deletes what is there. Returns why the module refused to delete it, if it did.
    @discardableResult
    func clear() async throws(SessionFailure) -> PlatformError? {
        switch standing {
        case .absent:
            return nil
        case .unknown:
            // With nothing there, both are refused; where nothing was registered, no end is told.
            let mayBeOpen = try await close(within: Limit.unknownClosing, afterRefusal: nil)
            if try await delete() == nil { return nil }
            if mayBeOpen {
                _ = try await wait(for: closed, atMost: Limit.closing)
                try await removeObjects()
                return try await delete()
            }
            standing = .absent
            return nil
        case .created:
            try await removeObjects()
            return try await delete()
        case .opening, .registered:
            shown = .deregistering
            try await removeObjects()
            // Of a registration that is known to have failed no end is told.
            let hasFailed = standing == .opening && lastFailure != nil
            try await close(
                within: hasFailed ? Limit.doubtfulClosing : Limit.closing,
                afterRefusal: hasFailed ? nil : Limit.doubtfulClosing)
            return try await deleteAfterDoubt()
        case .void:
            try await removeObjects()
            try await close(within: Limit.doubtfulClosing, afterRefusal: nil)
            return try await deleteAfterDoubt()
        }
    }

    /// The registration goes first, so that no data go out during its end.
    private func removeObjects() async throws(SessionFailure) {
        if standing == .registered { standing = .void }
        for object in OneNETObject.all(of: resources.objects) {
            _ = try await ask(OneNETCommand.remove(object: object.id, from: reference))
        }
    }

    /// True if the module took the command, or may have taken it. Event 15 is awaited, for compatible firmware may have
    /// said ERROR, or nothing, and go on all the same.
    @discardableResult
    private func close(within limit: Duration, afterRefusal patience: Duration?) async throws(SessionFailure) -> Bool {
        isClosing = true
        hasEnded = true
        defer { isClosing = false }
        closed.lower()
        // A renewal that is under way learns that there is nothing to renew.
        updateResult.raise()
        do throws(CommandFailure) {
            _ = try await channel.perform(OneNETCommand.close(reference))
        } catch {
            switch error {
            case .lost: throw Self.failure(of: error, command: nil)
            case .refused:
                if let patience { _ = try await wait(for: closed, atMost: patience) }
                return false
            case .timedOut, .unprompted: break
            }
        }
        _ = try await wait(for: closed, atMost: limit)
        return true
    }

    private func delete() async throws(SessionFailure) -> PlatformError? {
        let command = OneNETCommand.delete(reference)
        do throws(CommandFailure) {
            _ = try await channel.perform(command)
            standing = .absent
            return nil
        } catch {
            if case .lost = error { throw Self.failure(of: error, command: command) }
            return Self.error(of: error, command)
        }
    }

    /// The end of the registration may still be going on.
    private func deleteAfterDoubt() async throws(SessionFailure) -> PlatformError? {
        if try await delete() == nil { return nil }
        isClosing = true
        defer { isClosing = false }
        _ = try await wait(for: closed, atMost: Limit.doubtfulClosing)
        return try await delete()
    }

    // MARK: Renewal

    package func update(lifetime new: Int?) async throws(SessionFailure) {
        if let new {
            guard OneNETCommand.isLifetime(new) else { throw .failed(Self.badLifetime(new)) }
        }
        guard standing == .registered else {
            lifetime = new ?? lifetime
            try await register()
            return
        }
        guard !isUpdating else {
            throw .failed(
                PlatformError(name: "update_running", text: "the registration is being renewed", source: .bridge))
        }
        try await renew(lifetime: new ?? lifetime)
    }

    /// Ends with event 11, or with 12 or 13, which also end the registration.
    private func renew(lifetime wanted: Int) async throws(SessionFailure) {
        isUpdating = true
        updateIsDue = false
        defer { isUpdating = false }
        updateResult.lower()
        try await demand(OneNETCommand.update(reference, lifetime: wanted, withObjects: false, rai: 0))
        lifetime = wanted
        let came = try await wait(for: updateResult, atMost: Limit.update)
        if standing != .registered { throw .failed(lastFailure ?? Self.notRegistered) }
        guard came else {
            throw .failed(
                PlatformError(
                    name: "update_without_result", text: "the module did not say whether the registration was renewed",
                    source: .module))
        }
    }

    /// The module keeps no data. This is where a renewal happens that it has asked for (event 14).
    package func fetch(_ deliver: ([UInt8]) -> Void) async throws(SessionFailure) {
        guard standing == .registered, updateIsDue, !isUpdating else { return }
        do throws(SessionFailure) {
            try await renew(lifetime: lifetime)
        } catch {
            // What came of it, the events have told.
            guard case .failed = error else { throw error }
        }
    }

    static let notRegistered = PlatformError(
        name: "not_registered", text: "the module is not registered", source: .module)
}
