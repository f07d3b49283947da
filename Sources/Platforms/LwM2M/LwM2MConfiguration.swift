package import AT

/// How a client may be reached (2.1, binding_mode).
package enum LwM2MBinding: Int, Sendable, CaseIterable {
    case udp = 0
    case udpWithQueue = 1
}

/// An identity and its key, for encrypted platforms (2.1, security_mode 0).
package struct LwM2MKey: Equatable, Sendable {
    package var id: String
    package var key: String

    package init(id: String, key: String) {
        self.id = id
        self.key = key
    }
}

/// What QLACONFIG sets and shows (BC260Y-CN R01 note, 2.1).
package struct LwM2MConfiguration: Equatable, Sendable {
    package static let lifetimes = 20...31_536_000

    /// The server is the bootstrap server; shown is then the one that it has assigned, as an ordinary one.
    package var isBootstrap: Bool
    package var host: String
    package var port: Int
    package var endpoint: String
    package var lifetime: Int
    /// Nil: not encrypted.
    package var key: LwM2MKey?
    /// Nil: the module's own. The command has a place for it behind a key only.
    package var binding: LwM2MBinding?

    package init(
        isBootstrap: Bool = false, host: String, port: Int, endpoint: String, lifetime: Int, key: LwM2MKey? = nil,
        binding: LwM2MBinding? = nil
    ) {
        self.isBootstrap = isBootstrap
        self.host = host
        self.port = port
        self.endpoint = endpoint
        self.lifetime = lifetime
        self.key = key
        self.binding = binding
    }

    /// `+QLACONFIG: 0,"221.229.214.202",5683,"866971030603068",300,3,0`, with identity and key behind a 0 instead of 3.
    package init?(_ line: Line) {
        var fields = Fields(line)
        guard let flag = fields.next()?.int, let host = fields.next(), let port = fields.next()?.int,
            let endpoint = fields.next(), let lifetime = fields.next()?.int, let security = fields.next()?.int
        else { return nil }
        isBootstrap = flag == 1
        self.host = host.text
        self.port = port
        self.endpoint = endpoint.text
        self.lifetime = lifetime
        if security == 0 {
            guard let id = fields.next(), let key = fields.next() else { return nil }
            self.key = LwM2MKey(id: id.text, key: key.text)
        }
        binding = fields.next()?.int.flatMap(LwM2MBinding.init)
    }

    /// Whether a module that shows `shown` is registered where this one says. Which bootstrap server has assigned a
    /// server, and with what key, the module does not tell.
    package func isServed(by shown: LwM2MConfiguration) -> Bool {
        guard endpoint == shown.endpoint else { return false }
        return isBootstrap || (host == shown.host && port == shown.port && key == shown.key)
    }

    /// Whether a module that shows `shown` would register as this one says, without being configured again.
    package func isTheSame(as shown: LwM2MConfiguration) -> Bool {
        !isBootstrap && isServed(by: shown) && lifetime == shown.lifetime
            && (binding == nil || key == nil || binding == shown.binding)
    }

    /// What no module would take (2.1); nil if all is well.
    package var fault: PlatformError? {
        func fault(_ text: String) -> PlatformError {
            PlatformError(name: "bad_configuration", text: text, source: .bridge)
        }
        for (name, text, limit) in [
            ("server", host, 150), ("endpoint", endpoint, 150), ("psk_id", key?.id ?? "-", 150),
            ("psk", key?.key ?? "-", 256),
        ] where !(1...limit).contains(text.utf8.count) {
            return fault("the \(name) has \(text.utf8.count) bytes; 1 to \(limit) are expected")
        }
        guard Self.lifetimes.contains(lifetime) else {
            return fault("the lifetime is \(lifetime) s; 20 to 31536000 are expected")
        }
        return nil
    }
}

/// How often a module renews its registration by itself (2.1, lifetime).
package enum LwM2MLifetime {
    /// Of the nearest lifetime that there is.
    package static func renewalInterval(of lifetime: Int) -> Duration {
        let range = LwM2MConfiguration.lifetimes
        let lifetime = min(max(lifetime, range.lowerBound), range.upperBound)
        return switch lifetime {
        case ...30: .milliseconds(lifetime * 500)
        case ...50: .milliseconds(15_000 + (lifetime - 30) * 750)
        case ...100: .milliseconds(30_000 + (lifetime - 50) * 800)
        case ...300: .milliseconds(70_000 + (lifetime - 100) * 900)
        default: .milliseconds(250_000 + (lifetime - 300) * 950)
        }
    }
}
