import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// What people and the module decide about an update: cancelled, interrupted, failed, refused.
@Suite struct AndlinkDecisionTests {
    private static func firmware(
        _ rig: Rig, _ outcome: FirmwareTask.Outcome = .success(revision: "BC28JAR01A04"), steps: Int = 4
    ) async throws -> Rig.Mark {
        let mark = rig.mark
        await rig.module.updateFirmware(AndlinkUpdateTests.task(outcome, steps: steps))
        return mark
    }

    private static func decide(_ rig: Rig, _ action: String) async throws -> JSONValue {
        try await rig.result(of: "firmware/decide", #"{"action":"\#(action)"}"#)
    }

    private static func awaits(_ rig: Rig, _ what: String, since mark: Rig.Mark) async throws {
        try await rig.json(on: "nb/m0/firmware", since: mark) { $0["awaits"]?.string == what }
    }

    /// The end as it is shown, kept, and survived by the rest.
    private static func ends(_ rig: Rig, _ state: String, _ error: String?, since mark: Rig.Mark) async throws {
        try await rig.json(on: "nb/m0/firmware", since: mark) {
            $0["state"]?.string == state && $0["error"]?["name"]?.string == error
        }
        try await rig.up(json: #"{"id":"after","text":"after"}"#)
        try await rig.outcome("after", "sent")
        try await rig.state("ready")
        let kept = try JSONValue(parsing: await rig.retained("nb/m0/firmware").payload)
        #expect(kept["state"]?.string == state && kept["error"]?["name"]?.string == error)
    }

    @Test(
        arguments: ["automatic", "controlled"],
        [
            (FirmwareTask.Outcome.downloadFailure(4), "download_failed"), (.updateFailure(5), "update_failed"),
            (.updateFailure(255), "update_failed"),
        ] as [(FirmwareTask.Outcome, String)])
    func `a failure is told with its step`(_ mode: String, _ row: (FirmwareTask.Outcome, String)) async throws {
        try await withRig(AndlinkUpdateTests.options(mode)) { rig in
            let mark = try await Self.firmware(rig, row.0)
            if mode == "controlled" {
                try await Self.awaits(rig, "download", since: mark)
                #expect(try await Self.decide(rig, "download")["ok"]?.bool == true)
                if row.1 == "update_failed" {
                    try await Self.awaits(rig, "update", since: mark)
                    #expect(try await Self.decide(rig, "update")["ok"]?.bool == true)
                }
            }
            try await Self.ends(rig, "failed", row.1, since: mark)
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test(arguments: ["cancel_download", "cancel_update"], [false, true])
    func `an update is cancelled, whether the module says so or not`(_ action: String, _ isTold: Bool) async throws {
        var options = AndlinkUpdateTests.options("controlled")
        options.module = { $0.andlink.tellsCancellation = isTold }
        try await withRig(options) { rig in
            let mark = try await Self.firmware(rig)
            try await Self.awaits(rig, "download", since: mark)
            if action == "cancel_update" {
                #expect(try await Self.decide(rig, "download")["ok"]?.bool == true)
                try await Self.awaits(rig, "update", since: mark)
            }
            #expect(try await Self.decide(rig, action)["ok"]?.bool == true)
            try await Self.ends(rig, "failed", "cancelled", since: mark)
            let breaches = await rig.module.breaches
            #expect(breaches == [])
            // The platform may offer it again.
            let again = try await Self.firmware(rig)
            try await Self.awaits(rig, "download", since: again)
            #expect(try await Self.decide(rig, "cancel_download")["ok"]?.bool == true)
        }
    }

    @Test(arguments: [("update", "download"), ("cancel_update", "download"), ("download", "update")])
    func `a decision that the module does not await is refused, and the update goes on`(
        _ wrong: String, _ awaited: String
    ) async throws {
        try await withRig(AndlinkUpdateTests.options("controlled")) { rig in
            let mark = try await Self.firmware(rig)
            try await Self.awaits(rig, "download", since: mark)
            if awaited == "update" {
                #expect(try await Self.decide(rig, "download")["ok"]?.bool == true)
                try await Self.awaits(rig, "update", since: mark)
            }
            let refused = try await Self.decide(rig, wrong)
            #expect(refused["error"]?["name"]?.string == "incorrect_state_for_command")
            #expect(refused["error"]?["code"]?.integer == 516)
            let states = rig.payloads("nb/m0/status").compactMap { try? JSONValue(parsing: $0)["state"]?.string }
            #expect(!states.contains("failed"))
            if awaited == "download" {
                #expect(try await Self.decide(rig, "download")["ok"]?.bool == true)
                try await Self.awaits(rig, "update", since: mark)
            }
            #expect(try await Self.decide(rig, "update")["ok"]?.bool == true)
            try await Self.ends(rig, "succeeded", nil, since: mark)
            // The client's wrong word is the module's one complaint.
            #expect(await rig.module.breaches.count == 1)
        }
    }

    @Test(arguments: ["automatic", "controlled"]) func `urgent data interrupts an update`(_ mode: String) async throws {
        try await withRig(AndlinkUpdateTests.options(mode)) { rig in
            let mark = try await Self.firmware(rig, steps: 1000)
            try await rig.state("updating", since: mark)
            try await rig.up(json: #"{"id":"urgent","text":"urgent","priority":"high"}"#)
            #expect(try await rig.result(of: "firmware/interrupt")["ok"]?.bool == true)
            try await rig.outcome("urgent", "sent")
            try await Self.ends(rig, "failed", "interrupted", since: mark)
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a module that is not to be interrupted goes on, and one that installs is not asked`() async throws {
        var options = AndlinkUpdateTests.options("automatic")
        options.module = { $0.andlink.yieldsToUrgentData = false }
        try await withRig(options) { rig in
            let mark = try await Self.firmware(rig, steps: 40)
            try await rig.state("updating", since: mark)
            let refused = try await rig.result(of: "firmware/interrupt")
            #expect(refused["error"]?["name"]?.string == "during_fota_updating")
            try await rig.json(on: "nb/m0/firmware", since: mark) { $0["state"]?.string == "updating" }
            let tooLate = try await rig.result(of: "firmware/interrupt")
            #expect(tooLate["error"]?["name"]?.string == "too_late")
            try await Self.ends(rig, "succeeded", nil, since: mark)
            #expect(try await rig.result(of: "firmware/interrupt")["error"]?["name"]?.string == "no_update")
            #expect(try await Self.decide(rig, "update")["error"]?["name"]?.string == "no_update")
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a package of the same revision has succeeded, for the module says so`() async throws {
        try await withRig(AndlinkUpdateTests.options("automatic")) { rig in
            let mark = try await Self.firmware(rig, .success(revision: "BC28JAR01A03"))
            try await Self.ends(rig, "succeeded", nil, since: mark)
            let states = rig.payloads("nb/m0/firmware").compactMap { try? JSONValue(parsing: $0)["state"]?.string }
            #expect(!states.contains("failed"))
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `the end begins no new update`() async throws {
        try await withRig(AndlinkUpdateTests.options("automatic")) { rig in
            let mark = try await Self.firmware(rig)
            try await rig.event("firmware_update_over")
            try await Self.ends(rig, "succeeded", nil, since: mark)
            await rig.module.report("FIRMWARE UPDATE SUCCESS")
            await rig.module.report("FIRMWARE UPDATE OVER")
            try await rig.event("firmware_update_over", count: 2)
            _ = try await rig.result(of: "refresh")
            let states = rig.payloads("nb/m0/firmware").compactMap { try? JSONValue(parsing: $0)["state"]?.string }
            let end = try #require(states.firstIndex(of: "succeeded"))
            #expect(Set(states[end...]) == ["succeeded"])
            #expect(rig.events("module_restarted").count == 2)
        }
    }
}
