import JSON
import Platforms

/// The commands `firmware/…`.
enum FirmwareOrder: Equatable, Sendable {
    case http(PackageAddress)
    case local
    case file(PackageAddress, name: String?)
    case decide(FirmwareDecision)
    case interrupt

    /// About an update that runs already.
    var concernsRunning: Bool {
        switch self {
        case .decide, .interrupt: true
        case .http, .local, .file: false
        }
    }

    var method: Firmware.Method {
        switch self {
        case .http: .http
        case .local: .local
        case .file: .file
        case .decide, .interrupt: .platform
        }
    }

    /// `name` without the `firmware/` in front.
    init(_ name: String, _ payload: JSONValue?) throws(Rejection) {
        switch name {
        case "http": self = .http(try Self.address(payload))
        case "local": self = .local
        case "file":
            let address = try Self.address(payload)
            let name = try Self.fileName(payload)
            guard name != nil || !address.hasLongName else {
                throw Rejection(
                    "bad_name",
                    "the url ends in a name of more than \(PackageAddress.longestFileName) bytes; a shorter \"name\" is expected"
                )
            }
            self = .file(address, name: name)
        case "decide": self = .decide(try Self.decision(payload))
        case "interrupt": self = .interrupt
        default:
            throw Rejection(
                "unknown_command", "firmware/\(name) is not known; known are http, local, file, decide and interrupt")
        }
    }

    private static func address(_ payload: JSONValue?) throws(Rejection) -> PackageAddress {
        guard let text = payload?["url"]?.string else {
            throw Rejection("no_url", "{\"url\":\"http://…\"} is expected")
        }
        do throws(PackageAddress.Fault) {
            return try PackageAddress(text)
        } catch {
            throw Rejection("bad_url", "\(error)")
        }
    }

    private static func fileName(_ payload: JSONValue?) throws(Rejection) -> String? {
        guard let value = payload?["name"], !value.isNull else { return nil }
        guard let name = value.string, PackageAddress.isFileName(name) else {
            throw Rejection(
                "bad_name",
                "name is to be 1 to \(PackageAddress.longestFileName) printable characters without blanks, quotes, commas and any of \\/:*?<>|"
            )
        }
        return name
    }

    private static func decision(_ payload: JSONValue?) throws(Rejection) -> FirmwareDecision {
        let known = FirmwareDecision.allCases.map(\.rawValue).joined(separator: ", ")
        guard let text = payload?["action"]?.string, let decision = FirmwareDecision(rawValue: text) else {
            throw Rejection("bad_action", "{\"action\":…} is expected, with one of \(known)")
        }
        return decision
    }
}
