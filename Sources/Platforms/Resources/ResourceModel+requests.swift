/// The requests that the bridge answers by itself.
extension ResourceModel {
    /// Carries a request out and says what the cloud is to be told; nil if a client must answer: an execute, and a read
    /// of what has no value.
    package func respond(to request: CloudRequest) -> RequestAnswer? {
        let covered = resources(of: request.path)
        guard !covered.isEmpty else { return RequestAnswer(.notFound) }
        switch request.action {
        case .read: return read(request.path, covered)
        case .write(let written): return write(written)
        case .execute:
            guard let path = request.path.single, kind(of: path) == .executable else {
                return RequestAnswer(.methodNotAllowed)
            }
            return nil
        case .observe:
            if let path = request.path.single, kind(of: path) == .executable { return RequestAnswer(.methodNotAllowed) }
            observe(request.path, messageID: request.messageID)
            return RequestAnswer(.content, readings: readings(of: request.path))
        case .cancelObserve:
            cancelObservation(of: request.path)
            return RequestAnswer(.content, readings: readings(of: request.path))
        case .discover:
            return RequestAnswer(.content, resources: covered.map(\.resource))
        case .writeAttributes(let text):
            let known = attributes[request.path] ?? NotificationAttributes()
            guard let new = known.changed(by: text) else { return RequestAnswer(.badRequest) }
            setAttributes(new, of: request.path)
            return RequestAnswer(.changed)
        }
    }

    private func read(_ path: ObjectPath, _ covered: [ResourcePath]) -> RequestAnswer? {
        if path.single != nil, kind(of: covered[0]) == .executable { return RequestAnswer(.methodNotAllowed) }
        let known = readings(of: path)
        return known.isEmpty ? nil : RequestAnswer(.content, readings: known)
    }

    /// All or nothing: a write that is wrong in one value changes none.
    private func write(_ written: [WrittenValue]) -> RequestAnswer {
        // Of several resources, and it does not say which.
        guard !written.isEmpty else { return RequestAnswer(.badRequest) }
        var new: [ResourceReading] = []
        for value in written {
            guard let kind = kind(of: value.path) else { return RequestAnswer(.notFound) }
            guard kind != .executable else { return RequestAnswer(.methodNotAllowed) }
            guard let decoded = ResourceValue(written: value, kind: kind) else { return RequestAnswer(.badRequest) }
            new.append(ResourceReading(value.path, decoded))
        }
        for reading in new { set(reading.value, at: reading.path) }
        return RequestAnswer(.changed, readings: new)
    }
}
