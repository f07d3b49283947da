import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// The bridge, the module, its line or the broker fails in the middle of something.
@Suite struct LwM2MFaultTests {
    enum Mishap: String, CaseIterable, Sendable {
        case bridgeKilled, brokerRestarted, reset, powerCut, unplugged, hangUp, resetBefore, resetAfter, answerLost
        case observationLost, lifetimeOver
    }

    private static func strike(_ mishap: Mishap, _ rig: Rig, _ command: String) async throws {
        let module = rig.module
        switch mishap {
        case .bridgeKilled:
            try await rig.bridge.end(SIGKILL)
            try await rig.bridge.start()
        case .brokerRestarted:
            rig.broker.stop(SIGTERM)
            try await rig.broker.start()
        case .reset: await module.reset()
        case .powerCut:
            await module.cutPower()
            await module.powerOn()
        case .unplugged:
            let mark = rig.mark
            await module.unplug()
            try await rig.state("offline", since: mark)
            try await module.plugIn()
        case .hangUp: await module.fail(Fault(.hangUp(.milliseconds(300)), on: command))
        case .resetBefore: await module.fail(Fault(.resetBefore, on: command))
        case .resetAfter: await module.fail(Fault(.resetAfter, on: command))
        case .answerLost: await module.fail(Fault(.dropAnswer, on: command))
        case .observationLost: await module.cancelObservation()
        case .lifetimeOver: await module.report("+QLAURC: \"ping\",4")
        }
    }

