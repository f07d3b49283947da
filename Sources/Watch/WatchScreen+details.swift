import Reactor

/// All that is known of one module.
extension WatchScreen {
    func details(of module: ModuleView, now: Timestamp) -> [Row] {
        let title = Row([
            Span(" \(DisplayText(module.name).text)", .strong), Span("  ● \(module.state)", module.style),
            Span(module.since.map { "  for \(Age.text($0, now: now)), since \(Age.clock($0)) UTC" } ?? "", .faint),
        ])
        var rows = [title]
        if let error = module.error {
            let retry = module.retryAt.map { "; next attempt \(Age.clock($0)) UTC" } ?? ""
            rows.append(Row(" \(DisplayText(error + retry).text)", .bad))
        }
        rows.append(Row())
        rows += pairs(facts(of: module))
        rows.append(Row())
        rows += happenings(of: module, now: now)
        let values = module.resources.sorted { $0.key < $1.key }
        if !values.isEmpty { rows += [Row()] + pairs(values.map { ($0.key, $0.value) }) }
        return rows
    }

    private func facts(of module: ModuleView) -> [(String, String)] {
        let counters = module.counters
        let identity = [module.model, module.revision].compactMap { $0 }.joined(separator: " ")
        let signal = module.signal.map { "\($0) dBm \(Bar.signal($0))" }
        let facts: [(String, String?)] = [
            ("platform", module.platform), ("registration", module.registration), ("address", module.address),
            ("signal", signal), ("sleep", module.sleep), ("module", identity.isEmpty ? nil : identity),
            ("imei", module.imei), ("queue", "\(module.waiting) waiting, \(module.inFlight) in flight"),
            ("uplinks", "\(counters.accepted) accepted, \(counters.sent) sent, \(counters.delivered) delivered"),
            ("", "\(counters.failed) failed, \(counters.expired) expired, \(counters.rejected) rejected"),
            ("downlinks", "\(counters.downlinks), \(counters.droppedByModule) dropped by the module"),
            ("firmware", firmware(module.firmware)),
        ]
        return facts.map { ($0.0, $0.1 ?? "–") }
    }

    private func firmware(_ firmware: ModuleView.FirmwareView) -> String {
        guard firmware.isRunning, let progress = firmware.progress else { return firmware.sentence }
        return "\(firmware.state) \(Bar.progress(progress, width: 25))"
    }

    private func happenings(of module: ModuleView, now: Timestamp) -> [Row] {
        [("last uplink", module.lastUplink), ("last downlink", module.lastDownlink), ("last event", module.lastEvent)]
            .map { label, happening in
                let text = happening.map { "\(Age.text($0.time, now: now)) ago  \($0.text)" } ?? "–"
                return fact(label, text, width: columns - 2)
            }
    }

    /// Side by side where there is room for two.
    private func pairs(_ facts: [(String, String)]) -> [Row] {
        guard columns >= 100 else { return facts.map { fact($0.0, $0.1, width: columns - 2) } }
        let half = (facts.count + 1) / 2
        let width = (columns - 4) / 2
        return (0..<half).map { index in
            let left = fact(facts[index].0, facts[index].1, width: width)
            guard index + half < facts.count else { return left }
            let right = fact(facts[index + half].0, facts[index + half].1, width: width)
            return Row(left.spans + right.spans)
        }
    }

    private func fact(_ label: String, _ value: String, width: Int) -> Row {
        let labelWidth = 15
        return Row([
            Span(" " + DisplayText(label).fitted(to: labelWidth), .faint),
            Span(DisplayText(value).fitted(to: max(0, width - labelWidth))),
        ])
    }
}
