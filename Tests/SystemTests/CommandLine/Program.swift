import Glibc
import TestSupport

/// The built program, as a person runs it.
enum Program {
    /// It is built beside the tests.
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(decoding: buffer[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/narrowbridge"
    }()

    /// How a run ended, and what it printed on both channels.
    struct Run: Sendable {
        let status: Int32
        let text: String
    }

    static func start(_ arguments: [String], input: String? = nil) async throws -> ChildProcess {
        try await ChildProcess(path, arguments, input: input.map { Array($0.utf8) })
    }

    static func run(_ arguments: [String], input: String? = nil) async throws -> Run {
        let process = try await start(arguments, input: input)
        let status = try await process.exit(limit: .seconds(60))
        return Run(status: status, text: process.output.value.text)
    }
}
