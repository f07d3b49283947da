import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// What clients set, as the platform gets it.
@Suite struct OneNETSystemReportTests {
    @Test func `a value that is set is current, retained, and notified`() async throws {
        try await withOneNETRig { rig in
            for (path, payload, report) in [
                ("3303/0/5700", "25.6", "25.6"), ("3303/0/5700", "-0.5", "-0.5"), ("3303/0/5700", "100000000000", nil),
                ("3303/0/5701", "a, b; c", "a, b; c"), ("3342/0/5500", "false", "0"), ("3342/0/5501", "32768", "32768"),
                ("3342/0/5501", "-9223372036854775808", "-9223372036854775808"), ("3342/0/5750", "温度", "温度"),
                ("3342/0/5522", "raw \" bytes", "raw \" bytes"),
            ] {
                let count = await rig.module.uplinks.count
                try await rig.set(path, payload)
                #expect(await rig.module.waitForUplinks(count + 1))
                #expect(await rig.reports(since: count) == [["\(path)=\(report ?? payload)"]])
                try await rig.retained("nb/m0/object/\(path)", is: payload)
                #expect(try await rig.ask(CloudOrder(.read, path)).values.map(\.text) == [report ?? payload])
            }
        }
    }

    @Test(arguments: [false, true])
    func `several values are one report, from index N−1 to 0`(confirm: Bool) async throws {
        let options = OneNETRig.options(more: "confirm = \(confirm)\nrai = 1")
        try await withOneNETRig(options) { rig in
            let mark = rig.mark
            try await rig.set("3303/0", #"{"5700":25.6,"5701":"Cel","5601":-1}"#)
            try await rig.json(on: "nb/m0/up/result", since: mark) {
                $0["state"]?.string == (confirm ? "delivered" : "sent")
            }
            #expect(await rig.reports() == [["3303/0/5700=25.6", "3303/0/5701=Cel", "3303/0/5601=-1"]])
            let uplinks = await rig.module.uplinks
            #expect(uplinks.allSatisfy { $0.isConfirmed == confirm })
            // More follows until the last part.
            #expect(uplinks.map(\.rai) == [0, 0, 1])
            let commands = await rig.module.log.filter { $0.kind == .command && $0.text.hasPrefix("AT+MIPLNOTIFY") }
            #expect(commands.map { $0.text.split(separator: ",").dropLast(3).last } == ["2", "1", "0"])
        }
    }

    /// Seed 7.8.3.
    @Test func `under the observation of an object each instance has its own indices`() async throws {
        try await withOneNETRig { rig in
            await rig.module.cancelObservation()
            try await rig.status { $0["registration"]?.string == "registered" }
            #expect(try await rig.ask(CloudOrder(.observe, "3303")).code == 1)
            try await rig.set("3303/0", #"{"5700":9.8,"5701":"Cel","5601":0.25}"#)
            try await rig.set("3303/1", #"{"5700":0.2,"5701":"K"}"#)
            #expect(await rig.module.waitForUplinks(5))
            #expect(
                await rig.reports() == [
                    ["3303/0/5700=9.8", "3303/0/5701=Cel", "3303/0/5601=0.25"], ["3303/1/5700=0.2", "3303/1/5701=K"],
                ])
            let commands = await rig.module.log.filter { $0.kind == .command && $0.text.hasPrefix("AT+MIPLNOTIFY") }
            #expect(Set(commands.map { $0.text.split(separator: ",")[1] }).count == 1)
        }
    }

    @Test func `what nobody observes is current and retained, and not notified`() async throws {
        try await withOneNETRig { rig in
            #expect(try await rig.ask(CloudOrder(.cancelObserve, "3303/1")).code == 1)
            let mark = rig.mark
            try await rig.set("3303/1/5701", "K")
            let outcome = try await rig.json(on: "nb/m0/up/result", since: mark) { $0["state"]?.string == "accepted" }
            #expect(outcome["notified"]?.bool == false)
            try await rig.retained("nb/m0/object/3303/1/5701", is: "K")
            #expect(try await rig.ask(CloudOrder(.read, "3303/1/5701")).values.map(\.text) == ["K"])
            #expect(await rig.module.uplinks.isEmpty)
        }
    }

    @Test func `attributes decide what is reported, and when`() async throws {
        try await withOneNETRig { rig in
            let path = "3303/0/5700"
            func attributes(_ text: String) async throws {
                #expect(try await rig.ask(CloudOrder(.writeAttributes, path, text: text)).code == 2)
            }
            try await rig.set(path, "20")
            #expect(await rig.module.waitForUplinks(1))
            try await attributes("st=2;gt=30")
            for value in ["21", "23", "24", "30.5", "31"] { try await rig.set(path, value) }
            try await rig.set("3303/0/5701", "end")
            #expect(await rig.module.waitForUplinks(4))
            #expect(
                await rig.reports().flatMap { $0 } == [20, 23, 30.5].map { "\(path)=\(Self.text($0))" } + [
                    "3303/0/5701=end"
                ])
            try await rig.retained("nb/m0/object/\(path)", is: "31")
            // Too soon: the newest value follows when the time has come, and nothing in between.
            try await attributes("pmin=3600;st=1")
            for value in ["33", "36", "39"] { try await rig.set(path, value) }
            try await rig.set("3303/0/5701", "meanwhile")
            #expect(await rig.module.waitForUplinks(5))
            #expect(await rig.module.uplinks.last?.text == "meanwhile")
            try await attributes("pmin=1")
            #expect(await rig.module.waitForUplinks(6))
            #expect(await rig.module.uplinks.last?.text == "39")
            // Nothing changes, and it is told again all the same.
            try await attributes("pmin=0;pmax=1")
            try await rig.set(path, "50")
            #expect(await rig.module.wait { $0.uplinks.suffix(3).map(\.text) == ["50", "50", "50"] })
        }
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value)"
    }

