import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Something dies in the middle of an exchange: nothing is lost, and nothing half is believed.
@Suite struct OneNETFaultTests {
    enum Mishap: String, CaseIterable, Sendable {
        case kill, reset, powerCut, unplug, broker
    }

    /// Faster than life, so that what waits for the platform's time-outs ends.
    private static func options() -> RigOptions {
        OneNETRig.options { own in
            own.timeScale = 5
            own.bootTime = .milliseconds(500)
            own.attachTime = .milliseconds(500)
        }
    }

    private func strike(_ mishap: Mishap, _ rig: Rig) async throws {
        switch mishap {
        case .kill:
            try await rig.bridge.end(SIGKILL)
            try await rig.bridge.start()
        case .reset: await rig.module.reset()
        case .powerCut:
            await rig.module.cutPower()
            await rig.module.powerOn()
        case .unplug:
            await rig.module.unplug()
            try await rig.state("offline")
            try await rig.module.plugIn()
        case .broker:
            rig.broker.stop(SIGTERM)
            try await rig.broker.start()
        }
    }

    /// After whatever it was: registered, observed, and the values as they are.
    private func isSound(_ rig: Rig) async throws {
        try await rig.status { $0["registration"]?.string == "registered_and_observed" }
        let count = await rig.module.uplinks.count
        try await rig.set("3303/0/5700", "77.5")
        #expect(await rig.module.wait(limit: .seconds(30)) { $0.uplinks.last?.text == "77.5" })
        #expect(await rig.module.uplinks.count > count)
        #expect(try await rig.ask(CloudOrder(.read, "3303/0/5700")).values.map(\.text) == ["77.5"])
        try await rig.status { $0["queue"]?["waiting"]?.integer == 0 && $0["queue"]?["in_flight"]?.integer == 0 }
    }

