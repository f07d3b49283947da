import JSON
import MQTT
import Platforms
import Reactor
import Store
import TestSupport
import Testing

@testable import Bridge

/// Values that clients set: current at once, and reported when and as often as the cloud wants.
@Suite struct ResourceSetTests {
    private static let path = ResourcePath(object: 3303, instance: 0, resource: 5700)

    private func with(
        journal: [String: [UInt8]] = [:], _ body: (World, Module) async throws -> Void
    ) async throws {
        try await withWorld { world in
            world.outbox.connect(prompt: true)
            let module = await world.module(.thermometer(), journal: journal)
            await module.play()
            await world.settle()
            try await body(world, module)
        }
    }

    /// The states of the outcomes so far; one that was not to be reported is marked.
    private func states(_ world: World) throws -> [String] {
        try world.published("b/m/up/result").map { text in
            let json = try JSONValue(parsing: Array(text.utf8))
            return (json["state"]?.string ?? "") + (json["notified"]?.bool == false ? " unreported" : "")
        }
    }

    @Test func `a value that nobody observes is current and kept, and that is all`() async throws {
        try await with { world, module in
            try await module.set("3303/0/5700", "25.6")
            #expect(await world.settled() == nil)
            await world.settle()
            #expect(world.published("b/m/object/3303/0/5700") == ["25.6"])
            #expect(try states(world) == ["accepted unreported"])
            #expect(await module.status.queue.waiting == 0)
            let kept = try await world.store.journals()[1]?["value/3303/0/5700"]
            #expect(kept == Array("25.6".utf8))
        }
    }

