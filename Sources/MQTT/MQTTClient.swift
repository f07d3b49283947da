package import Reactor

/// A client that stays connected to one of its brokers, in a persistent session, and whose acknowledgements wait for
/// the handler's word.
///
/// It lives on the reactor: another actor there calls it by `assumeIsolated`, at the price of a function call.
package actor MQTTClient {
    /// Each case holds what belongs to it alone.
    enum Phase {
        case idle
        case pausing(Timer)
        /// On the connector's thread, until the deadline.
        case connecting(Connector, deadline: Timer)
        /// The socket is open, the broker has not yet accepted us.
        case greeting(Connection, deadline: Timer)
        case connected(Connection)
        case stopped
    }

    /// How many publishes may be under way.
    static let window = 64
    /// How long the broker has for each half of a connection: the socket, and the answer.
    static let patience = Duration.seconds(15)

    let configuration: MQTTConfiguration
    let reactor: Reactor
    let time: any TimeSource
    let handler: any MQTTHandler
    let log: @Sendable (String) -> Void
    /// Told for each message how long the broker has taken to answer it.
    let answered: @Sendable (Duration) -> Void

    var phase = Phase.idle { didSet { phaseBegan = time.now } }
    var phaseBegan: Instant
    package internal(set) var traffic = Traffic()
    var plan: ConnectionPlan
    var queue = PublishQueue(window: MQTTClient.window)
    /// Filters beyond those of the configuration.
    var furtherSubscriptions: [String] = []
    var batches: UInt64 = 0
    var isFlushScheduled = false
    /// Waits in `stop` for the last acknowledgements.
    var farewell: CheckedContinuation<Void, Never>?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    package init(
        configuration: MQTTConfiguration, reactor: Reactor, handler: any MQTTHandler, time: (any TimeSource)? = nil,
        log: @escaping @Sendable (String) -> Void = { _ in },
        answered: @escaping @Sendable (Duration) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.reactor = reactor
        let time = time ?? reactor
        self.time = time
        phaseBegan = time.now
        self.handler = handler
        self.answered = answered
        self.log = log
        plan = ConnectionPlan(brokers: configuration.brokers, choice: configuration.version)
    }

    /// Begins to connect, and goes on for ever.
    package func start() {
        guard case .idle = phase else { return }
        connect(plan.first)
    }

    /// In order of the calls. `acknowledged` is called exactly once, on the reactor, with the broker's answer, however
    /// many connections that takes.
    package func publish(_ message: OutboundMessage, acknowledged: (@Sendable (PublishOutcome) -> Void)? = nil) {
        queue.append(PublishQueue.Entry(message: message, acknowledged: acknowledged))
        scheduleFlush()
    }

    /// The batch is stored: its acknowledgements may go.
    package func settle(_ batch: BatchNumber) {
        guard let connection else { return }
        let wasPaused = connection.gate.room == 0
        guard connection.gate.settle(batch) else { return }
        if wasPaused { readLater() }
        scheduleFlush()
    }

    /// Publishes the last messages, waits up to `limit` until the broker has everything, and says good-bye: the will
    /// stays unpublished. Not connected, or while a batch stays unsettled, it just leaves.
    package func stop(last: [OutboundMessage], limit: Duration = .seconds(5)) async {
        if connection != nil {
            for message in last { publish(message) }
            let timer = time.schedule(after: limit) { [weak self] in self?.assumeIsolated { $0.endFarewell() } }
            await withCheckedContinuation { continuation in
                farewell = continuation
                scheduleFlush()
            }
            timer.cancel()
        }
        if let connection, connection.gate.isOpen, connection.handle.disconnect() == 0 {
            reactor.unwatch(connection.descriptor)
            _ = connection.handle.write(corked: true)
        }
        abandon()
    }

    /// Ends as a crash would: the broker publishes the will and sends again what was not settled.
    package func abandon() {
        leave()
        phase = .stopped
        endFarewell()
    }

    /// From now on and in every connection to come.
    package func subscribe(to filters: [String]) {
        let new = filters.filter { !configuration.subscriptions.contains($0) && !furtherSubscriptions.contains($0) }
        furtherSubscriptions += new
        guard let connection, !new.isEmpty else { return }
        subscribe(new[...], on: connection)
        scheduleFlush()
    }

    package var isConnected: Bool { connection != nil }

    /// Publishes that the broker has not acknowledged, waiting ones included.
    package var outstanding: Int { queue.count }

    /// The connection that the broker has accepted.
    var connection: Connection? {
        if case .connected(let connection) = phase { connection } else { nil }
    }

    func endFarewell() {
        farewell?.resume()
        farewell = nil
    }
}
