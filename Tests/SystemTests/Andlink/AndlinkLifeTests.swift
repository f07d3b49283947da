import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// A BC28's life: restarts and their reasons, commands, sleep, settings of another configuration, encryption.
@Suite struct AndlinkLifeTests {
    private static let psk = "30313233343536373839303132336162"
    private static let key = Array("0123456789012 3ab".utf8.filter { $0 != 0x20 })

    @Test func `a restart is one event with its reason, whatever it is`() async throws {
        try await withRig(.andlink()) { rig in
            for (index, cause) in RebootCause.allCases.enumerated() {
                let mark = rig.mark
                await rig.module.reset(because: cause)
                let event = try await rig.json(on: "nb/m0/event", since: mark) {
                    $0["event"]?.string == "module_restarted"
                }
                #expect(event["detail"]?["number"]?.integer == index + 1)
                #expect(event["detail"]?["name"]?.string == cause.rawValue)
                #expect(event["detail"]?["text"]?.string?.isEmpty == false)
                try await rig.state("ready", since: mark)
            }
            // And the one of the settings.
            #expect(rig.events("module_restarted").count == 25)
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a restart on a slow line is one too`() async throws {
        try await withRig(.andlink("baud = 9600") { $0.baud = 9600 }) { rig in
            let mark = rig.mark
            #expect(try await rig.result(of: "reboot")["ok"]?.bool == true)
            try await rig.state("ready", since: mark)
            let banners = rig.events("module_restarted").map { $0["detail"]?["name"]?.string }
            #expect(banners == ["REBOOT_CAUSE_APPLICATION_AT", "REBOOT_CAUSE_APPLICATION_AT"])
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `the commands do what they say`() async throws {
        try await withRig(.andlink()) { rig in
            let refused = try await rig.result(of: "update", #"{"lifetime":86400}"#)
            #expect(refused["error"]?["name"]?.string == "not_supported")
            #expect(refused["error"]?["text"]?.string == "on this platform the lifetime is not set by the module")
            try await rig.state("ready")
            for command in ["update", "refresh", "sleep", "wake", "register"] {
                #expect(try await rig.result(of: command)["ok"]?.bool == true, "\(command)")
            }
            #expect(await rig.module.withCloud { $0.registrations } == 2)
            let status = try await rig.status { $0["network"]?["rssi_dbm"]?.isNull == false }
            #expect(status["network"]?["rssi_dbm"]?.integer == -99)
            #expect(try await rig.result(of: "deregister")["ok"]?.bool == true)
            try await rig.state("stopped")
            #expect(await rig.module.status == "DEREGISTERED")
            try await rig.bridge.end(SIGTERM)
            try await rig.startBridgeAgain()
            try await rig.state("stopped")
            #expect(try await rig.result(of: "register")["ok"]?.bool == true)
            try await rig.state("ready")
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a bridge that comes back keeps the registration, and restarts nothing`() async throws {
        try await withRig(.andlink()) { rig in
            let registrations = await rig.module.withCloud { $0.registrations }
            for signal in [SIGKILL, SIGTERM] {
                try await rig.bridge.end(signal)
                try await rig.startBridgeAgain()
                try await rig.state("ready")
            }
            #expect(await rig.module.withCloud { $0.registrations } == registrations)
            #expect(await rig.module.log.filter { $0.kind == .command && $0.text == "AT+NRB" }.count == 1)
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test(arguments: [9600, 57600]) func `power saving is sleep, which an uplink ends`(_ baud: Int) async throws {
        let options = RigOptions.andlink("power = \"deep-sleep\"\nbaud = \(baud)") {
            $0.sleepAfter = .seconds(50)
            $0.baud = baud
        }
        try await withRig(options) { rig in
            let asleep = try await rig.state("asleep")
            #expect(asleep["sleep"]?.string == "asleep")
            for id in ["w1", "w2"] {
                try await rig.up(json: #"{"id":"\#(id)","text":"\#(id)"}"#)
                try await rig.outcome(id, "sent")
                try await rig.state("asleep")
            }
            #expect(await rig.received() == ["w1", "w2"])
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test(arguments: [false, true]) func `an encrypted device registers by its keys`(_ lacksCommands: Bool) async throws
    {
        let keys = "psk = \"\(Self.psk)\"" + (lacksCommands ? "\nserver = \"180.101.147.115:5684\"" : "")
        var options = RigOptions.andlink(keys) { $0.andlink.hasCommandsInDevelopment = !lacksCommands }
        options.prepare = { module in
            await module.withCloud { cloud in
                cloud.psk = Self.key
                if !lacksCommands { cloud.andlink.bootstrapPSK = Self.key }
            }
        }
        try await withRig(options) { rig in
            #expect(await rig.module.withCloud { $0.andlink.registrationWasEncrypted })
            for id in ["a", "b"] {
                try await rig.up(json: #"{"id":"\#(id)","text":"\#(id)","confirm":true}"#)
                try await rig.outcome(id, "delivered")
                // It forgets how it encrypts, and is told again without another restart.
                await rig.module.reset(because: .applicationWatchdog)
                try await rig.event("module_restarted", count: id == "a" ? 2 : 3)
                try await rig.state("ready")
            }
            #expect(await rig.received() == ["a", "b"])
            #expect(!rig.bridge.log.contains(Self.psk))
            let restarts = await rig.module.log.filter { $0.kind == .command && $0.text == "AT+NRB" }.count
            #expect(restarts == 1)
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a wrong key is written again once, and the failure then says so`() async throws {
        var options = RigOptions.andlink("psk = \"\(Self.psk)\"")
        options.untilReady = false
        options.prepare = { await $0.withCloud { $0.psk = Array(repeating: 7, count: 16) } }
        try await withRig(options) { rig in
            let failed = try await rig.state("failed")
            #expect(failed["error"]?["name"]?.string == "dtls_failed")
            await rig.module.withCloud { $0.psk = Self.key }
            try await rig.state("ready")
        }
    }

    @Test(arguments: [
        (ModuleCloud.Registration.reject, "rejected_by_server"), (.ignore, "timeout"),
    ]) func `a registration that fails says why, and comes back`(
        _ answer: ModuleCloud.Registration, _ name: String
    ) async throws {
        var options = RigOptions.andlink()
        options.untilReady = false
        options.prepare = { await $0.withCloud { $0.registration = answer } }
        options.module = { $0.andlink.lifetime = .seconds(86_400) }
        try await withRig(options) { rig in
            let failed = try await rig.state("failed", limit: .seconds(300))
            let found = failed["error"]?["name"]?.string
            #expect(found == name || answer == .ignore && found == "registration_failed")
            await rig.module.withCloud { $0.registration = .accept }
            try await rig.state("ready")
            try await rig.up(json: #"{"id":"u","text":"u"}"#)
            try await rig.outcome("u", "sent")
        }
    }

    @Test func `what another configuration has left is removed`() async throws {
        try await withRig(.andlink("device_type = \"31301\"")) { rig in
            try await rig.bridge.end(SIGTERM)
            let text = rig.configuration.replacing("112.13.96.205:5783", with: "lwm.home.komect.com:5683")
                .replacing("31301", with: "31302")
            _ = try rig.directory.write("bridge.conf", text)
            await rig.module.withCloud { $0.andlink.bootstrapServer = "lwm.home.komect.com:5683" }
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            #expect(await rig.module.withCloud { $0.andlink.deviceType } == "31302")
            let commands = await rig.module.log.filter { $0.kind == .command }.map(\.text)
            #expect(commands.contains(#"AT+QLASERVERIP="DEL","112.13.96.205",5783"#))
            #expect(commands.filter { $0 == "AT+NRB" }.count == 2)
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }
}
