import JSON
import TestSupport
import Testing
import VirtualModules

/// Ten seconds for an answer, however much there is to send.
@Suite(.serialized) struct OneNETBusyTests {
    private static let kinds: [(order: CloudOrder, code: Int)] = [
        (CloudOrder(.read, "3303/0/5700"), 1), (CloudOrder(.read, "3303"), 1), (CloudOrder(.discover, "3342"), 1),
        (CloudOrder(.observe, "3303/0/5700"), 1), (CloudOrder(.cancelObserve, "3303/0/5700"), 1),
        (CloudOrder(.write, "3342/0/5501", payload: [1, 2]), 2),
        (CloudOrder(.writeAttributes, "3342/0/5501", text: "pmin=1"), 2), (CloudOrder(.execute, "3303/0/5700"), 14),
    ]

    private func answersInTime(
        _ rig: Rig, rounds: Int, uplinks: Int, bytes: Int, every pause: Int
    ) async throws {
        let burst = (0..<uplinks).map { index in
            let text = "\(100_000 + index)" + String(repeating: "x", count: bytes - 6)
            // Every third waits for its acknowledgement.
            return #"{"text":"\#(text)","confirm":\#(index % 3 == 0)}"#
        }
        try await rig.up(burst: burst, to: "up/json")
        try await rig.status(since: rig.beginning) { ($0["queue"]?["waiting"]?.integer ?? 0) > uplinks / 2 }
        for _ in 0..<rounds {
            var asked: [(id: Int, code: Int)] = []
            for kind in Self.kinds { asked.append((await rig.module.request(kind.order), kind.code)) }
            for (id, code) in asked {
                let answer = try #require(await rig.module.waitForAnswer(to: id, limit: .seconds(60)))
                #expect(answer.code == code && !answer.isLate, "\(answer.order): \(answer.latency)")
            }
            // A slow machine may have sent more of them meanwhile than it was to.
            let count = min(await rig.module.uplinks.count + pause, uplinks)
            #expect(await rig.module.waitForUplinks(count, limit: .seconds(60)))
        }
    }

    /// As the hardware is: some 20 s of a true 9600 baud, with a thousand uplinks waiting.
    @Test func `at 9600 baud with a thousand uplinks waiting every request is answered in time`() async throws {
        let options = OneNETRig.options(
            { own in
                own.baud = 9600
            }, more: "baud = 9600")
        try await withOneNETRig(options.withQuickBroker) { rig in
            // However slowly this machine asks, a thousand wait for as long as it does.
            try await answersInTime(rig, rounds: 4, uplinks: 1500, bytes: 100, every: 4)
            let status = try await rig.status { _ in true }
            #expect((status["queue"]?["waiting"]?.integer ?? 0) > 1000)
        }
    }

    /// Ten times faster, with the longest uplinks and a platform that is slow to acknowledge.
    @Test func `at ten times the speed the whole queue drains, and no request waits`() async throws {
        let options = OneNETRig.options(
            { own in
                own.baud = 115_200
                own.timeScale = 10
            }, more: "baud = 115200")
        try await withOneNETRig(options.withQuickBroker) { rig in
            try await answersInTime(rig, rounds: 6, uplinks: 300, bytes: 200, every: 30)
            #expect(await rig.module.waitForUplinks(300, limit: .seconds(120)))
            let received = await rig.received().filter { $0.hasPrefix("100") }.map { String($0.prefix(6)) }
            #expect(received == (0..<300).map { "\(100_000 + $0)" })
        }
    }

    @Test func `many requests at once are answered one after the other, each once`() async throws {
        try await withOneNETRig { rig in
            var asked: [Int] = []
            for _ in 0..<10 { for kind in Self.kinds { asked.append(await rig.module.request(kind.order)) } }
            for id in asked { #expect(await rig.module.waitForAnswer(to: id, limit: .seconds(60)) != nil) }
            let answers = await rig.module.withCloud { $0.answers.map(\.id) }
            #expect(asked.allSatisfy { id in answers.filter { $0 == id }.count == 1 })
        }
    }
}
