import JSON
import MQTT
import Platforms
import Reactor
import Store
import TestSupport
import Testing

@testable import Bridge

/// Requests of the cloud: answered in time, once, and after what they change is on disk.
@Suite struct RequestTests {
    private static let temperature = ResourcePath(object: 3303, instance: 0, resource: 5700)

    private func with(
        _ body: (World, Module) async throws -> Void
    ) async throws {
        try await withThermometer(body)
    }

    private func request(_ path: String, _ action: CloudRequest.Action) throws -> CloudRequest {
        CloudRequest(messageID: 4711, path: try #require(ObjectPath(path)), action: action)
    }

    private func newest(_ world: World, _ topic: String) throws -> JSONValue {
        try JSONValue(parsing: Array(try #require(world.published(topic).last).utf8))
    }

    @Test func `a read of what is known is answered by the bridge`() async throws {
        try await with { world, module in
            await module.know(.float(25.6), at: Self.temperature)
            await module.ask(try request("3303/0/5700", .read))
            #expect(await world.settled() == nil)
            await world.settle()
            let expected = RequestAnswer(.content, readings: [ResourceReading(Self.temperature, .float(25.6))])
            #expect(await module.given == [expected])
            let shown = try newest(world, "b/m/request")
            #expect(shown["kind"]?.string == "read")
            #expect(shown["path"]?.string == "3303/0/5700")
            #expect(shown["answered"]?.bool == true)
            #expect(world.published("b/m/object/3303/0/5700") == ["25.6"])
        }
    }

    @Test func `a write is on disk before the cloud is told, and is shown decoded`() async throws {
        try await with { world, module in
            let written = WrittenValue(Self.temperature, [0x41, 0xCC, 0xCC, 0xCD], .bytes)
            await module.ask(try request("3303/0/5700", .write([written])))
            #expect(await module.given == [])
            #expect(await world.settled() == nil)
            await world.settle()
            #expect(await module.given.map(\.code) == [.changed])
            #expect(world.published("b/m/object/3303/0/5700/write") == ["25.6"])
            #expect(world.published("b/m/object/3303/0/5700") == ["25.6"])
            #expect(try newest(world, "b/m/request")["value"]?.double == 25.6)
            #expect(world.published("b/m/down") == [])
            let kept = try await world.store.journals()[1]?["value/3303/0/5700"]
            #expect(kept.map { String(decoding: $0, as: UTF8.self) } == "25.6")
        }
    }

    /// The bridge was away for so long after the request had been read from the line.
    @Test(arguments: [(7, true), (8, false), (3600, false)])
    func `what nobody waits for any more is not answered`(_ seconds: Int, _ isInTime: Bool) async throws {
        try await with { world, module in
            await module.know(.float(25.6), at: Self.temperature)
            await module.hear(try request("3303/0/5700", .read), .seconds(seconds))
            await module.hear(try request("3303/0/5605", .execute(arguments: nil)), .seconds(seconds))
            await module.hear(try request("3303/0", .observe), .seconds(seconds))
            #expect(await world.settled() == nil)
            await world.settle()
            #expect(await module.given.count == (isInTime ? 2 : 0))
            #expect(world.published("b/m/request").count == (isInTime ? 3 : 0))
            #expect(await module.observes == isInTime)
            #expect(world.published("b/m/event").filter { $0.contains("request_overdue") }.count == (isInTime ? 0 : 3))
        }
    }

    @Test func `a write that was read too long ago is taken all the same, but not answered`() async throws {
        try await with { world, module in
            let written = WrittenValue(Self.temperature, [0x41, 0xCC, 0xCC, 0xCD], .bytes)
            await module.hear(try request("3303/0/5700", .write([written])), .seconds(9))
            #expect(await world.settled() == nil)
            await world.settle()
            #expect(await module.given == [])
            #expect(world.published("b/m/object/3303/0/5700/write") == ["25.6"])
            #expect(try newest(world, "b/m/request")["answered"]?.bool == false)
        }
    }

    @Test func `a write to the data channel is a downlink too, byte by byte`() async throws {
        try await with { world, module in
            let all = (0...255).map { UInt8($0) }
            let path = ResourcePath(object: 19, instance: 1, resource: 0)
            await module.ask(try request("19/1/0", .write([WrittenValue(path, all, .bytes)])))
            #expect(await world.settled() == nil)
            await world.settle()
            let down = world.outbox.state.value.sent.filter { $0.message.topic == "b/m/down" }
            #expect(down.map(\.message.payload) == [all])
            #expect(try newest(world, "b/m/down/json")["hex"]?.string?.hasPrefix("000102") == true)
            #expect(await module.status.counters.downlinks == 1)
            #expect(await module.given.map(\.code) == [.changed])
        }
    }

    @Test func `a write that fits no resource changes nothing`() async throws {
        try await with { world, module in
            let written = WrittenValue(Self.temperature, Array("warm!".utf8), .bytes)
            await module.ask(try request("3303/0/5700", .write([written])))
            #expect(await world.settled() == nil)
            await world.settle()
            #expect(await module.given.map(\.code) == [.badRequest])
            #expect(world.published("b/m/object/3303/0/5700/write") == [])
            #expect(world.published("b/m/object/3303/0/5700") == [])
        }
    }

    @Test func `an execute is answered by a client, once`() async throws {
        try await with { world, module in
            await module.ask(try request("3303/0/5605", .execute(arguments: "0='now'")))
            #expect(await world.settled() == nil)
            await world.settle()
            let shown = try newest(world, "b/m/request")
            #expect(shown["answered"]?.bool == false)
            #expect(shown["arguments"]?.string == "0='now'")
            let id = try #require(shown["id"]?.string)
            await module.reply(#"{"id":"\#(id)","code":"changed"}"#)
            await world.settle()
            #expect(await module.given == [RequestAnswer(.changed)])
            #expect(try newest(world, "b/m/up/result")["state"]?.string == "sent")
            await module.reply(#"{"id":"\#(id)","code":"changed"}"#)
            await world.pass(.seconds(20))
            #expect(await module.given == [RequestAnswer(.changed)])
            let outcome = try newest(world, "b/m/up/result")
            #expect(outcome["state"]?.string == "rejected")
            #expect(outcome["error"]?["name"]?.string == "already_answered")
            // It is no uplink.
            #expect(await module.status.counters.rejected == 0)
        }
    }

    @Test(arguments: [
        ("3303/0/5605", CloudRequest.Action.execute(arguments: nil), RequestAnswer.Code.methodNotAllowed),
        ("3303/0/5700", .read, .notFound),
    ])
    func `what no client answers in eight seconds the bridge answers`(
        _ path: String, _ action: CloudRequest.Action, _ code: RequestAnswer.Code
    ) async throws {
        try await with { world, module in
            await module.ask(try request(path, action))
            #expect(await world.settled() == nil)
            await world.pass(.milliseconds(7999))
            #expect(await module.given == [])
            await world.pass(.milliseconds(1))
            #expect(await module.given == [RequestAnswer(code)])
            let id = try #require(try newest(world, "b/m/request")["id"]?.string)
            await module.reply(#"{"id":"\#(id)","code":"not_found"}"#)
            #expect(try newest(world, "b/m/up/result")["error"]?["name"]?.string == "already_answered")
            #expect(try newest(world, "b/m/event")["event"]?.string == "request_not_answered")
        }
    }

    @Test func `a client's value is checked before it is passed on`() async throws {
        try await with { world, module in
            await module.ask(try request("3303/0/5700", .read))
            #expect(await world.settled() == nil)
            let id = try #require(try newest(world, "b/m/request")["id"]?.string)
            for (answer, error) in [
                (#""code":"content""#, "no_value"), (#""code":"content","value":"warm""#, "bad_value"),
                (#""code":"changed""#, "bad_code"),
            ] {
                await module.reply(#"{"id":"\#(id)",\#(answer)}"#)
                #expect(try newest(world, "b/m/up/result")["error"]?["name"]?.string == error)
            }
            await module.reply(#"{"id":"\#(id)","code":"content","value":21.5}"#)
            await world.settle()
            let expected = RequestAnswer(.content, readings: [ResourceReading(Self.temperature, .float(21.5))])
            #expect(await module.given == [expected])
            await module.reply(#"{"id":"nobody","code":"not_found"}"#)
            #expect(try newest(world, "b/m/up/result")["error"]?["name"]?.string == "unknown_request")
        }
    }

    @Test func `an answer that the module refuses is an event, and its client's outcome`() async throws {
        try await with { world, module in
            await module.refuseAnswers()
            await module.ask(try request("3303/0/5605", .execute(arguments: nil)))
            #expect(await world.settled() == nil)
            let id = try #require(try newest(world, "b/m/request")["id"]?.string)
            await module.reply(#"{"id":"\#(id)","code":"changed"}"#)
            await world.settle()
            let outcome = try newest(world, "b/m/up/result")
            #expect(outcome["state"]?.string == "failed")
            #expect(outcome["error"]?["code"]?.integer == 652)
            #expect(try newest(world, "b/m/event")["event"]?.string == "answer_failed")
        }
    }

    @Test func `an observation that the module will not hear of is not shown`() async throws {
        try await with { world, module in
            await module.refuseAnswers()
            await module.claimToBeObserved()
            await module.ask(try request("3303/0", .observe))
            #expect(await world.settled() == nil)
            await world.settle()
            #expect(await module.status.registration == .registered)
        }
    }

    @Test func `when the line is lost nobody waits for an answer any more`() async throws {
        try await with { world, module in
            await module.ask(try request("3303/0/5605", .execute(arguments: nil)))
            #expect(await world.settled() == nil)
            await module.dropRequests()
            await world.pass(.seconds(20))
            #expect(await module.given == [])
            let id = try #require(try newest(world, "b/m/request")["id"]?.string)
            await module.reply(#"{"id":"\#(id)","code":"changed"}"#)
            #expect(try newest(world, "b/m/up/result")["error"]?["name"]?.string == "already_answered")
        }
    }

    @Test func `a client whose answer is lost with the line is told so`() async throws {
        try await with { world, module in
            await module.ask(try request("3303/0/5605", .execute(arguments: nil)))
            #expect(await world.settled() == nil)
            let id = try #require(try newest(world, "b/m/request")["id"]?.string)
            await module.replyAndLose(#"{"id":"\#(id)","code":"changed"}"#)
            await world.settle()
            #expect(await module.given == [])
            let outcome = try newest(world, "b/m/up/result")
            #expect(outcome["id"]?.string == id)
            #expect(outcome["state"]?.string == "failed")
            #expect(outcome["error"]?["name"]?.string == "line_lost")
        }
    }

    @Test func `a module that has restarted is not answered what it asked before`() async throws {
        try await with { world, module in
            await module.know(.float(25.6), at: Self.temperature)
            await module.askAndLose(try request("3303/0/5700", .read))
            #expect(await world.settled() == nil)
            await world.settle()
            #expect(await module.given == [])
        }
    }

    @Test func `a client answers for an object with its only instance`() async throws {
        try await with { world, module in
            await module.ask(try request("3303", .read))
            #expect(await world.settled() == nil)
            let id = try #require(try newest(world, "b/m/request")["id"]?.string)
            await module.reply(#"{"id":"\#(id)","code":"content","value":{"5700":21.5}}"#)
            await world.settle()
            let expected = RequestAnswer(.content, readings: [ResourceReading(Self.temperature, .float(21.5))])
            #expect(await module.given == [expected])
        }
    }
}
