import Reactor
import Testing

@testable import Watch

/// From what is known to what is seen, without a terminal.
@Suite struct WatchScreenTests {
    private static let talk: [(topic: String, payload: String)] = [
        ("nb/bridge/state", "online"), ("nb/bridge/info", #"{"version":"0.1.0"}"#),
        ("nb/meter-1/status", status("ready", rssi: -71, waiting: 3, sent: 12)),
        ("nb/水表/status", status("asleep", rssi: -113)),
        ("nb/tank-1/status", status("updating")),
        ("nb/tank-1/firmware", #"{"state":"downloading","progress":57}"#),
        ("nb/pump-1/status", status("failed", error: "the cloud has \\u001b[31mrejected it")),
        ("nb/meter-1/down/json", #"{"hex":"","text":"阀门 20 %\u0007","received_at":"2026-01-01T11:59:30.000Z"}"#),
        ("nb/meter-1/up/result", #"{"id":"a1","state":"delivered","time":"2026-01-01T11:59:57.000Z","error":null}"#),
    ]

    @Test func `eighty columns`() {
        let screen = WatchScreen(columns: 80, rows: 18)
        let text = screen.frame(.hearing(Self.talk), now: noon).map(\.text)
        #expect(
            text == [
                " narrowbridge 0.1.0  ● online  127.0.0.1:1883 nb                   12:00:00 UTC ",
                " 4 modules  1 asleep  1 failed  1 ready  1 updating",
                " MODULE   STATE        SIGNAL     FIRMWARE         QUEUE  LAST                 ",
                " meter-1  ready         -71 ▂▄▆█                       3   3s delivered a1     ",
                " pump-1   failed                                       0  the cloud has ·[31mr…",
                " tank-1   updating                █████░░░░░  57%      0                       ",
                " 水表     asleep       -113 ····                       0                       ",
                " ──────────────────────────────────────────────────────────────────────────────",
                " 11:59:52  bridge   bridge    online",
                " 11:59:54  meter-1  state     ready",
                " 11:59:55  水表     state     asleep",
                " 11:59:56  tank-1   state     updating",
                " 11:59:57  tank-1   firmware  downloading 57 %",
                " 11:59:58  pump-1   state     failed: the cloud has ·[31mrejected it (7)",
                " 11:59:59  meter-1  downlink  阀门 20 %·",
                " 12:00:00  meter-1  uplink    delivered a1",
                "",
                " q quit  ↑↓ choose  enter details  / filter ",
            ])
    }

    @Test(arguments: [20, 40, 60, 80, 100, 119, 120, 200], [3, 8, 24, 60])
    func `every size has as many lines, and none is wider`(_ columns: Int, _ rows: Int) {
        for connected in [true, false] {
            let state = WatchState.hearing(Self.talk, connected: connected)
            var screen = WatchScreen(columns: columns, rows: rows)
            for keys in [[], [Key.down, .down], [.enter], [.escape, .character("/"), .character("水")]] {
                for key in keys { _ = screen.press(key, in: state) }
                let frame = screen.frame(state, now: noon)
                #expect(frame.count == rows)
                for row in frame {
                    let shown = DisplayText(row.text)
                    #expect(shown.width <= columns && shown.text == row.text, "\(row.text)")
                }
            }
        }
    }

    @Test(arguments: [
        (60, ["MODULE", "STATE", "FIRMWARE", "LAST"], ["SENT", "SLEEP", "SIGNAL"]),
        (100, ["SIGNAL", "SENT", "DOWN", "LAST"], ["LAST UPLINK"]),
        (140, ["SENT", "FAIL", "DOWN", "LAST UPLINK", "LAST DOWNLINK", "LAST EVENT"], []),
    ])
    func `the columns are those there is room for`(_ columns: Int, _ shown: [String], _ hidden: [String]) {
        let head = WatchScreen(columns: columns, rows: 24).frame(.hearing(Self.talk), now: noon)[2].text
        for title in shown { #expect(head.contains(title), "\(title) in \(head)") }
        for title in hidden { #expect(!head.contains(title), "\(title) in \(head)") }
    }

    @Test func `keys choose, open, filter and quit`() {
        let state = WatchState.hearing(Self.talk)
        var screen = WatchScreen(columns: 80, rows: 24)
        func press(_ keys: Key...) -> WatchScreen.Command? {
            var command: WatchScreen.Command?
            for key in keys { command = screen.press(key, in: state) }
            return command
        }
        _ = press(.down)
        #expect(screen.chosen == "meter-1")
        _ = press(.character("j"), .down, .down, .down, .down)
        #expect(screen.chosen == "水表")
        _ = press(.character("k"), .home)
        #expect(screen.chosen == "meter-1")
        _ = press(.enter)
        #expect(screen.showsDetails)
        let details = screen.frame(state, now: noon).map(\.text).joined(separator: "\n")
        for fact in [
            "meter-1  ● ready  for 2m, since 11:58:00 UTC", "registration   registered", "-71 dBm ▂▄▆█", "BC28 R1",
            "12 accepted, 12 sent", "2 failed, 1 expired", "30s ago  阀门 20 %·",
        ] {
            #expect(details.contains(fact), "\(fact) in\n\(details)")
        }
        #expect(!details.contains("tank-1"))
        #expect(press(.character("q")) == nil && !screen.showsDetails)
        _ = press(.character("/"), .character("t"), .character("q"), .erase, .character("a"), .character("n"), .enter)
        let filtered = screen.frame(state, now: noon).map(\.text).joined(separator: "\n")
        #expect(filtered.contains("tank-1") && !filtered.contains("meter-1") && filtered.contains("filter: tan"))
        _ = press(.escape)
        #expect(screen.filter == "")
        #expect(press(.character("q")) == .quit)
    }

    @Test func `the chosen module is in sight, however many there are`() {
        let state = WatchState.hearing((0..<200).map { ("nb/m\($0)/status", status("ready")) })
        var screen = WatchScreen(columns: 80, rows: 24)
        for (key, name) in [(Key.end, "m199"), (.home, "m0"), (.pageDown, "m10"), (.pageDown, "m20")] {
            _ = screen.press(key, in: state)
            #expect(screen.chosen == name)
            let frame = screen.frame(state, now: noon)
            #expect(frame.contains { $0.isChosen && $0.text.hasPrefix(" \(name) ") })
        }
    }

    @Test(arguments: [
        (WatchState.Link.connecting, "connecting to the broker"), (.lost(reason: "broker x: gone"), "broker lost"),
        (.connected(broker: "b"), "no bridge has been heard"),
    ])
    func `the head says what is missing`(_ link: WatchState.Link, _ words: String) {
        var state = WatchState(base: "nb")
        state.link = link
        #expect(WatchScreen(columns: 80, rows: 10).frame(state, now: noon)[0].text.contains(words))
    }

    @Test func `what a bridge has said that is gone is faint`() {
        let state = WatchState.hearing(Self.talk + [("nb/bridge/state", "offline")])
        let row = WatchScreen(columns: 80, rows: 20).frame(state, now: noon)[3]
        #expect(row.spans.allSatisfy { $0.style == .faint || $0.text.allSatisfy { $0 == " " } })
    }

    @Test func `colours are the only escape sequences`() {
        let row = Row([Span("a", .good), Span("b"), Span("c", .bad)], isChosen: true)
        #expect(row.rendered(coloured: false) == "abc")
        #expect(row.rendered(coloured: true) == "\u{1B}[7;32ma\u{1B}[0m\u{1B}[7mb\u{1B}[0m\u{1B}[7;1;31mc\u{1B}[0m")
    }

    @Test(arguments: [(-71, "▂▄▆█"), (-85, "▂▄▆·"), (-95, "▂▄··"), (-105, "▂···"), (-113, "····")])
    func `bars of the signal`(_ dBm: Int, _ bars: String) { #expect(Bar.signal(dBm) == bars) }

    @Test(arguments: [
        (0, "░░░░░░░░░░   0%"), (57, "█████░░░░░  57%"), (99, "█████████░  99%"), (100, "██████████ 100%"),
    ])
    func `bars of progress`(_ percent: Int, _ bar: String) { #expect(Bar.progress(percent, width: 15) == bar) }
}
