import AT
import JSON
import MQTT
import Platforms
import Reactor
import TestSupport
import Testing

@testable import Bridge

/// What an update that the cloud begins means for everything else, from the moment of its first report.
@Suite struct UpdateStateTests {
    private func with(_ body: (World, Module) async throws -> Void) async throws {
        try await withWorld { world in
            world.outbox.connect(prompt: true)
            let module = await world.module(.thermometer())
            await module.play()
            try await body(world, module)
        }
    }

    @Test func `a module whose firmware is updated is not shown ready`() async throws {
        try await with { world, module in
            await module.setState(.ready)
            await module.hear(.downloadStarted)
            #expect(await module.status.state == .updating)
            await module.setState(.ready)
            #expect(await module.status.state == .updating)
            await module.hear(.downloadFailed(PlatformError(name: "failed", text: "t", source: .module)))
            await module.setState(.ready)
            #expect(await module.status.state == .ready)
        }
    }

    @Test func `a step is shown when it is on disk, and not before`() async throws {
        try await with { world, module in
            await module.restoreFirmware([:])
            await module.hearAndPublish(.downloadStarted)
            #expect(Self.states(world) == ["idle"])
            #expect(await world.settled() == nil)
            await world.settle()
            #expect(Self.states(world) == ["idle", "downloading"])
        }
    }

    private static func states(_ world: World) -> [String?] {
        world.published("b/m/firmware").map { (try? JSONValue(parsing: Array($0.utf8)))?["state"]?.string }
    }

    @Test func `a restart in the middle of an update is shown to have ended the registration`() async throws {
        try await with { world, module in
            func waitForStatus(_ state: String, _ registration: String?) async throws {
                try await world.outbox.state.wait("\(state), \(registration ?? "null")") { broker in
                    guard let last = broker.sent.last(where: { $0.message.topic == "b/m/status" }),
                        let json = try? JSONValue(parsing: last.message.payload)
                    else { return false }
                    return json["state"]?.string == state && json["registration"]?.string == registration
                }
            }
            await module.beRegistered(during: .downloadStarted)
            try await waitForStatus("updating", "registered")
            await module.restarted("RDY")
            try await waitForStatus("updating", nil)
        }
    }

    @Test func `what is told of late is not shown in the place of what is newer`() {
        var shown = ShownFirmware([0])
        let (first, second) = (shown.next([1]), shown.next([2]))
        #expect(shown.json == [0])
        let wasTaken = [shown.save(second), shown.save(first)]
        #expect(wasTaken == [true, false])
        #expect(shown.json == [2])
    }

    @Test func `no answer that still waits goes to a module whose update has begun meanwhile`() async throws {
        try await with { world, module in
            let path = ResourcePath(object: 3303, instance: 0, resource: 5700)
            await module.know(.float(25.6), at: path)
            await module.beginUpdateWhileAnswering()
            for id in 1...3 {
                await module.ask(CloudRequest(messageID: id, path: ObjectPath(path), action: .read))
            }
            #expect(await world.settled() == nil)
            await world.settle()
            #expect(await module.given.count == 1)
            let events = try world.published("b/m/event").map { try JSONValue(parsing: Array($0.utf8)) }
            let refused = events.filter { $0["event"]?.string == "answer_failed" }
            #expect(refused.map { $0["detail"]?["name"]?.string } == ["updating", "updating"])
        }
    }
}

extension Module {
    func hear(_ report: FirmwareReport) { heard(report) }

    fileprivate func beRegistered(during report: FirmwareReport) {
        heard(report)
        status.registration = .registered
        setState(.updating)
        publishState()
    }

    fileprivate func hearAndPublish(_ report: FirmwareReport) {
        heard(report)
        publishFirmware()
    }

    fileprivate func beginUpdateWhileAnswering() {
        played?.whileAnswering = { self.assumeIsolated { $0.heard(.downloadStarted) } }
    }
}