    @Test(arguments: [LwM2MService.ctIoT, .andlink], Mishap.allCases)
    func `confirmed uplinks survive, and all of them end`(_ service: LwM2MService, _ mishap: Mishap) async throws {
        var options = RigOptions.lwm2m(service, "confirm = true")
        options.module = { $0.timeScale = 50 }
        try await withRig(options) { rig in
            let texts = (0..<40).map { "burst \(100 + $0)" }
            for text in texts[..<20] { try await rig.up(json: #"{"id":"\#(text)","text":"\#(text)"}"#) }
            try await Self.strike(mishap, rig, service == .andlink ? "AT+QLASENDDATA" : "AT+QLANOTIFY")
            for text in texts[20...] { try await rig.up(json: #"{"id":"\#(text)","text":"\#(text)"}"#) }
            if mishap == .observationLost {
                // A cloud that wants the data observes again.
                try await rig.status { $0["error"]?["name"]?.string == "not_observed" || service == .andlink }
                await rig.module.observeData()
            }
            let complete = await rig.module.wait(limit: .seconds(120)) { module in
                Set(texts).isSubset(of: module.uplinks.map(\.text))
            }
            let received = await rig.received()
            #expect(complete, "missing: \(Set(texts).subtracting(received).sorted())")
            var seen: Set<String> = []
            #expect(received.filter { seen.insert($0).inserted } == texts)
            try await rig.client.record.wait("the end of every uplink", limit: .seconds(120)) { record in
                let ended = record.messages.filter { $0.topic == "nb/m0/up/result" }
                    .compactMap { try? JSONValue(parsing: $0.payload) }
                    .filter { ["delivered", "failed"].contains($0["state"]?.string) }.compactMap { $0["id"]?.string }
                return Set(texts).isSubset(of: ended)
            }
            try await rig.status { $0["queue"]?["waiting"]?.integer == 0 && $0["queue"]?["in_flight"]?.integer == 0 }
            await rig.expectBreaches()
        }
    }

    @Test func `half a write is not believed, whatever interrupts it`() async throws {
        try await withRig(.lwm2m()) { rig in
            var order = CloudOrder(.write, "3303/0")
            order.parts = [.init("3303/0/5601", [7]), .init("3303/0/5700", [1]), .init("3303/0/5850", [1])]
            order.pause = .milliseconds(50)
            order.partsBeforeReset = 2
            let mark = rig.mark
            await rig.module.request(order)
            try await rig.registeredAgain(since: mark)
            // An empty message clears a value of before.
            let topics = rig.client.record.value.messages.filter { !$0.payload.isEmpty }.map(\.topic)
            #expect(!topics.contains { $0.hasSuffix("/write") } && !topics.contains("nb/m0/object/3303/0/5601"))
            #expect(try await rig.ask(CloudOrder(.read, "3303/0/5700")).values.map(\.text) == ["21.5"])
            await rig.expectBreaches()
        }
    }

    /// The report's first parts are with the module when the line fails; it is told again as a whole.
    @Test(arguments: [Mishap.hangUp, .resetBefore, .resetAfter])
    func `a report in parts is told again as a whole`(_ mishap: Mishap) async throws {
        try await withRig(.lwm2m()) { rig in
            #expect(try await rig.ask(CloudOrder(.observe, "3303/0")).code == 1)
            // The second of four commands.
            try await Self.strike(mishap, rig, "AT+QLANOTIFY=3303,0,5601")
            try await rig.set("3303/0", #"{"5700":1.5,"5601":4,"5850":true,"5701":"x"}"#)
            // After a restart the cloud observes nothing but the data.
            if mishap != .hangUp {
                try await rig.event("module_restarted")
                try await rig.text("1.5", on: "object/3303/0/5700")
                try await rig.status { $0["queue"]?["waiting"]?.integer == 0 && $0["state"]?.string == "ready" }
            } else {
                let last = try await rig.reported("3303/0/5701", "x")
                let report = await rig.module.uplinks.filter { $0.group == last.group }
                #expect(report.map(\.text) == ["1.5", "4", "1", "x"])
            }
            #expect(
                try await rig.ask(CloudOrder(.read, "3303/0")).values.map(\.text) == ["1.5", "x", "4", "1"])
            // The module keeps the parts of a report that was cut off, and refuses the next beginning, once.
            let breaches = await rig.module.breaches
            #expect(breaches.allSatisfy { mishap == .hangUp && $0.hasPrefix("the report's indices") })
        }
    }

    @Test func `a report in parts whose bridge is killed is told again as a whole`() async throws {
        try await withRig(.lwm2m()) { rig in
            _ = try await rig.ask(CloudOrder(.observe, "3303/0"))
            await rig.module.fail(Fault(.delayAnswer(.milliseconds(300)), on: "AT+QLANOTIFY=3303,0,5601"))
            try await rig.set("3303/0", #"{"5700":1.5,"5601":4,"5850":true}"#)
            try #require(
                await rig.module.wait(limit: .seconds(60)) { module in
                    module.log.contains { $0.kind == .command && $0.text.hasPrefix("AT+QLANOTIFY=3303,0,5601") }
                })
            try await rig.bridge.end(SIGKILL)
            try await rig.startBridgeAgain()
            let last = try await rig.reported("3303/0/5850", "1")
            let report = await rig.module.uplinks.filter { $0.group == last.group }
            #expect(report.map(\.text) == ["1.5", "4", "1"])
            // The module waits for the parts that the dead bridge did not send, and refuses the new beginning, once.
            let breaches = await rig.module.breaches
            #expect(breaches.count <= 1 && breaches.allSatisfy { $0.hasPrefix("the report's indices") })
        }
    }

    @Test(arguments: [1, 2])
    func `what the cloud was told is written is on MQTT, though the bridge is killed`(_ round: Int) async throws {
        try await withRig(.lwm2m()) { rig in
            var told: [String] = []
            for index in 0..<60 {
                let id = await rig.module.request(CloudOrder(.write, "19/1/0", payload: Array("w\(index)".utf8)))
                if index % 10 == 3 * round {
                    try await rig.bridge.end(SIGKILL)
                    try await rig.startBridgeAgain()
                }
                if await rig.module.waitForAnswer(to: id, limit: .seconds(11))?.code == 2 { told.append("w\(index)") }
            }
            let topics = ["nb/m0/object/19/1/0/write", "nb/m0/down"]
            try await rig.client.record.wait("every write", limit: .seconds(60)) { [told] record in
                topics.allSatisfy { topic in
                    Set(told).isSubset(of: record.messages.filter { $0.topic == topic }.map(\.text))
                }
            }
            #expect(told.count >= 50)
            let faults = await rig.module.withCloud { [$0.answeredLate, $0.answeredTwice] }
            #expect(faults == [0, 0])
            await rig.expectBreaches()
        }
    }

    /// Without power the module forgets what is observed; the values stay.
    @Test func `observations and values are true after a loss of power`() async throws {
        try await withRig(.lwm2m()) { rig in
            _ = try await rig.ask(CloudOrder(.observe, "3303/0/5601"))
            try await rig.set("3303/0/5601", "5")
            _ = try await rig.reported("3303/0/5601", "5")
            let mark = rig.mark
            await rig.module.cutPower()
            await rig.module.powerOn()
            try await rig.registeredAgain(since: mark)
            try await rig.set("3303/0/5601", "6")
            try await rig.json(on: "nb/m0/up/result", since: mark) { $0["notified"]?.bool == false }
            #expect(try await rig.ask(CloudOrder(.observe, "3303/0/5601")).values.map(\.text) == ["6"])
            try await rig.set("3303/0/5601", "7")
            _ = try await rig.reported("3303/0/5601", "7")
            await rig.expectBreaches()
        }
    }

    /// While the module is told of a longer lifetime for it.
    @Test func `a download that fails at once is no reason to restart the module`() async throws {
        try await withRig(.lwm2m(.ctIoT, "lifetime = 300")) { rig in
            let mark = rig.mark
            await rig.module.fail(Fault(.reports(["+QIND: \"FOTA\",\"COAPEND\",12"]), on: "AT+QLAUPDATE=0,86400"))
            await rig.module.report("+QIND: \"FOTA\",\"COAPSTART\"")
            let shown = try await rig.json(on: "nb/m0/firmware", since: mark) { $0["state"]?.string == "failed" }
            #expect(shown["error"]?["name"]?.string == "download_failed")
            try await rig.up(json: #"{"id":"after","text":"after"}"#)
            try await rig.json(on: "nb/m0/up/result", since: mark) { $0["state"]?.string == "sent" }
            #expect(rig.events("restarting_module").isEmpty)
        }
    }
}
