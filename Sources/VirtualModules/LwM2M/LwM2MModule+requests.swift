/// What the cloud wants, as reports to the host (S3 3.2 to 3.5), and what each of the four clouds does by itself.
extension LwM2MModule {
    /// Everything that waits until the cloud can reach the module.
    func serveCloud() {
        guard session.status == .registered, cloud.isRegistered, memory.isReachable, memory.isAttached, power == .on,
            memory.firmware == nil
        else { return }
        while !cloud.downlinks.isEmpty {
            let bytes = cloud.downlinks.removeFirst()
            // Andlink writes text (S3 5.4.2), the others bytes.
            let text = service == .andlink ? String(validating: bytes, as: UTF8.self) : nil
            _ = cloud.add(CloudOrder(.write, cloud.downPath, payload: text == nil ? bytes : nil, text: text))
        }
        for (id, order) in cloud.takeOrders() { ask(id, order) }
        guard let task = cloud.firmware, service == .ctIoT || service == .ctAEP else { return }
        // The update begins when the data object is observed (S3 5.6.4).
        if !session.observations.isEmpty { beginFirmware(task) }
    }

    func beginObserving() {
        guard session.status == .registered else { return }
        switch service {
        case .ctIoT, .ctAEP: _ = cloud.add(CloudOrder(.observe, cloud.upPath))
        case .cuDMP: for instance in settings.instances { observe(instance) }
        case .andlink: _ = cloud.add(CloudOrder(.read, cloud.downPath))
        }
        exchange()
    }

    /// The DMP observes whatever is added (S3 5.5.2).
    func observe(_ instance: Instance) {
        guard service == .cuDMP else { return }
        _ = cloud.add(CloudOrder(.observe, "\(instance.object)/\(instance.number)"))
    }

    func endObserving() {
        for path in session.observations.sorted(by: { $0.fields < $1.fields }) {
            _ = cloud.add(CloudOrder(.cancelObserve, path.description))
        }
        exchange()
    }

    private func ask(_ id: Int, _ order: CloudOrder) {
        guard let path = ObjectPath(order.path) else { return answerItself(id, 11) }
        if Self.builtInObjects.contains(path.object) { return useBuiltIn(id, order, path) }
        guard has(path) else { return answerItself(id, 13) }
        switch order.kind {
        case .discover: answerItself(id, 1)
        case .writeAttributes: answerItself(id, 2)
        case .read: say(id, order, "\"read\",\(id),\(path.fields)\(order.query.map { ",\"\($0)\"" } ?? "")")
        case .execute: say(id, order, "\"execute\",\(id),\(path.fields)")
        case .write: write(id, order)
        case .observe, .cancelObserve:
            let flag = (order.kind == .observe) == body.spelling.observesWithOne ? 1 : 0
            say(id, order, "\"observe\",\(id),\(flag),\(path.fields)")
            guard order.kind == .observe, settings.options.acknowledgesObservations else { return }
            answerItself(id, 1)
            settle(.observe, path)
        }
    }

    private func say(_ id: Int, _ order: CloudOrder, _ fields: String) {
        report("+QLAURC: \(fields)")
        cloud.asked(id, on: body.clock)
        var delay = Duration.zero
        for pause in order.retransmissions {
            delay += pause
            later(delay) { module in
                guard module.cloud.isOpen(id), module.power == .on else { return }
                module.report("+QLAURC: \(fields)")
            }
        }
    }

    // MARK: Writes

    private func write(_ id: Int, _ order: CloudOrder) {
        let value = order.payload ?? Array((order.text ?? "").utf8)
        let parts = order.parts.isEmpty ? [CloudOrder.Part(order.path, value)] : order.parts
        let isText = order.parts.isEmpty && order.payload == nil
        sayParts(of: id, order, parts.map { writeFields(id, $0, isText: isText) }[...])
    }

    /// The first of the parts that are left, and the others after the order's pause.
    private func sayParts(of id: Int, _ order: CloudOrder, _ parts: ArraySlice<String>) {
        if parts.startIndex == order.partsBeforeReset { return body.restartAfterOutput() }
        guard let part = parts.first else { return }
        let rest = parts.dropFirst()
        session.partsToCome[id] = rest.count
        // Only what is said once and for all is said again.
        say(id, rest.isEmpty ? order : CloudOrder(.write, order.path), "\(part),\(rest.count)")
        if order.pause == .zero || rest.isEmpty { return sayParts(of: id, order, rest) }
        later(order.pause) { module in
            guard module.power == .on else { return }
            module.sayParts(of: id, order, rest)
        }
    }

    /// Text stands as it is, with all its quotes and commas: only its length tells where it ends (S3 5.4.2).
    private func writeFields(_ id: Int, _ part: CloudOrder.Part, isText: Bool) -> String {
        let path = ObjectPath(part.path)?.fields ?? "-1,-1,-1"
        let value = isText ? String(decoding: part.payload, as: UTF8.self) : HexDigits.text(part.payload)
        return "\"write\",\(id),\(path),\(isText ? 1 : 2),\(part.payload.count),\"\(value)\""
    }

    /// The host answers a write when it has all of it.
    func isPartial(_ id: Int) -> Bool { session.partsToCome[id, default: 0] > 0 }
}
