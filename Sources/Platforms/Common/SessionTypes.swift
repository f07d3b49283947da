package import AT

/// Where a module stands with its cloud. The names are published.
package enum Registration: String, Sendable {
    case uninitialised
    case notRegistered = "not_registered"
    case registering
    case rejected = "rejected_by_server"
    case timeout
    case registered
    case registeredAndObserved = "registered_and_observed"
    case deregistering
    case deregistered
    case deregistrationFailed = "deregistration_failed"
    case registrationFailed = "registration_failed"
    case resumptionFailed = "resumption_failed"
    case resuming
    case needsResumption = "needs_resumption"
    case invalid
    case missingConfiguration = "missing_configuration"
    case initialising
    case initialised
    case initialisationFailed = "initialisation_failed"
    case dataEnabled = "data_enabled"
    case noAddress = "no_address"
    case timeoutAndRetrying = "timeout_and_retrying"
}

/// What a session is asked to send.
package struct UplinkData: Sendable {
    package var payload: [UInt8]
    package var confirm: Bool
    package var rai: UInt8
    /// For platforms with objects: what is reported instead of the payload, all of one instance, as one report.
    package var readings: [ResourceReading]

    package init(payload: [UInt8], readings: [ResourceReading] = [], confirm: Bool, rai: UInt8) {
        self.payload = payload
        self.readings = readings
        self.confirm = confirm
        self.rai = rai
    }
}

/// How one attempt to send ended. None of them says that the line was lost: that is thrown.
package indirect enum SendResult: Equatable, Sendable {
    /// The module took it; for an unconfirmed uplink this is the end.
    case taken
    /// The cloud acknowledged it.
    case delivered
    /// The cloud did not acknowledge it: another attempt may follow.
    case unacknowledged(PlatformError)
    /// Not now: to be tried again after a while, in its place.
    case later(PlatformError)
    /// Refused with an error that says nothing by itself: worth a few more attempts.
    case unclear(PlatformError)
    /// Not until the module has registered again.
    case needsRegistration(PlatformError)
    /// Never: the uplink itself is at fault.
    case refused(PlatformError)
    /// The answer did not come; the module may or may not have sent it.
    case unknown(PlatformError)
    /// Nothing was sent: the cloud does not observe any of these resources.
    case unobserved
}

/// An error as it is published: a code of the module's or the cloud's own table, its name there, and an English text.
package struct PlatformError: Error, Equatable, Sendable {
    package enum Source: String, Sendable { case module, cloud, bridge }

    package var code: Int?
    package var name: String
    package var text: String
    package var source: Source

    package init(code: Int? = nil, name: String, text: String, source: Source) {
        self.code = code
        self.name = name
        self.text = text
        self.source = source
    }
}

/// Why a registration, or another procedure of a session, came to nothing. Indirect, since every call that may fail has
/// room for one in its frame, and a thousand modules have such frames for life.
package indirect enum SessionFailure: Error, Equatable, Sendable {
    /// The line was lost: the module's life starts again.
    case lost(LineLoss)
    /// The module or the cloud said no: to be tried again later.
    case failed(PlatformError)
    /// A setting takes effect only after a restart of the module.
    case needsRestart(reason: String)
}

/// What a report means to the bridge.
package enum SessionEvent: Equatable, Sendable {
    case downlink([UInt8])
    case registration(Registration)
    /// The module holds data that must be fetched.
    case dataWaiting
    case sleeping(Bool)
    case attached(Bool)
    case connected(Bool)
    /// The cloud asks for something, and waits.
    case request(CloudRequest)
    /// A part of a request has come, and more should follow within a second: see `settleParts`.
    case partsHeld
    case firmware(FirmwareReport)
    /// The connection is of no use any more until the module has registered again.
    case registrationLost(PlatformError)
    /// Everything else, named; the detail is published as it stands.
    case other(name: String, detail: [Detail])
}

/// One member of an event's detail.
package struct Detail: Equatable, Sendable {
    package enum Value: Equatable, Sendable {
        case number(Int)
        case text(String)
        case flag(Bool)
    }

    package var name: String
    package var value: Value

    package init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

/// A step of a firmware update, as a family's reports tell it.
package enum FirmwareReport: Equatable, Sendable {
    case downloadStarted
    case downloading(bytes: Int?, percent: Int?)
    case downloaded
    case downloadFailed(PlatformError)
    case updateStarted
    case updating(percent: Int?)
    case ended
    case updateFailed(PlatformError)
    /// The module waits for a decision before it goes on.
    case awaitsDecision
    /// The cloud knows of the end, whatever it was: only now the module may be used again.
    case closed

    /// More steps are to follow.
    var goesOn: Bool {
        switch self {
        case .downloadFailed, .ended, .updateFailed, .closed: false
        default: true
        }
    }
}
