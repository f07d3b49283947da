import JSON
import MQTT
import Platforms
import Reactor
import Store

/// The module's resources: set by clients, written and observed by the cloud, kept on disk, and shown retained.
extension Module {
    /// Takes over what the store has kept, and keeps and shows every change from now on.
    func restoreResources(_ journal: [String: [UInt8]]) {
        ResourceJournal.restore(resources, from: journal)
        // Of objects that have left the configuration.
        for key in ResourceJournal.obsoleteKeys(of: journal, in: resources) {
            services.journal.record(.journal(module: number, key: key, value: nil), .whenever)
        }
        resources.changed = { [weak self] change in self?.assumeIsolated { $0.resourceChanged(change) } }
    }

    private func resourceChanged(_ change: ResourceModel.Change) {
        services.journal.record(ResourceJournal.change(change, of: resources, module: number), .soon)
        switch change {
        case .value(let path): publishResource(path)
        case .observations:
            watchObserved()
            hold = Hold()
            doorbell.raise()
        case .attributes: watchObserved()
        }
    }

    func publishResource(_ path: ResourcePath) {
        guard services.outbox.isConnected, let value = resources.value(of: path) else { return }
        services.outbox.publish(topics.object(ObjectPath(path)), value.published, retain: true)
    }

    /// What has no value is cleared: it may have had one under another configuration.
    func publishResources() {
        guard services.outbox.isConnected else { return }
        for path in resources.objects.flatMap({ object in object.resources.map { object.path($0) } }) {
            services.outbox.publish(
                topics.object(ObjectPath(path)), resources.value(of: path)?.published ?? [], retain: true)
        }
    }

    // MARK: Set by clients

    /// Takes new values: they are current at once, and reported if the cloud wants to know.
    func set(_ request: UplinkRequest, at path: ObjectPath, reply: ReplyTo?) throws(Rejection) {
        let readings = try ResourceInput.readings(request.payload, for: path, in: resources)
        try settings.checkReport(readings)
        let isWanted = readings.contains { wantsReport(of: $0) }
        if isWanted { try makeRoom(for: request) }
        for reading in readings { resources.set(reading.value, at: reading.path) }
        if isWanted {
            for reading in readings { noteReport(of: reading) }
            add(record(of: request, reply: reply))
        } else {
            keepWithoutReport(request, readings, reply: reply)
        }
    }

    /// The value is current and on disk, and that is all there is to do.
    private func keepWithoutReport(_ request: UplinkRequest, _ readings: [ResourceReading], reply: ReplyTo?) {
        holdReports(of: readings)
        let uplink = record(of: request, reply: reply)
        note(.up, "accepted", uplink.payload, sequence: uplink.sequence)
        if uplink.idGiven { freshIDs.insert(uplink.idText) }
        var outcome = Outcome(id: uplink.idText, state: .accepted, time: now)
        outcome.isUnreported = true
        let json = outcome.json
        services.journal.record(.accept(uplink), .now)
        services.journal.record(.end(sequence: uplink.sequence, outcome: json), .now) { [weak self] error in
            self?.assumeIsolated { $0.kept(uplink, json, error) }
        }
    }

    private func kept(_ uplink: UplinkRecord, _ outcome: [UInt8], _ error: StoreError?) {
        if uplink.idGiven { freshIDs.remove(uplink.idText) }
        if let error {
            reject(Rejection("store", "the value cannot be saved: \(error)", id: uplink.idText), reply: uplink.reply)
            return
        }
        status.counters.accepted += 1
        services.outcomes.send(
            Parcel(sequence: uplink.sequence, messages: outcomeMessages(outcome, reply: uplink.reply)))
        publishCounters()
    }

    // MARK: Reports

    /// For a report that the bridge makes by itself.
    private static let untilNextTry = Duration.seconds(5)

    /// Without a registration nobody knows yet what the cloud will observe: such a report waits.
    private func wantsReport(of reading: ResourceReading) -> Bool {
        // Its platform asks for values and observes none.
        guard settings.platform != .andlink else { return false }
        guard session?.maySend == true else { return true }
        guard resources.observation(of: reading.path) != nil else { return false }
        let attributes = resources.attributes(of: reading.path)
        guard let last = lastReports[reading.path], let time = last.time else { return true }
        guard attributes.wants(reading.value, after: last.value) else { return false }
        return services.time.now >= time + shortest(of: reading.path)
    }

    /// Remembers what the cloud is told, and when it is to be told again (pmax).
    func noteReport(of reading: ResourceReading) {
        let time = services.time.now
        lastReports[reading.path]?.timer?.cancel()
        var report = LastReport(value: reading.value, time: time, isWaiting: true)
        if let longest = longest(of: reading.path) { report.timer = reportLater(reading.path, at: time + longest) }
        lastReports[reading.path] = report
    }

    /// Its values may be reported by the bridge itself again.
    func noteEnd(of uplink: UplinkRecord) {
        guard let target = ObjectPath(uplink.target) else { return }
        for path in lastReports.keys where target.covers(path) { lastReports[path]?.isWaiting = false }
    }

