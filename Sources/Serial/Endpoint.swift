/// Where a module's line is found: a device of this machine, or a serial server (raw bytes over TCP).
package enum Endpoint: Sendable, Hashable, CustomStringConvertible {
    case device(path: String)
    case tcp(host: String, port: Int)

    package var description: String {
        switch self {
        case .device(let path): path
        case .tcp(let host, let port): host.contains(":") ? "tcp://[\(host)]:\(port)" : "tcp://\(host):\(port)"
        }
    }
}