    @Test func `an observed value waits for the line, with its path`() async throws {
        try await with { world, module in
            await module.observe("3303/0")
            try await module.set("3303/0", #"{"5700":25.6,"5701":"Cel"}"#)
            #expect(await world.settled() == nil)
            #expect(try states(world) == ["accepted"])
            #expect(world.published("b/m/object/3303/0/5701") == ["Cel"])
            let uplink = try #require(try await world.store.uplinks(of: 1, limit: 9).first)
            #expect(uplink.target == "3303/0")
            #expect(await module.waitingReadings(uplink)?.map(\.value) == [.float(25.6), .string("Cel")])
        }
    }

    @Test func `before the registration nobody knows what will be observed, so it waits`() async throws {
        try await with { world, module in
            await module.loseRegistration()
            try await module.set("3303/0/5700", "1")
            #expect(await module.status.queue.waiting == 1)
        }
    }

    @Test func `what is kept is current after a restart, and observed as before`() async throws {
        let journal = [
            "value/3303/0/5700": Array("7.5".utf8), "observations": Array("3303/0 99".utf8),
            "attributes/3303": Array("pmin=5".utf8), "value/9/9/9": [1], "wish": [2],
        ]
        try await with(journal: journal) { world, module in
            await module.publishResources()
            #expect(world.published("b/m/object/3303/0/5700") == ["7.5"])
            #expect(await module.observationID(of: Self.path) == 99)
            #expect(await module.shortest(of: Self.path) == 5)
        }
    }

    @Test func `a resource without a value has no retained one, whatever it had before`() async throws {
        try await with(journal: ["value/3303/0/5700": Array("warm".utf8)]) { world, module in
            await module.publishResources()
            let sent = world.outbox.state.value.sent.filter { $0.message.topic == "b/m/object/3303/0/5700" }
            #expect(sent.map(\.message.payload) == [[]])
            #expect(sent.map(\.message.retain) == [true])
        }
    }

    // MARK: Ids, and a disk that is full

    @Test func `an id that was accepted is not set again, before its commit or after it`() async throws {
        try await with { world, module in
            try await module.set("3303/0/5700", "1", id: "a")
            #expect(await module.repeatOutcome(of: "a", remembered: nil, reply: nil))
            #expect(await world.settled() == nil)
            await world.settle()
            #expect(try states(world) == ["accepted unreported"])
            let memory = try #require(try await world.store.idMemory([(module: 1, id: Array("a".utf8))]).first)
            #expect(await module.repeatOutcome(of: "a", remembered: memory, reply: nil))
            #expect(try states(world) == ["accepted unreported", "accepted unreported"])
        }
    }

    @Test func `a set that cannot be done is refused with its own id`() async throws {
        try await with { world, module in
            try await module.set("3303/0/5700", "warm", id: "a")
            let outcome = try JSONValue(parsing: Array(try #require(world.published("b/m/up/result").last).utf8))
            #expect(outcome["id"]?.string == "a")
            #expect(outcome["error"]?["name"]?.string == "bad_value")
        }
    }

    @Test func `a value that cannot be saved is not accepted`() async throws {
        try await withWorld(maximumBytes: 200_000) { world in
            world.outbox.connect(prompt: true)
            let module = await world.module(.thermometer())
            await module.play()
            await world.settle()
            try await module.setTooMuch("3303/0/5700", "1")
            #expect(await world.settled() != nil || world.journal.currentFailure != nil)
            await world.settle()
            let found = try states(world)
            #expect(found == ["rejected"])
        }
    }

    // MARK: Attributes

    @Test func `between two reports lies pmin, and the newest value is reported then`() async throws {
        try await with { world, module in
            await module.observe("3303/0/5700")
            await module.want("pmin=10")
            try await module.set("3303/0/5700", "1")
            try await module.set("3303/0/5700", "2")
            try await module.set("3303/0/5700", "3")
            #expect(await world.settled() == nil)
            #expect(try await payloads(world) == ["1"])
            await world.pass(.milliseconds(9999))
            #expect(try await payloads(world) == ["1"])
            await world.pass(.milliseconds(1))
            #expect(await world.settled() == nil)
            #expect(try await payloads(world) == ["1", "3"])
        }
    }

    @Test func `what pmin holds back goes when the cloud asks for a shorter one`() async throws {
        try await with { world, module in
            await module.observe("3303/0/5700")
            await module.want("pmin=3600")
            try await module.set("3303/0/5700", "1")
            try await module.set("3303/0/5700", "2")
            await world.pass(.seconds(20))
            #expect(await module.takeWaiting() == ["1"])
            await module.want("pmin=30")
            await world.pass(.milliseconds(9999))
            #expect(await module.takeWaiting() == [])
            await world.pass(.milliseconds(1))
            #expect(await module.takeWaiting() == ["2"])
        }
    }

    @Test func `after pmax the value is reported again though it has not changed`() async throws {
        try await with { world, module in
            await module.observe("3303/0/5700")
            await module.want("pmax=60")
            try await module.set("3303/0/5700", "1")
            for _ in 0..<3 {
                #expect(await module.takeWaiting() == ["1"])
                await world.pass(.seconds(60))
            }
        }
    }

    @Test func `pmax counts from the observe too, though nothing is set`() async throws {
        try await with { world, module in
            await module.know(.float(7.5), at: Self.path)
            await module.observe("3303/0/5700")
            await module.want("pmax=60")
            await world.pass(.milliseconds(59_999))
            #expect(await module.takeWaiting() == [])
            await world.pass(.milliseconds(1))
            #expect(await module.takeWaiting() == ["7.5"])
        }
    }

    @Test func `what is due by pmax does not fill the queue while nothing can be sent`() async throws {
        try await with { world, module in
            await module.observe("3303/0/5700")
            await module.want("pmax=2")
            try await module.set("3303/0/5700", "1")
            for _ in 0..<20 { await world.pass(.seconds(2)) }
            #expect(await module.takeWaiting() == ["1"])
            await module.loseRegistration()
            for _ in 0..<20 { await world.pass(.seconds(2)) }
            #expect(await module.takeWaiting() == [])
        }
    }

    @Test func `pmax of an instance brings every one of its resources`() async throws {
        try await with { world, module in
            await module.know(.float(7.5), at: Self.path)
            await module.know(.string("Cel"), at: ResourcePath(object: 3303, instance: 0, resource: 5701))
            await module.observe("3303/0")
            await module.want("pmax=3")
            for _ in 0..<3 {
                await world.pass(.seconds(3))
                #expect(await module.takeWaiting().sorted() == ["7.5", "Cel"])
            }
        }
    }

    @Test func `a change that is too small or crosses no limit is not reported`() async throws {
        try await with { world, module in
            await module.observe("3303/0/5700")
            await module.want("st=2;gt=30")
            for value in ["20", "21", "22", "23", "29.5", "30.5", "31"] { try await module.set("3303/0/5700", value) }
            #expect(await world.settled() == nil)
            #expect(try await payloads(world) == ["20", "22", "29.5", "30.5"])
        }
    }

    @Test func `a report that came to nothing is not what the next value is measured by`() async throws {
        try await with { world, module in
            await module.observe("3303/0/5700")
            await module.want("st=2")
            try await module.set("3303/0/5700", "25")
            #expect(await world.settled() == nil)
            await module.endWaiting(.expired)
            try await module.set("3303/0/5700", "25.5")
            #expect(await module.status.queue.waiting == 1)
            await module.endWaiting(.sent)
            try await module.set("3303/0/5700", "26")
            #expect(await module.status.queue.waiting == 0)
        }
    }

    @Test func `what was kept of objects that are gone is forgotten`() async throws {
        try await withWorld { world in
            let keys = ["value/3303/0/5700", "value/9/9/9", "attributes/3303", "attributes/9/0", "value/x", "wish"]
            for key in keys { world.journal.record(.journal(module: 1, key: key, value: Array("7".utf8)), .now) }
            #expect(await world.settled() == nil)
            _ = await world.module(.thermometer(), journal: try await world.store.journal(of: 1))
            #expect(await world.settled() == nil)
            let left = try await world.store.journal(of: 1).keys.sorted()
            #expect(left == ["attributes/3303", "value/3303/0/5700", "wish"])
        }
    }

    private func payloads(_ world: World) async throws -> [String] {
        try await world.store.uplinks(of: 1, limit: 99).map { String(decoding: $0.payload, as: UTF8.self) }
    }
}
