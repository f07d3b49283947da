import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// A module that was, or is, configured in another way.
@Suite struct LwM2MConfigurationTests {
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
        try await withRig(RigOptions.fastLwM2M()) { rig in
            try await rig.bridge.end(SIGTERM)
            _ = try rig.directory.write("bridge.conf", rig.configuration.replacing(old, with: new))
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            #expect(await rig.restarts == restarts)
            try await rig.works("configured")
            // And that is that.
            let registrations = await rig.module.withCloud { $0.registrations }
            try await rig.bridge.end(SIGTERM)
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            #expect(await rig.module.withCloud { $0.registrations } == registrations)
            #expect(await rig.restarts == restarts)
            try await rig.works("again")
        }
    }

    /// Which bootstrap server has assigned the server, the module does not tell: a person says when to ask again.
    @Test(arguments: [LwM2MService.ctIoT, .andlink])
    func `a changed bootstrap server is asked after deregistering`(_ service: LwM2MService) async throws {
        try await withRig(RigOptions.fastLwM2M(service, "bootstrap = true")) { rig in
            #expect(await rig.commands("AT+QLACONFIG=1,\"221.229.214.202\"").count == 1)
            try await rig.bridge.end(SIGTERM)
            _ = try rig.directory.write(
                "bridge.conf", rig.configuration.replacing("221.229.214.202", with: "lwm.home.komect.com"))
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            #expect(await rig.module.withCloud { $0.registrations } == 1)
            try await rig.done("deregister")
            try await rig.order("register")
            try await rig.event("restarting_module")
            try await rig.event("bootstrap_finished", count: 2)
            try await rig.state("ready")
            #expect(await rig.commands("AT+QLACONFIG=1,\"lwm.home.komect.com\"").count == 1)
            #expect(await rig.restarts == 1)
            try await rig.works("assigned")
        }
    }

    /// What published firmware says otherwise than the note.
    @Test(arguments: LwM2MService.allCases)
    func `other firmware is understood, also after a restart of the bridge`(_ service: LwM2MService) async throws {
        var options = RigOptions.lwm2m(service)
        options.module = {
            $0.timeScale = 1
            $0.spelling.quotesBinding = true
            $0.spelling.observesWithOne = true
            $0.spelling.showsUpdateNumber = true
            $0.spelling.omitsObjectResults = true
            $0.spelling.continuesWith231 = true
        }
        try await withRig(options) { rig in
            #expect(try await rig.ask(CloudOrder(.observe, "3303/0/5700")).code == 1)
            #expect(try await rig.ask(CloudOrder(.observe, "3303/0/5601")).code == 1)
            #expect(try await rig.ask(CloudOrder(.cancelObserve, "3303/0/5601")).code == 1)
            try await rig.set("3303/0/5601", "4")
            try await rig.text("4", on: "object/3303/0/5601")
            #expect(try await rig.ask(CloudOrder(.read, "3303/0")).values.map(\.text) == ["21.5", "4"])
            try await rig.done("update", #"{"lifetime":1000}"#)
            try await rig.bridge.end(SIGTERM)
            _ = try rig.directory.write(
                "bridge.conf",
                rig.configuration + "[[module.object]]\nid = 3340\nresources = [{ id = 1, type = \"string\" }]\n")
            try await rig.startBridgeAgain()
            try await rig.state("ready", limit: .seconds(90))
            #expect(await rig.module.withCloud { $0.registrations } == 1)
            try await rig.set("3303/0/5700", "30")
            _ = try await rig.reported("3303/0/5700", "30")
            #expect(try await rig.ask(CloudOrder(.observe, "3340/0/1")).code == 1)
            try await rig.set("3340/0/1", "new")
            _ = try await rig.reported("3340/0/1", "new")
            await rig.expectBreaches()
        }
    }

    @Test func `an encrypted device registers with its key and handshake`() async throws {
        var options = RigOptions.fastLwM2M(
            .ctAEP, "psk = \"000102ff\"", "psk_id = \"me\"", "dtls_mode = \"resumption\"", "dtls_version = \"1.2\"")
        options.prepare = { await $0.withCloud { $0.psk = [0, 1, 2, 255] } }
        try await withRig(options) { rig in
            #expect(
                await rig.commands("AT+QLACFG=\"dtls_") == [
                    "AT+QLACFG=\"dtls_mode\",1", "AT+QLACFG=\"dtls_version\",1",
                ])
            #expect(!rig.bridge.log.contains("000102ff"))
            try await rig.works("secret")
        }
    }
}
