import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Values of resources and raw data on their way up.
@Suite struct LwM2MReportTests {
    private static let all =
        #"{"5700":-1.5e-7,"5701":"x\"y","5601":9007199254740993,"5850":true,"5750":{"hex":"00ff"}}"#

    @Test(arguments: LwM2MService.allCases, [false, true])
    func `values of all kinds go as one report`(_ service: LwM2MService, _ isConfirmed: Bool) async throws {
        try await withRig(.lwm2m(service, "confirm = \(isConfirmed)", "rai = 2")) { rig in
            #expect(try await rig.ask(CloudOrder(.observe, "3303/0")).code == 1)
            if service == .cuDMP { _ = try await rig.reported("3303/0/5700", "21.5") }
            try await rig.set("3303/0", Self.all)
            let last = try await rig.reported("3303/0/5601", "9007199254740993")
            let report = await rig.module.uplinks.filter { $0.group == last.group }
            #expect(report.map(\.path) == [5700, 5701, 5601, 5850, 5750].map { "3303/0/\($0)" })
            #expect(report.map(\.type) == [.float, .opaque, .integer, .boolean, .opaque])
            #expect(report.map(\.text) == ["-0.00000015", "x\"y", "9007199254740993", "1", "\u{0}\u{FFFD}"])
            #expect(report.allSatisfy { $0.isConfirmed == isConfirmed && $0.rai == 2 })
            try await rig.json(on: "nb/m0/up/result", since: rig.beginning) {
                $0["state"]?.string == (isConfirmed ? "delivered" : "sent")
            }
            try await rig.text("x\"y", on: "object/3303/0/5701")
            await rig.expectClean()
        }
    }

    @Test func `a report of resources under several observations goes under each`() async throws {
        try await withRig(.lwm2m()) { rig in
            for path in ["3303/0/5601", "3303/0/5850"] { _ = try await rig.ask(CloudOrder(.observe, path)) }
            try await rig.set("3303/0", #"{"5601":4,"5850":false,"5701":"nobody asks"}"#)
            let first = try await rig.reported("3303/0/5601", "4")
            let second = try await rig.reported("3303/0/5850", "0")
            #expect(first.group != second.group)
            try await rig.text("nobody asks", on: "object/3303/0/5701")
            await rig.expectClean()
        }
    }

    @Test(arguments: [
        ("3303/0/5700", "warm", "bad_value"), ("3303/0/5605", "1", "executable"), ("3303/0/9", "1", "unknown_resource"),
        ("3303/1/5700", "1", "unknown_resource"), ("3303/0", "{\"5700\":\"a\"}", "bad_value"),
        ("3303/0", "5700", "not_an_object"),
    ])
    func `what is no value reaches no module`(_ path: String, _ value: String, _ name: String) async throws {
        try await withRig(.lwm2m()) { rig in
            _ = try await rig.ask(CloudOrder(.observe, "3303/0"))
            try await rig.set(path, value)
            let outcome = try await rig.json(on: "nb/m0/up/result") { $0["state"]?.string == "rejected" }
            #expect(outcome["error"]?["name"]?.string == name)
            #expect(await rig.module.uplinks.isEmpty)
            await rig.expectClean()
        }
    }

    @Test func `raw data wait until the cloud observes them`() async throws {
        var options = RigOptions.lwm2m()
        options.module = { $0.timeScale = 50 }
        options.prepare = { await $0.withCloud { $0.observes = false } }
        try await withRig(options) { rig in
            try await rig.up(json: #"{"id":"a","text":"early","confirm":true}"#)
            try await rig.status { $0["error"]?["name"]?.string == "not_observed" }
            await rig.module.observeData()
            try await rig.outcome("a", "delivered")
            #expect(await rig.received() == ["early"])
            await rig.expectBreaches()
        }
    }

    @Test(arguments: [LwM2MService.ctIoT, .andlink])
    func `what is not acknowledged is sent again, then fails`(_ service: LwM2MService) async throws {
        var options = RigOptions.lwm2m(service, "attempts = 2")
        options.module = { $0.timeScale = 200 }
        try await withRig(options) { rig in
            await rig.module.withCloud { $0.acknowledgement = .never }
            try await rig.up(json: #"{"id":"a","text":"again","confirm":true}"#)
            let failed = try await rig.outcome("a", "failed")
            #expect(failed["attempts"]?.integer == 2)
            #expect(failed["error"]?["name"]?.string == "uplink_not_acknowledged")
            #expect(await rig.received() == ["again", "again"])
            await rig.expectBreaches()
        }
    }

    /// The first RST ends the observation; the cloud observes again.
    @Test func `a cloud that resets a report is waited for`() async throws {
        try await withRig(.lwm2m()) { rig in
            await rig.module.withCloud { $0.acknowledgement = .reset }
            try await rig.up(json: #"{"id":"a","text":"reset","confirm":true}"#)
            try await rig.event("observation_reset")
            await rig.module.withCloud { $0.acknowledgement = .after(.milliseconds(50)) }
            await rig.module.observeData()
            try await rig.outcome("a", "delivered")
            await rig.expectClean()
        }
    }
}
