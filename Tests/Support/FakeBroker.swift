import Glibc
package import MQTT
import Reactor

/// As much of a broker as it takes to misbehave in ways that mosquitto does not.
package actor FakeBroker {
    package enum Greeting: Sendable {
        case accept
        /// Closes without a word, as RabbitMQ does on version 5.
        case close
        /// Refuses with 132 and closes, as NATS does on version 5.
        case refuse
        /// Says nothing at all.
        case ignore
    }

    /// What it has seen.
    package struct Record: Sendable {
        /// The protocol levels of the connection requests.
        package var levels: [UInt8] = []
        package var topics: [String] = []
        package var subscriptions = 0
        /// The numbers of its own messages that were acknowledged, and of those whose acknowledgement was lost.
        package var acknowledged: [UInt16] = []
        package var lost: [UInt16] = []
        /// Connections of which everything up to their end was read.
        package var ended = 0
    }

    package nonisolated let port: Int
    package nonisolated let record = Observed(Record())
    private let listener: Int32
    /// By protocol level; every other is accepted.
    private let greetings: [UInt8: Greeting]
    /// Closes the connection when this is published.
    private let poison: String?
    private var peers: [Int32: [UInt8]] = [:]
    /// Its own messages that were not acknowledged; they come again at every subscription.
    private var unacknowledged: [(number: UInt16, topic: String, payload: String)] = []
    private var lastNumber: UInt16 = 0
    private var subscriber: Int32?
    private var losesAcknowledgements = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe Reactor.forTests.asUnownedSerialExecutor()
    }
    package nonisolated var address: BrokerAddress { BrokerAddress(host: "127.0.0.1", port: port) }

    package init(_ greetings: [UInt8: Greeting], poison: String?) throws {
        self.poison = poison
        self.greetings = greetings
        port = try LocalSocket.freePort()
        listener = try LocalSocket.listen(port: port)
    }

    package func start() throws {
        try Reactor.forTests.watch(listener, for: .readable) { _ in self.assumeIsolated { $0.accept() } }
    }

    package func stop() {
        for peer in peers.keys { drop(peer) }
        Reactor.forTests.unwatch(listener)
        close(listener)
    }

    /// Sends to the subscriber, all in one write, and again at every subscription until each is acknowledged. To
    /// clients of version 3.1.1 only.
    package func publish(_ messages: [(topic: String, payload: String)]) {
        var bytes: [UInt8] = []
        for message in messages {
            lastNumber += 1
            let entry = (lastNumber, message.topic, message.payload)
            unacknowledged.append(entry)
            bytes += Self.packet(entry, again: false)
        }
        if let subscriber { send(bytes, to: subscriber) }
    }

    /// From now on acknowledgements are as good as lost on their way, or no longer.
    package func lose(acknowledgements: Bool) { losesAcknowledgements = acknowledgements }

    private func accept() {
        let peer = Glibc.accept(listener, nil, nil)
        guard peer >= 0 else { return }
        peers[peer] = []
        do throws(SystemError) {
            try Reactor.forTests.watch(peer, for: .readable) { _ in self.assumeIsolated { $0.read(peer) } }
        } catch {
            drop(peer)
        }
    }

    private func drop(_ peer: Int32) {
        peers[peer] = nil
        if subscriber == peer { subscriber = nil }
        Reactor.forTests.unwatch(peer)
        // A program started meanwhile may have inherited it.
        shutdown(peer, Int32(SHUT_RDWR))
        close(peer)
    }

    private func read(_ peer: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = unsafe Glibc.read(peer, &buffer, buffer.count)
        guard count > 0 else {
            drop(peer)
            return record.update { $0.ended += 1 }
        }
        peers[peer]?.append(contentsOf: buffer[..<count])
        while let packet = takePacket(of: peer) { handle(packet, of: peer) }
    }

    private func takePacket(of peer: Int32) -> (kind: UInt8, body: [UInt8])? {
        guard let bytes = peers[peer], bytes.count >= 2 else { return nil }
        var length = 0
        var index = 1
        while true {
            guard index < bytes.count else { return nil }
            length |= Int(bytes[index] & 0x7f) << (7 * (index - 1))
            index += 1
            if bytes[index - 1] & 0x80 == 0 { break }
        }
        guard bytes.count >= index + length else { return nil }
        peers[peer] = Array(bytes[(index + length)...])
        return (bytes[0] >> 4, Array(bytes[index..<index + length]))
    }

    private func handle(_ packet: (kind: UInt8, body: [UInt8]), of peer: Int32) {
        let body = packet.body
        switch packet.kind {
        case 1: greet(peer, level: body[6])
        case 3:
            let length = Int(body[0]) << 8 | Int(body[1])
            let topic = String(decoding: body[2..<2 + length], as: UTF8.self)
            record.update { $0.topics.append(topic) }
            if topic == poison { return drop(peer) }
            send([0x40, 2, body[2 + length], body[3 + length]], to: peer)
        case 4: acknowledged(UInt16(body[0]) << 8 | UInt16(body[1]))
        case 8: subscribed(peer, body)
        case 14: drop(peer)
        default: break
        }
    }

    private func acknowledged(_ number: UInt16) {
        if losesAcknowledgements { return record.update { $0.lost.append(number) } }
        unacknowledged.removeAll { $0.number == number }
        record.update { $0.acknowledged.append(number) }
    }

    /// A filter is its length, its bytes and its options.
    private func subscribed(_ peer: Int32, _ body: [UInt8]) {
        var filters = 0
        var index = 2
        while index + 1 < body.count {
            index += 3 + (Int(body[index]) << 8 | Int(body[index + 1]))
            filters += 1
        }
        send([0x90, UInt8(2 + filters), body[0], body[1]] + [UInt8](repeating: 1, count: filters), to: peer)
        subscriber = peer
        send(unacknowledged.flatMap { Self.packet($0, again: true) }, to: peer)
        record.update { $0.subscriptions += 1 }
    }

    private static func packet(_ message: (number: UInt16, topic: String, payload: String), again: Bool) -> [UInt8] {
        let topic = Array(message.topic.utf8)
        let body =
            [UInt8(topic.count >> 8), UInt8(topic.count & 0xff)] + topic
            + [UInt8(message.number >> 8), UInt8(message.number & 0xff)] + Array(message.payload.utf8)
        let length = body.count < 128 ? [UInt8(body.count)] : [UInt8(body.count & 0x7f | 0x80), UInt8(body.count >> 7)]
        return [again ? 0x3a : 0x32] + length + body
    }

    private func greet(_ peer: Int32, level: UInt8) {
        record.update { $0.levels.append(level) }
        switch greetings[level] ?? .accept {
        case .accept: send(level == 5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0], to: peer)
        case .close: drop(peer)
        case .refuse:
            send([0x20, 3, 0, 132, 0], to: peer)
            drop(peer)
        case .ignore: break
        }
    }

    private func send(_ bytes: [UInt8], to peer: Int32) {
        _ = unsafe Glibc.send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}

/// Runs the body with a fake broker that is stopped afterwards.
package func withFakeBroker(
    _ greetings: [UInt8: FakeBroker.Greeting] = [:], poison: String? = nil, _ body: (FakeBroker) async throws -> Void
) async throws {
    let broker = try FakeBroker(greetings, poison: poison)
    try await broker.start()
    do {
        try await body(broker)
        await broker.stop()
    } catch {
        await broker.stop()
        throw error
    }
}
