import AT

/// What all sessions do with commands and waits: they turn a channel's failures into the session's own.
protocol CommandSession: PlatformSession {
    var channel: any CommandChannel { get }

    /// What a refusal means in the platform's own table.
    static func refusal(_ code: ErrorCode?, of command: Command?) -> PlatformError
}

extension CommandSession {
    /// A command that the session cannot do without.
    @discardableResult
    func demand(_ command: Command, priority: CommandPriority = .housekeeping) async throws(SessionFailure) -> Response
    {
        do throws(CommandFailure) {
            return try await channel.perform(command, priority: priority)
        } catch {
            throw Self.failure(of: error, command: command)
        }
    }

    /// A command whose refusal tells nothing worse than that the module does not know.
    func ask(_ command: Command) async throws(SessionFailure) -> Response? {
        do throws(CommandFailure) {
            return try await channel.attempt(command)
        } catch {
            throw Self.failure(of: error, command: command)
        }
    }

    /// False when the signal did not come in time.
    func wait(for signal: Signal, atMost limit: Duration) async throws(SessionFailure) -> Bool {
        do throws(CommandFailure) {
            return try await channel.wait(for: signal, atMost: limit)
        } catch {
            throw Self.failure(of: error, command: nil)
        }
    }

    static func failure(of failure: CommandFailure, command: Command?) -> SessionFailure {
        switch failure {
        case .lost(let loss): .lost(loss)
        case .timedOut, .unprompted: .failed(silence(command))
        case .refused(let code): .failed(refusal(code, of: command))
        }
    }

    static func silence(_ command: Command?) -> PlatformError {
        PlatformError(
            name: "no_answer", text: "the module did not answer \(command?.description ?? "in time")", source: .module)
    }

    /// A refusal that says nothing more.
    static func plainRefusal(of command: Command?) -> PlatformError {
        PlatformError(
            name: "ERROR", text: "the module refused \(command?.description ?? "the command") without a code",
            source: .module)
    }
}
