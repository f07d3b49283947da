/// Where a broker listens.
package struct BrokerAddress: Sendable, Hashable, CustomStringConvertible {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// A version of MQTT as it is spoken on the wire.
package enum SpokenVersion: Sendable, Hashable, CustomStringConvertible {
    case v5
    case v311

    package var description: String {
        switch self {
        case .v5: "5"
        case .v311: "3.1.1"
        }
    }
}

/// Which version to speak: one, or 5 with 3.1.1 for the brokers that refuse it.
package enum ProtocolVersion: Sendable, Hashable {
    case automatic
    case v5
    case v311
}

/// Paths of PEM files. A client certificate needs both its certificate and its key.
package struct TLSConfiguration: Sendable, Hashable {
    package var caFile: String
    package var certFile: String?
    package var keyFile: String?

    package init(caFile: String, certFile: String? = nil, keyFile: String? = nil) {
        self.caFile = caFile
        self.certFile = certFile
        self.keyFile = keyFile
    }
}

/// All that a client needs to know to reach its broker and to stay in its session.
package struct MQTTConfiguration: Sendable {
    /// Tried in turn.
    package var brokers: [BrokerAddress]
    package var version: ProtocolVersion
    package var clientID: String
    package var username: String?
    package var password: Password?
    /// At least 5 s. The loss of a silent broker is noticed after one and a half of it.
    package var keepAlive: Duration
    package var tls: TLSConfiguration?
    package var will: OutboundMessage?
    /// QoS 1.
    package var subscriptions: [String]
    /// False for somebody who only looks: the broker keeps nothing for a client that is away.
    package var keepsSession = true
    /// What a broker of version 5 is asked to stay below: it drops the rest, and nobody learns of it. So it is far more
    /// than can be of use, and what is too long for a module gets its answer here.
    package var maximumPacketSize = 16 << 20

    package init(
        brokers: [BrokerAddress], version: ProtocolVersion = .automatic, clientID: String, username: String? = nil,
        password: String? = nil, keepAlive: Duration = .seconds(60), tls: TLSConfiguration? = nil,
        will: OutboundMessage? = nil, subscriptions: [String] = []
    ) {
        precondition(!brokers.isEmpty, "a client needs a broker")
        self.brokers = brokers
        self.version = version
        self.clientID = clientID
        self.username = username
        self.password = password.map(Password.init)
        self.keepAlive = keepAlive
        self.tls = tls
        self.will = will
        self.subscriptions = subscriptions
    }
}

/// A secret that no description, interpolation or dump shows.
package struct Password: Sendable, CustomStringConvertible, CustomReflectable {
    let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
