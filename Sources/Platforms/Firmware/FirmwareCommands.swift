package import AT

/// The commands of an update that is started from here (BC25 and BC32 note).
package enum FirmwareCommand {
    /// The package from a server, installed at once.
    package static func fromServer(_ address: PackageAddress) -> Command {
        Command("AT+QFOTADL=\"\(address)\"", timeLimit: .seconds(30))
    }

    /// The package that is in the module's own files as `fota.pack`.
    package static let fromFiles = Command("AT+QFOTADL=1", timeLimit: .seconds(30))

    /// A file for the device behind the module, which keeps it.
    package static func file(_ address: PackageAddress, name: String?) -> Command {
        let suffix = name.map { ",\"\($0)\"" } ?? ""
        return Command("AT+QFOTADL=2,\"\(address)\"\(suffix)", timeLimit: .seconds(30))
    }

    package static let packageName = "fota.pack"
    package static let files = Command("AT+QFLST", answer: .prefixed("+QFLST"))

    /// What keeps a module from sleeping in the midst of it (3.4.5).
    package static let sleepOff = [Command("AT+QSCLK=0"), Command("AT+CPSMS=0"), Command("AT+CEDRXS=0")]

    package static let operatorName = Command("AT+COPS?", answer: .prefixed("+COPS"), timeLimit: .seconds(30))
    package static let contexts = Command("AT+CGDCONT?", answer: .prefixed("+CGDCONT"))
    package static let internetContext = Command("AT+CGDCONT=1,\"IP\"")
    package static let activate = Command("AT+CGACT=1,1", timeLimit: .seconds(150))

    /// `+QFLST: "fota.pack",20135`: name and size.
    package static func readFile(_ line: Line) -> (name: String, size: Int)? {
        let fields = Fields(line)
        guard let name = fields[0]?.text, let size = fields[1]?.int else { return nil }
        return (name, size)
    }

    /// `+CGDCONT: 1,"IP","","100.68.194.234",0,0`: an address means that the context is active.
    package static func hasContext(_ lines: [Line]) -> Bool {
        lines.contains { line in
            let fields = Fields(line)
            return fields[0]?.int == 1 && ![nil, "", "0.0.0.0"].contains(fields[3]?.text)
        }
    }

    /// `+COPS: 0,2,"46011",9`: access technology 0 is GSM, where a context must be activated by hand (2.1).
    package static func isGSM(_ line: Line?) -> Bool {
        guard let line else { return false }
        return Fields(line)[3]?.int == 0
    }
}
