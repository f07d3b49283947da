import Platforms
import Reactor
import Serial

enum Probe: Subcommand {
    static let name = "probe"
    static let summary = "finds a module's baud rate and identity, and proposes its configuration"
    static let help = """
        usage: narrowbridge probe PORT [--baud N]

        Tries one baud rate after the other (that of --baud first) until a module answers, and prints what it finds and
        a [[module]] entry for bridge.conf. All that is printed on standard output is TOML, so it can be appended to the
        file. \(PortArgument.help)

        Exit status 0 if a module was found, 69 if the port is not there or nothing answers.
        """

    /// The usual ones first.
    private static let bauds = [9600, 115_200, 57_600, 460_800, 4800, 19_200, 38_400, 230_400, 921_600]
    /// Two attempts; a module that sleeps loses the first.
    private static let patience = Duration.milliseconds(2500)

    static func run(_ arguments: Arguments) async throws(Failure) {
        var arguments = arguments
        let first = try arguments.number("--baud", in: 1200...921_600)
        let endpoint = try PortArgument.take(&arguments)
        try arguments.end()
        let reactor = Reactor(name: "line")
        for baud in candidates(endpoint, first: first) {
            let line = ModuleLine(baud: 0, slack: .milliseconds(300), on: reactor) { _ in }
            do throws(PortError) {
                try await line.open(endpoint, baud: baud)
            } catch {
                // One rate that a driver does not know does not speak against the others.
                guard case .settingsRefused = error else { throw Failure(error) }
                tell(endpoint, baud, "the driver does not take this rate")
                continue
            }
            let answers = await line.answers(within: patience)
            tell(endpoint, baud, answers ? "a module answers" : "no answer")
            if answers {
                Terminal.say(Proposal(await identity(line), endpoint, baud: baud).text)
                await line.close()
                return
            }
            await line.close()
        }
        throw Failure(.unavailable, nothing(on: endpoint, first: first))
    }

    private static func candidates(_ endpoint: Endpoint, first: Int?) -> [Int] {
        switch endpoint {
        // The serial server alone sets the rate.
        case .tcp: [first ?? 115_200]
        case .device: (first.map { [$0] } ?? []) + bauds.filter { $0 != first }
        }
    }

    private static func tell(_ endpoint: Endpoint, _ baud: Int, _ result: String) {
        switch endpoint {
        case .tcp: Terminal.complain("\(endpoint): \(result)")
        case .device: Terminal.complain("\(endpoint): \(baud) baud: \(result)")
        }
    }

    private static func identity(_ line: ModuleLine) async -> Identity {
        var identity = Identity()
        if let lines = await line.ask(Inquiry.product) { Inquiry.readProduct(lines, into: &identity) }
        if let lines = await line.ask(Inquiry.revision), let revision = Inquiry.readRevision(lines) {
            identity.revision = revision
        }
        identity.imei = Inquiry.readDigits(await line.ask(Inquiry.imei)?.first)
        return identity
    }

    private static func nothing(on endpoint: Endpoint, first: Int?) -> String {
        let tried =
            switch endpoint {
            case .tcp: "with AT; the serial server sets the baud rate, which may be the wrong one"
            case .device:
                "with AT at " + candidates(endpoint, first: first).map(String.init).joined(separator: ", ")
                    + " baud"
            }
        return """
            nothing answers on \(endpoint)
            Tried \(tried).
            Check that the module has power, that TX and RX are not swapped, and that no other program uses the line.
            """
    }
}
