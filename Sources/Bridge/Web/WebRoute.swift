import HTTP

/// What a request is for.
enum WebRoute: Equatable, Sendable {
    case health, readiness, metrics, page, style, script, actions, icon, events
    case uplink(module: String)
    case command(module: String, name: String)
    case notFound
    /// The path is known, but not with this method.
    case notAllowed(allowed: String)

    init(_ request: HTTPRequest) {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        let read = ["GET", "HEAD"]
        let (route, methods): (WebRoute, [String]) =
            switch parts {
            case [""]: (.page, read)
            case ["healthz"]: (.health, read)
            case ["readyz"]: (.readiness, read)
            case ["metrics"]: (.metrics, read)
            case ["page.css"]: (.style, read)
            case ["page.js"]: (.script, read)
            case ["actions.js"]: (.actions, read)
            case ["icon.svg"]: (.icon, read)
            case ["events"]: (.events, ["GET"])
            case _ where parts.count == 3 && parts[0] == "modules" && parts[2] == "up":
                (.uplink(module: parts[1]), ["POST"])
            case _ where parts.count >= 4 && parts[0] == "modules" && parts[2] == "command":
                (.command(module: parts[1], name: parts[3...].joined(separator: "/")), ["POST"])
            default: (.notFound, [])
            }
        if route == .notFound || methods.contains(request.method) {
            self = route
        } else {
            self = .notAllowed(allowed: methods.joined(separator: ", "))
        }
    }

    /// Asked for by machines of all kinds, and without any content.
    var isProbe: Bool { self == .health || self == .readiness }
}
