import Bridge

/// The program: finds the subcommand, and turns what it says into an exit status.
@main
enum Main {
    static func main() async {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let status: ExitStatus
        switch arguments.first {
        case nil:
            Terminal.complain(Help.overview)
            status = .wrongUsage
        case "--help", "-h", "help":
            Terminal.say(Help.overview)
            status = .done
        case "--version":
            Terminal.say("narrowbridge \(Version.text)")
            status = .done
        case let name?:
            arguments.removeFirst()
            status = await run(name, arguments)
        }
        status.exit()
    }

    private static func run(_ name: String, _ arguments: [String]) async -> ExitStatus {
        guard let command = Subcommands.all.first(where: { $0.name == name }) else {
            Terminal.complain("narrowbridge: \(name) is no command; narrowbridge --help lists them")
            return .wrongUsage
        }
        if arguments.contains("--help") || arguments.contains("-h") {
            Terminal.say(command.help)
            return .done
        }
        do throws(Failure) {
            try await command.run(Arguments(arguments))
            return .done
        } catch {
            Terminal.complain("narrowbridge \(name): \(error.text)")
            return error.status
        }
    }
}
