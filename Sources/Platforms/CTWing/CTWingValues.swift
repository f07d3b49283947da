package import AT

/// What NMSTATUS answers (2.3.7): eight values, and whatever a later firmware may add.
package enum CTWingStatus: Equatable, Sendable {
    case known(Registration)
    case other(String)

    private static let names: [String: Registration] = [
        "UNINITIALISED": .uninitialised,
        "REGISTERING": .registering,
        "REJECTED_BY_SERVER": .rejected,
        "TIMEOUT": .timeout,
        "REGISTERED": .registered,
        "REGISTERED_AND_OBSERVED": .registeredAndObserved,
        "DEREGISTERED": .deregistered,
        "RESUMPTION_FAILED": .resumptionFailed,
        // Seen in compatible firmware.
        "INIITIALISED": .uninitialised,
        "INITIALISED": .uninitialised,
        "INIITIALISING": .registering,
    ]

    package init(_ line: Line) {
        let name = Fields(line)[0]?.text ?? ""
        self = Self.names[name].map(CTWingStatus.known) ?? .other(name)
    }
}

/// What QLWULDATASTATUS answers (2.3.8).
package enum UplinkStatus: Equatable, Sendable {
    case notSent
    case awaitingResponse
    case failed
    case timedOut
    case delivered
    case reset
    case other(Int)

    package init(_ code: Int) {
        switch code {
        case 0: self = .notSent
        case 1: self = .awaitingResponse
        case 2: self = .failed
        case 3: self = .timedOut
        case 4: self = .delivered
        case 5: self = .reset
        default: self = .other(code)
        }
    }
}

/// What NQMGR answers (2.3.9), since the module's start.
package struct MessageCounts: Equatable, Sendable {
    package var buffered: Int
    package var received: Int
    package var dropped: Int

    /// `BUFFERED=0,RECEIVED=34,DROPPED=2`
    package init?(_ line: Line) {
        var counts: [String: Int] = [:]
        for part in line.text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            // With a name of the usual kind in front, with or without a blank.
            let name = pair[0].split { $0 == " " || $0 == ":" }.last.map(String.init) ?? ""
            counts[name] = Int(pair[1].filter { $0 != " " })
        }
        guard let buffered = counts["BUFFERED"], let received = counts["RECEIVED"], let dropped = counts["DROPPED"]
        else { return nil }
        self.buffered = buffered
        self.received = received
        self.dropped = dropped
    }
}

/// The values of +QLWEVTIND (3.1).
package enum CTWingEvent: Equatable, Sendable {
    case connectionException
    case connected
    case rejectedOrTimedOut
    case lifetimeUpdated
    case observed
    case delivered
    case notDelivered
    case resumed
    case resumptionFailed
    case firmwareObserved
    case firmwareObservationCancelled
    case reset
    case other(Int)

    package init(_ code: Int) {
        switch code {
        case -1: self = .connectionException
        case 0: self = .connected
        case 1: self = .rejectedOrTimedOut
        case 2: self = .lifetimeUpdated
        case 3: self = .observed
        case 4: self = .delivered
        case 5: self = .notDelivered
        case 6: self = .resumed
        case 7: self = .resumptionFailed
        case 8: self = .firmwareObserved
        case 9: self = .firmwareObservationCancelled
        case 10: self = .reset
        default: self = .other(code)
        }
    }

    package var name: String {
        switch self {
        case .connectionException: "connection_exception"
        case .connected: "connected"
        case .rejectedOrTimedOut: "registration_rejected_or_timed_out"
        case .lifetimeUpdated: "lifetime_updated"
        case .observed: "observed"
        case .delivered: "uplink_acknowledged"
        case .notDelivered: "uplink_not_acknowledged"
        case .resumed: "session_resumed"
        case .resumptionFailed: "session_resumption_failed"
        case .firmwareObserved: "firmware_state_observed"
        case .firmwareObservationCancelled: "firmware_state_observation_cancelled"
        case .reset: "uplink_reset_by_platform"
        case .other(let code): "module_event_\(code)"
        }
    }
}
