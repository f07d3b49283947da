/// Decides after each failure which broker is tried next, in which version, and after how long.
struct ConnectionPlan {
    enum Failure: Equatable {
        /// No connection, or a refusal that another version would not change.
        case unreachable
        /// Code 132, which says it outright.
        case versionRefused
        /// Closed or talked nonsense before its answer: what brokers without version 5 do, and dying ones.
        case unanswered
        /// An accepted connection that ended after so long.
        case lost(after: Duration)
    }

    struct Step: Equatable {
        var broker: BrokerAddress
        var version: SpokenVersion
        var delay: Duration
    }

    private static let shortest = 0.5
    private static let longest = 30.0
    /// A connection that lasted this long was a good one: the next failure is the first again.
    private static let stable = Duration.seconds(10)
    /// A version that has worked is given up after so many such failures in a row.
    private static let patience = 3

    private let brokers: [BrokerAddress]
    private let choice: ProtocolVersion
    private var index = 0
    private var version: SpokenVersion
    private var proven: SpokenVersion?
    private var failures = 0
    private var unanswered = 0

    init(brokers: [BrokerAddress], choice: ProtocolVersion) {
        self.brokers = brokers
        self.choice = choice
        version =
            switch choice {
            case .automatic, .v5: .v5
            case .v311: .v311
            }
    }

    var first: Step { Step(broker: brokers[index], version: version, delay: .zero) }

    mutating func accepted() {
        proven = version
        unanswered = 0
    }

    /// `jitter` lies between 0 and 1.
    mutating func next(after failure: Failure, jitter: Double) -> Step {
        var sameBroker = false
        switch failure {
        case .unreachable: break
        case .versionRefused:
            if changeVersion() { return first }
        case .unanswered:
            unanswered += 1
            if unanswered >= (proven == version ? Self.patience : 1), changeVersion() { return first }
        case .lost(let duration):
            // The same once more: it has our session.
            sameBroker = duration >= Self.stable
            if sameBroker { failures = 0 }
        }
        if !sameBroker { index = (index + 1) % brokers.count }
        let rounds = min(failures / brokers.count, 10)
        failures += 1
        let ceiling = min(Self.longest, Self.shortest * Double(1 << rounds))
        return Step(broker: brokers[index], version: version, delay: .seconds(ceiling / 2 * (1 + jitter)))
    }

    /// True when the other version is worth trying at once; when both have failed it starts over with 5, but later.
    private mutating func changeVersion() -> Bool {
        guard choice == .automatic else { return false }
        unanswered = 0
        proven = nil
        version = version == .v5 ? .v311 : .v5
        return version == .v311
    }
}
