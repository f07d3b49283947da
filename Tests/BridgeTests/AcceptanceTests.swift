import MQTT
import Platforms
import Reactor
import Store
import TestSupport
import Testing

@testable import Bridge

/// From a checked request to a place in the queue, without a line to send it on.
@Suite struct AcceptanceTests {
    private func make(_ world: World, _ change: (inout ModuleSettings) -> Void = { _ in }) -> Module {
        var settings = ModuleSettings(
            name: "m", port: .device(path: "/nowhere"), options: .ctwing(CTWingOptions()),
            server: ServerAddress(host: "h", port: 5683))
        change(&settings)
        let store = world.store
        func deliveries() -> Deliveries {
            Deliveries(
                reactor: world.reactor, outbox: world.outbox, journal: world.journal, time: world.time,
                load: { _, _ throws(StoreError) in [] }, arrived: { .published(sequence: $0) })
        }
        return Module(
            settings: settings, number: 1,
            services: ModuleServices(
                reactor: world.reactor, time: world.time, connector: WorkerThread(name: "unused"), store: store,
                journal: world.journal, outbox: world.outbox, outcomes: deliveries(), downlinks: deliveries(),
                sequences: Sequences(reactor: world.reactor, last: 0), topics: Topics(base: "b"),
                log: Log(level: .error, format: .text), metrics: Metrics(), board: Board(),
                inboxPath: "/nowhere/lines", announce: {}, tellHub: { _, _ in }))
    }

    private func request(_ id: String, bytes: Int = 8000) -> UplinkRequest {
        var request = UplinkRequest(payload: [UInt8](repeating: 1, count: min(bytes, 1024)))
        request.id = id
        return request
    }

    /// The state of every outcome, by id.
    private func outcomes(_ world: World) -> [String: [String]] {
        var states: [String: [String]] = [:]
        for text in world.outbox.texts where text.hasPrefix(#"{"id":"#) {
            let parts = text.split(separator: "\"").map(String.init)
            states[parts[3], default: []].append(parts[7])
        }
        return states
    }

    @Test func `every uplink that a full store cannot take is rejected, also behind the head of the queue`()
        async throws
    {
        try await withWorld(maximumBytes: 200_000) { world in
            world.outbox.connect()
            let module = make(world)
            // More than the window holds, and more than there is room for.
            await module.accept((0..<300).map { request("\($0)") })
            #expect(await world.settled() != nil || world.journal.currentFailure != nil)
            await world.settle()
            let states = outcomes(world)
            #expect(states.count == 300)
            #expect(states.values.allSatisfy { $0 == ["rejected"] })
            #expect(await module.status.queue.waiting == 0)
            #expect(await module.status.counters.rejected == 300)
        }
    }

    @Test func `an uplink is accepted when it is on disk`() async throws {
        try await withWorld { world in
            world.outbox.connect()
            let module = make(world)
            await module.accept([request("a")], reply: ReplyTo(topic: "r"))
            #expect(outcomes(world) == [:])
            #expect(await world.settled() == nil)
            #expect(outcomes(world) == ["a": ["accepted", "accepted"]])
            #expect(world.outbox.state.value.sent.map(\.message.topic) == ["b/m/up/result", "r"])
            try await world.expectUplinks([1])
        }
    }

    @Test func `an uplink is accepted when it came, though the disk is slow`() async throws {
        try await withWorld { world in
            world.outbox.connect()
            let module = make(world)
            let time = world.time.timestamp
            await module.accept([request("a")])
            await world.time.advance(by: .milliseconds(7))
            #expect(await world.settled() == nil)
            #expect(
                world.outbox.texts == [
                    String(decoding: Outcome(id: "a", state: .accepted, time: time).json, as: UTF8.self)
                ])
        }
    }

    @Test func `a module without a network has no address`() async throws {
        try await withWorld { world in
            let module = make(world)
            let shown = await module.lose(NetworkStatus(attached: true, ip: "10.0.0.7", rssi: -71))
            #expect(shown == NetworkStatus(attached: false, ip: nil, rssi: -71))
        }
    }

    @Test(arguments: [(0, "empty"), (1025, "too_long")])
    func `an uplink that cannot be sent is refused at the door`(bytes: Int, error: String) async throws {
        try await withWorld { world in
            world.outbox.connect()
            let module = make(world)
            var request = UplinkRequest(payload: [UInt8](repeating: 1, count: bytes))
            request.id = "a"
            await module.accept([request])
            #expect(outcomes(world) == ["a": ["rejected"]])
            #expect(world.outbox.texts.first?.contains("\"name\":\"\(error)\"") == true)
            #expect(await world.settled() == nil)
            try await world.expectUplinks([])
        }
    }

    @Test func `a full queue refuses the new one, or drops the oldest`() async throws {
        for policy in ModuleSettings.QueueFull.allCases {
            try await withWorld { world in
                world.outbox.connect()
                let module = make(world) {
                    $0.queueLimit = 2
                    $0.queueFull = policy
                }
                await module.accept(["a", "b", "c"].map { request($0) })
                #expect(await world.settled() == nil)
                #expect(await module.status.queue.waiting == 2)
                try await world.expectUplinks(policy == .reject ? [1, 2] : [2, 3])
                if policy == .reject { #expect(outcomes(world)["c"] == ["rejected"]) }
            }
        }
    }
}

extension Module {
    /// What is left of a network when the module says that it has none.
    fileprivate func lose(_ network: NetworkStatus) -> NetworkStatus {
        status.network = network
        apply(.attached(false))
        return status.network
    }

    /// All in one turn.
    fileprivate func accept(_ requests: [UplinkRequest], reply: ReplyTo? = nil) {
        for request in requests { accept(request, reply: reply) }
    }
}
