import Glibc
import JSON
import TestSupport
import Testing
import VirtualModules

/// The registration in all its states, sleep, commands, and a bridge that starts again.
@Suite struct OneNETSystemStateTests {
    private static func commands(_ rig: Rig, _ prefix: String = "AT+MIPL") async -> [String] {
        await rig.module.log.filter { $0.kind == .command && $0.text.hasPrefix(prefix) }.map(\.text)
    }

    /// The platform's answer, or an address where nobody is; the event's number, name, and the state of the registration.
    @Test(
        arguments: [
            (.reject, nil, 7, "registration_failed", "registration_failed"),
            (.ignore, nil, 8, "registration_timed_out", "timeout"),
            (.accept, "10.9.8.7:5683", 3, "bootstrap_failed", "registration_failed"),
        ] as [(ModuleCloud.Registration, String?, Int, String, String)])
    func `a registration that fails says why, is tried again, and comes back`(
        answer: ModuleCloud.Registration, server: String?, code: Int, name: String, state: String
    ) async throws {
        var options = OneNETRig.options { $0.timeScale = 100 }
        options.untilReady = false
        try await withRig(options) { rig in
            await rig.module.withCloud { ($0.registration, $0.server) = (answer, server) }
            let status = try await rig.state("failed")
            #expect(status["error"]?["code"]?.integer == code && status["error"]?["name"]?.string == name)
            #expect(status["error"]?["source"]?.string == "cloud" && status["retry_at"]?.string != nil)
            #expect(status["registration"]?.string == state)
            try await rig.up(json: #"{"id":"w","text":"waits"}"#)
            await rig.module.withCloud { ($0.registration, $0.server) = (.accept, nil) }
            try await rig.outcome("w", "sent")
            let ready = try await rig.state("ready")
            #expect(ready["error"]?.isNull == true && ready["registration"]?.string == "registered_and_observed")
            await rig.expectBreaches()
        }
    }

    @Test func `a platform that forgets the module is registered with again, and nothing is lost`() async throws {
        try await withRig(OneNETRig.options({ $0.timeScale = 10 }, more: "attempts = 10")) { rig in
            await rig.firstLook()
            await rig.module.withCloud { $0.acknowledgement = .reset }
            try await rig.up(json: #"{"id":"u","text":"rst","confirm":true}"#)
            // One is lost, the next is not.
            #expect(await rig.module.waitForUplinks(1))
            await rig.module.withCloud { $0.acknowledgement = .after(.milliseconds(50)) }
            try await rig.event("halted")
            try await rig.outcome("u", "delivered")
            #expect(await rig.module.withCloud { $0.registrations } >= 2)
            await rig.expectBreaches()
        }
    }

    /// 93 s are 2 of the bridge's.
    @Test func `an uplink that is not acknowledged is sent as often as configured, then fails`() async throws {
        try await withRig(OneNETRig.options({ $0.timeScale = 50 }, more: "attempts = 2")) { rig in
            await rig.firstLook()
            await rig.module.withCloud { $0.acknowledgement = .never }
            try await rig.up(json: #"{"id":"u","text":"again","confirm":true}"#)
            let failed = try await rig.outcome("u", "failed")
            #expect(failed["attempts"]?.integer == 2)
            #expect(failed["error"]?["code"]?.integer == 25 && failed["error"]?["source"]?.string == "cloud")
            #expect(await rig.received() == ["again", "again"])
            await rig.expectBreaches()
        }
    }

    @Test(arguments: [OneNETHabits.AcknowledgementField.third, .fourth])
    func `the ackId is understood in both its places`(field: OneNETHabits.AcknowledgementField) async throws {
        try await withOneNETRig(OneNETRig.options { $0.oneNET.acknowledgementField = field }) { rig in
            for index in 0..<5 { try await rig.up(json: #"{"id":"\#(index)","text":"t\#(index)","confirm":true}"#) }
            for index in 0..<5 { try await rig.outcome("\(index)", "delivered") }
            #expect(await rig.received() == (0..<5).map { "t\($0)" })
        }
    }

    @Test func `a bridge that starts again ends the registration of before and makes a new one`() async throws {
        try await withOneNETRig { rig in
            try await rig.set("3303/0/5701", "kept")
            #expect(await rig.module.waitForUplinks(1))
            for (round, signal) in [SIGTERM, SIGKILL].enumerated() {
                let first = await Self.commands(rig).count
                try await rig.bridge.end(signal)
                try await rig.startBridgeAgain()
                try await rig.state("ready")
                await rig.firstLook(round + 2)
                let commands = await Self.commands(rig).dropFirst(first)
                #expect(
                    commands.prefix(6).map { $0.split(separator: "=")[0] } == [
                        "AT+MIPLVER?", "AT+MIPLCLOSE", "AT+MIPLDELETE", "AT+MIPLCONFIG", "AT+MIPLCREATE",
                        "AT+MIPLADDOBJ",
                    ])
                try await rig.status { $0["registration"]?.string == "registered_and_observed" }
                #expect(try await rig.ask(CloudOrder(.read, "3303/0/5701")).values.map(\.text) == ["kept"])
                try await rig.up("round \(round)")
                #expect(await rig.module.wait { $0.uplinks.last?.text == "round \(round)" })
            }
            #expect(await Self.commands(rig, "AT+QRST").isEmpty)
        }
    }

    /// The registration of before is still on its way: it can be neither ended nor replaced, so the module is restarted.
    /// That cannot be asked either: the module counts what it refuses.
    @Test func `a bridge that is killed while it registers comes back`() async throws {
        var options = OneNETRig.options { $0.timeScale = 2 }
        options.untilReady = false
        try await withRig(options) { rig in
            await rig.module.withCloud { $0.registrationTime = .seconds(600) }
            #expect(await rig.module.wait(limit: .seconds(30)) { $0.status == "registering" })
            try await rig.bridge.end(SIGKILL)
            await rig.module.withCloud { $0.registrationTime = .milliseconds(200) }
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            await rig.firstLook()
            try await rig.up(json: #"{"id":"u","text":"up"}"#)
            try await rig.outcome("u", "sent")
            let breaches = await rig.module.breaches
            let unknowable = ["while registering", "after MIPLCREATE", "before the end of the registration"]
            #expect(breaches.allSatisfy { breach in unknowable.contains { breach.contains($0) } }, "\(breaches)")
        }
    }

    @Test func `another configuration from before is replaced`() async throws {
        try await withOneNETRig { rig in
            try await rig.bridge.end(SIGTERM)
            try rig.directory.write(
                "bridge.conf",
                rig.configuration.replacing("\"183.230.40.39:5683\"", with: "\"10.1.2.3:5000\"\nbootstrap = false"))
            await rig.module.withCloud { $0.server = "10.1.2.3:5000" }
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            await rig.firstLook(2)
            #expect(await Self.commands(rig).contains(#"AT+MIPLCONFIG=0,0,0,"10.1.2.3",5000,1"#))
            try await rig.up(json: #"{"id":"u","text":"there"}"#)
            try await rig.outcome("u", "sent")
        }
    }

    @Test func `stopped stays stopped over a restart of the bridge and of the module, and register ends it`()
        async throws
    {
        try await withOneNETRig { rig in
            try await rig.order("deregister")
            try await rig.json(on: "nb/m0/command/deregister/result") { $0["ok"]?.bool == true }
            let status = try await rig.state("stopped")
            #expect(status["registration"]?.string == "deregistered")
            #expect(await rig.module.status == "none")
            try await rig.up(json: #"{"id":"w","text":"waits"}"#)
            for _ in 0..<2 {
                try await rig.bridge.end(SIGTERM)
                try await rig.startBridgeAgain()
                try await rig.state("stopped")
            }
            await rig.module.reset()
            try await rig.event("module_restarted")
            try await rig.state("stopped")
            #expect(await rig.module.uplinks.isEmpty)
            try await rig.order("register")
            try await rig.json(on: "nb/m0/command/register/result") { $0["ok"]?.bool == true }
            try await rig.outcome("w", "sent")
            await rig.firstLook(2)
        }
    }

    @Test func `refresh, update, reboot`() async throws {
        try await withOneNETRig { rig in
            try await rig.order("refresh")
            try await rig.json(on: "nb/m0/command/refresh/result") { $0["ok"]?.bool == true }
            try await rig.order("update", #"{"lifetime":3600}"#)
            try await rig.json(on: "nb/m0/command/update/result") { $0["ok"]?.bool == true }
            try await rig.event("update_succeeded")
            #expect(await rig.module.withCloud { [$0.lifetime, $0.updates] } == [3600, 1])
            for lifetime in ["14", "268435456"] {
                let mark = rig.mark
                try await rig.order("update", #"{"lifetime":\#(lifetime)}"#)
                let refused = try await rig.json(on: "nb/m0/command/update/result", since: mark) { _ in true }
                #expect(refused["error"]?["name"]?.string == "bad_lifetime")
            }
            try await rig.order("reboot")
            try await rig.json(on: "nb/m0/command/reboot/result") { $0["ok"]?.bool == true }
            try await rig.event("module_restarted")
            await rig.firstLook(2)
            // The lifetime that was asked for outlives the restart.
            #expect(await rig.module.withCloud { $0.lifetime } == 3600)
            try await rig.up(json: #"{"id":"u","text":"after"}"#)
            try await rig.outcome("u", "sent")
        }
    }
}
