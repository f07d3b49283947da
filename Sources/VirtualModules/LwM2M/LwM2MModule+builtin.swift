/// Requests that the host never hears of: the module answers them itself.
extension LwM2MModule {
    func answerItself(_ id: Int, _ code: Int, _ values: [ResourceValue] = []) {
        cloud.asked(id, on: body.clock)
        do throws(ModuleCloud.AnswerFault) {
            for (number, value) in values.dropLast().enumerated() {
                _ = try cloud.accept(id, code: code, value: value, index: values.count - 1 - number, on: body.clock)
            }
            _ = try cloud.accept(id, code: code, value: values.last, on: body.clock)
        } catch {
            body.note("\(error)")
        }
        body.changed()
    }

    func useBuiltIn(_ id: Int, _ order: CloudOrder, _ path: ObjectPath) {
        switch order.kind {
        case .read: readBuiltIn(id, path)
        case .write: writeBuiltIn(id, order, path)
        case .discover: answerItself(id, 1)
        case .execute, .observe, .cancelObserve, .writeAttributes: answerItself(id, 14)
        }
    }

    /// The device, object 3.
    private func readBuiltIn(_ id: Int, _ path: ObjectPath) {
        let texts = [(0, "Quectel_Ltd"), (1, model), (2, body.options.serialNumber), (3, revision)]
        var values = texts.map { (ObjectPath(3, 0, $0), $1) }
        values += settings.options.resources.map { ($0.path, $0.value) }
        let found = values.filter { path.contains($0.0) }
            .map { ResourceValue(path: $0.0.description, type: .string, bytes: Array($0.1.utf8)) }
        answerItself(id, found.isEmpty ? 13 : 1, found)
    }

    /// The lifetime and the binding of the registration, object 1: the host is told (S3 3.10 and 3.11).
    private func writeBuiltIn(_ id: Int, _ order: CloudOrder, _ path: ObjectPath) {
        switch path {
        case ObjectPath(1, 0, 1):
            let lifetime = order.payload.map { $0.reduce(0) { $0 << 8 | Int($1) } } ?? Int(order.text ?? "")
            guard let lifetime, Self.lifetimes.contains(lifetime) else { return answerItself(id, 11) }
            (session.lifetime, cloud.lifetime) = (lifetime, lifetime)
            settings.server?.lifetime = lifetime
            urc("lifetime_changed", "\(lifetime)")
            watchLifetime()
        case ObjectPath(1, 0, 7):
            guard let binding = ["U", "UQ"].firstIndex(of: order.text) else { return answerItself(id, 11) }
            settings.server?.binding = binding
            tellBinding(binding)
        default: return answerItself(id, 14)
        }
        answerItself(id, 2)
    }
}
