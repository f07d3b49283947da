package import MQTT
package import Reactor

/// An MQTT client that remembers everything, for looking at a broker from the outside.
///
///     try await withClient(of: broker, subscriptions: ["b/#"]) { client in
///         try await client.publish("b/m/up", "hello")
///         let message = try await client.message(on: "b/m/up")
///     }
package final class TestClient: MQTTHandler {
    /// Everything that has happened, in order.
    package struct Record: Sendable {
        package var sessions: [Session] = []
        package var errors: [MQTTError] = []
        package var messages: [InboundMessage] = []
        package var batches: [BatchNumber] = []
        package var log: [String] = []
        package var isConnected = false
    }

    package let record = Observed(Record())
    private let settles: Bool
    private let made: Made

    /// The client holds its handler and not the reverse, but for this slot.
    private final class Made: Sendable {
        let client = Observed<MQTTClient?>(nil)
    }

    package var client: MQTTClient {
        get async throws {
            guard let client = made.client.value else { throw CancellationError() }
            return client
        }
    }

    /// With `settles` false, every batch stays unsettled until the test says otherwise.
    package init(_ configuration: MQTTConfiguration, settles: Bool = true, time: (any TimeSource)? = nil) {
        self.settles = settles
        made = Made()
        let record = record
        let client = MQTTClient(configuration: configuration, reactor: .forTests, handler: self, time: time) { line in
            record.update { $0.log.append(line) }
        }
        made.client.update { $0 = client }
    }

    package func start() async throws { try await client.start() }

    /// Ends as a crash would.
    package func abandon() async {
        await made.client.value?.abandon()
        made.client.update { $0 = nil }
    }

    /// Says good-bye.
    package func stop(last: [OutboundMessage] = []) async {
        await made.client.value?.stop(last: last)
        made.client.update { $0 = nil }
    }

    // MARK: MQTTHandler

    package func connected(_ session: Session) {
        record.update {
            $0.sessions.append(session)
            $0.isConnected = true
        }
    }

    package func disconnected(_ reason: MQTTError) {
        record.update {
            $0.errors.append(reason)
            $0.isConnected = false
        }
    }

    package func received(_ messages: [InboundMessage], batch: BatchNumber) {
        record.update {
            $0.messages += messages
            $0.batches.append(batch)
        }
        if settles { made.client.value?.assumeIsolated { $0.settle(batch) } }
    }

    // MARK: For tests

    /// Publishes, and returns the broker's answer.
    @discardableResult
    package func publish(
        _ topic: String, _ payload: String, retain: Bool = false, properties: Properties? = nil
    ) async throws -> PublishOutcome {
        try await publish(
            OutboundMessage(topic: topic, payload: Array(payload.utf8), retain: retain, properties: properties))
    }

    @discardableResult
    package func publish(_ message: OutboundMessage) async throws -> PublishOutcome {
        try await publish([message])[0]
    }

    /// Publishes all in one go, and returns the broker's answers.
    @discardableResult
    package func publish(_ messages: [OutboundMessage]) async throws -> [PublishOutcome] {
        let outcomes = Observed([PublishOutcome?](repeating: nil, count: messages.count))
        for (index, message) in messages.enumerated() {
            try await client.publish(message) { answer in outcomes.update { $0[index] = answer } }
        }
        let topics = Set(messages.map(\.topic)).joined(separator: ", ")
        return try await outcomes.wait("the answers to \(topics)") { !$0.contains(nil) }.compactMap { $0 }
    }

    /// The session of the connection that is up, now or soon.
    @discardableResult
    package func session() async throws -> Session {
        let record = try await record.wait("a connection") { $0.isConnected }
        return record.sessions[record.sessions.count - 1]
    }

    /// The first failure, now or soon, that fulfils the condition.
    @discardableResult
    package func error(
        where condition: @escaping @Sendable (MQTTError) -> Bool = { _ in true }
    ) async throws -> MQTTError {
        let record = try await record.wait("an error") { $0.errors.contains(where: condition) }
        return record.errors[record.errors.firstIndex(where: condition) ?? 0]
    }

    /// The first message on the topic, now or soon.
    @discardableResult
    package func message(
        on topic: String, where condition: @escaping @Sendable (InboundMessage) -> Bool = { _ in true }
    ) async throws -> InboundMessage {
        let isWanted: @Sendable (InboundMessage) -> Bool = { $0.topic == topic && condition($0) }
        let record = try await record.wait("a message on \(topic)") { $0.messages.contains(where: isWanted) }
        return record.messages[record.messages.firstIndex(where: isWanted) ?? 0]
    }

    /// All messages, as soon as there are so many.
    @discardableResult
    package func messages(count: Int) async throws -> [InboundMessage] {
        try await record.wait("\(count) messages") { $0.messages.count >= count }.messages
    }
}

extension InboundMessage {
    package var text: String { String(decoding: payload, as: UTF8.self) }
}

extension MQTTConfiguration {
    /// A client of that broker, with its certificates where it has some. Without an id it is nobody else's: of two
    /// clients with one id the broker ends the older one, which comes back and ends the newer one, and so on.
    package init(
        of broker: Broker, id: String? = nil, version: ProtocolVersion = .automatic, subscriptions: [String] = []
    ) {
        self.init(
            brokers: [broker.address], version: version, clientID: id ?? "observer-\(UInt64.random(in: 0 ... .max))",
            keepAlive: .seconds(60),
            tls: broker.options.tls.map { TLSConfiguration(caFile: $0.ca) }, subscriptions: subscriptions)
    }
}

/// Runs the body with a client that is connected, and says good-bye afterwards.
@discardableResult
package func withClient<R>(
    of broker: Broker, id: String? = nil, version: ProtocolVersion = .automatic, subscriptions: [String] = [],
    _ body: (TestClient) async throws -> R
) async throws -> R {
    try await withClient(
        MQTTConfiguration(of: broker, id: id, version: version, subscriptions: subscriptions)
    ) { client in
        try await client.session()
        return try await body(client)
    }
}

/// Runs the body with a client that has begun to connect, and says good-bye afterwards.
@discardableResult
package func withClient<R>(
    _ configuration: MQTTConfiguration, settles: Bool = true, time: (any TimeSource)? = nil,
    _ body: (TestClient) async throws -> R
) async throws -> R {
    let client = TestClient(configuration, settles: settles, time: time)
    do {
        try await client.start()
        let result = try await body(client)
        await client.stop()
        return result
    } catch {
        await client.abandon()
        throw error
    }
}
