import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// A thermometer with two instances, a switch, and a data channel, on OneNET.
enum OneNETRig {
    static let keys = """
        data_up = "3200/0/5750"
        data_down = "3200/0/5751"
        [[module.object]]
        id = 3303
        resources = [
            { id = 5700, type = "float", value = 21.5 },
            { id = 5701, type = "string", value = "Cel" },
            { id = 5601, type = "float" },
            { id = 5605, type = "executable" },
        ]
        [[module.object]]
        id = 3303
        instance = 1
        resources = [{ id = 5700, type = "float", value = 3.25 }, { id = 5701, type = "string" }]
        [[module.object]]
        id = 3342
        resources = [
            { id = 5500, type = "boolean", value = true },
            { id = 5501, type = "integer", value = -40000 },
            { id = 5750, type = "string" },
            { id = 5522, type = "opaque", value = "00ff22" },
        ]
        """

    /// What the module adds: the instances that the platform observes and the objects that it discovers at first.
    static let instances = ["3200/0", "3303/0", "3303/1", "3342/0"]

    /// Of the platform's own time nothing is left out, so that ten seconds are ten.
    static func options(
        _ module: @escaping @Sendable (inout ModuleOptions) -> Void = { _ in }, more: String = ""
    ) -> RigOptions {
        var options = RigOptions()
        options.platform = .onenet
        options.keys = more + "\n" + keys
        options.module = { own in
            own.timeScale = 1
            module(&own)
        }
        return options
    }
}

/// Runs the body as soon as the platform has had its first look, and asks afterwards whether the module was treated well and
/// every request was answered once and in time.
func withOneNETRig(
    _ options: RigOptions = OneNETRig.options(), breaches expected: [String] = [], unanswered: Int = 0,
    _ body: (Rig) async throws -> Void
) async throws {
    try await withRig(options) { rig in
        if options.untilReady { await rig.firstLook() }
        try await body(rig)
        await rig.expectBreaches(expected)
        let counts = await rig.module.withCloud { [$0.answeredLate, $0.answeredTwice, $0.neverAnswered] }
        #expect(counts == [0, 0, unanswered])
    }
}

extension Rig {
    /// Waits until every object has been discovered, so often in all.
    func firstLook(_ times: Int = 1, limit: Duration = .seconds(60)) async {
        let objects = Set(OneNETRig.instances.map { $0.split(separator: "/")[0] })
        let complete = await module.wait(limit: limit) { module in
            module.withCloud { $0.answers.filter { $0.order.kind == .discover }.count >= objects.count * times }
        }
        #expect(complete)
    }

    /// The platform asks; its answer.
    func ask(_ order: CloudOrder, limit: Duration = .seconds(30)) async throws -> CloudAnswer {
        let id = await module.request(order)
        return try #require(await module.waitForAnswer(to: id, limit: limit))
    }

    /// The next message on B/M/request of that kind.
    func shown(_ kind: String, since mark: Mark) async throws -> JSONValue {
        try await json(on: "nb/m0/request", since: mark) { $0["kind"]?.string == kind }
    }

    func set(_ path: String, _ payload: String) async throws {
        try await client.publish("nb/m0/object/\(path)/set", payload)
    }

    func answer(_ json: String) async throws { try await client.publish("nb/m0/answer", json) }

    /// What came to the platform since, as `path=value`, the parts of each report in one group.
    func reports(since first: Int = 0) async -> [[String]] {
        let uplinks = await module.uplinks.dropFirst(first)
        var groups: [(number: Int, values: [String])] = []
        for uplink in uplinks {
            let value = "\(uplink.path ?? "?")=\(uplink.text)"
            if groups.last?.number == uplink.group {
                groups[groups.count - 1].values.append(value)
            } else {
                groups.append((uplink.group, [value]))
            }
        }
        return groups.map(\.values)
    }

    /// Messages on a topic so far, in order.
    func texts(on topic: String) -> [String] {
        client.record.value.messages.filter { $0.topic == topic }.map { String(decoding: $0.payload, as: UTF8.self) }
    }

    /// The newest message on the topic, for one who comes now.
    func retained(_ topic: String, is text: String) async throws {
        _ = try await client.message(on: topic) { $0.text == text }
        try await withClient(of: broker, subscriptions: [topic]) { late in
            _ = try await late.message(on: topic) { $0.retain && String(decoding: $0.payload, as: UTF8.self) == text }
        }
    }
}
