package import AT

/// Settings of a module that let it become unreachable, and that it keeps over restarts.
package enum PowerSaving: CaseIterable, Sendable {
    case powerSavingMode
    case discontinuousReception

    /// Under which the commands are kept that put them back.
    package static let key = "power_saving"

    package var query: Command {
        switch self {
        case .powerSavingMode: Command("AT+CPSMS?", answer: .prefixed("+CPSMS"))
        case .discontinuousReception: Command("AT+CEDRXS?", answer: .prefixed("+CEDRXS"))
        }
    }

    /// The command that sets again what the query's answer shows; nil if the setting is off.
    package func restoring(_ line: Line) -> String? {
        let fields = Fields(line)
        switch self {
        case .powerSavingMode:
            // `+CPSMS: 1,,,"01000011","00000100"`
            guard fields[0]?.int == 1 else { return nil }
            let timers = [fields[3], fields[4]].map { $0.map { "\"\($0.text)\"" } ?? "" }
            return "AT+CPSMS=1,,,\(timers[0]),\(timers[1])"
        case .discontinuousReception:
            // `+CEDRXS: 5,"0101"`: the access technology, 0 if there is none, and the value; with the mode in front in
            // some builds.
            func isValue(_ text: String?) -> Bool {
                text.map { $0.count == 4 && $0.allSatisfy { $0 == "0" || $0 == "1" } } ?? false
            }
            let place = isValue(fields[1]?.text) ? 1 : 2
            guard let technology = fields[place - 1]?.int, technology > 0, let value = fields[place]?.text,
                isValue(value), place == 1 || [1, 2].contains(fields[0]?.int)
            else { return nil }
            return "AT+CEDRXS=1,\(technology),\"\(value)\""
        }
    }
}
