package import MQTT

extension MQTTSettings {
    /// Debian's bundle of authorities; without a file of its own a bridge trusts what its system trusts.
    private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    package func client(will: OutboundMessage? = nil, subscriptions: [String]) -> MQTTConfiguration {
        MQTTConfiguration(
            brokers: brokers.map { BrokerAddress(host: $0.host, port: Int($0.port)) },
            version: version.spoken, clientID: clientID, username: username,
            password: password?.revealed, keepAlive: .seconds(keepalive),
            tls: tls.map {
                TLSConfiguration(
                    caFile: $0.caFile ?? Self.systemAuthorities, certFile: $0.identity?.certificateFile,
                    keyFile: $0.identity?.keyFile)
            },
            will: will, subscriptions: subscriptions)
    }
}

extension MQTTSettings.Version {
    var spoken: ProtocolVersion {
        switch self {
        case .auto: .automatic
        case .v5: .v5
        case .v311: .v311
        }
    }
}
