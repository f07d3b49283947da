package import AT

/// A server that the module knows (3.1).
package struct AndlinkServer: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case bootstrap = "BS"
        case lwm2m = "LWM2M"
    }

    package static let defaultPort = 5683

    package var kind: Kind
    package var host: String
    package var port: Int

    package init(_ kind: Kind, host: String, port: Int = defaultPort) {
        self.kind = kind
        self.host = host
        self.port = port
    }

    /// `BS,180.101.147.115,5683`, also with quotes or behind the command's name.
    package init?(_ line: Line) {
        var fields = line.hasPrefix("+") ? Fields(line) : Fields(bare: line)
        guard let kind = fields.next().flatMap({ Kind(rawValue: $0.text) }), let host = fields.next()?.text,
            !host.isEmpty
        else { return nil }
        self.init(kind, host: host, port: fields.next()?.int ?? Self.defaultPort)
    }

    func isAt(_ other: AndlinkServer) -> Bool { host == other.host && port == other.port }
}

/// What DTLS needs (3.3): both sides know the key by the module's IMEI.
package struct AndlinkKey: Sendable, Equatable {
    /// 15 digits, or 0 for the IMEI.
    package let id: String
    package let secret: String

    /// Nil where the id or the key does not fit; nothing else can get into a command then.
    package init?(id: String, secret: String) {
        let digits = Array(id.utf8)
        guard id == "0" || Digits.all(digits, count: 15), secret.utf8.count == 32, Hex.decode(secret) != nil else {
            return nil
        }
        self.id = id
        self.secret = secret
    }

    /// Whether what the module shows may be this key. It masks the secret, so only a module that does not can tell.
    func mayBeShown(in line: Line, imei: String?) -> Bool {
        let fields = Fields(line)
        guard let shownID = fields[0]?.text else { return false }
        let ids = id == imei || id == "0" ? [id, "0", imei] : [id]
        guard ids.contains(shownID), let shown = fields[1], !shown.isEmpty else { return false }
        guard shown.bytes.count == 32, let bytes = shown.hex else { return true }
        return bytes == Hex.decode(secret)
    }
}

/// What QLASTATUS answers (3.10): fourteen names, and whatever a later firmware may add.
package enum AndlinkStatus: Equatable, Sendable {
    case known(Registration)
    case other(String)

    private static let names: [String: Registration] = [
        "UNINITIALISED": .uninitialised,
        "MISSING_CONFIG": .missingConfiguration,
        "INIITIALISING": .initialising,
        "INIITIALISED": .initialised,
        "INIT_FAILED": .initialisationFailed,
        "REGISTERING": .registering,
        "REGISTERED": .registered,
        "DEREGISTERED": .deregistered,
        "MO_DATA_ENABLED": .dataEnabled,
        "NO_UE_IP": .noAddress,
        "REJECTED_BY_SERVER": .rejected,
        "TIMEOUT_AND_RETRYING": .timeoutAndRetrying,
        "REG_FAILED": .registrationFailed,
        "DEREG_FAILED": .deregistrationFailed,
        // As one would spell them.
        "INITIALISING": .initialising,
        "INITIALISED": .initialised,
    ]

    package init(_ line: Line) {
        let name = Fields(line)[0]?.text ?? ""
        self = Self.names[name].map(AndlinkStatus.known) ?? .other(name)
    }
}

extension UplinkStatus {
    /// As an event of +QLADATASTATUS or +QLAULDATASTATUS (4.4).
    package var andlinkName: String {
        switch self {
        case .notSent: "uplink_not_sent"
        case .awaitingResponse: "uplink_awaits_response"
        case .failed: "uplink_failed"
        case .timedOut: "uplink_timed_out"
        case .delivered: "uplink_acknowledged"
        case .reset: "uplink_reset_by_platform"
        case .other(let code): "uplink_status_\(code)"
        }
    }

    /// Whether the uplink has come to an end, good or bad.
    package var isFinal: Bool {
        switch self {
        case .failed, .timedOut, .delivered, .reset: true
        case .notSent, .awaitingResponse, .other: false
        }
    }
}

/// What QLADTLSSTAT answers and +QLADTLSSTAT reports (3.12).
package enum AndlinkEncryptionState: Equatable, Sendable {
    case established
    case notStarted
    case negotiating
    case failed
    case other(Int)

    package init(_ code: Int) {
        switch code {
        case 0: self = .established
        case 1: self = .notStarted
        case 2: self = .negotiating
        case 3: self = .failed
        default: self = .other(code)
        }
    }

    package var name: String {
        switch self {
        case .established: "dtls_established"
        case .notStarted: "dtls_not_started"
        case .negotiating: "dtls_negotiating"
        case .failed: "dtls_failed"
        case .other(let code): "dtls_state_\(code)"
        }
    }
}

/// The values of +QLAEVTIND (4.3, and 3.8 for number 3).
package enum AndlinkEvent: Equatable, Sendable {
    case registered
    case deregistered
    case updated
    case observed
    case bootstrapped
    case firmwareObserved
    case firmwareOffered
    case firmwareDownloaded
    case other(Int)

    package init(_ code: Int) {
        switch code {
        case 0: self = .registered
        case 1: self = .deregistered
        case 2: self = .updated
        case 3: self = .observed
        case 4: self = .bootstrapped
        case 5: self = .firmwareObserved
        case 6: self = .firmwareOffered
        case 7: self = .firmwareDownloaded
        default: self = .other(code)
        }
    }

    package var name: String {
        switch self {
        case .registered: "registered"
        case .deregistered: "deregistered"
        case .updated: "registration_updated"
        case .observed: "observed"
        case .bootstrapped: "bootstrapped"
        case .firmwareObserved: "firmware_state_observed"
        case .firmwareOffered: "firmware_offered"
        case .firmwareDownloaded: "firmware_downloaded"
        case .other(let code): "module_event_\(code)"
        }
    }
}
