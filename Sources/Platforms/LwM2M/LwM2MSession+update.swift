/// What the note asks for while the cloud updates the firmware (4.1.2.1): a lifetime that does not end in the midst of it.
extension LwM2MSession {
    private static let lifetimeDuringUpdate = 86_400

    package func updateBegan() async throws(SessionFailure) {
        guard lifetime < Self.lifetimeDuringUpdate, registration == .registered, !isVoid else { return }
        _ = try await renew(LwM2MCommand.update(lifetime: Self.lifetimeDuringUpdate))
    }

    /// After a restart the registration is made with the wished lifetime anyway.
    package func updateEnded() async throws(SessionFailure) {
        guard lifetime < Self.lifetimeDuringUpdate, registration == .registered, !isVoid else { return }
        _ = try await renew(LwM2MCommand.update(lifetime: lifetime))
    }
}