    @Test func `raw uplinks wait until data_up is observed`() async throws {
        var options = OneNETRig.options()
        options.untilReady = false
        options.prepare = { module in await module.withCloud { $0.observes = false } }
        try await withOneNETRig(options) { rig in
            try await rig.status { $0["registration"]?.string == "registered" }
            try await rig.up(json: #"{"id":"a","text":"early"}"#)
            try await rig.status { $0["error"]?["name"]?.string == "not_observed" }
            await rig.module.observeData()
            try await rig.outcome("a", "sent")
            #expect(await rig.received() == ["early"])
            try await rig.status { $0["registration"]?.string == "registered_and_observed" }
        }
    }

    /// Seed 3.3.15: at most 1024 bytes in one value, less in several together, and at most eleven of them.
    @Test func `what no report can carry is refused at the door`() async throws {
        var options = OneNETRig.options()
        let list = (0..<12).map { "{ id = \(5800 + $0), type = \"string\" }" }
        options.keys += "\n[[module.object]]\nid = 3400\nresources = [\(list.joined(separator: ", "))]"
        try await withOneNETRig(options) { rig in
            func values(_ count: Int, _ length: Int) -> String {
                let text = String(repeating: "A", count: length)
                return "{" + (0..<count).map { "\"\(5800 + $0)\":\"\(text)\"" }.joined(separator: ",") + "}"
            }
            let quotes = String(repeating: "\"", count: 513)
            for (path, payload, name) in [
                ("3400/0", values(12, 1), "too_many_values"), ("3400/0", values(2, 512), "too_long"),
                ("3303/0/5701", String(repeating: "A", count: 1025), "bad_value"), ("3303/0/5701", quotes, "bad_value"),
                ("3342/0/5522", String(repeating: "A", count: 513), "bad_value"), ("3303/0/5700", "warm", "bad_value"),
                ("3303/0/9", "1", "unknown_resource"), ("3303/0/5605", "1", "executable"), ("3303/0", "{", "not_json"),
            ] {
                let mark = rig.mark
                try await rig.set(path, payload)
                let outcome = try await rig.json(on: "nb/m0/up/result", since: mark) { _ in true }
                #expect(outcome["state"]?.string == "rejected" && outcome["error"]?["name"]?.string == name)
                #expect(outcome["error"]?["source"]?.string == "bridge" && outcome["error"]?["text"]?.string != "")
            }
            #expect(await rig.module.uplinks.isEmpty)
            try await rig.set("3400/0", values(11, 93))
            #expect(await rig.module.waitForUplinks(11))
            #expect(await rig.reports().count == 1)
        }
    }
}
