import TestSupport

/// The built program, as a person runs it.
enum Program {
    /// How a run ended, and what it printed on both channels.
    struct Run: Sendable {
        let status: Int32
        let text: String
    }

    static func start(_ arguments: [String], input: String? = nil) async throws -> ChildProcess {
        try await ChildProcess(BridgeProcess.program, arguments, input: input.map { Array($0.utf8) })
    }

    static func run(_ arguments: [String], input: String? = nil) async throws -> Run {
        let process = try await start(arguments, input: input)
        let status = try await process.exit(limit: .seconds(60))
        return Run(status: status, text: process.output.value.text)
    }
}
