package import AT

/// What a session needs of the world: commands out, answers in, and time. A session and its channel belong to the actor
/// that calls them.
package protocol CommandChannel: AnyObject {
    /// The time since a moment of the channel's own choice.
    var now: Duration { get }

    /// Sends the command when the line is free. Returns the answer's lines if the final result was OK.
    func perform(_ command: Command, priority: CommandPriority) async throws(CommandFailure) -> Response

    /// Suspends; throws when the line is lost meanwhile.
    func pause(for duration: Duration) async throws(CommandFailure)

    /// Waits until `signal` is raised; false when the time is over first.
    func wait(for signal: Signal, atMost limit: Duration) async throws(CommandFailure) -> Bool
}

extension CommandChannel {
    package func perform(_ command: Command) async throws(CommandFailure) -> Response {
        try await perform(command, priority: .housekeeping)
    }

    /// For what a module may lack: a refusal or silence gives nil, only a lost line throws.
    package func attempt(_ command: Command) async throws(CommandFailure) -> Response? {
        do throws(CommandFailure) {
            return try await perform(command)
        } catch {
            if case .lost = error { throw error }
            return nil
        }
    }
}
