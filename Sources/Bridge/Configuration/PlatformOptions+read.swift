import Platforms

extension PlatformOptions {
    static func read(_ table: TableReader, platform: Platform) -> PlatformOptions {
        switch platform {
        case .ctwing: .ctwing(CTWingOptions(receive: table.choice("receive") ?? .push))
        case .lwm2m: .lwm2m(LwM2MOptions(table))
        case .onenet: .onenet(OneNETOptions(table))
        case .andlink: .andlink(AndlinkOptions(table))
        case .none: .none
        }
    }

    /// The keys that not every platform has.
    private static let owners: [String: [Platform]] = [
        "receive": [.ctwing],
        "service": [.lwm2m],
        "endpoint": [.lwm2m],
        "bootstrap": [.lwm2m, .onenet],
        "object": [.lwm2m, .onenet],
        "data_up": [.lwm2m, .onenet],
        "data_down": [.lwm2m, .onenet, .andlink],
        "device_type": [.lwm2m, .andlink],
        "retransmit": [.lwm2m],
        "binding": [.lwm2m],
        "dtls_mode": [.lwm2m],
        "dtls_version": [.lwm2m],
        "bootstrap_server": [.andlink],
        "firmware_mode": [.andlink],
        "psk": [.ctwing, .lwm2m, .andlink],
        "psk_file": [.ctwing, .lwm2m, .andlink],
        "psk_id": [.lwm2m, .andlink],
    ]

    fileprivate static func owners(of key: String) -> String? {
        owners[key].map { $0.map { "'\($0.rawValue)'" }.joined(separator: " or ") }
    }
}

extension TableReader {
    /// Nil: any platform may have been meant.
    func refuseUnknownKeys(of platform: Platform?) {
        if platform == nil { _ = entry("server") }
        refuseUnknownKeys { key in
            guard let owners = PlatformOptions.owners(of: key) else { return .unknown }
            guard let platform else { return .accepted }
            return .fault(
                found: "'\(key)' does not belong to the platform '\(platform.rawValue)'",
                expected: "it with \(owners) only")
        }
    }
}

extension LwM2MOptions {
    init(_ table: TableReader) {
        service = table.choice("service") ?? service
        endpoint = table.plainText("endpoint", limit: 150)
        bootstrap = table.boolean("bootstrap") ?? bootstrap
        let own = ReadObject.all(in: table)
        objects = own.map(\.object)
        dataUp = table.dataPath("data_up", among: objects) ?? dataUp
        dataDown = table.dataPath("data_down", among: objects) ?? dataDown
        deviceType = table.plainText("device_type", limit: 150)
        retransmission = table.table("retransmit", title: "retransmit").map(LwM2MRetransmission.init)
        binding = table.choice("binding")
        handshake = table.choice("dtls_mode")
        dtlsVersion = table.choice("dtls_version")
        checkLimits(own)
        checkChannel(table)
        for read in own { read.checkValues { LwM2MSession.fault(of: [$0])?.text } }
    }
}

extension LwM2MRetransmission {
    /// S3:417.
    fileprivate init(_ table: TableReader) {
        self = .standard
        timeout = table.integer("timeout", in: 2...20, unit: "seconds") ?? timeout
        times = table.integer("times", in: 0...8) ?? times
        table.refuseUnknownKeys()
    }
}

extension OneNETOptions {
    init(_ table: TableReader) {
        bootstrap = table.boolean("bootstrap") ?? bootstrap
        let own = ReadObject.all(in: table)
        objects = own.map(\.object)
        for read in own { read.checkValues { OneNETLimit.fault(ofAnswer: [$0])?.text } }
        dataUp = table.dataPath("data_up", among: objects)
        dataDown = table.dataPath("data_down", among: objects)
    }
}

extension AndlinkOptions {
    init(_ table: TableReader) {
        bootstrapServer = table.parsed("bootstrap_server", expected: serverExpected) {
            ServerAddress($0, defaultPort: 5683)
        }
        deviceType = table.plainText("device_type", limit: 150)
        firmwareMode = table.choice("firmware_mode") ?? firmwareMode
        dataDown = table.dataPath("data_down", among: []) ?? dataDown
    }
}

extension TableReader {
    /// A path may name an object that is not described; in one that is, it must name one of its resources.
    fileprivate func dataPath(_ key: String, among objects: [ObjectDescription]) -> ResourcePath? {
        let expected = "\"object/instance/resource\", e.g. \"19/0/0\""
        guard let path = parsed(key, expected: expected, ResourcePath.init) else { return nil }
        guard let object = objects.first(where: { $0.id == path.object && $0.instance == path.instance }) else {
            return path
        }
        let resource = object.resources.first { $0.id == path.resource }
        if resource == nil || resource?.kind == .executable {
            let what = resource == nil ? "that the object does not have" : "that is executable"
            let ids = object.resources.filter { $0.kind != .executable }.map { String($0.id) }
            log.fault(
                at: position(of: key), found: "'\(key)' is \"\(path)\", a resource \(what)",
                expected: "one of its resources: \(ids.joined(separator: ", "))")
        }
        return path
    }
}
