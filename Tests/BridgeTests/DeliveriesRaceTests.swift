import Bridge
import MQTT
import Reactor
import Store
import Synchronization
import TestSupport
import Testing

/// Parcels that come, arrive and fail while the store is being read.
@Suite struct DeliveriesRaceTests {
    private final class Shelf: Sendable {
        struct State {
            var parcels: [Int64] = []
            var pages: [Int64] = []
            var failures = 0
        }
        let state = Mutex(State())

        func page(after: Int64, limit: Int) -> [Parcel]? {
            state.withLock { state in
                state.pages.append(after)
                guard state.failures == 0 else {
                    state.failures -= 1
                    return nil
                }
                return state.parcels.sorted().filter { $0 > after }.prefix(limit).map(parcel)
            }
        }
    }

    private func make(
        _ world: World, _ shelf: Shelf, whileReading: @escaping @Sendable (Int64) -> Void = { _ in }
    ) -> Deliveries {
        Deliveries(
            reactor: world.reactor, outbox: world.outbox, journal: world.journal, time: world.time,
            load: { after, limit throws(StoreError) in
                guard let page = shelf.page(after: after, limit: limit) else { throw .busy(path: "p") }
                whileReading(after)
                return page
            },
            arrived: { .published(sequence: $0) })
    }

    @Test func `an early uplink that ends while a later page is read is not forgotten`() async throws {
        try await withWorld { world in
            let shelf = Shelf()
            shelf.state.withLock { $0.parcels = [10, 11] }
            let late = Mutex<Deliveries?>(nil)
            let deliveries = make(world, shelf) { after in
                guard after == 0, let deliveries = late.withLock({ $0.take() }) else { return }
                // Its place is behind the page that is being read, and the answer lacks it.
                shelf.state.withLock { $0.parcels.append(5) }
                deliveries.send(parcel(5))
            }
            late.withLock { $0 = deliveries }
            world.outbox.connect()
            deliveries.connected()
            try await world.outbox.state.wait("all three", limit: .seconds(5)) { $0.sent.count == 3 }
            #expect(world.outbox.texts == ["10", "11", "5"])
        }
    }

    @Test func `what arrives while the store is read is not offered again`() async throws {
        try await withWorld { world in
            let shelf = Shelf()
            shelf.state.withLock { $0.parcels = [1, 2, 3] }
            let outbox = world.outbox
            let deliveries = make(world, shelf) { after in
                // The broker takes what it has, while the store's answer still holds it.
                if after == 0 { outbox.acknowledge() }
            }
            world.outbox.connect()
            deliveries.connected()
            try await world.outbox.state.wait("all three") { $0.sent.count == 3 }
            deliveries.recheck()
            await world.settled()
            await world.settle()
            #expect(world.outbox.texts == ["1", "2", "3"])
        }
    }

    @Test func `a store that cannot be read is read again without a new connection`() async throws {
        try await withWorld { world in
            let shelf = Shelf()
            shelf.state.withLock {
                $0.parcels = [1]
                $0.failures = 2
            }
            let deliveries = make(world, shelf)
            world.outbox.connect()
            deliveries.connected()
            await world.settle()
            #expect(world.outbox.texts == [])
            for _ in 0..<3 { await world.pass(.seconds(5)) }
            #expect(world.outbox.texts == ["1"])
            #expect(shelf.state.withLock { $0.pages } == [0, 0, 0, 1])
        }
    }

    /// Every parcel once and in order, however the broker behaves.
    @Test(arguments: 0..<20) func `nothing is lost and nothing comes twice`(seed: Int) async throws {
        try await withWorld { world in
            var random = SeededNumbers(state: UInt64(seed))
            let store = world.store
            let deliveries = Deliveries(
                reactor: world.reactor, outbox: world.outbox, journal: world.journal, time: world.time,
                load: { after, limit throws(StoreError) in
                    try await store.downlinks(after: after, limit: limit).map { parcel($0.sequence) }
                },
                arrived: { .handedOver(downlink: $0) })
            var last: Int64 = 0
            for _ in 0..<120 {
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<4:
                    for _ in 0..<Int.random(in: 1...150, using: &random) {
                        last += 1
                        world.journal.record(.received(downlink(last)), .soon)
                        deliveries.send(parcel(last))
                    }
                case 4..<6: world.outbox.acknowledge(Int.random(in: 0...200, using: &random))
                case 6: world.outbox.disconnect()
                case 7:
                    world.outbox.connect()
                    deliveries.connected()
                case 8: await world.pass(.milliseconds(Int.random(in: 0...1500, using: &random)))
                default: deliveries.recheck()
                }
                if Bool.random(using: &random) { await world.settle() }
            }
            world.outbox.connect(prompt: true)
            deliveries.connected()
            let count = Int(last)
            world.outbox.acknowledge()
            try await world.outbox.state.wait("all \(count)") { $0.acknowledged >= count }
            #expect(await world.settled() == nil)
            #expect(world.outbox.texts == (1...count).map(String.init))
            try await world.expectDownlinks([])
        }
    }
}
