import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Faults in the middle of what is said: nothing is lost, every uplink ends, what was written is on MQTT.
@Suite(.long) struct AndlinkFaultTests {
    enum Mishap: String, CaseIterable, Sendable {
        case kill, reset, powerCut, unplug, broker, resetUnderPrompt, hangUpUnderPrompt, lostAnswer, splitAnswers
        case reportsUnderCommand, busy, refusedOnce, ended
    }

    private static let remainder = "a line does not begin with AT: T"
    private static let beforeAnswer = "a byte of a new command came before the answer to AT+QLASENDDATA"

    @Test(arguments: Mishap.allCases, [false, true])
    func `a burst survives`(_ mishap: Mishap, _ confirm: Bool) async throws {
        // In true time, for the ten seconds in which a request is to be answered are true ones to the bridge too.
        try await withRig(.andlink("confirm = \(confirm)") { $0.timeScale = 1 }) { rig in
            let ids = (0..<40).map { "u\(100 + $0)" }
            for id in ids[..<20] { try await rig.up(json: #"{"id":"\#(id)","text":"\#(id)"}"#) }
            try await Self.strike(mishap, rig)
            for id in ids[20...] { try await rig.up(json: #"{"id":"\#(id)","text":"\#(id)"}"#) }
            // A line that has lost an answer takes longer than ten seconds.
            let order = CloudOrder(.write, "19/1/0", payload: Array("written".utf8))
            let written = mishap == .lostAnswer ? nil : await rig.module.request(order)
            for id in ids {
                let isUnknown = mishap == .lostAnswer && !confirm
                try await rig.client.record.wait("the end of \(id)") { record in
                    record.messages.contains { message in
                        guard message.topic == "nb/m0/up/result", let json = try? JSONValue(parsing: message.payload),
                            json["id"]?.string == id, let state = json["state"]?.string
                        else { return false }
                        return state == (confirm ? "delivered" : "sent") || isUnknown && state == "failed"
                    }
                }
            }
            try await rig.status {
                $0["queue"]?["waiting"]?.integer == 0 && $0["queue"]?["in_flight"]?.integer == 0
            }
            var seen: Set<String> = []
            var received = await rig.received().filter { seen.insert($0).inserted }
            var breaches = await rig.module.breaches
            if mishap == .kill, breaches.contains(Self.remainder) {
                // The module waited for four bytes of data, and takes them from the commands of those who come next.
                received.removeAll { $0 == "AT\rA" }
                breaches.removeAll { $0 == Self.remainder || $0.hasPrefix(Self.beforeAnswer) }
            }
            #expect(received == ids)
            // If the module has told anybody of it at all.
            if let written, await rig.module.waitForAnswer(to: written, limit: .seconds(2))?.code == 2 {
                #expect(try await rig.retained("nb/m0/object/19/1/0").text == "written")
            }
            // The ESC that would end a prompt which has swallowed a byte.
            if mishap == .lostAnswer { breaches.removeAll { $0.hasPrefix("a line does not begin with AT: \u{1B}") } }
            #expect(breaches == [])
        }
    }

    private static func strike(_ mishap: Mishap, _ rig: Rig) async throws {
        let module = rig.module
        switch mishap {
        case .kill:
            await module.waitForUplinks(5)
            try await rig.bridge.end(SIGKILL)
            try await rig.startBridgeAgain()
        case .reset: await module.reset()
        case .powerCut:
            await module.cutPower()
            await module.powerOn()
        case .unplug:
            await module.unplug()
            try await rig.state("offline")
            try await module.plugIn()
        case .broker:
            rig.broker.stop(SIGTERM)
            try await rig.broker.start()
        case .resetUnderPrompt: await module.fail(Fault(.resetBefore, on: "AT+QLASENDDATA"))
        case .hangUpUnderPrompt: await module.fail(Fault(.hangUp(.milliseconds(300)), on: "AT+QLASENDDATA"))
        case .lostAnswer: await module.fail(Fault(.dropAnswer, on: "AT+QLASENDDATA"))
        case .splitAnswers:
            await module.fail(Fault(.split(every: 1, pause: .milliseconds(1)), on: "AT+QLASENDDATA", always: true))
        case .reportsUnderCommand:
            await module.fail(Fault(.reports(["+CSCON:1", "+QLAEVTIND:2"]), on: "AT+QLASENDDATA", always: true))
        case .busy: await module.fail(Fault(.answer("+CME ERROR: 159"), on: "AT+QLASENDDATA"))
        case .refusedOnce: await module.fail(Fault(.answer("+CME ERROR: 513"), on: "AT+QLASENDDATA"))
        case .ended: await module.report("+QLAEVTIND:1")
        }
    }

    @Test(arguments: [false, true]) func `requests while a thousand uplinks wait are answered in time, at 9600 baud`(
        _ confirm: Bool
    ) async throws {
        let options = RigOptions.andlink("baud = 9600\nconfirm = \(confirm)") {
            $0.baud = 9600
            $0.timeScale = 1
        }
        try await withRig(options.withQuickBroker) { rig in
            let text = String(repeating: "x", count: 100)
            try await rig.up(burst: (0..<1000).map { "\($0) \(text)" })
            for round in 0..<20 {
                let mark = rig.mark
                let bytes = Array("value \(round)".utf8)
                let write = await rig.module.request(CloudOrder(.write, "19/1/0", payload: bytes))
                #expect(await rig.module.waitForAnswer(to: write)?.code == 2)
                let read = await rig.module.request(CloudOrder(.read, "19/1/0"))
                #expect(await rig.module.waitForAnswer(to: read)?.values.map(\.bytes) == [bytes])
                _ = try await rig.request("read", since: mark)
            }
            let slowest = await rig.module.withCloud { $0.answers.map(\.latency).max() } ?? .zero
            let counts = await rig.module.withCloud { [$0.answeredLate, $0.answeredTwice, $0.neverAnswered] }
            #expect(counts == [0, 0, 0] && slowest < .seconds(5))
            #expect(await rig.module.uplinks.count > 20)
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }
}
