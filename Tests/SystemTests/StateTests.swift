import Glibc
import JSON
import MQTT
import Reactor
import TestSupport
import Testing
import VirtualModules

/// What the retained topics say, in every state of the contract.
@Suite struct StateTests {
    @Test func `offline without a port, then starting, attaching, registering and ready`() async throws {
        var options = RigOptions()
        options.untilReady = false
        options.module = {
            $0.start = .booting
            $0.timeScale = 10
            $0.attachTime = .seconds(10)
        }
        try await withRig(options) { rig in
            await rig.module.unplug()
            try await rig.state("offline")
            await rig.module.withCloud { $0.registrationTime = .seconds(5) }
            let mark = rig.mark
            try await rig.module.plugIn()
            for state in ["attaching", "registering", "ready"] { try await rig.state(state, since: mark) }
            let states = rig.client.record.value.messages.filter { $0.topic == "nb/m0/status" }
                .compactMap { try? JSONValue(parsing: $0.payload)["state"]?.string }
            var distinct: [String] = []
            for state in states where distinct.last != state { distinct.append(state) }
            // The banner of a module that was just switched on may start it anew on the way.
            #expect(distinct.suffix(3) == ["attaching", "registering", "ready"])
            #expect(distinct.contains("starting"))
        }
    }

    @Test func `ready says everything that is known, and null for what is not`() async throws {
        try await withRig { rig in
            try await rig.order("refresh")
            let status = try await rig.status { $0["network"]?["rssi_dbm"]?.isNull == false }
            #expect(status["platform"]?.string == "ctwing")
            #expect(status["registration"]?.string == "registered_and_observed")
            #expect(status["network"]?["attached"]?.bool == true)
            #expect(status["network"]?["ip"]?.string == "11.40.70.201")
            #expect(status["sleep"]?.string == "awake")
            #expect(status["identity"]?["model"]?.string == "BC260Y-CN")
            #expect(status["identity"]?["revision"]?.string == "BC260YCNAAR02A01")
            #expect(status["identity"]?["imei"]?.string == "869334051000000")
            #expect(status["queue"]?["limit"]?.integer == 10000)
            #expect(status["queue"]?["oldest_seconds"]?.isNull == true)
            #expect(status["error"]?.isNull == true)
            #expect(status["retry_at"]?.isNull == true)
            let firmware = try await rig.json(on: "nb/m0/firmware") { $0["installed_version"]?.isNull == false }
            #expect(firmware["state"]?.string == "idle")
            let info = try await rig.json(on: "nb/bridge/info") {
                $0["modules"]?.array?.first?["state"]?.string == "ready"
            }
            #expect(info["modules"]?.array?.first?["model"]?.string == "BC260Y-CN")
        }
    }

    @Test(arguments: [(CTWingCloud.Registration.reject, "rejected_by_server"), (.ignore, "timeout")])
    func `failed says why and when it is tried again`(_ answer: CTWingCloud.Registration, _ name: String) async throws {
        var options = RigOptions()
        options.untilReady = false
        try await withRig(options) { rig in
            await rig.module.withCloud { $0.registration = answer }
            let status = try await rig.state("failed")
            #expect(status["error"]?["name"]?.string == name)
            #expect(status["error"]?["source"]?.string == "cloud")
            #expect(status["retry_at"]?.string != nil)
            #expect(status["registration"]?.string == name)
            let mark = rig.mark
            let next = try await rig.state("registering", since: mark)
            #expect(next["retry_at"]?.isNull == true)
            await rig.module.withCloud { $0.registration = .accept }
            try await rig.state("ready")
        }
    }

