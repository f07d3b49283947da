package import Reactor

/// The whole screen, line by line: a function of what is known, of what is chosen and of the time.
extension WatchScreen {
    /// As many rows as the screen has, and none wider.
    package func frame(_ state: WatchState, now: Timestamp) -> [Row] {
        var frame = [header(state, now), summary(state)]
        let room = max(0, rows - frame.count - 1)
        if showsDetails, let chosen, let module = state.modules[chosen] {
            frame += body(details(of: module, now: now), room, log: state.log.filter { $0.module == chosen })
        } else {
            let names = names(in: state)
            let tableRoom = names.isEmpty ? 1 : min(names.count + 1, max(3, room * 3 / 5))
            frame += body(table(state, names, tableRoom, now), room, log: state.log.filter { $0.matches(filter) })
        }
        frame = Array(frame.prefix(max(0, rows - 1)))
        frame.append(footer)
        return frame.map(fitted)
    }

    /// The log has what the upper part leaves of the room, its newest entry last.
    private func body(_ upper: [Row], _ room: Int, log: [LogEntry]) -> [Row] {
        let upper = Array(upper.prefix(room))
        guard room - upper.count >= 2 else { return upper + Array(repeating: Row(), count: room - upper.count) }
        let lines = log.suffix(room - upper.count - 1)
        let nameWidth = min(lines.map { DisplayText($0.module).width }.max() ?? 0, columns < 80 ? 10 : 20)
        let rule = Row(" " + String(repeating: "─", count: max(0, columns - 2)), .faint)
        let rows = upper + [rule] + lines.map { logRow($0, nameWidth) }
        return rows + Array(repeating: Row(), count: room - rows.count)
    }

    private func logRow(_ entry: LogEntry, _ nameWidth: Int) -> Row {
        let style: Span.Style =
            switch entry.kind {
            case _ where entry.isBad: .bad
            case .state, .bridge: .strong
            case .event, .value: .faint
            default: .plain
            }
        return Row([
            Span(" \(Age.clock(entry.time))  ", .faint),
            Span(DisplayText(entry.module).fitted(to: nameWidth) + "  "),
            Span(DisplayText(entry.kind.rawValue).fitted(to: 8) + "  ", .faint),
            Span(DisplayText(entry.text).text, style),
        ])
    }

    // MARK: Above and below

    private func header(_ state: WatchState, _ now: Timestamp) -> Row {
        let (word, style): (String, Span.Style) =
            switch (state.link, state.isBridgeOnline) {
            case (.connecting, _): ("connecting to the broker", .busy)
            case (.lost, _): ("broker lost", .bad)
            case (_, nil): ("no bridge has been heard", .busy)
            case (_, true?): ("online", .good)
            case (_, false?): ("offline", .bad)
            }
        let place: String
        switch state.link {
        case .connected(let broker): place = "\(broker) \(state.base)"
        case .lost(let reason): place = reason
        case .connecting: place = ""
        }
        let title = " narrowbridge" + (state.version.map { " \($0)" } ?? "")
        let status = "  ● \(word)  "
        let clock = "  \(Age.clock(now)) UTC "
        let used = DisplayText(title).width + DisplayText(status).width
        guard columns - used >= clock.count else { return Row([Span(title, .strong), Span(status, style)]) }
        let middle = DisplayText(DisplayText(place).text).fitted(to: columns - used - clock.count)
        return Row([Span(title, .strong), Span(status, style), Span(middle, .faint), Span(clock, .faint)])
    }

    /// How many modules are in which state.
    private func summary(_ state: WatchState) -> Row {
        var spans = [Span(" \(state.modules.count) \(state.modules.count == 1 ? "module" : "modules")")]
        let groups = Dictionary(grouping: state.modules.values, by: \.state)
        for group in groups.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }) {
            spans.append(Span("  \(group.value.count) \(group.key)", group.value[0].style))
        }
        if state.storeFault != nil { spans.append(Span("  store not writable", .bad)) }
        if isTyping || !filter.isEmpty {
            spans.append(Span("   filter: \(DisplayText(filter).text)\(isTyping ? "_" : "")", .strong))
        }
        return Row(spans)
    }

    private var footer: Row {
        let keys: [(String, String)] =
            isTyping
            ? [("enter", "keep"), ("esc", "clear")]
            : showsDetails
                ? [("esc", "back"), ("↑↓", "next"), ("q", "back")]
                : [("q", "quit"), ("↑↓", "choose"), ("enter", "details"), ("/", "filter")]
        return Row(keys.flatMap { [Span(" \($0.0)", .strong), Span(" \($0.1) ", .faint)] })
    }

    // MARK: Table

    private func table(_ state: WatchState, _ names: [String], _ room: Int, _ now: Timestamp) -> [Row] {
        guard !names.isEmpty else {
            return [Row(state.modules.isEmpty ? " waiting for modules …" : " no module matches the filter", .faint)]
        }
        let modules = names.compactMap { state.modules[$0] }
        let columns = Column.fitting(columns, modules)
        let widths = widths(of: columns)
        let isStale = state.isBridgeOnline != true || state.link.isLost
        var rows = [
            line(columns, widths) { column, width in
                let title = DisplayText(column.title).fitted(to: width, rightAligned: column.rightAligned)
                return Span(title, .heading)
            }
        ]
        for module in page(modules, room - 1) {
            var row = line(columns, widths) { column, width in
                let (text, style) = column.cell(module, now)
                let cell = DisplayText(text).fitted(to: width, rightAligned: column.rightAligned)
                return Span(cell, isStale ? .faint : style)
            }
            row.isChosen = module.name == chosen
            rows.append(row)
        }
        return rows
    }

    private func line(_ columns: [Column], _ widths: [Int], _ cell: (Column, Int) -> Span) -> Row {
        Row(
            zip(columns, widths).enumerated().flatMap {
                [Span($0.offset == 0 ? " " : "  "), cell($0.element.0, $0.element.1)]
            })
    }

    /// Those around the chosen one that there is room for.
    private func page(_ modules: [ModuleView], _ room: Int) -> ArraySlice<ModuleView> {
        let place = modules.firstIndex { $0.name == chosen } ?? 0
        let start = min(max(0, place - room + 1), max(0, modules.count - room))
        return modules[start..<min(modules.count, start + max(0, room))]
    }

    /// What the columns leave over goes to the elastic ones.
    private func widths(of columns: [Column]) -> [Int] {
        var spare = max(0, self.columns - Column.totalWidth(columns))
        var elastic = columns.filter(\.isElastic).count
        return columns.map { column in
            guard column.isElastic else { return column.width }
            let more = spare / elastic
            spare -= more
            elastic -= 1
            return column.width + more
        }
    }

    /// Cut at the screen's edge; a chosen line reaches to it.
    private func fitted(_ row: Row) -> Row {
        var room = columns
        var spans: [Span] = []
        for span in row.spans where room > 0 {
            let cut = DisplayText(span.text).truncated(to: room)
            spans.append(Span(cut.text, span.style))
            room -= cut.width
        }
        if row.isChosen, room > 0 { spans.append(Span(String(repeating: " ", count: room))) }
        return Row(spans, isChosen: row.isChosen)
    }
}

extension WatchState.Link {
    var isLost: Bool { if case .connected = self { false } else { true } }
}
