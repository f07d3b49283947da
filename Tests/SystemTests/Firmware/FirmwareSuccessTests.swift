import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Updates that go well, in every way and spelling: what is shown on the way and at the end.
@Suite struct FirmwareSuccessTests {
    @Test(arguments: FirmwareWay.all) func `an update shows itself from its beginning to its end`(
        _ way: FirmwareWay
    ) async throws {
        try await withRig(way.options()) { rig in
            let before = await rig.module.revision
            let mark = rig.mark
            try await way.begin(rig)
            try await way.expectEnd(rig, since: mark, error: nil)
            let shown = rig.firmwareMessages(since: mark)
            var states: [String] = []
            for state in shown.compactMap({ $0["state"]?.string }) where states.last != state { states.append(state) }
            // A package that is there already is not downloaded, a file is not installed.
            let expected =
                (way.downloads ? ["downloading"] : []) + (way.downloads && way.installs ? ["downloaded"] : [])
                + (way.installs ? ["updating"] : []) + ["succeeded"]
            #expect(states == expected)
            for state in ["downloading", "updating"] {
                let progress = shown.filter { $0["state"]?.string == state }.compactMap { $0["progress"]?.integer }
                #expect(progress == progress.sorted())
            }
            #expect(shown.allSatisfy { $0["method"]?.string == way.method.rawValue })
            // Nothing is replaced before the end.
            #expect(shown.dropLast().allSatisfy { $0["previous_version"]?.isNull == true })
            #expect(shown.last?["previous_version"]?.string == (way.installs ? before : nil))
            if way.method == .platform, way.platform == .ctwing || way.platform == .bc25 {
                #expect(shown.compactMap { $0["bytes"]?.integer }.max() == 4096)
            }
            // Nothing else is shown meanwhile.
            let status = rig.states(since: mark)
            let begin = try #require(status.firstIndex(of: "updating"))
            #expect(status[begin...].filter { $0 == "ready" }.count == 1 && status.last == "ready", "\(status)")
        }
    }

    /// S1 2.2.2, 2.3 and 3.3.2; S1:811 has no END.
    @Test(
        arguments: [
            (.plain, .beforeRestart), (.note, .afterRestart), (.note, .never), (.plain, .never), (.terse, .never),
        ] as [(FetchPlan.Words, FetchPlan.End)])
    func `every spelling and every end is understood`(_ words: FetchPlan.Words, _ end: FetchPlan.End) async throws {
        let way = FirmwareWay(platform: .bc25, method: .http)
        try await withRig(way.options()) { rig in
            let mark = rig.mark
            try await way.begin(rig, .init(plan: { ($0.words, $0.end) = (words, end) }))
            try await way.expectEnd(rig, since: mark, error: nil)
        }
    }

    @Test(arguments: FirmwareWay.byCloud) func `an update by the cloud needs no last word`(
        _ way: FirmwareWay
    ) async throws {
        try await withRig(way.options()) { rig in
            let mark = rig.mark
            try await way.begin(rig, .init(task: { $0.saysEnd = false }))
            try await way.expectEnd(rig, since: mark, error: nil)
        }
    }

    @Test func `one update follows another`() async throws {
        let way = FirmwareWay(platform: .ctwing, method: .http)
        try await withRig(way.options()) { rig in
            for revision in ["R02A11", "R02A12", "R02A13"] {
                let mark = rig.mark
                let before = await rig.module.revision
                try await way.begin(rig, .init(stepTime: .milliseconds(500), plan: { $0.revision = revision }))
                let shown = try await rig.firmware(since: mark) { $0["state"]?.string == "succeeded" }
                #expect(shown["installed_version"]?.string == revision)
                #expect(shown["previous_version"]?.string == before)
                try await rig.state("ready", since: mark)
            }
            await rig.expectBreaches()
        }
    }
}

extension Rig {
    func firmwareMessages(since mark: Mark) -> [JSONValue] {
        client.record.value.messages[mark.messages...].filter { $0.topic == "nb/m0/firmware" && !$0.payload.isEmpty }
            .compactMap { try? JSONValue(parsing: $0.payload) }
    }
}
