import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// A module at another rate than the configured one.
@Suite struct RateTests {
    @Test(arguments: [9600, 460_800])
    func `a module at another rate is found, and the configuration is corrected in words`(_ baud: Int) async throws {
        var options = RigOptions()
        options.module = { $0.baud = baud }
        try await withRig(options) { rig in
            let event = try await rig.json(on: "nb/m0/event", since: rig.beginning) {
                $0["event"]?.string == "other_baud_rate"
            }
            #expect(event["detail"]?["configured"]?.integer == 115_200)
            #expect(event["detail"]?["found"]?.integer == baud)
            #expect(rig.bridge.log.contains("enter baud = \(baud)"))
            try await rig.up(json: #"{"id":"u","text":"heard"}"#)
            try await rig.outcome("u", "sent")
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a module that was only dead for a while is found again at its rate`() async throws {
        var options = RigOptions()
        options.untilReady = false
        options.module = { $0.baud = 115_200 }
        options.prepare = { await $0.cutPower() }
        try await withRig(options) { rig in
            // The search has begun.
            #expect(await rig.module.wait(limit: .seconds(60)) { $0.log.contains { $0.text == "noise" } })
            await rig.module.powerOn()
            try await rig.state("ready", limit: .seconds(120))
            let events = rig.client.record.value.messages.filter { $0.topic == "nb/m0/event" }.map(\.text)
            #expect(!events.contains { $0.contains("other_baud_rate") })
        }
    }
}
