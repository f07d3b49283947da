import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Registration, sleep, commands and firmware.
@Suite struct LwM2MLifeTests {
    private static func options(_ service: LwM2MService = .ctIoT, _ keys: String..., scale: Double = 50) -> RigOptions {
        var options = RigOptions.lwm2m(service, keys.joined(separator: "\n"))
        options.module = { $0.timeScale = scale }
        return options
    }

    private func done(_ command: String, _ rig: Rig, _ payload: String = "") async throws {
        let mark = rig.mark
        try await rig.order(command, payload)
        let result = try await rig.json(on: "nb/m0/command/\(command)/result", since: mark) { $0["ok"] != nil }
        #expect(result["ok"]?.bool == true, "\(command): \(result["error"]?["text"]?.string ?? "")")
    }

    private func restarts(_ rig: Rig) async -> Int { await rig.commands("AT+QRST").count }

    private func works(_ rig: Rig, _ id: String) async throws {
        try await rig.up(json: #"{"id":"\#(id)","text":"\#(id)","confirm":true}"#)
        try await rig.outcome(id, "delivered")
        let breaches = await rig.module.breaches
        #expect(breaches == [])
    }

    @Test(arguments: LwM2MService.allCases)
    func `commands do what they say, without a restart but the one asked for`(_ service: LwM2MService) async throws {
        try await withRig(Self.options(service)) { rig in
            try await done("update", rig, #"{"lifetime":1000}"#)
            #expect(await rig.module.withCloud { $0.lifetime } == 1000)
            try await done("deregister", rig)
            try await rig.state("stopped")
            #expect(await rig.module.status == "4")
            try await done("register", rig)
            try await rig.state("ready")
            #expect(await rig.module.status == "2")
            #expect(await rig.module.withCloud { $0.lifetime } == 1000)
            try await done("refresh", rig)
            #expect(await restarts(rig) == 0)
            let mark = rig.mark
            try await done("reboot", rig)
            try await rig.state("ready", since: mark)
            #expect(await restarts(rig) == 1)
            try await works(rig, "after")
        }
    }

    @Test func `sleep and wake`() async throws {
        var options = Self.options()
        options.module = {
            $0.timeScale = 50
            $0.sleepAfter = .seconds(25)
        }
        try await withRig(options) { rig in
            try await done("sleep", rig)
            try await rig.state("asleep")
            try await done("wake", rig)
            try await rig.state("ready")
            try await works(rig, "awake")
        }
    }

    /// 6 and 7 (2.14): the session is recovered, or it is not and a new registration is made.
    @Test(arguments: LwM2MService.allCases, [true, false])
    func `deep sleep is ended by an uplink`(_ service: LwM2MService, _ resumes: Bool) async throws {
        var options = Self.options(service, "power = \"deep-sleep\"")
        options.module = {
            $0.timeScale = 50
            $0.sleepAfter = .seconds(25)
            $0.resumesAfterSleep = resumes
        }
        try await withRig(options) { rig in
            try await rig.state("asleep", limit: .seconds(90))
            let registrations = await rig.module.withCloud { $0.registrations }
            try await works(rig, "first")
            try await rig.state("asleep", limit: .seconds(90))
            try await works(rig, "second")
            let now = await rig.module.withCloud { $0.registrations }
            #expect(resumes ? now == registrations : now > registrations)
            #expect(await restarts(rig) == 0)
        }
    }

    @Test(arguments: [(ModuleCloud.Registration.reject, "forbidden"), (.ignore, "timeout")])
    func `a registration that fails says why, and is made when it can be`(
        _ answer: ModuleCloud.Registration, _ name: String
    ) async throws {
        var options = Self.options()
        options.untilReady = false
        options.prepare = { await $0.withCloud { $0.registration = answer } }
        try await withRig(options) { rig in
            let status = try await rig.state("failed")
            #expect(status["error"]?["name"]?.string == name && status["retry_at"]?.string != nil)
            #expect(status["registration"]?.string == "registration_failed" || status["registration"]?.isNull == true)
            await rig.module.withCloud { $0.registration = .accept }
            try await rig.state("ready")
            #expect(await restarts(rig) == 0)
            try await works(rig, "after")
        }
    }

    @Test(arguments: LwM2MService.allCases)
    func `a restart of the bridge keeps the registration and what is observed`(_ service: LwM2MService) async throws {
        try await withRig(Self.options(service)) { rig in
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
            try await works(rig, "kept")
        }
    }

    /// The module was set up otherwise before. A server can only be changed by a restart (2.1), once.
    @Test(arguments: [
        ("server = \"221.229.214.202:5683\"", "server = \"180.101.147.115:5683\"", 1),
        ("service = \"ct-iot\"", "service = \"ct-iot\"\nendpoint = \"other\"", 1),
        ("service = \"ct-iot\"", "service = \"ct-iot\"\nlifetime = 900", 0),
        ("service = \"ct-iot\"", "service = \"ct-iot\"\nretransmit = { timeout = 2, times = 1 }", 0),
        ("service = \"ct-iot\"", "service = \"ct-iot\"\nbinding = \"udp-queue\"", 0),
        ("id = 3303", "id = 3304", 0), ("id = 5601", "id = 5602", 0),
        ("service = \"ct-iot\"", "service = \"ct-iot\"\nbootstrap = true", 0),
    ])
    func `what was configured otherwise is put right`(_ old: String, _ new: String, _ restarts: Int) async throws {
        try await withRig(Self.options()) { rig in
            try await rig.bridge.end(SIGTERM)
            _ = try rig.directory.write("bridge.conf", rig.configuration.replacing(old, with: new))
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            #expect(await self.restarts(rig) == restarts)
            try await works(rig, "configured")
            // And that is that.
            let registrations = await rig.module.withCloud { $0.registrations }
            try await rig.bridge.end(SIGTERM)
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            #expect(await rig.module.withCloud { $0.registrations } == registrations)
            #expect(await self.restarts(rig) == restarts)
            try await works(rig, "again")
        }
    }

    @Test func `an encrypted device registers with its key and handshake`() async throws {
        var options = Self.options(
            .ctAEP, "psk = \"000102ff\"", "psk_id = \"me\"", "dtls_mode = \"resumption\"", "dtls_version = \"1.2\"")
        options.prepare = { await $0.withCloud { $0.psk = [0, 1, 2, 255] } }
        try await withRig(options) { rig in
            #expect(
                await rig.commands("AT+QLACFG=\"dtls_") == [
                    "AT+QLACFG=\"dtls_mode\",1", "AT+QLACFG=\"dtls_version\",1",
                ])
            #expect(!rig.bridge.log.contains("000102ff"))
            try await works(rig, "secret")
        }
    }

    /// 4.1.2.1: a long lifetime while the cloud updates, then the configured one.
    @Test(arguments: [LwM2MService.ctIoT, .ctAEP], [0, 12, 255])
    func `a firmware update has a long lifetime`(_ service: LwM2MService, _ code: Int) async throws {
        try await withRig(Self.options(service, "lifetime = 600", scale: 10)) { rig in
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
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    /// The lifetime is over, and the module says so or not.
    @Test func `a registration that has ended is made anew`() async throws {
        var options = Self.options(.ctIoT, "lifetime = 60", scale: 20)
        options.prepare = { await $0.withCloud { $0.updateResult = 1 } }
        try await withRig(options) { rig in
            #expect(await rig.module.wait(limit: .seconds(60)) { $0.withCloud { $0.registrations >= 2 } })
            await rig.module.withCloud { $0.updateResult = 0 }
            try await works(rig, "anew")
            #expect(await restarts(rig) == 0)
        }
    }
}
