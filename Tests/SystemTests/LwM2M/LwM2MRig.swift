import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// A module of standard LwM2M with one of its clouds, and what tests ask of it.
extension RigOptions {
    /// In real time: an answer has the ten seconds that it has in the field.
    static func lwm2m(_ service: LwM2MService = .ctIoT, _ keys: String...) -> RigOptions {
        var options = RigOptions()
        options.platform = .lwm2m(service)
        options.module = { $0.timeScale = 1 }
        options.keys = keys.joined(separator: "\n") + "\n" + thermometer
        return options
    }

    /// So many times as fast, where nothing waits for the ten seconds of an answer.
    static func fastLwM2M(
        _ service: LwM2MService = .ctIoT, _ keys: String..., scale: Double = 50
    ) -> RigOptions {
        var options = lwm2m(service, keys.joined(separator: "\n"))
        options.module = { $0.timeScale = scale }
        return options
    }

    private static let thermometer = """
        [[module.object]]
        id = 3303
        resources = [
            { id = 5700, type = "float", value = 21.5 }, { id = 5701, type = "string" }, { id = 5601, type = "integer" },
            { id = 5850, type = "boolean" }, { id = 5750, type = "opaque" }, { id = 5605, type = "executable" },
        ]
        """
}

extension Rig {
    /// Nil fails the test: every request is answered.
    func ask(_ order: CloudOrder) async throws -> CloudAnswer {
        let id = await module.request(order)
        return try #require(await module.waitForAnswer(to: id, limit: .seconds(60)))
    }

    /// Waits until a message with that text is on the topic.
    @discardableResult
    func text(_ text: String, on topic: String) async throws -> InboundMessage {
        try await client.message(on: "nb/m0/\(topic)") { $0.payload == Array(text.utf8) }
    }

    /// Waits until the cloud has the value of that resource.
    func reported(_ path: String, _ text: String) async throws -> ReceivedUplink {
        try #require(
            await module.wait(limit: .seconds(60)) { $0.uplinks.contains { $0.path == path && $0.text == text } })
        return try #require(await module.uplinks.first { $0.path == path && $0.text == text })
    }

    func waitUntilObserved() async throws {
        try #require(await module.wait(limit: .seconds(60)) { $0.withCloud { !$0.answers.isEmpty } })
    }

    /// The host has done nothing wrong, and the cloud got all its answers in time.
    func expectClean(sourceLocation: SourceLocation = #_sourceLocation) async {
        let faults = await module.withCloud { [$0.answeredLate, $0.answeredTwice, $0.neverAnswered] }
        await expectBreaches(at: sourceLocation)
        #expect(faults == [0, 0, 0], "late, twice, never", sourceLocation: sourceLocation)
    }

    /// Registered again after a restart of the module.
    func registeredAgain(since mark: Mark) async throws {
        try await state("registering", since: mark)
        try await state("ready")
    }

    func done(_ command: String, _ payload: String = "") async throws {
        let mark = mark
        try await order(command, payload)
        let result = try await json(on: "nb/m0/command/\(command)/result", since: mark) { $0["ok"] != nil }
        #expect(result["ok"]?.bool == true, "\(command): \(result["error"]?["text"]?.string ?? "")")
    }

    /// An uplink reaches the cloud, and nothing was done wrong on the way here.
    func works(_ id: String) async throws {
        try await up(json: #"{"id":"\#(id)","text":"\#(id)","confirm":true}"#)
        try await outcome(id, "delivered")
        await expectBreaches()
    }

    /// That the bridge has asked for.
    var restarts: Int { get async { await commands("AT+QRST").count } }

    func commands(_ prefix: String) async -> [String] {
        await module.log.filter { $0.kind == .command && $0.text.hasPrefix(prefix) }.map(\.text)
    }
}
