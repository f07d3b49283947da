import Bridge
import Glibc

/// The program: finds the subcommand, and turns what it says into an exit status.
@main
enum Main {
    static func main() {
        occupyStandardDescriptors()
        var arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case nil:
            Terminal.complain(Help.overview)
            ExitStatus.wrongUsage.exit()
        case "help" where arguments.count > 1: run(arguments[1], ["--help"])
        case "--help", "-h", "help":
            Terminal.say(Help.overview)
            ExitStatus.done.exit()
        case "--version":
            Terminal.say("narrowbridge \(Version.text)")
            ExitStatus.done.exit()
        case let name?:
            arguments.removeFirst()
            run(name, arguments)
        }
    }

    /// Who started us may have closed them. The next socket, line or file would get such a number, and with it what is
    /// said to a person.
    private static func occupyStandardDescriptors() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 { unsafe _ = open("/dev/null", O_RDWR) }
    }

    private static func run(_ name: String, _ arguments: [String]) -> Never {
        guard let command = Subcommands.all.first(where: { $0.name == name }) else {
            Terminal.complain("narrowbridge: \(name) is no command; narrowbridge --help lists them")
            ExitStatus.wrongUsage.exit()
        }
        if arguments.contains("--help") || arguments.contains("-h") {
            Terminal.say(command.help)
            ExitStatus.done.exit()
        }
        signal(SIGPIPE, SIG_IGN)
        Signals.block(command.signals)
        Task {
            do throws(Failure) {
                try await command.run(Arguments(arguments))
                ExitStatus.done.exit()
            } catch {
                Terminal.complain("narrowbridge \(name): \(error.text)")
                error.status.exit()
            }
        }
        // Not an async main: that lends the first thread to Dispatch, which waits in it with all signals let through.
        while true { pause() }
    }
}