    @Test(arguments: Mishap.allCases)
    func `reports of several parts, confirmed, outlive it`(_ mishap: Mishap) async throws {
        try await withRig(Self.options()) { rig in
            await rig.firstLook()
            for index in 0..<20 {
                try await rig.client.publish(
                    "nb/m0/object/3303/0/set", #"{"5700":\#(index),"5701":"u\#(index)","5601":\#(index)}"#)
                try await rig.up(json: #"{"id":"r\#(index)","text":"raw \#(index)","confirm":true}"#)
                if index == 9 {
                    await rig.module.wait { $0.uplinks.count >= 3 }
                    try await strike(mishap, rig)
                    if mishap == .kill || mishap == .broker {
                        // What the broker keeps for the bridge arrives when it is back.
                        try await rig.client.session()
                    }
                }
            }
            let raw = Set((0..<20).map { "3200/0/5750=raw \($0)" })
            let values = Set((0..<20).map { ["3303/0/5700=\($0)", "3303/0/5701=u\($0)", "3303/0/5601=\($0)"] })
            let complete = await rig.module.wait(limit: .seconds(90)) { module in
                let uplinks = module.uplinks
                return raw.isSubset(of: uplinks.map { "\($0.path ?? "")=\($0.text)" })
                    && (0..<20).allSatisfy { index in uplinks.contains { $0.text == "u\(index)" } }
            }
            let reports = await rig.reports()
            #expect(complete, "\(raw.subtracting(reports.flatMap { $0 })) \(values.subtracting(reports))")
            // Each as a whole at least once, in the order of acceptance.
            #expect(values.isSubset(of: reports), "\(values.subtracting(reports))")
            for index in 0..<20 { try await rig.outcome("r\(index)", "delivered") }
            try await isSound(rig)
            await rig.expectBreaches()
        }
    }

    @Test(arguments: Mishap.allCases)
    func `what was answered with changed is on MQTT`(_ mishap: Mishap) async throws {
        try await withRig(Self.options()) { rig in
            await rig.firstLook()
            var ids: [Int] = []
            for index in 0..<30 {
                ids.append(
                    await rig.module.request(CloudOrder(.write, "3303/0/5701", payload: Array("w\(index)".utf8))))
                if index == 15 {
                    _ = await rig.module.waitForAnswer(to: ids[5])
                    try await strike(mishap, rig)
                }
            }
            try await isSound(rig)
            let answers = await rig.module.withCloud { $0.answers }
            let changed = ids.indices.filter { index in answers.contains { $0.id == ids[index] && $0.code == 2 } }
            #expect(changed.count >= 5)
            let topic = "nb/m0/object/3303/0/5701/write"
            try await rig.client.record.wait("every write", limit: .seconds(30)) { record in
                let texts = Set(record.messages.filter { $0.topic == topic }.map(\.text))
                return changed.allSatisfy { texts.contains("w\($0)") }
            }
            // A bridge that was killed right after an answer reads the request again, and cannot know of the answer.
            await rig.expectBreaches(where: { mishap == .kill && $0.contains("a second answer") })
        }
    }

    @Test(arguments: [1, 2])
    func `a write that a reset interrupts is no write`(parts: Int) async throws {
        try await withRig(Self.options()) { rig in
            await rig.firstLook()
            var order = CloudOrder(.write, "3303/0")
            order.parts = [
                .init("3303/0/5700", Array("99".utf8)), .init("3303/0/5701", Array("half".utf8)),
                .init("3303/0/5601", Array("99".utf8)),
            ]
            order.pause = .seconds(1)
            order.partsBeforeReset = parts
            await rig.module.request(order)
            try await rig.event("module_restarted")
            await rig.firstLook(2)
            #expect(
                try await rig.ask(CloudOrder(.read, "3303/0")).values.map(\.text) == ["21.5", "Cel"])
            #expect(rig.texts(on: "nb/m0/object/3303/0/5701/write") == [])
            try await isSound(rig)
            await rig.expectBreaches()
        }
    }

    /// The platform's write goes on, the line does not: only its end is heard.
    @Test func `a write whose first part was lost is no write`() async throws {
        try await withRig(Self.options()) { rig in
            await rig.firstLook()
            await rig.module.report("+MIPLWRITE: 0,9000,3303,0,5700,2,2,3939,0,2")
            await rig.module.report("+MIPLWRITE: 0,9000,3303,0,5701,2,4,68616C66,0,0")
            try await rig.event("incomplete_write")
            #expect(try await rig.ask(CloudOrder(.read, "3303/0")).values.map(\.text) == ["21.5", "Cel"])
            let nonsense = [
                "+MIPLWRITE: 0,9001,3303,0,5701,2,4,68616C6,0,0", "+MIPLREAD: 0,x,3303,0,0", "+MIPLEVENT: x",
                "+MIPLOBSERVE: 0,9003,7,3303,0,0", "+MIPLDISCOVER: 0",
                // What is missing is waited for, but not for ever.
                "+MIPLEXECUTE: 0,9004,3303,0,5605,9,\"rese", "+MIPLEXECUTE: 0,9005,3303,0,5605,9",
            ]
            for (index, line) in nonsense.enumerated() {
                await rig.module.report(line)
                try await rig.event("malformed_report", count: index + 1)
            }
            try await isSound(rig)
            await rig.expectBreaches()
        }
    }

    /// Seed 3.3.15, remark 2: what came before a refused part is reported, so the whole is reported again.
    @Test(arguments: ["+CIS ERROR: 651", "ERROR", "+CME ERROR: 302"])
    func `a part that is refused is followed by the whole report`(error: String) async throws {
        try await withRig(Self.options()) { rig in
            await rig.firstLook()
            await rig.module.fail(Fault(.answer(error), on: "AT+MIPLNOTIFY=0,"))
            try await rig.set("3303/0", #"{"5700":1,"5701":"b","5601":3}"#)
            let whole = ["3303/0/5700=1", "3303/0/5701=b", "3303/0/5601=3"]
            #expect(await rig.module.waitForUplinks(3, limit: .seconds(30)))
            #expect(await rig.reports() == [whole])
            await rig.expectBreaches()
        }
    }
}
