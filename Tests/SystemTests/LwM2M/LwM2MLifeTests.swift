import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Registration, sleep, commands and firmware.
@Suite struct LwM2MLifeTests {
    @Test(arguments: LwM2MService.allCases)
    func `commands do what they say, without a restart but the one asked for`(_ service: LwM2MService) async throws {
        try await withRig(RigOptions.fastLwM2M(service)) { rig in
            try await rig.done("update", #"{"lifetime":1000}"#)
            #expect(await rig.module.withCloud { $0.lifetime } == 1000)
            try await rig.done("deregister")
            try await rig.state("stopped")
            #expect(await rig.module.status == "4")
            try await rig.done("register")
            try await rig.state("ready")
            #expect(await rig.module.status == "2")
            #expect(await rig.module.withCloud { $0.lifetime } == 1000)
            try await rig.done("refresh")
            #expect(await rig.restarts == 0)
            let mark = rig.mark
            try await rig.done("reboot")
            try await rig.registeredAgain(since: mark)
            #expect(await rig.restarts == 1)
            try await rig.works("after")
        }
    }

    @Test func `sleep and wake`() async throws {
        var options = RigOptions.fastLwM2M()
        options.module = {
            $0.timeScale = 50
            $0.sleepAfter = .seconds(25)
        }
        try await withRig(options) { rig in
            try await rig.done("sleep")
            try await rig.state("asleep")
            try await rig.done("wake")
            try await rig.state("ready")
            try await rig.works("awake")
        }
    }

    /// 6 and 7 (2.14): the session is recovered, or it is not and a new registration is made.
    @Test(arguments: LwM2MService.allCases, [true, false])
    func `deep sleep is ended by an uplink`(_ service: LwM2MService, _ resumes: Bool) async throws {
        var options = RigOptions.fastLwM2M(service, "power = \"deep-sleep\"")
        options.module = {
            $0.timeScale = 50
            $0.sleepAfter = .seconds(25)
            $0.resumesAfterSleep = resumes
        }
        try await withRig(options) { rig in
            try await rig.state("asleep", limit: .seconds(90))
            let registrations = await rig.module.withCloud { $0.registrations }
            try await rig.works("first")
            try await rig.state("asleep", limit: .seconds(90))
            try await rig.works("second")
            let now = await rig.module.withCloud { $0.registrations }
            #expect(resumes ? now == registrations : now > registrations)
            #expect(await rig.restarts == 0)
        }
    }

    @Test(arguments: [(ModuleCloud.Registration.reject, "forbidden"), (.ignore, "timeout")])
    func `a registration that fails says why, and is made when it can be`(
        _ answer: ModuleCloud.Registration, _ name: String
    ) async throws {
        var options = RigOptions.fastLwM2M()
        options.untilReady = false
        options.prepare = { await $0.withCloud { $0.registration = answer } }
        try await withRig(options) { rig in
            let status = try await rig.state("failed")
            #expect(status["error"]?["name"]?.string == name && status["retry_at"]?.string != nil)
            #expect(status["registration"]?.string == "registration_failed" || status["registration"]?.isNull == true)
            await rig.module.withCloud { $0.registration = .accept }
            try await rig.state("ready")
            #expect(await rig.restarts == 0)
            try await rig.works("after")
        }
    }

    @Test(arguments: LwM2MService.allCases)
    func `a restart of the bridge keeps the registration and what is observed`(_ service: LwM2MService) async throws {
        try await withRig(RigOptions.fastLwM2M(service)) { rig in
            _ = await rig.module.request(CloudOrder(.observe, "3303/0/5601"))
            try await rig.json(on: "nb/m0/request", since: rig.beginning) {
                $0["path"]?.string == "3303/0/5601" && $0["answered"]?.bool == true
            }
            try await rig.bridge.end(SIGTERM)
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            #expect(await rig.module.withCloud { $0.registrations } == 1)
            try await rig.set("3303/0/5601", "9")
            _ = try await rig.reported("3303/0/5601", "9")
            try await rig.works("kept")
        }
    }

    /// 4.1.2.1: a long lifetime while the cloud updates, then the configured one.
    @Test(arguments: [LwM2MService.ctIoT, .ctAEP], [0, 12, 255])
    func `a firmware update has a long lifetime`(_ service: LwM2MService, _ code: Int) async throws {
        try await withRig(RigOptions.fastLwM2M(service, "lifetime = 600", scale: 10)) { rig in
            let outcome: FirmwareTask.Outcome =
                code == 0
                ? .success(revision: "BC260YCNAAR01A04") : code == 12 ? .downloadFailure(12) : .updateFailure(255)
            var task = FirmwareTask(outcome)
            task.stepTime = .seconds(3)
            await rig.module.updateFirmware(task)
            try await rig.state("updating")
            try await rig.up("held back")
            let ended = try await rig.json(on: "nb/m0/firmware") {
                $0["state"]?.string == (code == 0 ? "succeeded" : "failed")
            }
            #expect(ended["error"]?["code"]?.integer == (code == 0 ? nil : code))
            try await rig.state("ready")
            #expect(await rig.commands("AT+QLAUPDATE").first == "AT+QLAUPDATE=0,86400")
            #expect(await rig.module.wait(limit: .seconds(60)) { $0.withCloud { $0.lifetime == 600 } })
            try #require(await rig.module.waitForUplinks(1, limit: .seconds(60)))
            #expect(await rig.received() == ["held back"])
            await rig.expectBreaches()
        }
    }

    /// The lifetime is over, and the module says so or not.
    @Test func `a registration that has ended is made anew`() async throws {
        var options = RigOptions.fastLwM2M(.ctIoT, "lifetime = 60", scale: 20)
        options.prepare = { await $0.withCloud { $0.updateResult = 1 } }
        try await withRig(options) { rig in
            #expect(await rig.module.wait(limit: .seconds(60)) { $0.withCloud { $0.registrations >= 2 } })
            await rig.module.withCloud { $0.updateResult = 0 }
            try await rig.works("anew")
            #expect(await rig.restarts == 0)
        }
    }
}
