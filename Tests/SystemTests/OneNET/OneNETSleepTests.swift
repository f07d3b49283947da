import JSON
import TestSupport
import Testing
import VirtualModules

/// Deep sleep, and the renewal of a registration.
@Suite struct OneNETSleepTests {
    private static func sleeper(resumes: Bool = true, more: String = "") -> RigOptions {
        OneNETRig.options(
            { own in
                own.timeScale = 10
                own.sleepAfter = .seconds(15)
                own.resumesAfterSleep = resumes
            }, more: "power = \"deep-sleep\"\n" + more)
    }

    @Test(arguments: [true, false])
    func `deep sleep shows, an uplink ends it, and the registration is resumed or made anew`(resumes: Bool) async throws
    {
        try await withRig(Self.sleeper(resumes: resumes)) { rig in
            let asleep = try await rig.state("asleep")
            #expect(asleep["sleep"]?.string == "asleep")
            let mark = rig.mark
            try await rig.up(json: #"{"id":"w","text":"wake up","confirm":true}"#)
            try await rig.set("3303/0", #"{"5700":1,"5701":"b"}"#)
            try await rig.outcome("w", "delivered")
            #expect(await rig.module.waitForUplinks(3, limit: .seconds(30)))
            #expect(await rig.module.withCloud { $0.registrations } == (resumes ? 1 : 2))
            try await rig.state("asleep", since: mark)
            await rig.expectBreaches()
        }
    }

    @Test func `what the platform wants of a module that sleeps is answered when it is awake`() async throws {
        try await withRig(Self.sleeper()) { rig in
            try await rig.state("asleep")
            let id = await rig.module.request(CloudOrder(.write, "3303/0/5701", payload: Array("late".utf8)))
            try await rig.up("wake up")
            #expect(await rig.module.waitForAnswer(to: id, limit: .seconds(30))?.code == 2)
            _ = try await rig.client.message(on: "nb/m0/object/3303/0/5701/write")
            #expect(await rig.module.withCloud { $0.answeredLate } == 0)
            await rig.expectBreaches()
        }
    }

    @Test func `sleep and wake by command`() async throws {
        try await withOneNETRig { rig in
            let mark = rig.mark
            try await rig.order("sleep")
            try await rig.json(on: "nb/m0/command/sleep/result") { $0["ok"]?.bool == true }
            await rig.module.enterSleep()
            try await rig.state("asleep", since: mark)
            let second = rig.mark
            try await rig.order("wake")
            try await rig.json(on: "nb/m0/command/wake/result") { $0["ok"]?.bool == true }
            try await rig.state("ready", since: second)
            try await rig.up(json: #"{"id":"u","text":"awake"}"#)
            try await rig.outcome("u", "sent")
        }
    }

    /// Firmware without `auto_update`; 15 s are 30 of the test's, and the bridge renews after 12.
    @Test func `a registration that the module does not renew the bridge renews`() async throws {
        var options = OneNETRig.options({ $0.timeScale = 0.5 }, more: "lifetime = 15")
        options.prepare = { module in
            await module.fail(
                Fault(.answer("+CIS ERROR: 652"), on: #"AT+MIPLCONFIG=0,0,1,"183.230.40.39",5683,1"#, always: true))
        }
        try await withOneNETRig(options) { rig in
            try await rig.event("update_succeeded", limit: .seconds(20))
            let updates = await rig.module.log.filter { $0.kind == .command && $0.text.hasPrefix("AT+MIPLUPDATE") }
            #expect(updates.map(\.text) == ["AT+MIPLUPDATE=0,15,0,0"])
            try await rig.event("update_succeeded", count: 3, limit: .seconds(40))
            #expect(await rig.module.withCloud { $0.registrations } == 1)
            #expect(await rig.module.status == "registered")
        }
    }

    /// Seed 5.7, event 14.
    @Test func `a renewal that the module asks for is made at once`() async throws {
        try await withOneNETRig { rig in
            await rig.module.report("+MIPLEVENT: 0,14,300")
            try await rig.event("update_succeeded")
            #expect(await rig.module.withCloud { $0.updates } == 1)
        }
    }

    @Test(arguments: [(ModuleCloud.Registration.reject, "update_failed"), (.ignore, "update_timed_out")])
    func `a renewal that fails makes a new registration`(_ answer: ModuleCloud.Registration, _ event: String)
        async throws
    {
        try await withRig(OneNETRig.options { $0.timeScale = 50 }) { rig in
            await rig.firstLook()
            await rig.module.withCloud { $0.registration = answer }
            try await rig.order("update")
            try await rig.event(event)
            await rig.module.withCloud { $0.registration = .accept }
            try await rig.json(on: "nb/m0/command/update/result") { $0["error"]?["name"]?.string == event }
            try await rig.up(json: #"{"id":"u","text":"anew"}"#)
            try await rig.outcome("u", "sent")
            #expect(await rig.module.withCloud { $0.registrations } >= 2)
            await rig.expectBreaches()
        }
    }
}
