import Glibc
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Nothing is lost, whoever dies.
@Suite(.serialized) struct CrashTests {
    @Test func `a thousand uplinks outlive ten deaths of the bridge and two of the broker`() async throws {
        try await withRig { rig in
            let count = 1000
            // A publisher that repeats what was not acknowledged, as every MQTT client does.
            let publishing = Task {
                for index in 0..<count { try await rig.up(Self.text(index)) }
            }
            for round in 1...10 {
                await rig.module.waitForUplinks(round * 80, limit: .seconds(60))
                try await rig.bridge.end(SIGKILL)
                if round % 5 == 0 {
                    rig.broker.stop(SIGTERM)
                    try await rig.broker.start()
                }
                try await rig.bridge.start()
            }
            try await publishing.value
            let all = Set((0..<count).map(Self.text))
            let complete = await rig.module.wait(limit: .seconds(120)) { module in
                all.isSubset(of: module.uplinks.map(\.text))
            }
            let received = await rig.received()
            #expect(complete, "missing: \(all.subtracting(received).sorted())")
            #expect(await rig.module.breaches.isEmpty)
            // The module may have taken what died before it could say so, and the broker sends again what was not
            // acknowledged: at each death a few.
            let doubled = received.count - Set(received).count
            print("\(doubled) of \(count) uplinks came twice over 10 deaths of the bridge and 2 of the broker")
            #expect(doubled <= 12 * 64)
        }
    }

    @Test func `the order of first arrivals is the order of acceptance`() async throws {
        try await withRig { rig in
            for index in 0..<300 {
                try await rig.up(Self.text(index))
                if index % 100 == 50 {
                    try await rig.bridge.end(SIGKILL)
                    try await rig.bridge.start()
                }
            }
            let all = (0..<300).map(Self.text)
            await rig.module.wait(limit: .seconds(60)) { module in
                Set(all).isSubset(of: module.uplinks.map(\.text))
            }
            var seen: Set<String> = []
            let first = await rig.received().filter { seen.insert($0).inserted }
            #expect(first == all)
        }
    }

    @Test(arguments: ["push", "buffered"])
    func `a thousand downlinks outlive ten deaths of the bridge and two of the broker`(_ mode: String) async throws {
        var options = RigOptions()
        options.keys = "receive = \"\(mode)\""
        try await withRig(options) { rig in
            let count = 1000
            // No faster than the hardware: a module keeps 8 messages, and a dead bridge's line 4 KB.
            let sending = Task {
                for index in 0..<count {
                    await rig.module.send(downlink: Array(Self.text(index).utf8))
                    try await rig.client.record.wait("downlink \(index)", limit: .seconds(60)) {
                        Set(Self.downlinks($0)).count >= index - 6
                    }
                }
            }
            for round in 1...10 {
                try await rig.client.record.wait("downlinks", limit: .seconds(60)) {
                    Self.downlinks($0).count >= round * 80
                }
                try await rig.bridge.end(SIGKILL)
                if round % 5 == 0 {
                    rig.broker.stop(SIGTERM)
                    try await rig.broker.start()
                }
                try await rig.bridge.start()
            }
            try await sending.value
            let all = Set((0..<count).map(Self.text))
            _ = try? await rig.client.record.wait("all downlinks", limit: .seconds(60)) {
                all.isSubset(of: Self.downlinks($0))
            }
            let received = Self.downlinks(rig.client.record.value)
            #expect(all.subtracting(received).sorted() == [])
            let doubled = received.count - Set(received).count
            print(
                "\(mode): \(doubled) of \(count) downlinks came twice over 10 deaths of the bridge and 2 of the broker")
        }
    }

    private static func text(_ index: Int) -> String { "message \(10_000 + index)" }

    private static func downlinks(_ record: TestClient.Record) -> [String] {
        record.messages.filter { $0.topic == "nb/m0/down" }.map(\.text)
    }
}