    /// The cloud was not told after all, so that what comes next is not to be measured by it.
    func forgetReport(of uplink: UplinkRecord) {
        guard let path = ObjectPath(uplink.target),
            let readings = try? ResourceInput.readings(uplink.payload, for: path, in: resources)
        else { return }
        for reading in readings where lastReports[reading.path]?.value == reading.value {
            lastReports[reading.path]?.value = nil
            lastReports[reading.path]?.time = nil
        }
    }

    /// Values that came too soon after the last report (pmin) are reported when the time has come.
    private func holdReports(of readings: [ResourceReading]) {
        for reading in readings {
            let attributes = resources.attributes(of: reading.path)
            guard let shortest = attributes.shortest, let last = lastReports[reading.path], let time = last.time,
                resources.observation(of: reading.path) != nil, attributes.wants(reading.value, after: last.value)
            else { continue }
            last.timer?.cancel()
            lastReports[reading.path]?.timer = reportLater(reading.path, at: time + .seconds(shortest))
            lastReports[reading.path]?.isHeld = true
        }
    }

    /// What the cloud observes, or how, has changed: pmax counts from the answer to an observe too.
    private func watchObserved() {
        for (path, report) in lastReports where resources.observation(of: path) == nil {
            report.timer?.cancel()
            lastReports[path] = nil
        }
        for path in resources.observations.keys.flatMap({ resources.resources(of: $0) }) {
            let isHeld = lastReports[path]?.isHeld == true
            guard let patience = isHeld ? shortest(of: path) : longest(of: path) else { continue }
            lastReports[path]?.timer?.cancel()
            let since = lastReports[path]?.time ?? services.time.now
            lastReports[path, default: LastReport()].timer = reportLater(path, at: since + patience)
        }
    }

    private func shortest(of path: ResourcePath) -> Duration { .seconds(resources.attributes(of: path).shortest ?? 0) }

    /// 0 means none.
    private func longest(of path: ResourcePath) -> Duration? {
        resources.attributes(of: path).longest.flatMap { $0 > 0 ? .seconds(max(1, $0)) : nil }
    }

    private func reportLater(_ path: ResourcePath, at time: Instant) -> Timer {
        services.time.schedule(at: time) { [weak self] in self?.assumeIsolated { $0.reportNow(path) } }
    }

    /// An uplink of the bridge's own, with the value as it is now.
    private func reportNow(_ path: ResourcePath) {
        guard resources.observation(of: path) != nil, let value = resources.value(of: path) else { return }
        // While nothing can be sent, the same would only be said again and again.
        let isWorthIt = lastReports[path].map { $0.isHeld || !$0.isWaiting } ?? true
        let hasRoom = status.queue.waiting < settings.queueLimit
        guard session?.maySend == true, !firmware.isRunning, isWorthIt, hasRoom else {
            lastReports[path]?.timer = reportLater(path, at: services.time.now + Self.untilNextTry)
            return
        }
        noteReport(of: ResourceReading(path, value))
        var request = UplinkRequest(payload: value.published)
        request.target = ObjectPath(path)
        add(record(of: request, reply: nil))
    }

    // MARK: Parsing

    /// What a client answers to a read: one value, or an object of several.
    func readings(_ json: JSONValue, of path: ObjectPath) throws(Rejection) -> [ResourceReading] {
        guard let single = path.single else {
            return try ResourceInput.readings(Array(json.source), for: try instance(of: path), in: resources)
        }
        do throws(ResourceValue.Fault) {
            let kind = resources.kind(of: single) ?? .opaque
            let value = try ResourceValue(
                json: json, kind: kind, opaqueIsText: settings.platform == .andlink,
                longestOpaque: resources.longestOpaque)
            return [ResourceReading(single, value)]
        } catch {
            throw Rejection("bad_value", "\(single): \(error)")
        }
    }

    /// A whole object is answered for by its only instance.
    private func instance(of path: ObjectPath) throws(Rejection) -> ObjectPath {
        let instances = Set(resources.resources(of: path).map(\.instance))
        guard instances.count == 1, let only = instances.first else {
            throw Rejection("bad_value", "\(path) has \(instances.count) instances; values can be given for one")
        }
        return ObjectPath(object: path.object, instance: only)
    }

    /// The values of an uplink that waits, read again as they are to be sent.
    func uplinkData(of uplink: UplinkRecord) throws(Rejection) -> UplinkData {
        var readings: [ResourceReading] = []
        if let path = ObjectPath(uplink.target) {
            readings = try ResourceInput.readings(uplink.payload, for: path, in: resources)
        }
        return UplinkData(
            payload: uplink.payload, readings: readings, confirm: uplink.confirm, rai: uplink.rai)
    }
}

/// What the cloud was told last of a resource.
struct LastReport {
    /// Nil: nothing but the answer to its observe.
    var value: ResourceValue?
    var time: Instant?
    /// The next report that is due by itself.
    var timer: Timer?
    /// It is a value's that came too soon.
    var isHeld = false
    /// A report waits to be sent.
    var isWaiting = false
}
