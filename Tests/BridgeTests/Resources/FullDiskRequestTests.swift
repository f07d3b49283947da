import Platforms
import Store
import TestSupport
import Testing

@testable import Bridge

/// Requests of the cloud while the store takes nothing.
@Suite struct FullDiskRequestTests {
    private static let temperature = ResourcePath(object: 3303, instance: 0, resource: 5700)
    private static let filling = Int64(1000)..<1030

    private func withFullDisk(_ body: (World, Module) async throws -> Void) async throws {
        try await withWorld(maximumBytes: 200_000) { world in
            world.outbox.connect(prompt: true)
            let module = await world.module(.thermometer())
            await module.play()
            await world.settle()
            for sequence in Self.filling { world.journal.record(.received(downlink(sequence, bytes: 8000)), .now) }
            #expect(await world.settled() != nil)
            try await body(world, module)
        }
    }

    private var read: CloudRequest {
        CloudRequest(messageID: 4711, path: ObjectPath(Self.temperature), action: .read)
    }

    /// 25.6, as the cloud writes it.
    private var write: CloudRequest {
        let value = WrittenValue(Self.temperature, [0x41, 0xCC, 0xCC, 0xCD], .bytes)
        return CloudRequest(messageID: 4711, path: ObjectPath(Self.temperature), action: .write([value]))
    }

    @Test func `a read is answered though its message cannot be saved`() async throws {
        try await withFullDisk { world, module in
            await module.know(.float(25.6), at: Self.temperature)
            await module.ask(read)
            #expect(await world.settled() != nil)
            await world.settle()
            #expect(await module.given.map(\.code) == [.content])
        }
    }

    @Test func `a write is answered when there is room on the disk again`() async throws {
        try await withFullDisk { world, module in
            await module.ask(write)
            #expect(await world.settled() != nil)
            await world.settle()
            #expect(await module.given == [])
            for sequence in Self.filling { world.journal.record(.handedOver(downlink: sequence), .whenever) }
            await world.pass(.seconds(1))
            #expect(await world.settled() == nil)
            await world.settle()
            #expect(await module.given.map(\.code) == [.changed])
        }
    }

    @Test func `a write that stays unsaved is not answered once the cloud has given up`() async throws {
        try await withFullDisk { world, module in
            await module.ask(write)
            #expect(await world.settled() != nil)
            await world.pass(.seconds(9))
            for sequence in Self.filling { world.journal.record(.handedOver(downlink: sequence), .whenever) }
            while world.journal.currentFailure != nil {
                await world.pass(.seconds(5))
                _ = try await world.store.downlinks(limit: 1)
                await world.settle()
            }
            #expect(await module.given == [])
        }
    }
}
