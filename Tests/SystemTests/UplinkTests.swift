import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// What a client sees of its uplinks.
@Suite struct UplinkTests {
    @Test func `an uplink is accepted, sent, and in the cloud byte for byte`() async throws {
        try await withRig { rig in
            try await rig.up(json: #"{"id":"a","hex":"00ff0d0a3e22"}"#)
            try await rig.outcome("a", "accepted")
            let sent = try await rig.outcome("a", "sent")
            #expect(sent["attempts"]?.integer == 1)
            #expect(sent["error"]?.isNull == true)
            #expect(await rig.module.uplinks.map(\.bytes) == [[0x00, 0xff, 0x0d, 0x0a, 0x3e, 0x22]])
            #expect(await rig.module.breaches.isEmpty)
        }
    }

    @Test func `a confirmed uplink is delivered when the cloud has acknowledged it`() async throws {
        try await withRig { rig in
            try await rig.up(json: #"{"id":"c","text":"hello","confirm":true,"rai":2}"#)
            try await rig.outcome("c", "delivered")
            #expect(rig.outcomes().map { $0["state"]?.string } == ["accepted", "sent", "delivered"])
            let status = try await rig.status { $0["counters"]?["delivered"]?.integer == 1 }
            #expect(status["counters"]?["sent"]?.integer == 1)
        }
    }

    @Test func `an id is sent once, however often it is published`() async throws {
        try await withRig { rig in
            try await rig.up(json: #"{"id":"x","text":"once"}"#)
            try await rig.outcome("x", "sent")
            try await rig.up(json: #"{"id":"x","text":"once"}"#)
            try await rig.up("end")
            await rig.module.waitForUplinks(2)
            #expect(await rig.received() == ["once", "end"])
            // The second comes from the store, the newest of all from the line.
            try await rig.client.record.wait("the last outcome again") { record in
                let outcomes = record.messages.filter { $0.topic == "nb/m0/up/result" }
                    .compactMap { try? JSONValue(parsing: $0.payload) }
                return outcomes.filter { $0["id"]?.string == "x" && $0["state"]?.string == "sent" }.count == 2
            }
        }
    }

    @Test(arguments: [
        (#"{"hex":"abc"}"#, "odd_hex"),
        (#"{"hex":"zz"}"#, "bad_hex"),
        (#"{"text":"a","hex":"00"}"#, "two_bodies"),
        (#"{"id":"q"}"#, "no_body"),
        (#"{"text":""}"#, "empty"),
        ("nonsense", "not_json"),
        (#"{"text":"a","rai":3}"#, "bad_rai"),
        (#"{"text":"a","colour":"red"}"#, "unknown_member"),
    ])
    func `what is wrong is refused with a reason`(_ payload: String, _ name: String) async throws {
        try await withRig { rig in
            try await rig.up(json: payload)
            let rejected = try await rig.json(on: "nb/m0/up/result") { $0["state"]?.string == "rejected" }
            #expect(rejected["error"]?["name"]?.string == name)
            #expect(rejected["error"]?["source"]?.string == "bridge")
            #expect(await rig.module.uplinks.isEmpty)
        }
    }

    @Test func `what is far too long is refused, not dropped without a word`() async throws {
        try await withRig { rig in
            let length = 3 << 20
            try await rig.up(String(repeating: "x", count: length))
            let rejected = try await rig.json(on: "nb/m0/up/result") { $0["state"]?.string == "rejected" }
            #expect(rejected["error"]?["text"]?.string == "the uplink has \(length) bytes; at most 1024 are expected")
            try await rig.order("refresh", String(repeating: "x", count: length))
            let result = try await rig.json(on: "nb/m0/command/refresh/result") { $0["ok"]?.bool == false }
            #expect(result["error"]?["name"]?.string == "not_json")
        }
    }

    @Test func `high priority overtakes, and the rest keeps its order`() async throws {
        try await withRig { rig in
            try await rig.order("deregister")
            try await rig.state("stopped")
            for index in 0..<5 { try await rig.up("n\(index)") }
            try await rig.up(json: #"{"text":"h","priority":"high"}"#)
            try await rig.status { $0["queue"]?["waiting"]?.integer == 6 }
            try await rig.order("register")
            await rig.module.waitForUplinks(6)
            #expect(await rig.received() == ["h", "n0", "n1", "n2", "n3", "n4"])
        }
    }

    @Test func `what waits too long expires`() async throws {
        try await withRig { rig in
            try await rig.order("deregister")
            try await rig.state("stopped")
            try await rig.up(json: #"{"id":"old","text":"old","ttl":1}"#)
            let expired = try await rig.outcome("old", "expired")
            #expect(expired["error"]?["name"]?.string == "expired")
        }
    }

    @Test(arguments: [("reject", ["1", "2"], "rejected"), ("drop-oldest", ["2", "3"], "failed")])
    func `a full queue rejects or drops`(_ policy: String, _ kept: [String], _ end: String) async throws {
        var options = RigOptions()
        options.keys = "queue_limit = 2\nqueue_full = \"\(policy)\""
        try await withRig(options) { rig in
            try await rig.order("deregister")
            try await rig.state("stopped")
            for text in ["1", "2", "3"] { try await rig.up(json: #"{"id":"\#(text)","text":"\#(text)"}"#) }
            try await rig.outcome(policy == "reject" ? "3" : "1", end)
            try await rig.order("register")
            await rig.module.waitForUplinks(2)
            #expect(await rig.received() == kept)
        }
    }

    @Test func `a downlink arrives as bytes and as JSON`() async throws {
        try await withRig { rig in
            await rig.module.send(downlink: Array("hi \u{e9}".utf8))
            let raw = try await rig.client.message(on: "nb/m0/down")
            #expect(raw.payload == Array("hi \u{e9}".utf8))
            let json = try await rig.json(on: "nb/m0/down/json") { _ in true }
            #expect(json["hex"]?.string == "686920c3a9")
            #expect(json["text"]?.string == "hi \u{e9}")
        }
    }

    @Test func `buffered downlinks are fetched until the buffer is empty`() async throws {
        var options = RigOptions()
        options.keys = "receive = \"buffered\""
        try await withRig(options) { rig in
            for index in 0..<20 {
                await rig.module.send(downlink: Array("d\(index)".utf8))
                // The module's buffer holds eight.
                try await rig.client.record.wait("downlink \(index - 6)") { record in
                    record.messages.filter { $0.topic == "nb/m0/down" }.count >= index - 6
                }
            }
            try await rig.client.record.wait("20 downlinks") { record in
                record.messages.filter { $0.topic == "nb/m0/down" }.count == 20
            }
            let texts = rig.client.record.value.messages.filter { $0.topic == "nb/m0/down" }.map(\.text)
            #expect(texts == (0..<20).map { "d\($0)" })
        }
    }
}
