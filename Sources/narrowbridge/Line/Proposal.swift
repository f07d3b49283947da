import Bridge
import Platforms
import Serial

/// What `probe` makes of its finds: comments and a [[module]] entry, all of it TOML.
struct Proposal {
    let text: String

    init(_ identity: Identity, _ endpoint: Endpoint, baud: Int) {
        let choice = PlatformChoice(model: identity.model, revision: identity.revision)
        var lines = [
            "# model     \(identity.model ?? "not told")",
            "# revision  \(identity.revision ?? "not told")",
            "# IMEI      \(identity.imei ?? "not told")",
            "",
            "[[module]]",
            "name = \"meter-\(identity.imei.map { String($0.suffix(4)) } ?? "1")\"",
            "port = \(Self.quoted(Self.lastingName(of: endpoint)))",
        ]
        if case .device = endpoint { lines.append("baud = \(baud)") }
        lines += choice.lines
        text = lines.joined(separator: "\n")
    }

    /// Numbers like ttyUSB0 change with the order of plugging in; a name by id does not.
    private static func lastingName(of endpoint: Endpoint) -> String {
        guard case .device(let path) = endpoint else { return endpoint.description }
        guard let target = PathWatch.target(of: path) else { return path }
        let folder = "/dev/serial/by-id"
        if path.hasPrefix(folder + "/") { return path }
        for name in Folder.names(in: folder) where PathWatch.target(of: "\(folder)/\(name)") == target {
            return "\(folder)/\(name)"
        }
        return path.hasPrefix("/") ? path : target
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

/// The cloud that a module is made for, by its model and revision.
private struct PlatformChoice {
    let lines: [String]

    init(model: String?, revision: String?) {
        let name = (model ?? "") + " " + (revision ?? "")
        if name.contains("BC260Y") {
            let isFirst = revision?.contains("R01") == true
            lines = isFirst ? Self.lwm2m : Self.ctwing
        } else if name.contains("BC28") {
            lines = Self.andlink
        } else if name.contains("BC25") || name.contains("BC32") {
            lines = ["platform = \"none\"  # network status and firmware only; \"ctwing\" if the module is on CTWing"]
        } else {
            lines = ["platform = \"none\"  # the model is not known: network status only"]
        }
    }

    private static let ctwing = [
        "platform = \"ctwing\"",
        "server = \"221.229.214.202:5683\"  # CTWing (AEP); the IoT platform is 180.101.147.115:5683",
    ]

    private static let lwm2m = [
        "platform = \"lwm2m\"  # firmware R01",
        "service = \"ct-aep\"   # or \"ct-iot\", \"cu-dmp\", \"andlink\"",
        "server = \"221.229.214.202:5683\"",
    ]

    private static let andlink = [
        "platform = \"andlink\"",
        "bootstrap_server = \"lwm.home.komect.com:5683\"  # as China Mobile tells you",
    ]
}
