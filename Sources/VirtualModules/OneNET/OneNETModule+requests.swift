import Reactor

/// What the cloud wants, as reports to the host: seed 5.1 to 5.6.
extension OneNETModule {
    /// All that waits until the cloud can reach the module.
    func serveCloud() {
        guard session.suite?.state == .registered, memory.isReachable, memory.isAttached, power == .on,
            memory.firmware == nil
        else { return }
        while !cloud.downlinks.isEmpty {
            _ = cloud.add(CloudOrder(.write, habits.dataPath, payload: cloud.downlinks.removeFirst()))
        }
        for (id, order) in cloud.takeOrders() { ask(id, order) }
        // A module at work is not updated: its host's next answer would come too late to be allowed.
        guard session.mayUpdateFirmware, let task = cloud.firmware, !hasBusiness else { return }
        guard body.running == nil else { return step(.milliseconds(20)) { $0.exchange() } }
        session.mayUpdateFirmware = false
        beginFirmware(task)
    }

    /// The platform begins an update only when it hears of the module (seed 6.2 and 7.10.6).
    func heard() {
        if cloud.firmware != nil { session.mayUpdateFirmware = true }
        step(.milliseconds(20)) { $0.exchange() }
    }

    var hasBusiness: Bool {
        guard let suite = session.suite else { return false }
        return suite.state == .registering || suite.state == .closing || suite.isUpdating
            || !suite.confirmations.isEmpty || suite.reports.values.contains { !mayBeGivenUp($0) }
            || !session.reporting.isEmpty
            || !session.firstLooks.isEmpty || session.discoveriesToCome > 0
            || cloud.requests.values.contains { request in
                request.askedAt != nil && !request.isAnswered && !request.isOverdue && !request.isForgotten
            }
    }

    // MARK: The platform's first look

    /// It observes every instance and discovers every object (seed 7.2.1).
    func beginObserving() {
        guard let suite = session.suite, suite.state == .registered else { return }
        for object in suite.objects {
            for instance in object.instances {
                let id = cloud.add(CloudOrder(.observe, "\(object.number)/\(instance)"))
                session.firstLooks[id] = object.number
            }
        }
        exchange()
    }

    /// Answered, or not in time.
    func requestEnded(_ id: Int) {
        guard let object = session.firstLooks.removeValue(forKey: id) else { return exchange() }
        guard !session.firstLooks.values.contains(object) else { return }
        session.discoveriesToCome += 1
        step(cloud.observationTime) { module in
            module.session.discoveriesToCome -= 1
            _ = module.cloud.add(CloudOrder(.discover, "\(object)"))
            module.exchange()
        }
    }

    func endObserving() {
        for path in Set((session.suite?.observations ?? [:]).values).sorted(by: { $0.fields < $1.fields }) {
            _ = cloud.add(CloudOrder(.cancelObserve, path.description))
        }
        exchange()
    }

    func endObservation(of path: OneNETPath) {
        let ended = (session.suite?.observations ?? [:]).filter { $0.value == path }.map(\.key)
        for id in ended {
            session.suite?.observations[id] = nil
            session.suite?.reports[id] = nil
        }
    }

    // MARK: Reports

    private func ask(_ id: Int, _ order: CloudOrder) {
        // What was never added the module itself does not find.
        guard let path = OneNETPath(order.path), has(path) else {
            cloud.asked(id, on: body.clock)
            _ = try? cloud.accept(id, code: 13, on: body.clock)
            session.firstLooks[id] = nil
            return body.changed()
        }
        if order.kind == .cancelObserve {
            endObservation(of: path)
            surprise()
        }
        session.reporting.insert(id)
        say(lines(id, order, path), from: 0, of: id, order)
    }

    /// The parts from one on, with the order's pause between them.
    private func say(_ lines: [String], from first: Int, of id: Int, _ order: CloudOrder) {
        if order.partsBeforeReset == first { return body.restartAfterOutput() }
        guard first < lines.count else { return hasSaid(lines, of: id, order) }
        report("+" + lines[first])
        guard order.pause > .zero, first + 1 < lines.count else {
            return say(lines, from: first + 1, of: id, order)
        }
        step(order.pause) { module in
            guard module.power == .on else { return module.hasLeft(id) }
            module.say(lines, from: first + 1, of: id, order)
        }
    }

    private func hasSaid(_ lines: [String], of id: Int, _ order: CloudOrder) {
        let lineEpoch = body.epoch
        // The ten seconds begin when the report has left (seed 5.1).
        body.say(.mark { [self] in hasLeft(id) })
        step(.seconds(5)) { module in
            // The cable was pulled before it had.
            if module.body.epoch != lineEpoch { module.hasLeft(id) }
        }
        var delay = Duration.zero
        for pause in order.retransmissions {
            delay += pause
            step(delay) { module in
                guard module.cloud.isOpen(id), module.power == .on else { return }
                for line in lines { module.report("+" + line) }
            }
        }
    }

    private func hasLeft(_ id: Int) {
        guard session.reporting.remove(id) != nil else { return }
        cloud.asked(id, on: body.clock)
        step(CloudAnswer.patience + .milliseconds(100)) { module in
            if module.cloud.isOpen(id) { module.requestEnded(id) }
        }
    }

    private func lines(_ id: Int, _ order: CloudOrder, _ path: OneNETPath) -> [String] {
        let text = order.text ?? String(decoding: order.payload ?? [], as: UTF8.self)
        switch order.kind {
        case .discover: return ["MIPLDISCOVER: 0,\(id),\(path.object)"]
        case .observe: return ["\(habits.observeReport): 0,\(id),1,\(path.fields)"]
        case .cancelObserve: return ["\(habits.observeReport): 0,\(id),0,\(path.fields)"]
        case .read: return ["MIPLREAD: 0,\(id),\(path.fields)"]
        case .execute:
            let arguments = text.isEmpty ? "" : ",\(text.utf8.count),\"\(text)\""
            return ["MIPLEXECUTE: 0,\(id),\(path.fields)\(arguments)"]
        case .writeAttributes: return ["MIPLPARAMETER: 0,\(id),\(path.fields),\(text.utf8.count),\"\(text)\""]
        case .write:
            let whole = CloudOrder.Part(order.path, order.payload ?? Array(text.utf8))
            let parts = order.parts.isEmpty ? [whole] : order.parts
            return parts.indices.map { number in
                let index = parts.count == 1 ? habits.loneWriteIndex : parts.count - 1 - number
                return write(id, parts[number], index)
            }
        }
    }

    /// Flag and index stand the other way round than in a report (seed 5.4).
    private func write(_ id: Int, _ part: CloudOrder.Part, _ index: Int) -> String {
        let text = session.configuration.receivesText ? String(validating: part.payload, as: UTF8.self) : nil
        let value = text.map { "1,\(part.payload.count),\"\($0)\"" }
        let path = OneNETPath(part.path)?.fields ?? "-1,-1,-1"
        return "MIPLWRITE: 0,\(id),\(path),"
            + (value ?? "2,\(part.payload.count),\(HexDigits.text(part.payload))") + ",0,\(index)"
    }
}
