import Reactor

/// Reports to the platform, seed 3.3.15.
extension OneNETModule {
    /// How long a confirmable message is sent again and waited for (RFC 7252, 4.8.2).
    private static let acknowledgementTime = Duration.seconds(93)
    /// A report whose next part does not come within a command's longest time is given up.
    private static let partTime = Duration.seconds(5)

    func notify(_ list: OneNETParameters) throws(OneNETRefusal) -> Answer {
        try list.count(10...12)
        try list.reference()
        let id = try list.number(1, OneNETParameters.messageIDs, "msgId")
        let path = try list.path(2)
        let (value, length) = try list.value(5, of: path)
        let index = try list.index(8)
        let confirmation = try list.numberIfAny(10, OneNETParameters.numbers, "ackId") ?? 0
        let rai = try list.indication(11)
        let suite = try registration()
        guard let observed = suite.observations[id] else {
            throw OneNETRefusal(.notFound, "no observation has the id \(id)")
        }
        guard observed.covers(path) else { throw OneNETRefusal(.parameter, "\(id) does not observe \(path)") }
        guard has(path) else { throw OneNETRefusal(.notFound, "no such instance") }
        guard observed.resource == nil || index == 0 else {
            throw OneNETRefusal(.parameter, "an index of one value")
        }
        var report = begun(suite.reports[id], path, index, confirmation)
        do throws(OneNETRefusal) {
            try add(path, length, index, confirmation, to: &report, suite)
        } catch {
            session.suite?.reports[id]?.hasFailed = true
            throw error
        }
        session.suite?.reports[id] = index == 0 ? nil : report
        if index == 0, confirmation > 0 { session.suite?.confirmations.insert(confirmation) }
        return Answer(
            lines: [], result: .ok,
            afterwards: { [self, report] in transmit(value, id, report, index, rai) })
    }

    /// The report that a part belongs to: the one that goes on, or a new one.
    private func begun(_ old: Report?, _ path: OneNETPath, _ index: Int, _ confirmation: Int) -> Report {
        if let old, old.nextIndex == index || !mayBeGivenUp(old) { return old }
        reportCount += 1
        return Report(
            number: reportCount, instance: path.instance ?? 0, confirmation: confirmation, nextIndex: index,
            lastPart: body.clock.now)
    }

    func mayBeGivenUp(_ report: Report) -> Bool {
        report.hasFailed || (body.clock.now - report.lastPart) * body.clock.scale >= Self.partTime
    }

    private func add(
        _ path: OneNETPath, _ length: Int, _ index: Int, _ confirmation: Int, to report: inout Report, _ suite: Suite
    ) throws(OneNETRefusal) {
        guard report.nextIndex == index else { throw OneNETRefusal(.parameter, "indices in a wrong order") }
        guard report.instance == path.instance else {
            throw OneNETRefusal(.parameter, "another instance before index 0")
        }
        guard report.confirmation == confirmation else {
            throw OneNETRefusal(.parameter, "another ackId before index 0")
        }
        let others = suite.reports.values.filter { $0.number != report.number }
        if confirmation > 0 {
            guard !suite.confirmations.contains(confirmation),
                !others.contains(where: { $0.confirmation == confirmation })
            else { throw OneNETRefusal(.parameter, "ackId \(confirmation) has not come back") }
        }
        guard let resource = path.resource, report.resources.insert(resource).inserted else {
            throw OneNETRefusal(.parameter, "the same resource twice")
        }
        report.size += length
        // One value may have as many as its length allows (S2 3.3.15); the note's limit is that of several.
        guard report.size < 1024 || index == 0 && report.resources.count == 1 else {
            throw OneNETRefusal(.parameter, "a report of 1024 bytes or more")
        }
        report.nextIndex = index - 1
        report.lastPart = body.clock.now
        report.hasFailed = false
    }

    // MARK: What becomes of it

    /// Each part goes up at once: those before a refused one arrive (seed 3.3.15, note 2).
    private func transmit(_ value: ResourceValue, _ id: Int, _ report: Report, _ index: Int, _ rai: Int) {
        memory.isReachable = true
        showSignalling(rai: rai)
        let acknowledgement = cloud.acknowledgement
        if case .lost = acknowledgement {
        } else {
            cloud.uplinks.append(
                ReceivedUplink(
                    bytes: value.bytes, isConfirmed: report.confirmation > 0, rai: rai,
                    time: body.clock.time.timestamp, path: value.path, type: value.type, group: report.number))
        }
        if index == 0 { end(report, id, acknowledgement) }
        body.changed()
    }

    private func end(_ report: Report, _ id: Int, _ acknowledgement: ModuleCloud.Acknowledgement) {
        let confirmation = report.confirmation
        switch acknowledgement {
        case .after(let delay):
            if let reply = cloud.reply { cloud.downlinks.append(reply) }
            if confirmation > 0 { step(delay) { $0.finish(confirmation, id, 26) } }
            heard()
        case .never, .lost:
            if case .never = acknowledgement { heard() }
            if confirmation > 0 { step(Self.acknowledgementTime) { $0.finish(confirmation, id, 25) } }
        case .reset:
            step(.milliseconds(50)) { module in
                if confirmation > 0 { module.finish(confirmation, id, 25) }
                module.lose(10)
            }
        }
    }

    func finish(_ confirmation: Int, _ id: Int, _ number: Int) {
        guard session.suite?.confirmations.remove(confirmation) != nil else { return }
        switch habits.acknowledgementField {
        case .third: event(number, confirmation)
        case .fourth: event(number, id, confirmation)
        }
        exchange()
    }
}
