import JSON
import MQTT
import Reactor
import TestSupport
import Testing
import VirtualModules

/// Requests of the cloud while the line is full of uplinks.
@Suite(.long) struct LwM2MBusyTests {
    /// Every kind, in turn.
    private static func order(_ index: Int) -> CloudOrder {
        switch index % 7 {
        case 0: CloudOrder(.read, "3303/0/5700")
        case 1: CloudOrder(.write, "3303/0/5601", payload: [UInt8(index & 127)])
        case 2: CloudOrder(.observe, "3303/0/5601")
        case 3: CloudOrder(.read, "3303/0")
        case 4: CloudOrder(.execute, "3303/0/5605")
        case 5: CloudOrder(.cancelObserve, "3303/0/5601")
        default: CloudOrder(.write, "19/1/0", payload: Array("down \(index)".utf8))
        }
    }

    /// Answers every execution, as a client of the bridge does.
    private static func obey(_ rig: Rig) async throws {
        var seen = 0
        while !Task.isCancelled {
            let start = seen
            let record = try await rig.client.record.wait("a request", limit: .seconds(300)) {
                $0.messages.count > start || Task.isCancelled
            }
            for message in record.messages[start...] where message.topic == "nb/m0/request" {
                let json = try JSONValue(parsing: message.payload)
                guard json["answered"]?.bool == false, let id = json["id"]?.string else { continue }
                try await rig.client.publish("nb/m0/answer", #"{"id":"\#(id)","code":"changed"}"#)
            }
            seen = record.messages.count
        }
    }

    /// At 9600 baud an uplink of 512 bytes keeps the line for more than a second; forty requests take some twenty.
    @Test(arguments: [LwM2MService.ctIoT, .andlink], [false, true])
    func `every request is answered in time on a full line at 9600 baud`(
        _ service: LwM2MService, _ isConfirmed: Bool
    ) async throws {
        var options = RigOptions.lwm2m(service, "baud = 9600", "confirm = \(isConfirmed)")
        options.module = {
            $0.timeScale = 1
            $0.baud = 9600
        }
        try await withRig(options.withQuickBroker) { rig in
            let payload = Array(repeating: UInt8(0xA5), count: 512)
            try await rig.client.publish(
                Array(repeating: OutboundMessage(topic: "nb/m0/up", payload: payload), count: 1000))
            try await rig.status { ($0["queue"]?["waiting"]?.integer ?? 0) > 900 }
            let obeying = Task { try await Self.obey(rig) }
            defer { obeying.cancel() }
            // Three at a time.
            for index in stride(from: 0, to: 14, by: 2) {
                var ids: [Int] = []
                for part in 0..<3 { ids.append(await rig.module.request(Self.order(index + part))) }
                for id in ids {
                    let answer = try #require(await rig.module.waitForAnswer(to: id, limit: .seconds(60)))
                    #expect(answer.code <= 2, "\(answer.order.kind) \(answer.order.path)")
                }
            }
            let latencies = await rig.module.withCloud { $0.answers.map(\.latency) }
            print("\(service.rawValue): the slowest of \(latencies.count) answers took \(latencies.max() ?? .zero)")
            #expect(await rig.module.uplinks.count > 3)
            try await rig.client.record.wait("the downlinks") { record in
                record.messages.contains { $0.topic == "nb/m0/down" && $0.text == "down 13" }
            }
            await rig.expectClean()
        }
    }

    /// The bridge waits eight seconds for a client; two are left for a line that is full.
    @Test func `what no client answers is answered in time on a full line at 9600 baud`() async throws {
        var options = RigOptions.lwm2m(.ctIoT, "baud = 9600")
        options.module = {
            $0.timeScale = 1
            $0.baud = 9600
        }
        try await withRig(options) { rig in
            let payload = Array(repeating: UInt8(0x5A), count: 512)
            for _ in 0..<40 { try await rig.client.publish(OutboundMessage(topic: "nb/m0/up", payload: payload)) }
            var ids: [Int] = []
            for path in ["3303/0/5701", "3303/0/5750"] {
                ids.append(await rig.module.request(CloudOrder(.read, path)))
                ids.append(await rig.module.request(CloudOrder(.execute, "3303/0/5605")))
            }
            for id in ids {
                let answer = try #require(await rig.module.waitForAnswer(to: id, limit: .seconds(60)))
                #expect(answer.code == (answer.order.kind == .read ? 13 : 14))
                #expect(!answer.isLate, "\(answer.latency)")
            }
            await rig.expectClean()
        }
    }

    /// The whole queue, as fast as the machine goes.
    @Test(arguments: LwM2MService.allCases)
    func `a thousand uplinks and two hundred requests meet`(_ service: LwM2MService) async throws {
        try await withRig(.lwm2m(service).withQuickBroker) { rig in
            try await rig.waitUntilObserved()
            let obeying = Task { try await Self.obey(rig) }
            defer { obeying.cancel() }
            let publishing = Task {
                try await rig.up(burst: (0..<1000).map { "message \(10_000 + $0)" })
            }
            for index in stride(from: 0, to: 196, by: 4) {
                var ids: [Int] = []
                for part in 0..<4 { ids.append(await rig.module.request(Self.order(index + part))) }
                for id in ids {
                    let answer = try #require(await rig.module.waitForAnswer(to: id, limit: .seconds(60)))
                    #expect(answer.code <= 2, "\(answer.order.kind) \(answer.order.path)")
                }
            }
            try await publishing.value
            try #require(
                await rig.module.wait(limit: .seconds(120)) {
                    $0.uplinks.count { $0.text.hasPrefix("message ") } >= 1000
                })
            let texts = await rig.received().filter { $0.hasPrefix("message ") }
            #expect(texts == (0..<1000).map { "message \(10_000 + $0)" })
            await rig.expectClean()
        }
    }
}
