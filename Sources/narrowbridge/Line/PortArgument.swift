import Bridge
import Serial

/// The word PORT of the command line.
enum PortArgument {
    static let help = "PORT is the path of a serial device, or tcp://host:port of a server that passes one on raw."

    static func take(_ arguments: inout Arguments) throws(Failure) -> Endpoint {
        guard let text = try arguments.word() else { throw Failure(.wrongUsage, "PORT is missing; see --help") }
        guard text.hasPrefix("tcp://") else { return .device(path: text) }
        guard case .tcp(let host, let port) = ModulePort(text) else {
            throw Failure(.wrongUsage, "\(text) is no port; tcp://host:port is expected")
        }
        return .tcp(host: host, port: Int(port))
    }
}

extension Failure {
    init(_ error: PortError) {
        let status: ExitStatus = if case .unsupportedBaud = error { .wrongUsage } else { .unavailable }
        self.init(status, "\(error)")
    }
}
