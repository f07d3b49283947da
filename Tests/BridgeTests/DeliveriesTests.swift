import Bridge
import MQTT
import Reactor
import Store
import Synchronization
import TestSupport
import Testing

/// Parcels on their way to a broker that comes, goes and is slow.
@Suite struct DeliveriesTests {
    /// How often the store had nothing more.
    private let caughtUp = Observed(0)

    /// Deliveries of the downlinks of a real store.
    private func make(_ world: World) -> Deliveries {
        let (store, caughtUp) = (world.store, caughtUp)
        return Deliveries(
            reactor: world.reactor, outbox: world.outbox, journal: world.journal, time: world.time,
            load: { after, limit throws(StoreError) in
                let page = try await store.downlinks(after: after, limit: limit).map { parcel($0.sequence) }
                if page.isEmpty { caughtUp.update { $0 += 1 } }
                return page
            },
            arrived: { .handedOver(downlink: $0) })
    }

    private func receive(_ sequence: Int64, _ world: World, _ deliveries: Deliveries) {
        world.journal.record(.received(downlink(sequence)), .soon)
        deliveries.send(parcel(sequence))
    }

    private func texts(_ range: ClosedRange<Int>) -> [String] { range.map(String.init) }

    /// Until the broker was offered so many, and nothing more is on its way.
    private func wait(_ world: World, for count: Int) async throws {
        try await world.outbox.state.wait("\(count) messages") { $0.sent.count >= count }
        await world.settled()
        await world.settle()
    }

    /// Until everything that the store holds is with the broker.
    private func connect(_ world: World, _ deliveries: Deliveries) async throws {
        let before = caughtUp.value
        world.outbox.connect()
        deliveries.connected()
        try await caughtUp.wait("the end of the store") { $0 > before }
        await world.settle()
    }

    @Test func `what comes while the broker is there goes to it at once`() async throws {
        try await withWorld { world in
            let deliveries = make(world)
            try await connect(world, deliveries)
            receive(1, world, deliveries)
            receive(2, world, deliveries)
            #expect(world.outbox.texts == ["1", "2"])
            world.outbox.acknowledge()
            #expect(await world.settled() == nil)
            try await world.expectDownlinks([])
        }
    }

    @Test func `what comes while the broker is away is fetched from the store, in order`() async throws {
        try await withWorld { world in
            let deliveries = make(world)
            for sequence in 1...250 { receive(Int64(sequence), world, deliveries) }
            #expect(world.outbox.texts == [])
            try await connect(world, deliveries)
            try await wait(world, for: 250)
            #expect(world.outbox.texts == texts(1...250))
            receive(251, world, deliveries)
            try await wait(world, for: 251)
            #expect(world.outbox.texts == texts(1...251))
        }
    }

    @Test func `a parcel stays in the store until the broker has it`() async throws {
        try await withWorld { world in
            let deliveries = make(world)
            try await connect(world, deliveries)
            for sequence in Int64(1)...3 { receive(sequence, world, deliveries) }
            world.outbox.acknowledge(2)
            #expect(await world.settled() == nil)
            try await world.expectDownlinks([3])
        }
    }

    @Test func `a parcel of two messages has arrived with the second`() async throws {
        try await withWorld { world in
            let deliveries = make(world)
            try await connect(world, deliveries)
            world.journal.record(.received(downlink(1)), .soon)
            let message = OutboundMessage(topic: "t", payload: [0x31])
            deliveries.send(Parcel(sequence: 1, messages: [message, message]))
            world.outbox.acknowledge(1)
            #expect(await world.settled() == nil)
            try await world.expectDownlinks([1])
            world.outbox.acknowledge(1)
            #expect(await world.settled() == nil)
            try await world.expectDownlinks([])
        }
    }

    @Test func `a parcel that the broker refuses stays in the store, and is offered again at the next connection`()
        async throws
    {
        try await withWorld { world in
            let deliveries = make(world)
            try await connect(world, deliveries)
            receive(1, world, deliveries)
            world.outbox.acknowledge(1, taken: false)
            #expect(await world.settled() == nil)
            try await world.expectDownlinks([1])
            #expect(world.outbox.texts == ["1"])
            world.outbox.disconnect()
            try await connect(world, deliveries)
            try await wait(world, for: 2)
            #expect(world.outbox.texts == ["1", "1"])
        }
    }

    @Test func `a parcel that is refused three times is put aside, told of, and kept`() async throws {
        try await withWorld { world in
            let deliveries = make(world)
            let told = Observed<[Int64]>([])
            deliveries.whenPutAside { sequence in told.update { $0.append(sequence) } }
            try await connect(world, deliveries)
            receive(1, world, deliveries)
            for refusal in 1...3 {
                #expect(told.value == [])
                #expect(world.outbox.texts == Array(repeating: "1", count: refusal))
                world.outbox.acknowledge(1, taken: false)
                #expect(await world.settled() == nil)
                world.outbox.disconnect()
                try await connect(world, deliveries)
                if refusal < 3 { try await wait(world, for: refusal + 1) }
            }
            #expect(told.value == [1])
            #expect(deliveries.putAsideCount == 1)
            receive(2, world, deliveries)
            try await wait(world, for: 4)
            #expect(world.outbox.texts == ["1", "1", "1", "2"])
            try await world.expectDownlinks([1, 2])
        }
    }

    @Test func `refusals of another day do not add up to those of a parcel that arrived`() async throws {
        try await withWorld { world in
            let deliveries = make(world)
            try await connect(world, deliveries)
            for taken in [false, false, true] {
                if world.outbox.texts.isEmpty { receive(1, world, deliveries) }
                world.outbox.acknowledge(1, taken: taken)
                #expect(await world.settled() == nil)
                world.outbox.disconnect()
                let offered = world.outbox.texts.count
                try await connect(world, deliveries)
                if !taken { try await wait(world, for: offered + 1) }
            }
            #expect(deliveries.putAsideCount == 0)
            try await world.expectDownlinks([])
        }
    }

    @Test func `a reconnection repeats nothing that the client still holds`() async throws {
        try await withWorld { world in
            let deliveries = make(world)
            try await connect(world, deliveries)
            for sequence in Int64(1)...3 { receive(sequence, world, deliveries) }
            world.outbox.disconnect()
            receive(4, world, deliveries)
            try await connect(world, deliveries)
            try await wait(world, for: 4)
            #expect(world.outbox.texts == ["1", "2", "3", "4"])
            world.outbox.acknowledge()
            #expect(await world.settled() == nil)
            try await world.expectDownlinks([])
        }
    }

    @Test func `what was left by an earlier run is delivered first`() async throws {
        try await withWorld { world in
            try await world.store.commit((1...3).map { .received(downlink($0)) })
            let deliveries = make(world)
            try await connect(world, deliveries)
            try await wait(world, for: 3)
            receive(4, world, deliveries)
            try await wait(world, for: 4)
            #expect(world.outbox.texts == texts(1...4))
        }
    }

    @Test func `what somebody else has put into the store is found when told of it`() async throws {
        try await withWorld { world in
            let deliveries = make(world)
            try await connect(world, deliveries)
            try await world.store.commit([.received(downlink(7))])
            deliveries.recheck()
            try await wait(world, for: 1)
            #expect(world.outbox.texts == ["7"])
        }
    }
}
