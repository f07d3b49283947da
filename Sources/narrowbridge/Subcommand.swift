import Glibc

/// One word behind `narrowbridge`.
protocol Subcommand: Sendable {
    static var name: String { get }
    /// One line for the overview.
    static var summary: String { get }
    static var help: String { get }
    /// What `Signals` takes instead of letting it end the process.
    static var signals: [Int32] { get }

    static func run(_ arguments: Arguments) async throws(Failure)
}

extension Subcommand {
    static var signals: [Int32] { [] }
}

enum Subcommands {
    static var all: [any Subcommand.Type] {
        [
            Run.self, Check.self, Probe.self, At.self, WatchCommand.self, Queue.self, Simulate.self, ServeFirmware.self,
            Demo.self,
        ]
    }
}

/// The exit statuses of the contract.
enum ExitStatus: Int32 {
    case done = 0
    case failed = 1
    case wrongUsage = 64
    case unavailable = 69
    case wrongConfiguration = 78

    func exit() -> Never {
        guard self == .done, let fault = Terminal.outputFault else { Glibc.exit(rawValue) }
        Terminal.complain("narrowbridge: \(fault)")
        Glibc.exit(Self.failed.rawValue)
    }
}

/// Why a command did not do what it was asked for: a sentence, and the status that scripts see.
struct Failure: Error {
    let status: ExitStatus
    let text: String

    init(_ status: ExitStatus, _ text: String) {
        self.status = status
        self.text = text
    }
}

enum Help {
    static var overview: String {
        let width = Subcommands.all.map { $0.name.count }.max() ?? 0
        let lines = Subcommands.all.map { command in
            "  " + command.name + String(repeating: " ", count: width - command.name.count + 2) + command.summary
        }
        return """
            narrowbridge puts NB-IoT modules on serial lines on MQTT.

            usage: narrowbridge COMMAND [ARGUMENTS]

            \(lines.joined(separator: "\n"))

              narrowbridge COMMAND --help   what a command takes
              narrowbridge --version
            """
    }
}
