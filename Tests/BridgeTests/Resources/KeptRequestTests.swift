import JSON
import Platforms
import Reactor
import Store
import TestSupport
import Testing

@testable import Bridge

/// A bridge that ends while requests wait for a client, and comes back.
@Suite struct KeptRequestTests {
    /// What is left when a bridge has died with these requests unanswered, so long ago.
    private func afterDeath(
        of requests: [CloudRequest], _ away: Duration, _ body: (World, Module, [String]) async throws -> Void
    ) async throws {
        try await withThermometer { world, module in
            for request in requests { await module.ask(request) }
            #expect(await world.settled() == nil)
            let ids = try world.published("b/m/request").compactMap {
                try JSONValue(parsing: Array($0.utf8))["id"]?.string
            }
            await world.pass(away)
            let successor = await world.module(.thermometer(), journal: try await world.store.journal(of: 1))
            await successor.play()
            try await body(world, successor, ids)
        }
    }

    private let unanswerable = [
        CloudRequest(
            messageID: 4711, token: [0xAB, 1],
            path: ObjectPath(ResourcePath(object: 3303, instance: 0, resource: 5700)), action: .read, query: "a=1"),
        CloudRequest(
            messageID: 4712, path: ObjectPath(ResourcePath(object: 3303, instance: 0, resource: 5605)),
            action: .execute(arguments: "1")),
    ]

    @Test func `a client answers what it was asked by a bridge that has died since`() async throws {
        try await afterDeath(of: unanswerable, .seconds(3)) { world, module, ids in
            #expect(ids.count == 2)
            // The line tells it again, for it was not forgotten yet.
            for request in unanswerable { await module.ask(request) }
            #expect(world.published("b/m/request").count == 2)
            await module.reply(#"{"id":"\#(ids[0])","code":"content","value":21.5}"#)
            await module.reply(#"{"id":"\#(ids[1])","code":"changed"}"#)
            await world.settle()
            #expect(await module.given.map(\.code) == [.content, .changed])
            #expect(await module.asked == unanswerable)
            #expect(await world.settled() == nil)
            let kept = try await world.store.journal(of: 1)
            #expect(kept.isEmpty)
        }
    }

    @Test func `what nobody answers a bridge answers that has come back since`() async throws {
        try await afterDeath(of: unanswerable, .seconds(3)) { world, module, _ in
            await world.pass(.milliseconds(4999))
            #expect(await module.given == [])
            await world.pass(.milliseconds(1))
            #expect(Set(await module.given.map(\.code)) == [.notFound, .methodNotAllowed])
        }
    }

    @Test func `what a bridge has come back too late for is not answered`() async throws {
        try await afterDeath(of: unanswerable, .seconds(8)) { world, module, ids in
            await module.reply(#"{"id":"\#(ids[0])","code":"not_found"}"#)
            await world.settle()
            #expect(world.published("b/m/up/result").last?.contains("already_answered") == true)
            #expect(await module.given == [])
            #expect(await world.settled() == nil)
            let kept = try await world.store.journal(of: 1)
            #expect(kept.isEmpty)
        }
    }
}
