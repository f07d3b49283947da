import Glibc
import MQTT
import Reactor
import TestSupport

/// As much of a broker as it takes to misbehave in ways that mosquitto does not.
actor FakeBroker {
    enum Greeting: Sendable {
        case accept
        /// Closes without a word, as RabbitMQ does on version 5.
        case close
        /// Refuses with 132 and closes, as NATS does on version 5.
        case refuse
        /// Says nothing at all.
        case ignore
    }

    /// What it has seen.
    struct Record: Sendable {
        /// The protocol levels of the connection requests.
        var levels: [UInt8] = []
        var topics: [String] = []
    }

    nonisolated let port: Int
    nonisolated let record = Observed(Record())
    private let listener: Int32
    /// By protocol level; every other is accepted.
    private let greetings: [UInt8: Greeting]
    /// Closes the connection when this is published.
    private let poison: String?
    private var peers: [Int32: [UInt8]] = [:]

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe Reactor.forTests.asUnownedSerialExecutor() }
    nonisolated var address: BrokerAddress { BrokerAddress(host: "127.0.0.1", port: port) }

    init(_ greetings: [UInt8: Greeting], poison: String?) throws {
        self.poison = poison
        self.greetings = greetings
        port = try LocalSocket.freePort()
        listener = try LocalSocket.listen(port: port)
    }

    func start() throws {
        try Reactor.forTests.watch(listener, for: .readable) { _ in self.assumeIsolated { $0.accept() } }
    }

    func stop() {
        for peer in peers.keys { drop(peer) }
        Reactor.forTests.unwatch(listener)
        close(listener)
    }

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
        Reactor.forTests.unwatch(peer)
        // A program started meanwhile may have inherited it.
        shutdown(peer, Int32(SHUT_RDWR))
        close(peer)
    }

    private func read(_ peer: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = unsafe Glibc.read(peer, &buffer, buffer.count)
        guard count > 0 else { return drop(peer) }
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
        case 8: send([0x90, 3, body[0], body[1], 1], to: peer)
        case 14: drop(peer)
        default: break
        }
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
func withFakeBroker(
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
