import AT
import Platforms
import Serial

/// What a module's configuration means in terms of lines and sessions.
extension ModuleSettings {
    var endpoint: Endpoint {
        switch port {
        case .device(let path): .device(path: path)
        case .tcp(let host, let port): .tcp(host: host, port: Int(port))
        }
    }

    var restartCommand: Command { platform == .andlink ? Inquiry.restartNeul : Inquiry.restart }

    var hasCloud: Bool { platform != .none }

    var reportCatalog: ReportCatalog {
        switch options {
        case .ctwing: .ctwing
        case .lwm2m, .onenet, .andlink, .none: .common
        }
    }

    func makeSession(channel: any CommandChannel, resources: ResourceModel) -> (any PlatformSession)? {
        guard case .ctwing(let ctwing) = options, let server else { return nil }
        return CTWingSession(
            options: .init(
                host: server.host, port: Int(server.port), psk: psk?.revealed, lifetime: lifetime,
                receiveMode: ctwing.receive == .push ? .push : .buffered),
            channel: channel)
    }
}

extension ReportCatalog {
    /// One for all modules.
    fileprivate static let ctwing = common.adding(CTWingSession.reports)
}

extension Platform {
    /// Whether this version can speak to that cloud; `check` and `run` refuse the others.
    package var isSpoken: Bool {
        switch self {
        case .ctwing, .none: true
        case .lwm2m, .onenet, .andlink: false
        }
    }
}
