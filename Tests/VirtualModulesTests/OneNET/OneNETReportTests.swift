import Reactor
import Testing
import VirtualModules

/// The rules of reports with several parts, and what becomes of those that want to be confirmed.
@Suite struct OneNETReportTests {
    private func withObserved(
        _ path: String, _ options: ModuleOptions = .oneNET(),
        _ body: (VirtualModule, RawHost, ManualTime) async throws -> Void
    ) async throws {
        try await withOneNETTime(options) { module, host, time in
            #expect(await host.settle(module, objects: [#"3303,2,"11",9,2"#], time: time))
            #expect(await host.observed(path, by: module) == 5001)
            try await body(module, host, time)
        }
    }

    /// The parts from the resource on; all but the last are taken.
    @Test(arguments: [
        (["0,5700,4,4,1,2,0", "0,5701,4,4,1,0,0"], 652, "wrong order"),
        (["0,5700,4,4,1,1,0", "0,5701,4,4,1,2,0"], 652, "wrong order"),
        (["0,5700,4,4,1,1,0", "0,5700,4,4,1,0,0"], 652, "same resource twice"),
        (["0,5700,4,4,1,1,0", "1,5701,4,4,1,0,0"], 652, "another instance"),
        (["0,5700,4,4,1,1,0,7", "0,5701,4,4,1,0,0,8"], 652, "another ackId"),
        (["0,5700,4,4,1,1,0,7", "0,5701,4,4,1,0,0"], 652, "another ackId"),
        (["0,5700,4,4,1,0,0,7", "0,5701,4,4,1,0,0,7"], 652, "has not come back"),
        (["0,5700,4,4,1,0,0,7", "1,5701,4,4,1,1,0,7"], 652, "has not come back"),
        (
            [
                "0,5700,2,512,\(String(repeating: "5a", count: 512)),1,0",
                "0,5701,2,512,\(String(repeating: "5a", count: 512)),0,0",
            ], 652, "1024 bytes"
        ),
    ])
    func `a part that does not follow is refused`(parts: [String], code: Int, breach: String) async throws {
        try await withObserved("3303") { module, host, _ in
            for part in parts.dropLast() { #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,\(part)")) }
            #expect(await host.result("AT+MIPLNOTIFY=0,5001,3303,\(parts[parts.count - 1])") == "+CIS ERROR: \(code)")
            #expect(await module.breaches.map { $0.contains(breach) } == [true])
            // Those before it have arrived (S2 3.3.15, note 2).
            #expect(await module.uplinks.count == parts.count - 1)
        }
    }

    @Test func `one value may have as many bytes as its length allows`() async throws {
        try await withObserved("3303/0") { module, host, _ in
            let text = String(repeating: "a", count: 1024)
            #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,0,5701,1,1024,\"\(text)\",0,0"))
            #expect(await module.uplinks.map(\.bytes.count) == [1024])
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a report of 1023 bytes fits`() async throws {
        try await withObserved("3303/0") { module, host, _ in
            let half = String(repeating: "5a", count: 512)
            #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,0,5700,2,512,\(half),1,0"))
            #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,0,5701,2,511,\(half.dropLast(2)),0,0"))
            #expect(await module.uplinks.map(\.bytes.count) == [512, 511])
            #expect(await module.breaches.isEmpty)
        }
    }

    /// S2 3.3.15, note 2.
    @Test(arguments: [["0,5701,4,4,1,0,0"], ["0,5700,4,4,1,1,0", "0,5701,4,4,1,0,0"]])
    func `after a refused part the host goes on or begins again`(rest: [String]) async throws {
        try await withObserved("3303") { module, host, _ in
            #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,0,5700,4,4,1,1,0"))
            #expect(await host.result("AT+MIPLNOTIFY=0,5001,3303,0,5700,4,4,1,0,0") == "+CIS ERROR: 652")
            for part in rest { #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,\(part)")) }
            #expect(await module.breaches.count == 1)
        }
    }

    @Test(arguments: [(4, "+CIS ERROR: 652", 1), (5, "OK", 0)])
    func `a report whose host went away is given up`(seconds: Int, result: String, breaches: Int) async throws {
        try await withObserved("3303") { module, host, time in
            #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,0,5700,4,4,1,1,0"))
            await time.advance(by: .seconds(seconds))
            #expect(await host.result("AT+MIPLNOTIFY=0,5001,3303,0,5700,4,4,1,1,0") == result)
            #expect(await module.breaches.count == breaches)
        }
    }

    /// What the cloud does with a confirmed report, the event, and after how long.
    @Test(arguments: [
        (ModuleCloud.Acknowledgement.after(.seconds(3)), "26,255", 3, 1), (.never, "25,255", 93, 1),
        (.lost, "25,255", 93, 0), (.reset, "25,255", 1, 1),
    ])
    func `a confirmed report ends with an event`(
        acknowledgement: ModuleCloud.Acknowledgement, event: String, seconds: Int, arrived: Int
    ) async throws {
        try await withObserved("3303/0/5700") { module, host, time in
            await module.withCloud { $0.acknowledgement = acknowledgement }
            #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,0,5700,4,4,1,0,0,255,1"))
            #expect(await module.uplinks.count == arrived)
            #expect(await module.uplinks.allSatisfy { $0.isConfirmed && $0.rai == 1 })
            await time.advance(by: .milliseconds(seconds * 1000 - 960))
            // Its number is taken until the event.
            if seconds > 1 {
                #expect(await host.result("AT+MIPLNOTIFY=0,5001,3303,0,5700,4,4,1,0,0,255") == "+CIS ERROR: 652")
            }
            await time.advance(by: .milliseconds(960))
            #expect(await host.hears("+MIPLEVENT: 0,\(event)"))
            if case .reset = acknowledgement { return }
            #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,0,5700,4,4,1,0,0,255"))
            #expect(await module.breaches.count == 1)
        }
    }

    @Test(arguments: [ModuleCloud.Acknowledgement.after(.zero), .never])
    func `the ackId may stand in the fourth field`(acknowledgement: ModuleCloud.Acknowledgement) async throws {
        try await withObserved("3303", .oneNET { $0.oneNET.acknowledgementField = .fourth }) { module, host, time in
            await module.withCloud { $0.acknowledgement = acknowledgement }
            #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,0,5700,4,4,1,0,0,255"))
            await time.advance(by: .seconds(93))
            let number = if case .never = acknowledgement { 25 } else { 26 }
            #expect(await host.hears("+MIPLEVENT: 0,\(number),5001,255"))
        }
    }

    @Test func `several confirmed reports are under way at once`() async throws {
        try await withObserved("3303") { module, host, time in
            await module.withCloud { $0.acknowledgement = .after(.seconds(1)) }
            #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,0,5700,4,4,1,0,0,1"))
            await module.withCloud { $0.acknowledgement = .after(.milliseconds(500)) }
            #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,0,5700,4,4,2,0,0,65535"))
            await time.advance(by: .seconds(1))
            #expect(await host.hears(all: "+MIPLEVENT: 0,26,65535", "+MIPLEVENT: 0,26,1"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `the platform answers an uplink with a write`() async throws {
        try await withObserved("3303", .oneNET { $0.oneNET.dataPath = "3303/0/5750" }) { module, host, time in
            await module.withCloud { $0.reply = [0xAA] }
            #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3303,0,5700,4,4,1,0,0"))
            await time.advance(by: .milliseconds(50))
            #expect(await host.hears("+MIPLWRITE: 0,5002,3303,0,5750,2,1,AA,0,0"))
        }
    }

    @Test func `an object that is deleted is not reported any more`() async throws {
        try await withObserved("3303") { module, host, _ in
            #expect(await host.ok("AT+MIPLDELOBJ=0,3303"))
            #expect(await host.result("AT+MIPLNOTIFY=0,5001,3303,0,5700,4,4,1,0,0") == "+CIS ERROR: 655")
            #expect(await module.breaches.count == 1)
        }
    }
}
