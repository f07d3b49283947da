import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// The module or its line fails in the middle of a burst: nothing is lost, and the order is kept.
@Suite struct FaultTests {
    enum Mishap: String, CaseIterable, Sendable {
        case reset, unplugAndReturn, powerCut, sleep, hangUpUnderCommand, resetUnderCommand, resetAfterAnswer
        case noise, lostLineFeed, echo, splitAnswers, connectionException, observationLost
    }

    @Test(arguments: Mishap.allCases)
    func `a burst survives`(_ mishap: Mishap) async throws {
        var options = RigOptions()
        options.keys = mishap == .sleep ? "power = \"deep-sleep\"" : ""
        try await withRig(options) { rig in
            let texts = (0..<60).map { "burst \(100 + $0)" }
            for text in texts[..<30] { try await rig.up(text) }
            try await Self.strike(mishap, rig)
            for text in texts[30...] { try await rig.up(text) }
            let complete = await rig.module.wait(limit: .seconds(60)) { module in
                Set(texts).isSubset(of: module.uplinks.map(\.text))
            }
            let received = await rig.received()
            #expect(complete, "missing: \(Set(texts).subtracting(received).sorted())")
            var seen: Set<String> = []
            #expect(received.filter { seen.insert($0).inserted } == texts)
            // A cancelled observation is told by nobody: the first uplink finds it out.
            let breaches = await rig.module.breaches
            #expect(breaches.count <= (mishap == .observationLost ? 1 : 0), "breaches: \(breaches)")
            try await rig.status { $0["queue"]?["waiting"]?.integer == 0 && $0["queue"]?["in_flight"]?.integer == 0 }
        }
    }

    private static func strike(_ mishap: Mishap, _ rig: Rig) async throws {
        let module = rig.module
        switch mishap {
        case .reset: await module.reset()
        case .unplugAndReturn:
            await module.unplug()
            try await rig.state("offline")
            #expect(try await rig.client.message(on: "nb/m0/availability") { $0.text == "offline" }.retain == false)
            try await module.plugIn()
        case .powerCut:
            await module.cutPower()
            try await rig.up("burst 129")
            await module.powerOn()
        case .sleep:
            try await rig.status { $0["queue"]?["waiting"]?.integer == 0 }
            await module.waitForUplinks(30)
            await module.wait { $0.log.contains { $0.kind == .command && $0.text.contains("QSCLK=1") } }
            await module.enterSleep()
            try await rig.state("asleep")
        case .hangUpUnderCommand: await module.fail(Fault(.hangUp(.milliseconds(300)), on: "AT+NMGS"))
        case .resetUnderCommand: await module.fail(Fault(.resetBefore, on: "AT+NMGS"))
        case .resetAfterAnswer: await module.fail(Fault(.resetAfter, on: "AT+NMGS"))
        case .noise: await module.fail(Fault(.noise([0, 255, 0, 0x41, 13, 10]), on: "AT+NMGS", always: true))
        case .lostLineFeed: await module.fail(Fault(.loseLineFeed, on: "AT+NMGS"))
        case .echo: await module.fail(Fault(.echo, on: "AT", always: true))
        case .splitAnswers:
            await module.fail(Fault(.split(every: 1, pause: .milliseconds(1)), on: "AT+NMGS", always: true))
        case .connectionException: await module.report("+QLWEVTIND: -1")
        case .observationLost: await module.cancelObservation()
        }
    }

    @Test func `a late answer to an uplink belongs to nobody, and the outcome says that it is unknown`() async throws {
        try await withRig { rig in
            await rig.module.fail(Fault(.dropAnswer, on: "AT+NMGS"))
            try await rig.up(json: #"{"id":"u","text":"first"}"#)
            let failed = try await rig.outcome("u", "failed")
            #expect(failed["error"]?["name"]?.string == "outcome_unknown")
            try await rig.up(json: #"{"id":"v","text":"second"}"#)
            try await rig.outcome("v", "sent")
            #expect(await rig.received() == ["first", "second"])
        }
    }

    @Test func `a confirmed uplink whose answer is lost is asked for and not repeated`() async throws {
        try await withRig { rig in
            await rig.module.fail(Fault(.dropAnswer, on: "AT+NMGS"))
            try await rig.up(json: #"{"id":"u","text":"once","confirm":true}"#)
            try await rig.outcome("u", "delivered")
            #expect(await rig.received() == ["once"])
        }
    }

    @Test func `an unacknowledged uplink is sent as often as configured, then fails`() async throws {
        var options = RigOptions()
        options.keys = "attempts = 2"
        try await withRig(options) { rig in
            await rig.module.withCloud { $0.acknowledgement = .never }
            try await rig.up(json: #"{"id":"u","text":"again","confirm":true}"#)
            let failed = try await rig.outcome("u", "failed")
            #expect(failed["attempts"]?.integer == 2)
            #expect(failed["error"]?["source"]?.string == "cloud")
            #expect(await rig.received() == ["again", "again"])
        }
    }

    @Test func `a platform that answers with RST is registered with again`() async throws {
        try await withRig { rig in
            await rig.module.withCloud { $0.acknowledgement = .reset }
            try await rig.up(json: #"{"id":"u","text":"rst","confirm":true}"#)
            try await rig.event("uplink_reset_by_platform")
            await rig.module.withCloud { $0.acknowledgement = .after(.milliseconds(50)) }
            try await rig.outcome("u", "delivered")
            #expect(await rig.module.withCloud { $0.registrations } >= 2)
        }
    }

    @Test(arguments: [951, 952, 955, 957])
    func `a busy network is waited for`(_ code: Int) async throws {
        try await withRig { rig in
            await rig.module.fail(Fault(.answer("+CME ERROR: \(code)"), on: "AT+NMGS"))
            try await rig.up(json: #"{"id":"u","text":"later"}"#)
            let status = try await rig.status { $0["error"]?["code"]?.integer == code }
            #expect(status["retry_at"]?.isNull == false)
            let sent = try await rig.outcome("u", "sent")
            #expect(sent["attempts"]?.integer == 1)
            try await rig.status { $0["error"]?.isNull == true }
        }
    }

    @Test(arguments: [2, 3, 14, 17])
    func `an uplink at fault fails at once`(_ code: Int) async throws {
        try await withRig { rig in
            await rig.module.fail(Fault(.answer("+CME ERROR: \(code)"), on: "AT+NMGS"))
            try await rig.up(json: #"{"id":"u","text":"bad"}"#)
            let failed = try await rig.outcome("u", "failed")
            #expect(failed["error"]?["code"]?.integer == code)
            #expect(failed["error"]?["source"]?.string == "module")
        }
    }
}
