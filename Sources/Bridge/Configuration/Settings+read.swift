extension MQTTSettings {
    init(_ table: TableReader?, log: FaultLog) {
        clientID = "narrowbridge-\(hostName())"
        guard let table else { return }
        tls = table.table("tls", title: "[mqtt.tls]").map(TLSSettings.init)
        // The port that brokers listen on for either.
        let port = table.integer("port", in: 1...65_535).map { UInt16($0) } ?? (tls == nil ? 1883 : 8883)
        brokers = Self.brokers(table, port: port) ?? [ServerAddress(host: "127.0.0.1", port: port)]
        version = table.choice("version") ?? .auto
        clientID = table.string("client_id", expected: Self.expectedID, where: Self.isClientID) ?? clientID
        username = table.string("username", expected: "a name in quotes") { !$0.isEmpty && $0.hasNoControlCharacters }
        password = table.secret(fileKey: "password_file")
        if password != nil, username == nil {
            // Version 3.1.1 cannot say one without the other.
            log.fault(
                at: table.position(of: "password_file"), found: "'password_file' stands without 'username'",
                expected: "both or none")
        }
        baseTopic = table.string("base_topic", expected: topicPrefixExpected, where: \.isTopicPrefix) ?? baseTopic
        keepalive = table.integer("keepalive", in: 5...65_535, unit: "seconds") ?? keepalive
        table.refuseUnknownKeys()
    }

    private static let expectedID = "1 to 256 bytes without control characters"

    private static func isClientID(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count) && text.hasNoControlCharacters
    }

    private static func brokers(_ table: TableReader, port: UInt16) -> [ServerAddress]? {
        guard let node = table.entry("host")?.node else { return nil }
        let expected = "\"host\" or \"host:port\", or a list of these"
        guard case .array(let elements) = node.value else {
            return address(node, "'host'", expected, port, table.log).map { [$0] }
        }
        if elements.isEmpty {
            table.log.fault(at: node.position, found: "'host' is an empty list", expected: expected)
        }
        return elements.compactMap { address($0, "an element of 'host'", "\"host:port\"", port, table.log) }
    }

    private static func address(
        _ node: TOMLNode, _ title: String, _ expected: String, _ port: UInt16, _ log: FaultLog
    ) -> ServerAddress? {
        if case .string(let text) = node.value, let address = ServerAddress(text, defaultPort: port) { return address }
        log.fault(at: node.position, found: "\(title) is \(node.shown)", expected: expected)
        return nil
    }
}

extension TLSSettings {
    init(_ table: TableReader) {
        caFile = table.file("ca_file")
        let certificate = table.file("cert_file")
        let key = table.file("key_file")
        if let certificate, let key {
            identity = Identity(certificateFile: certificate, keyFile: key)
        } else if certificate != nil, !table.has("key_file") {
            table.log.fault(
                at: table.position(of: "cert_file"), found: "'cert_file' stands without 'key_file'",
                expected: "both or none")
        } else if key != nil, !table.has("cert_file") {
            table.log.fault(
                at: table.position(of: "key_file"), found: "'key_file' stands without 'cert_file'",
                expected: "both or none")
        }
        table.refuseUnknownKeys()
    }
}

extension BridgeSettings {
    /// Nobody guesses it.
    private static let shortestToken = 16

    init(_ table: TableReader) {
        if let path = table.string(
            "state_dir", expected: "a folder", where: { !$0.isEmpty && $0.hasNoControlCharacters })
        {
            stateDirectory = table.log.resolve(path)
        }
        isHTTPChosen = table.has("http")
        http =
            table.parsed("http", expected: "\"host:port\", or \"\" for none") { text -> ServerAddress?? in
                text.isEmpty ? .some(nil) : ServerAddress(text).map { .some($0) }
            } ?? http
        httpToken = table.secret(fileKey: "http_token_file")
        if let httpToken, httpToken.revealed.utf8.count < Self.shortestToken {
            table.log.fault(
                at: table.position(of: "http_token_file"),
                found: "the file of 'http_token_file' holds \(httpToken.revealed.utf8.count) bytes",
                expected: "at least \(Self.shortestToken), such as openssl rand -hex 16 makes")
        }
        httpHosts = table.names("http_hosts") ?? httpHosts
        logLevel = table.choice("log_level") ?? logLevel
        logFormat = table.choice("log_format") ?? logFormat
        table.refuseUnknownKeys()
    }
}

extension TableReader {
    /// Names of hosts, without ports.
    fileprivate func names(_ key: String) -> [String]? {
        optional(key, expected: "a list of host names without ports, such as [\"bridge.example.org\"]") { value in
            guard case .array(let elements) = value else { return nil }
            var names: [String] = []
            for element in elements {
                guard case .string(let name) = element.value, ServerAddress(name, defaultPort: 1)?.host == name else {
                    return nil
                }
                names.append(name.lowercased())
            }
            return names
        }
    }
}

extension HomeAssistantSettings {
    init(_ table: TableReader) {
        enabled = table.boolean("enabled") ?? enabled
        discoveryPrefix =
            table.string("discovery_prefix", expected: topicPrefixExpected, where: \.isTopicPrefix) ?? discoveryPrefix
        table.refuseUnknownKeys()
    }
}

private let topicPrefixExpected = "a topic without + and #, without empty levels, not beginning with $"