    @Test func `stopped stays stopped over a restart of the bridge, and register ends it`() async throws {
        try await withRig { rig in
            try await rig.order("deregister")
            try await rig.json(on: "nb/m0/command/deregister/result") { $0["ok"]?.bool == true }
            try await rig.state("stopped")
            #expect(await rig.module.status == "DEREGISTERED")
            try await rig.bridge.end(SIGTERM)
            try await rig.startBridgeAgain()
            try await rig.state("stopped")
            try await rig.order("register")
            try await rig.json(on: "nb/m0/command/register/result") { $0["ok"]?.bool == true }
            try await rig.state("ready")
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test(arguments: ["deregister", "register"])
    func `a command that is refused offline changes nothing`(_ command: String) async throws {
        try await withRig { rig in
            if command == "register" {
                try await rig.order("deregister")
                try await rig.state("stopped")
            }
            await rig.module.unplug()
            try await rig.state("offline")
            try await rig.order(command)
            let result = try await rig.json(on: "nb/m0/command/\(command)/result") { $0["ok"]?.bool == false }
            #expect(result["error"]?["name"]?.string == "offline")
            let mark = rig.mark
            try await rig.module.plugIn()
            try await rig.state(command == "register" ? "stopped" : "ready", since: mark)
        }
    }

    @Test func `deep sleep shows, and an uplink ends it`() async throws {
        var options = RigOptions()
        options.keys = "power = \"deep-sleep\""
        options.module = { $0.sleepAfter = .seconds(25) }
        try await withRig(options) { rig in
            let asleep = try await rig.state("asleep")
            #expect(asleep["sleep"]?.string == "asleep")
            try await rig.up(json: #"{"id":"w","text":"wake up"}"#)
            try await rig.outcome("w", "sent")
            #expect(await rig.received() == ["wake up"])
            try await rig.state("asleep")
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a module that will not sleep stays awake, says why, and works`() async throws {
        var options = RigOptions()
        options.keys = "power = \"deep-sleep\""
        options.prepare = { await $0.fail(Fault(.answer("+CME ERROR: 50"), on: "AT+QSCLK=1", always: true)) }
        try await withRig(options) { rig in
            try await rig.event("sleep_refused")
            let status = try await rig.status { $0["error"]?.isNull == false }
            #expect(status["state"]?.string == "ready")
            #expect(status["error"]?["code"]?.integer == 50)
            try await rig.order("sleep")
            let result = try await rig.json(on: "nb/m0/command/sleep/result") { $0["ok"]?.bool == false }
            #expect(result["error"]?["code"]?.integer == 50)
            try await rig.up(json: #"{"id":"w","text":"all the same"}"#)
            try await rig.outcome("w", "sent")
            #expect(try await rig.status { _ in true }["state"]?.string == "ready")
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a session that sleep has ended is made anew`() async throws {
        var options = RigOptions()
        options.keys = "power = \"deep-sleep\""
        options.module = {
            $0.sleepAfter = .seconds(25)
            $0.resumesAfterSleep = false
        }
        try await withRig(options) { rig in
            try await rig.state("asleep")
            try await rig.up(json: #"{"id":"w","text":"again"}"#)
            try await rig.outcome("w", "sent")
            #expect(await rig.received() == ["again"])
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `a firmware update holds uplinks back and shows its steps`() async throws {
        try await withRig { rig in
            let mark = rig.mark
            await rig.module.updateFirmware(FirmwareTask(.success(revision: "BC260YCNAAR02A02")))
            try await rig.state("updating", since: mark)
            for index in 0..<5 { try await rig.up("u\(index)") }
            let done = try await rig.json(on: "nb/m0/firmware") { $0["state"]?.string == "succeeded" }
            #expect(done["previous_version"]?.string == "BC260YCNAAR02A01")
            try await rig.json(on: "nb/m0/firmware") { $0["installed_version"]?.string == "BC260YCNAAR02A02" }
            await rig.module.waitForUplinks(5, limit: .seconds(60))
            #expect(await rig.received() == (0..<5).map { "u\($0)" })
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }

    @Test func `the lifetime takes one restart, and only the first time`() async throws {
        var options = RigOptions()
        options.keys = "lifetime = 600"
        try await withRig(options) { rig in
            #expect(await rig.module.withCloud { $0.lifetime } == 900)
            let restarts = await rig.module.log.filter { $0.text.contains("QRST") }.count
            #expect(restarts == 1)
            try await rig.bridge.end(SIGTERM)
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            #expect(await rig.module.log.filter { $0.text.contains("QRST") }.count == restarts)
        }
    }

    /// What the module was told, in order.
    private static func lifetimes(_ rig: Rig) async -> [Int] {
        let prefix = "AT+NCFG=0,"
        return await rig.module.log.filter { $0.kind == .command && $0.text.hasPrefix(prefix) }
            .compactMap { Int($0.text.dropFirst(prefix.count)) }
    }

    @Test func `a lifetime that was asked for outlives the line and the bridge, until another one is configured`()
        async throws
    {
        try await withRig { rig in
            let mark = rig.mark
            try await rig.order("update", #"{"lifetime":1200}"#)
            try await rig.json(on: "nb/m0/command/update/result") { $0["ok"]?.bool == true }
            try await rig.state("starting", since: mark)
            try await rig.state("ready")
            await rig.module.unplug()
            try await rig.state("offline")
            try await rig.module.plugIn()
            try await rig.state("ready")
            #expect(await Self.lifetimes(rig) == [86400, 1200])
            try await rig.bridge.end(SIGTERM)
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            #expect(await Self.lifetimes(rig) == [86400, 1200])
            try await rig.bridge.end(SIGTERM)
            try rig.directory.write("bridge.conf", rig.configuration + "lifetime = 7200\n")
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            #expect(await Self.lifetimes(rig) == [86400, 1200, 7200])
            // It is not forgotten for a moment only.
            try rig.directory.write("bridge.conf", rig.configuration)
            try await rig.bridge.end(SIGTERM)
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            #expect(await Self.lifetimes(rig) == [86400, 1200, 7200, 86400])
        }
    }

    @Test func `every retained topic is true after an end, a crash and a start`() async throws {
        try await withRig { rig in
            try await rig.bridge.end(SIGKILL)
            try await rig.client.message(on: "nb/bridge/state") { $0.text == "offline" }
            try await rig.startBridgeAgain()
            try await rig.state("ready")
            try await rig.bridge.end(SIGTERM)
            try await withClient(of: rig.broker, id: "late", subscriptions: ["nb/#"]) { late in
                try await late.message(on: "nb/m0/availability") { $0.text == "offline" }
                try await late.message(on: "nb/bridge/state") { $0.text == "offline" }
                let status = try await late.message(on: "nb/m0/status")
                #expect(try JSONValue(parsing: status.payload)["state"]?.string == "offline")
            }
        }
    }

    @Test func `a command is refused with a reason`() async throws {
        try await withRig { rig in
            for (command, payload, name) in [
                ("at", #"{"command":"AT+CSQ"}"#, "not_allowed"), ("dance", "", "unknown_command"),
                ("update", #"{"lifetime":-1}"#, "bad_lifetime"), ("update", "{", "not_json"),
                ("firmware/http", #"{"url":"http://x/"}"#, "bad_url"),
                ("firmware/decide", #"{"action":"update"}"#, "no_update"), ("firmware/interrupt", "", "no_update"),
            ] {
                try await rig.order(command, payload)
                let result = try await rig.json(on: "nb/m0/command/\(command)/result") {
                    $0["error"]?["name"]?.string == name
                }
                #expect(result["ok"]?.bool == false)
            }
        }
    }

    @Test func `raw AT is carried out where it is allowed, and cannot smuggle a second line`() async throws {
        var options = RigOptions()
        options.keys = "allow_at = true"
        try await withRig(options) { rig in
            try await rig.order("at", #"{"command":"AT+CSQ"}"#)
            let result = try await rig.json(on: "nb/m0/command/at/result") { $0["ok"]?.bool == true }
            #expect(result["lines"]?.array?.first?.string?.hasPrefix("+CSQ") == true)
            for error in ["+CME ERROR: 50", "+CIS ERROR: 651", "ERROR"] {
                await rig.module.fail(Fault(.answer(error), on: "AT+CSQ"))
                try await rig.order("at", #"{"command":"AT+CSQ"}"#)
                try await rig.json(on: "nb/m0/command/at/result") { $0["error"]?["text"]?.string == error }
            }
            try await rig.order("at", #"{"command":"AT\rAT+QRST=1"}"#)
            try await rig.json(on: "nb/m0/command/at/result") { $0["error"]?["name"]?.string == "bad_command" }
        }
    }

    @Test func `reboot, update, sleep and wake`() async throws {
        try await withRig { rig in
            try await rig.order("update", #"{"lifetime":1200}"#)
            try await rig.json(on: "nb/m0/command/update/result") { $0["ok"]?.bool == true }
            try await rig.event("module_restarted")
            try await rig.state("ready")
            #expect(await rig.module.withCloud { $0.lifetime } == 1200)
            try await rig.order("reboot")
            try await rig.json(on: "nb/m0/command/reboot/result") { $0["ok"]?.bool == true }
            try await rig.event("module_restarted", count: 2)
            try await rig.state("ready")
            try await rig.order("sleep")
            try await rig.json(on: "nb/m0/command/sleep/result") { $0["ok"]?.bool == true }
            await rig.module.enterSleep()
            try await rig.state("asleep")
            try await rig.order("wake")
            try await rig.json(on: "nb/m0/command/wake/result") { $0["ok"]?.bool == true }
            try await rig.state("ready")
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }
}
