import AT
import Bridge
import Glibc
import Reactor

enum At: Subcommand {
    static let name = "at"
    static let summary = "sends AT commands by hand"
    static let help = """
        usage: narrowbridge at PORT [COMMAND…] [--baud N]

        Sends each COMMAND and prints its answer. Without COMMAND it asks for commands until Ctrl-D, and shows what the
        module reports meanwhile. \(PortArgument.help)
        The baud rate is 115200 if --baud does not say otherwise. A bridge that runs holds its ports: stop it first, or
        use its command "at" over MQTT.

        Exit status 0 if every answer was OK, 1 if one was not, 69 if the port is not there or nothing answers.
        """

    /// How long a module may take to answer its first AT, a sleeping one included.
    static let patience = Duration.seconds(8)

    static func run(_ arguments: Arguments) async throws(Failure) {
        var arguments = arguments
        let baud = try arguments.number("--baud", in: 300...4_000_000) ?? 115_200
        let endpoint = try PortArgument.take(&arguments)
        let commands = try arguments.rest().map { text throws(Failure) in try command(text) }
        let screen = Screen()
        let (events, told) = AsyncStream.makeStream(of: Dialog.Event.self)
        let line = ModuleLine(baud: baud, on: Reactor(name: "line")) { notice in
            switch notice {
            case .line(let text): screen.say(text)
            case .remark(let text): screen.remark(text)
            case .lost(let reason): told.yield(.lost(reason))
            }
        }
        do { try await line.open(endpoint, baud: baud) } catch { throw Failure(error) }
        guard await line.answers(within: patience) else {
            throw Failure(
                .unavailable,
                "nothing answers on \(endpoint) at \(baud) baud; narrowbridge probe \(endpoint) tries other rates")
        }
        if commands.isEmpty {
            try await Dialog(line: line, screen: screen).run(events, told)
        } else {
            try await perform(commands, on: line, screen)
        }
        await line.close()
    }

    private static func perform(_ commands: [Command], on line: ModuleLine, _ screen: Screen) async throws(Failure) {
        var refused = 0
        for command in commands {
            // With several, each answer shows what it answers.
            if commands.count > 1 { screen.say(command.description) }
            if try await !perform(command, on: line, screen) { refused += 1 }
        }
        if refused > 0 {
            throw Failure(.failed, commands.count == 1 ? "the command was refused" : refusals(refused))
        }
    }

    static func refusals(_ count: Int) -> String {
        count == 1 ? "1 command was refused" : "\(count) commands were refused"
    }

    /// Prints the answer; false if it was a refusal.
    static func perform(_ command: Command, on line: ModuleLine, _ screen: Screen) async throws(Failure) -> Bool {
        do throws(CommandFailure) {
            let response = try await line.perform(command)
            for line in response.lines { screen.say(line.text) }
            screen.say("\(response.final)")
            return !response.final.isError
        } catch {
            switch error {
            case .refused(let code): screen.say(code.map { "ERROR \($0)" } ?? "ERROR")
            case .lost(.reset): return true
            case .timedOut, .unprompted: throw Failure(.unavailable, "no answer to \(command) in \(command.timeLimit)")
            case .lost(let loss): throw Failure(.unavailable, "\(loss)")
            }
            return false
        }
    }

    /// A person's command, if it is one: a line that begins with AT.
    static func command(_ text: String) throws(Failure) -> Command {
        guard text.utf8.count <= 4096, text.utf8.prefix(2).elementsEqual("AT".utf8, by: { $0 & 0xDF == $1 }),
            text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
        else { throw Failure(.wrongUsage, "\"\(text)\" is no AT command: it begins with AT and is one line of ASCII") }
        return RawCommand.make(text)
    }
}
