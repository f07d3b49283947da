import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// What the clouds of standard LwM2M ask for.
@Suite struct LwM2MRequestTests {
    @Test(arguments: LwM2MService.allCases)
    func `what is known is read at once: a resource, an instance and an object`(_ service: LwM2MService) async throws {
        try await withRig(.lwm2m(service)) { rig in
            let one = try await rig.ask(CloudOrder(.read, "3303/0/5700"))
            #expect(one.code == 1 && one.values.map(\.path) == ["3303/0/5700"] && one.values.map(\.text) == ["21.5"])
            try await rig.set("3303/0/5601", "-70000")
            try await rig.set("3303/0/5701", "Cel, >é")
            try await rig.text("Cel, >é", on: "object/3303/0/5701")
            for path in ["3303/0", "3303"] {
                let several = try await rig.ask(CloudOrder(.read, path))
                #expect(several.code == 1)
                #expect(several.values.map(\.path) == ["3303/0/5700", "3303/0/5701", "3303/0/5601"])
                #expect(several.values.map(\.text) == ["21.5", "Cel, >é", "-70000"])
                #expect(several.values.map(\.type) == [.float, .string, .integer])
            }
            let shown = try await rig.json(on: "nb/m0/request", since: rig.beginning) { $0["path"]?.string == "3303" }
            #expect(shown["kind"]?.string == "read" && shown["answered"]?.bool == true)
            await rig.expectClean()
        }
    }

    @Test(arguments: LwM2MService.allCases)
    func `what is written is current, published and retained`(_ service: LwM2MService) async throws {
        try await withRig(.lwm2m(service)) { rig in
            let writes: [(CloudOrder, String)] = [
                (CloudOrder(.write, "3303/0/5700", payload: [0x41, 0xCC, 0xCC, 0xCD]), "25.6"),
                (CloudOrder(.write, "3303/0/5601", payload: [0xFF, 0xFE]), "-2"),
                (CloudOrder(.write, "3303/0/5850", payload: [1]), "true"),
                (CloudOrder(.write, "3303/0/5701", text: "{\"a\":\"b\",\"c\":1}"), "{\"a\":\"b\",\"c\":1}"),
                (CloudOrder(.write, "3303/0/5601", text: "17"), "17"),
            ]
            for (order, value) in writes {
                #expect(try await rig.ask(order).code == 2)
                try await rig.text(value, on: "object/\(order.path)/write")
                try await rig.text(value, on: "object/\(order.path)")
                #expect(try await rig.ask(CloudOrder(.read, order.path)).values.count == 1)
            }
            let shown = try await rig.json(on: "nb/m0/request", since: rig.beginning) {
                $0["kind"]?.string == "write" && $0["path"]?.string == "3303/0/5700"
            }
            #expect(shown["value"]?.double == 25.6 && shown["answered"]?.bool == true)
            try await withClient(of: rig.broker, subscriptions: ["nb/m0/object/#"]) { late in
                for (path, value) in [("3303/0/5700", "25.6"), ("3303/0/5601", "17"), ("3303/0/5850", "true")] {
                    let message = try await late.message(on: "nb/m0/object/\(path)")
                    #expect(message.text == value && message.retain)
                }
            }
            await rig.expectClean()
        }
    }

    @Test(arguments: LwM2MService.allCases)
    func `a downlink is a write of the data channel`(_ service: LwM2MService) async throws {
        try await withRig(.lwm2m(service)) { rig in
            await rig.module.send(downlink: Array("on,\"off\"".utf8))
            try await rig.text("on,\"off\"", on: "down")
            let json = try await rig.json(on: "nb/m0/down/json") { $0["text"]?.string == "on,\"off\"" }
            #expect(json["hex"]?.string == "6f6e2c226f666622")
            try await rig.text("on,\"off\"", on: "object/19/1/0/write")
            try await rig.status { $0["counters"]?["downlinks"]?.integer == 1 }
            await rig.expectClean()
        }
    }

