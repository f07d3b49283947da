import Reactor
import Testing

@testable import Watch

/// What each message means, and which are worth a line.
@Suite struct WatchStateTests {
    @Test(
        arguments: [
            ("nb/bridge/state", "online", "bridge bridge online"),
            ("nb/m/status", status("ready"), "m state ready"),
            ("nb/m/status", status("failed", error: "rejected"), "m state failed: rejected (7)"),
            ("nb/m/up/result", #"{"id":"a","state":"sent","error":null}"#, "m uplink sent a"),
            (
                "nb/m/up/result", #"{"id":"a","state":"rejected","error":{"code":null,"text":"too long"}}"#,
                "m uplink rejected a: too long"
            ),
            ("nb/m/down/json", #"{"id":"x","hex":"00","text":null}"#, "m downlink 0x00"),
            ("nb/m/down/json", #"{"id":"x","hex":"41","text":"A\u001b[2J"}"#, "m downlink A·[2J"),
            (
                "nb/m/event", #"{"event":"observed","time":"2026-01-01T00:00:00.000Z","detail":{"code":3,"name":"N"}}"#,
                "m event observed code=3 name=N"
            ),
            (
                "nb/m/request", #"{"id":"1","kind":"execute","path":"3303/0/5605","arguments":"5","answered":false}"#,
                "m request execute 3303/0/5605 (5) waits for an answer"
            ),
            ("nb/m/command/firmware/http/result", #"{"ok":true}"#, "m command firmware/http: done"),
            (
                "nb/m/command/at/result", #"{"ok":false,"error":{"code":50,"text":"no"}}"#, "m command at: no (50)"
            ),
            ("nb/m/firmware", #"{"state":"downloading","progress":37}"#, "m firmware downloading 37 %"),
            (
                "nb/m/firmware", #"{"state":"downloaded","awaits":"update"}"#,
                "m firmware downloaded, waits for a decision: update"
            ),
            ("nb/m/firmware", #"{"state":"idle"}"#, nil),
            ("nb/m/object/3303/0/5700", "21.5", "m value 3303/0/5700 = 21.5"),
            ("nb/m/availability", "online", nil), ("nb/bridge/info", #"{"version":"1"}"#, nil),
            ("nb/bridge/info", #"{"store":{"writable":true,"error":null}}"#, nil),
            ("nb/bridge/info", #"{"store":{"writable":false,"error":"No space."}}"#, "bridge bridge store: No space."),
            // Nothing of the bridge's.
            ("other/m/status", status("ready"), nil), ("nb", "x", nil), ("nb/m/status", "no JSON", nil),
            ("nb/m/status", "[]", nil), ("nb/m/nothing", "{}", nil),
        ] as [(String, String, String?)])
    func `a message becomes a line`(_ topic: String, _ payload: String, _ line: String?) {
        var state = WatchState(base: "nb")
        let entries = state.receive(topic: topic, payload: Array(payload.utf8), retained: false, at: noon)
        #expect(entries.map { $0.line(timeText: "T") } == (line.map { ["T \($0)"] } ?? []))
        #expect(state.log == entries)
    }

    @Test func `what says the same again is no line`() {
        let state = WatchState.hearing([
            ("nb/bridge/state", "online"), ("nb/bridge/state", "online"), ("nb/m/status", status("ready")),
            ("nb/m/status", status("ready", waiting: 3)), ("nb/m/object/1/0/1", "a"), ("nb/m/object/1/0/1", "a"),
        ])
        #expect(state.log.map(\.kind) == [.bridge, .state, .value])
        #expect(state.modules["m"]?.waiting == 3)
    }

    @Test func `a store that is full, and has room again, is a line each`() {
        let (full, well) = (#"{"store":{"error":"No space."}}"#, #"{"store":{"error":null}}"#)
        let state = WatchState.hearing([full, full, well, well].map { ("nb/bridge/info", $0) })
        #expect(state.log.map(\.text) == ["store: No space.", "store: what comes can be saved again"])
        #expect(state.log.map(\.isBad) == [true, false])
        #expect(state.storeFault == nil)
    }

    @Test func `a module whose topics are cleared is gone`() {
        let state = WatchState.hearing([
            ("nb/m/status", status("ready")), ("nb/m/availability", ""), ("nb/m/status", ""), ("nb/m/firmware", ""),
        ])
        #expect(state.names == [])
        #expect(state.log.last?.text == "left the configuration")
    }

    @Test func `names stand in the order of their numbers`() {
        let names = ["m10", "m2", "a", "m2b", "m", "m02", "M3"]
        let state = WatchState.hearing(names.map { ("nb/\($0)/status", status("ready")) })
        #expect(state.names == ["M3", "a", "m", "m02", "m2", "m2b", "m10"])
    }

    @Test func `the log keeps the newest thousand`() {
        let state = WatchState.hearing((0..<1500).map { ("nb/m/down/json", #"{"hex":"","text":"\#($0)"}"#) })
        #expect(state.log.count == 1000 && state.log.last?.text == "1499")
    }
}

/// What keys are made of.
@Suite struct KeyTests {
    @Test(
        arguments: [
            ("q", [.character("q")]), ("\u{1B}[A\u{1B}[B", [.up, .down]), ("\u{1B}OA", [.up]), ("\u{1B}", [.escape]),
            ("\u{1B}[5~\u{1B}[6~", [.pageUp, .pageDown]), ("\r\n", [.enter, .enter]),
            ("\u{7F}\u{8}", [.erase, .erase]),
            ("\u{1B}[H\u{1B}[4~", [.home, .end]), ("水q", [.character("水"), .character("q")]),
            // Not known: nothing of them may be taken for a key.
            ("\u{1B}[1;5Cq", [.character("q")]), ("\u{1}\u{2}", []), ("\u{1B}q", [.escape, .character("q")]),
        ] as [(String, [Key])])
    func `bytes become keys`(_ typed: String, _ keys: [Key]) {
        var reader = KeyReader()
        #expect(reader.read(Array(typed.utf8)) == keys)
    }

    @Test func `a character may come in pieces`() {
        var reader = KeyReader()
        let bytes = Array("水".utf8)
        #expect(bytes.map { reader.read([$0]) } == [[], [], [.character("水")]])
    }
}
