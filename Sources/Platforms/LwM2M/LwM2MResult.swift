/// The result codes of the standard LwM2M client (BC260Y-CN R01 note, chapter 6, table 5), and what follows from each.
package struct LwM2MResult: Hashable, Sendable {
    package enum Remedy: Sendable {
        case none
        /// What was sent is at fault: it will never succeed.
        case giveUp
        /// The network or the platform is out of reach: try again after a while.
        case tryLater
        /// Only a new registration helps.
        case register
        /// The module's status tells what to do.
        case askStatus
        /// The cloud does not want these reports any more.
        case observationIsVoid
        /// The situation decides.
        case unknown
    }

    package let code: Int
    package let name: String
    package let text: String
    package let source: PlatformError.Source
    package let remedy: Remedy

    private init(_ code: Int, _ name: String, _ text: String, _ source: PlatformError.Source, _ remedy: Remedy) {
        self.code = code
        self.name = name
        self.text = text
        self.source = source
        self.remedy = remedy
    }

    package static let table: [LwM2MResult] = [
        .init(0, "success", "done", .module, .none),
        .init(1, "timeout", "the network has failed, or the platform did not answer", .cloud, .tryLater),
        .init(2, "not_sent", "the packet was not sent", .module, .tryLater),
        .init(
            3, "recovery_failed",
            "the session was not recovered: its lifetime is over, or the platform did not answer", .cloud, .register),
        .init(
            4, "update_failed", "the update failed: the lifetime was over since the last one", .cloud, .askStatus),
        .init(5, "reset", "the platform answered with RST", .cloud, .observationIsVoid),
        .init(400, "bad_request", "the platform answered 4.00: bad request", .cloud, .giveUp),
        .init(403, "forbidden", "the platform answered 4.03: forbidden", .cloud, .unknown),
        .init(404, "not_found", "the platform answered 4.04: not found", .cloud, .register),
        .init(412, "precondition_failed", "the platform answered 4.12: precondition failed", .cloud, .unknown),
        .init(900, "other_error", "no network, or an error inside the module", .module, .unknown),
        // Compatible firmware says so of every part of an answer but the last.
        .init(continues, "continue", "the module waits for the next part", .module, .none),
    ]

    package static let continues = 231

    private static let byCode = Dictionary(uniqueKeysWithValues: table.map { ($0.code, $0) })

    /// An unknown code keeps its number.
    package init(_ code: Int) {
        self =
            Self.byCode[code]
            ?? Self(code, "result_\(code)", "the module reported result \(code)", .module, .unknown)
    }

    package var published: PlatformError { PlatformError(code: code, name: name, text: text, source: source) }

    /// Why a registration has failed, with what is worth looking at.
    package var ofRegistration: PlatformError {
        let advice =
            switch code {
            case 1: "check the server's address, and the key of an encrypted device"
            case 400, 403, 404, 412: "check that the endpoint is known at the platform"
            default: "it is tried again"
            }
        return PlatformError(code: code, name: name, text: "no registration: \(text); \(advice)", source: source)
    }
}

/// What QLASTATUS answers (2.14).
package enum LwM2MStatus {
    /// Nil for a number that is not in the table.
    package static func registration(_ code: Int) -> Registration? {
        switch code {
        case 0: .notRegistered
        case 1: .registering
        case 2: .registered
        case 3: .deregistering
        case 4: .deregistered
        case 5: .invalid
        case 6: .resuming
        case 7: .needsResumption
        default: nil
        }
    }
}