    @Test(arguments: LwM2MService.allCases)
    func `an observation begins, reports and ends`(_ service: LwM2MService) async throws {
        try await withRig(.lwm2m(service)) { rig in
            let begun = try await rig.ask(CloudOrder(.observe, "3303/0/5700"))
            // The DMP's module answers by itself, without the value, which is then reported.
            #expect(begun.code == 1 && begun.values.map(\.text) == (service == .cuDMP ? [] : ["21.5"]))
            if service == .cuDMP { _ = try await rig.reported("3303/0/5700", "21.5") }
            try await rig.json(on: "nb/m0/request", since: rig.beginning) {
                $0["kind"]?.string == "observe" && $0["path"]?.string == "3303/0/5700" && $0["answered"]?.bool == true
            }
            try await rig.set("3303/0/5700", "22.5")
            _ = try await rig.reported("3303/0/5700", "22.5")
            let again = try await rig.ask(CloudOrder(.observe, "3303/0/5700"))
            #expect(again.code == 1)
            for path in ["3303/0/5700", "3303/0"] where path == "3303/0/5700" || service == .cuDMP {
                #expect(try await rig.ask(CloudOrder(.cancelObserve, path)).code == 1)
            }
            try await rig.set("3303/0/5700", "23.5")
            let outcome = try await rig.json(on: "nb/m0/up/result") { $0["notified"]?.bool == false }
            #expect(outcome["state"]?.string == "accepted")
            let reports = await rig.module.uplinks.filter { $0.text == "23.5" }
            #expect(reports.isEmpty)
            await rig.expectClean()
        }
    }

    @Test func `what is observed without a value is answered with an empty one`() async throws {
        try await withRig(.lwm2m()) { rig in
            for (path, type) in [("3303/0/5701", ResourceType.string), ("3303/0/5750", .opaque)] {
                let answer = try await rig.ask(CloudOrder(.observe, path))
                #expect(answer.code == 1 && answer.values.map(\.type) == [type] && answer.values[0].bytes == [])
            }
            await rig.expectClean()
        }
    }

    @Test(arguments: [
        (CloudOrder(.write, "3303/0/5605", payload: [1]), 14), (CloudOrder(.execute, "3303/0/5700"), 14),
        (CloudOrder(.read, "3303/0/5605"), 14), (CloudOrder(.observe, "3303/0/5605"), 14),
        (CloudOrder(.write, "3303/0/5850", payload: [2, 3]), 11), (CloudOrder(.write, "3303/0/5601", text: "x"), 11),
        (CloudOrder(.discover, "3303/0"), 1), (CloudOrder(.writeAttributes, "3303/0/5700", text: "pmin=5"), 2),
    ])
    func `what cannot be is refused with its code, and the module's own business is its own`(
        _ order: CloudOrder, _ code: Int
    ) async throws {
        try await withRig(.lwm2m()) { rig in
            let answer = try await rig.ask(order)
            #expect(answer.code == code)
            await rig.expectClean()
        }
    }

    @Test func `a write in parts is one, and a repeated request is carried out once`() async throws {
        try await withRig(.lwm2m()) { rig in
            var parts = CloudOrder(.write, "3303/0")
            parts.parts = [.init("3303/0/5601", [7]), .init("3303/0/5850", [0]), .init("3303/0/5701", Array("C".utf8))]
            parts.pause = .milliseconds(50)
            #expect(try await rig.ask(parts).code == 2)
            let shown = try await rig.json(on: "nb/m0/request", since: rig.beginning) {
                $0["kind"]?.string == "write" && $0["path"]?.string == "3303/0"
            }
            #expect(shown["value"]?["5601"]?.integer == 7 && shown["value"]?["5850"]?.bool == false)
            #expect(shown["value"]?["5701"]?.string == "C")

            // Nobody answers the first one before the others are there.
            var execute = CloudOrder(.execute, "3303/0/5605")
            execute.retransmissions = [.milliseconds(50), .milliseconds(50)]
            let id = await rig.module.request(execute)
            try await rig.event("repeated_request", count: 2)
            let request = try await rig.json(on: "nb/m0/request") { $0["kind"]?.string == "execute" }
            let name = try #require(request["id"]?.string)
            try await rig.client.publish("nb/m0/answer", #"{"id":"\#(name)","code":"changed"}"#)
            #expect(await rig.module.waitForAnswer(to: id, limit: .seconds(60))?.code == 2)
            let executions = rig.client.record.value.messages.filter {
                $0.topic == "nb/m0/request" && $0.text.contains("execute")
            }
            #expect(executions.count == 1)
            await rig.expectClean()
        }
    }
}
