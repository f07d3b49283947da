import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// What happens to everything else while a module is updated.
@Suite struct FirmwareMeanwhileTests {
    static let talking: [FirmwareWay] = [
        .init(platform: .ctwing, method: .http), .init(platform: .ctwing, method: .file),
        .init(platform: .ctwing, method: .local), .init(platform: .ctwing, method: .platform),
        .init(platform: .lwm2m(.ctAEP), method: .platform), .init(platform: .onenet, method: .platform),
    ]

    @Test(arguments: talking, [true, false])
    func `uplinks wait for the end and then go in their order`(_ way: FirmwareWay, _ succeeds: Bool) async throws {
        try await withRig(way.options()) { rig in
            let mark = rig.mark
            var course = FirmwareWay.Course()
            if !succeeds, way.installs { course.updateResult = way.method == .platform ? 255 : 6508 }
            if !succeeds, !way.installs { course.downloadResult = 6503 }
            await rig.module.holdFirmware(way.downloads ? .downloading : .installing)
            try await way.begin(rig, course)
            let before = await rig.received().count
            let texts = (100..<130).map { "burst \($0)" }
            for text in texts { try await rig.up(json: "{\"id\":\"\(text)\",\"text\":\"\(text)\"}") }
            for text in texts { try await rig.outcome(text, "accepted") }
            try await rig.state("updating", since: mark)
            await rig.module.holdFirmware(nil)
            let shown = try await rig.firmware(since: mark) { !$0.isUpdating && $0["state"]?.string != "idle" }
            #expect(shown["state"]?.string == (succeeds ? "succeeded" : "failed"))
            for text in texts { try await rig.outcome(text, "sent") }
            // As it was told: all accepted, the end of the update, then the first of them sent.
            let end = try #require(
                rig.place(since: mark, "firmware") { !$0.isUpdating && $0["state"]?.string != "idle" })
            let sent = try #require(
                rig.place(since: mark, "up/result") {
                    texts.contains($0["id"]?.string ?? "") && $0["state"]?.string == "sent"
                })
            #expect(end < sent)
            let complete = await rig.module.wait(limit: .seconds(60)) { $0.uplinks.count >= before + texts.count }
            #expect(complete)
            #expect(await Array(rig.received().dropFirst(before)) == texts)
            await rig.expectNoBreaches()
        }
    }

    @Test(arguments: ["refresh", "reboot", "register", "update", "sleep", "wake", "firmware/http", "firmware/local"])
    func `no command disturbs it`(_ command: String) async throws {
        let way = FirmwareWay(platform: .ctwing, method: .http)
        try await withRig(way.options()) { rig in
            let mark = rig.mark
            await rig.module.holdFirmware(.installing)
            try await way.begin(rig)
            let ordered = rig.mark
            let payload = command == "firmware/http" ? #"{"url":"http://h/x"}"# : ""
            try await rig.order(command, payload)
            let result = try await rig.json(on: "nb/m0/command/\(command)/result", since: ordered) {
                $0["ok"]?.bool == false
            }
            #expect(result["error"]?["name"]?.string == "updating")
            await rig.module.holdFirmware(nil)
            try await way.expectEnd(rig, since: mark, error: nil)
        }
    }

    @Test(arguments: [
        FirmwareWay(platform: .lwm2m(.ctAEP), method: .platform), .init(platform: .onenet, method: .platform),
    ])
    func `the cloud's requests are answered when it is over, each once`(_ way: FirmwareWay) async throws {
        let options = way.options {
            $0.keys += "\n[[module.object]]\nid = 3303\nresources = [{ id = 5700, type = \"float\", value = 21.5 }]"
        }
        try await withRig(options) { rig in
            let mark = rig.mark
            await rig.module.holdFirmware(.downloading)
            try await way.begin(rig)
            let id = await rig.module.request(CloudOrder(.read, "3303/0/5700"))
            // Nor is a request answered that comes although it must not.
            let line = way.platform == .onenet ? "+MIPLREAD: 0,77,3303,0,5700" : #"+QLAURC: "read",77,3303,0,5700"#
            await rig.module.report(line)
            try await rig.event("answer_failed")
            await rig.module.holdFirmware(nil)
            await rig.expectNoBreaches()
            try await rig.firmware(since: mark) { $0["state"]?.string == "succeeded" }
            try await rig.state("ready", since: mark)
            try await rig.up("I am back")
            let answer = try #require(await rig.module.waitForAnswer(to: id, limit: .seconds(30)))
            #expect(answer.values.map(\.text) == ["21.5"])
            #expect(await rig.module.withCloud { ($0.answeredTwice, $0.answers.count { $0.id == id }) } == (0, 1))
        }
    }

    /// S3 4.1.2.1: 86400 s while the cloud updates, as it was afterwards.
    @Test(arguments: [(0, 0, false), (0, 255, false), (12, 0, false), (12, 0, true), (0, 0, true)])
    func `a short lifetime is made longer meanwhile`(_ download: Int, _ update: Int, _ dies: Bool) async throws {
        let way = FirmwareWay(platform: .lwm2m(.ctAEP), method: .platform)
        try await withRig(way.options { $0.keys = "lifetime = 3600" }) { rig in
            #expect(await rig.module.withCloud { $0.lifetime } == 3600)
            let mark = rig.mark
            await rig.module.holdFirmware(.downloading)
            try await way.begin(rig, .init(downloadResult: download, updateResult: update))
            await rig.module.wait { $0.withCloud { $0.lifetime } == 86_400 }
            if dies {
                try await rig.bridge.end(SIGKILL)
                try await rig.startBridgeAgain()
            }
            await rig.module.holdFirmware(nil)
            let error = download != 0 ? "download_failed" : update != 0 ? "update_failed" : nil
            let code = max(download, update)
            try await way.expectEnd(rig, since: mark, error: error, code: code == 0 ? nil : code)
            let lifetime = await rig.module.withCloud { $0.lifetime }
            #expect(lifetime == 3600)
        }
    }

    /// It ends between two steps that belong together, and the next one finishes them.
    @Test(arguments: ["AT+CPSMS=0", "AT+CEDRXS=0", "AT+QFOTADL="])
    func `a bridge that dies while it prepares puts power saving back`(_ command: String) async throws {
        let way = FirmwareWay(platform: .bc25, method: .http)
        try await withRig(way.options()) { rig in
            await rig.module.plan(.with { ($0.downloadResult, $0.stepTime) = (6503, .seconds(2)) })
            await rig.module.fail(Fault(.delayAnswer(.seconds(25)), on: command))
            try await way.order(rig)
            await rig.module.wait { $0.log.contains { $0.kind == .command && $0.text.hasPrefix(command) } }
            try await rig.bridge.end(SIGKILL)
            let mark = rig.mark
            try await rig.startBridgeAgain()
            try await rig.state("ready", since: mark)
            await rig.module.wait { $0.powerSaving.psm == FirmwareWay.psm && $0.powerSaving.eDRX == FirmwareWay.eDRX }
            let saving = await rig.module.powerSaving
            #expect(saving.psm == FirmwareWay.psm && saving.eDRX == FirmwareWay.eDRX)
        }
    }

    @Test func `a module that sleeps is woken for its update, and sleeps again`() async throws {
        let way = FirmwareWay(platform: .ctwing, method: .http)
        try await withRig(way.options { $0.keys = "power = \"deep-sleep\"" }) { rig in
            await rig.module.wait { $0.log.contains { $0.kind == .command && $0.text == "AT+QSCLK=1" } }
            await rig.module.enterSleep()
            try await rig.state("asleep")
            let mark = rig.mark
            try await way.begin(rig)
            try await way.expectEnd(rig, since: mark, error: nil)
            await rig.module.wait { $0.log.last { $0.text.hasPrefix("AT+QSCLK=") }?.text == "AT+QSCLK=1" }
            #expect(await rig.module.log.last { $0.text.hasPrefix("AT+QSCLK=") }?.text == "AT+QSCLK=1")
        }
    }

    /// Its registration fails for ever, which new firmware may cure.
    @Test func `a module that the cloud rejects can be updated`() async throws {
        let way = FirmwareWay(platform: .ctwing, method: .http)
        let options = way.options { options in
            let prepare = options.prepare
            options.untilReady = false
            options.prepare = { module in
                await prepare(module)
                await module.withCloud { $0.registration = .reject }
            }
        }
        try await withRig(options) { rig in
            try await rig.state("failed")
            let mark = rig.mark
            try await way.begin(rig)
            await rig.module.withCloud { $0.registration = .accept }
            try await way.expectEnd(rig, since: mark, error: nil)
        }
    }
}

extension Rig {
    /// Which message of all since then is the first on the topic that fulfils the condition.
    fileprivate func place(since mark: Mark, _ topic: String, _ condition: (JSONValue) -> Bool) -> Int? {
        client.record.value.messages[mark.messages...].firstIndex { message in
            message.topic == "nb/m0/\(topic)" && (try? JSONValue(parsing: message.payload)).map(condition) ?? false
        }
    }
}
