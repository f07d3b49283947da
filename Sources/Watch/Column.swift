import Reactor

/// One column of the table: what it shows, how wide it must be, and how readily it is left out.
struct Column: Sendable {
    let title: String
    let width: Int
    /// Takes what is left of the line, together with its like.
    var isElastic = false
    /// Those of the highest rank go first when the line is short.
    let rank: Int
    var rightAligned = false
    let cell: @Sendable (ModuleView, Timestamp) -> (text: String, style: Span.Style)

    /// Those for which there is room.
    static func fitting(_ columns: Int, _ modules: [ModuleView]) -> [Column] {
        var shown = all(columns, modules)
        while shown.count > 1, totalWidth(shown) > columns,
            let least = shown.indices.max(by: { shown[$0].rank < shown[$1].rank })
        {
            shown.remove(at: least)
        }
        return shown
    }

    /// One blank at each side of the line, two between columns.
    static func totalWidth(_ columns: [Column]) -> Int {
        columns.reduce(0) { $0 + $1.width } + 2 * (columns.count - 1) + 2
    }

    /// From so many columns on, uplinks, downlinks and events have columns of their own.
    private static let wide = 120

    private static func all(_ columns: Int, _ modules: [ModuleView]) -> [Column] {
        let longest = modules.map { DisplayText($0.name).width }.max() ?? 0
        let name = Column(title: "MODULE", width: min(max(longest, 6), columns < 80 ? 14 : 24), rank: 0) { module, _ in
            (module.name, .strong)
        }
        let updates = modules.contains { $0.firmware.isRunning } ? [firmware] : []
        let last = columns >= wide ? [lastUplink, lastDownlink, lastEvent] : [lastOfAll]
        return [name, state, signal] + updates + [sleep, queue, sent, bad, down] + last
    }

    // MARK: Columns

    private static let state = Column(title: "STATE", width: 11, rank: 0) { module, _ in
        (module.state, module.style)
    }

    private static let signal = Column(title: "SIGNAL", width: 9, rank: 3) { module, _ in
        guard let signal = module.signal else { return ("", .faint) }
        let number = String(repeating: " ", count: max(0, 4 - "\(signal)".count)) + "\(signal)"
        return ("\(number) \(Bar.signal(signal))", signal < -105 ? .busy : .plain)
    }

    private static let firmware = Column(title: "FIRMWARE", width: 15, rank: 1) { module, _ in
        guard module.firmware.isRunning else { return ("", .plain) }
        guard let progress = module.firmware.progress else {
            return (module.firmware.awaits ?? module.firmware.state, .busy)
        }
        return (Bar.progress(progress, width: 15), .busy)
    }

    private static let sleep = Column(title: "SLEEP", width: 6, rank: 9) { module, _ in
        (module.sleep ?? "", module.sleep == "asleep" ? .sleeping : .faint)
    }

    private static let queue = Column(title: "QUEUE", width: 5, rank: 2, rightAligned: true) { module, _ in
        let count = module.waiting + module.inFlight
        return ("\(count)", count == 0 ? .faint : .plain)
    }

    private static let sent = count("SENT", rank: 5) { $0.sent }
    private static let down = count("DOWN", rank: 6) { $0.downlinks }
    private static let bad = count("FAIL", rank: 7, style: .bad) { $0.failed + $0.expired + $0.rejected }

    private static func count(
        _ title: String, rank: Int, style: Span.Style = .plain,
        _ number: @escaping @Sendable (ModuleView.Counters) -> Int
    ) -> Column {
        Column(title: title, width: 5, rank: rank, rightAligned: true) { module, _ in
            let count = number(module.counters)
            return ("\(count)", count == 0 ? .faint : style)
        }
    }

    private static let lastUplink = last("LAST UPLINK", rank: 4) { $0.lastUplink }
    private static let lastDownlink = last("LAST DOWNLINK", rank: 4) { $0.lastDownlink }
    private static let lastEvent = last("LAST EVENT", rank: 4, tellsErrors: true) { $0.lastEvent }
    private static let lastOfAll = last("LAST", rank: 1, tellsErrors: true) { $0.lastOfAll }

    /// An error is more than any event.
    private static func last(
        _ title: String, rank: Int, tellsErrors: Bool = false,
        _ happening: @escaping @Sendable (ModuleView) -> ModuleView.Happening?
    ) -> Column {
        Column(title: title, width: 16, isElastic: true, rank: rank) { module, now in
            if tellsErrors, let error = module.error { return (error, .bad) }
            guard let last = happening(module) else { return ("", .plain) }
            let age = Age.text(last.time, now: now)
            return (String(repeating: " ", count: max(0, 3 - age.count)) + age + " " + last.text, .plain)
        }
    }
}

extension ModuleView {
    var style: Span.Style {
        switch state {
        case "ready": .good
        case "asleep": .sleeping
        case "failed", "offline": .bad
        case "stopped", "unknown": .faint
        default: .busy
        }
    }
}

/// Pictures made of characters.
enum Bar {
    static func signal(_ dBm: Int) -> String {
        let steps = ["▂", "▄", "▆", "█"]
        let strength = [-110, -100, -90, -80].filter { dBm >= $0 }.count
        return steps.prefix(strength).joined() + String(repeating: "·", count: steps.count - strength)
    }

    /// With the number behind it, so wide in all.
    static func progress(_ percent: Int, width: Int) -> String {
        let cells = max(1, width - 5)
        let full = percent * cells / 100
        let number = "\(percent)%"
        return String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
            + String(repeating: " ", count: 5 - number.count) + number
    }
}
