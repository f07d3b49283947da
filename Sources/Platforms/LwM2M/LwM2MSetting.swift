package import AT

/// How a message that must be acknowledged is repeated (2.2).
package struct LwM2MRetransmission: Equatable, Sendable {
    /// 2 to 20 s until the first repetition; twice as long until each further one.
    package var timeout: Int
    /// 0 to 8.
    package var times: Int

    package static let standard = LwM2MRetransmission(timeout: 4, times: 4)

    package init(timeout: Int, times: Int) {
        self.timeout = timeout
        self.times = times
    }

    /// When the module gives up.
    package var limit: Duration {
        .seconds(min(max(timeout, 2), 20) * (1 << (min(max(times, 0), 8) + 1) - 1))
    }
}

/// One of the seven settings of QLACFG (BC260Y-CN R01 note, 2.2).
package enum LwM2MSetting: Equatable, Sendable {
    case retransmission(LwM2MRetransmission)
    /// The module answers observations by itself, without a value.
    case acknowledgesObservations(Bool)
    case platform(Int)
    /// What the module says of itself, like 3/0/17.
    case resource(ResourcePath, String)
    /// The module renews its registration by itself.
    case renewsRegistration(Bool)
    /// 0 full handshake, 1 resumption, after deep sleep.
    case dtlsMode(Int)
    /// 0 DTLS 1.0, 1 DTLS 1.2, 2 as the server likes.
    case dtlsVersion(Int)

    package static let names = [
        "retransmit", "auto_ack", "platform", "cfg_res", "lifetime_enable", "dtls_mode", "dtls_version",
    ]

    package var name: String {
        switch self {
        case .retransmission: "retransmit"
        case .acknowledgesObservations: "auto_ack"
        case .platform: "platform"
        case .resource: "cfg_res"
        case .renewsRegistration: "lifetime_enable"
        case .dtlsMode: "dtls_mode"
        case .dtlsVersion: "dtls_version"
        }
    }

    /// Whether it may be set while a registration goes on, without harm to it.
    package var maySetWhileRegistered: Bool {
        switch self {
        case .retransmission, .acknowledgesObservations, .renewsRegistration: true
        case .platform, .resource, .dtlsMode, .dtlsVersion: false
        }
    }

    /// Only a module that is not registered takes it.
    package var isHandshake: Bool {
        switch self {
        case .dtlsMode, .dtlsVersion: true
        default: false
        }
    }

    /// `+QLACFG: "retransmit",4,5`; nil for what is not known.
    package init?(_ line: Line) {
        let fields = Fields(line)
        func flag() -> Bool? { fields[1]?.int.map { $0 == 1 } }
        var setting: LwM2MSetting?
        switch fields[0]?.text {
        case "retransmit":
            if let timeout = fields[1]?.int, let times = fields[2]?.int {
                setting = .retransmission(LwM2MRetransmission(timeout: timeout, times: times))
            }
        case "auto_ack": setting = flag().map(Self.acknowledgesObservations)
        case "platform": setting = fields[1]?.int.map(Self.platform)
        case "cfg_res":
            let path = ObjectPath(object: fields[1]?.int, instance: fields[2]?.int, resource: fields[3]?.int)
            if let path = path?.single, let value = fields[4]?.text { setting = .resource(path, value) }
        case "lifetime_enable": setting = flag().map(Self.renewsRegistration)
        case "dtls_mode": setting = fields[1]?.int.map(Self.dtlsMode)
        case "dtls_version": setting = fields[1]?.int.map(Self.dtlsVersion)
        default: break
        }
        guard let setting else { return nil }
        self = setting
    }

    func arguments() throws(Quoted.Refusal) -> String {
        switch self {
        case .retransmission(let retransmission): "\(retransmission.timeout),\(retransmission.times)"
        case .acknowledgesObservations(let flag), .renewsRegistration(let flag): flag ? "1" : "0"
        case .platform(let number), .dtlsMode(let number), .dtlsVersion(let number): "\(number)"
        case .resource(let path, let value):
            "\(path.object),\(path.instance),\(path.resource),\(try Quoted.encode(value))"
        }
    }
}
