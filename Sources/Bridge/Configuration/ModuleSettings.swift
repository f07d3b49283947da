/// One `[[module]]`: a module, its line and its cloud.
package struct ModuleSettings: Sendable, Equatable {
    package enum Power: String, Sendable, CaseIterable {
        case alwaysOn = "always-on"
        case deepSleep = "deep-sleep"
    }

    package enum QueueFull: String, Sendable, CaseIterable {
        case reject
        case dropOldest = "drop-oldest"
    }

    package var name: String
    package var port: ModulePort
    package var options: PlatformOptions
    package var baud = 115_200
    /// The platform's server, or its bootstrap server where the options say so. Nil where the platform does without.
    package var server: ServerAddress?
    /// Seconds.
    package var lifetime = 86_400
    package var power = Power.alwaysOn
    package var confirm = false
    package var attempts = 3
    package var rai = 0
    package var queueLimit = 10_000
    package var queueFull = QueueFull.reject
    /// Seconds.
    package var ttl = 86_400
    package var psk: Secret?
    /// Nil beside a key: the platform takes the IMEI.
    package var pskID: String?
    package var allowAT = false

    package var platform: Platform { options.platform }

    package init(name: String, port: ModulePort, options: PlatformOptions, server: ServerAddress? = nil) {
        self.name = name
        self.port = port
        self.options = options
        self.server = server
    }
}

/// Where a module's line is: a serial device of this machine, or one that a server passes on byte by byte.
package enum ModulePort: Sendable, Hashable, CustomStringConvertible {
    case device(path: String)
    case tcp(host: String, port: UInt16)

    package init?(_ text: String) {
        let scheme = "tcp://"
        if text.hasPrefix(scheme) {
            guard let address = ServerAddress(String(text.dropFirst(scheme.count))) else { return nil }
            self = .tcp(host: address.host, port: address.port)
        } else {
            guard text.utf8.first == UInt8(ascii: "/"), text.utf8.count > 1, text.hasNoControlCharacters else {
                return nil
            }
            self = .device(path: text)
        }
    }

    /// The same for all spellings of one port.
    var plainest: ModulePort {
        switch self {
        case .device(let path):
            .device(path: path.split(separator: "/").filter { $0 != "." }.map { "/" + $0 }.joined())
        case .tcp(let host, let port): .tcp(host: host.lowercased(), port: port)
        }
    }

    package var description: String {
        switch self {
        case .device(let path): path
        case .tcp(let host, let port): "tcp://\(ServerAddress(host: host, port: port))"
        }
    }
}
