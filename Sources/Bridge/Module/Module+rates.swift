import AT
import Modem
import Platforms
import Serial

/// A module that cannot be heard at the configured rate is looked for at the others.
extension Module {
    /// What came of a rate that was tried in vain.
    struct Silence { var failure: PlatformError? }

    /// The line was opened at a rate that is only tried; nil when a module answers.
    func tryRate() async -> Silence? {
        guard let modem, await modem.greet(within: RateSearch.patience) else {
            guard channel?.loss == .unresponsive else {
                rates.startOver()
                let text = channel?.loss?.description ?? "the line was lost"
                return Silence(failure: PlatformError(name: "line_lost", text: text, source: .module))
            }
            // Bytes of another rate mean nothing.
            if rates.rate != settings.baud { memory?.inbox.clear() }
            return Silence(failure: nothingHeard())
        }
        rates.found()
        let (configured, found) = (settings.baud, rates.rate)
        if found != configured {
            services.log.warning(
                name,
                "the module answers at \(found) baud and not at \(configured): enter baud = \(found) in its [[module]]")
            publishEvent(
                "other_baud_rate", [Detail("configured", .number(configured)), Detail("found", .number(found))])
        }
        return nil
    }

    /// The next opening tries the next rate: at once, or after a pause when all have been tried.
    func nothingHeard() -> PlatformError? {
        if rates.nothingHeard() { return nil }
        return PlatformError(
            name: "line_lost", text: "the module does not answer, at \(settings.baud) baud or any other rate",
            source: .module)
    }

    /// Nothing was understood since the line was opened.
    var mayBeAtAnotherRate: Bool {
        settings.endpoint.hasRate && modem?.assumeIsolated { !$0.hasUnderstood } ?? false
    }
}

extension Endpoint {
    /// Behind a serial server the server alone knows it.
    var hasRate: Bool { if case .device = self { true } else { false } }
}

extension PortError {
    var speaksOfTheRate: Bool {
        switch self {
        case .unsupportedBaud, .settingsRefused: true
        default: false
        }
    }
}
