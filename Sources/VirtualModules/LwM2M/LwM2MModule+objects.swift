/// AT+QLAADDOBJ and AT+QLADELOBJ, S3 2.6 and 2.7.
extension LwM2MModule {
    var objectLines: [String] {
        settings.instances.map { instance in
            let fields = [instance.object, instance.number, instance.resources.count] + instance.resources
            return "+QLAADDOBJ: \(fields.map(String.init).joined(separator: ","))"
        }
    }

    /// Whether the host has added something within the path.
    func has(_ path: ObjectPath) -> Bool {
        settings.instances.contains { instance in
            instance.object == path.object && (path.instance == nil || path.instance == instance.number)
                && path.resource.map(instance.resources.contains) ?? true
        }
    }

    func addObject(_ command: CommandLine) -> Answer {
        let numbers = command.parameters.map(\.number)
        guard numbers.count >= 4 else { return refuse(command, "wrong number of parameters") }
        let values = numbers.compactMap(\.self)
        guard values.count == numbers.count, values.allSatisfy({ $0 <= 65_535 }) else {
            return refuse(command, "wrong number")
        }
        let resources = Array(values[3...])
        guard 1...14 ~= values[2], resources.count == values[2], Set(resources).count == resources.count else {
            return refuse(command, "wrong resources")
        }
        let instance = Instance(object: values[0], number: values[1], resources: resources)
        guard !Self.builtInObjects.contains(instance.object) else { return refuse(command, "a built-in object") }
        if let refusal = refuseWhileUnderWay(command) { return refusal }
        let same = settings.instances.filter { $0.object == instance.object }
        // They outlive a restart: a host that does not ask first meets this, and has done no harm.
        guard !same.contains(where: { $0.number == instance.number }) else { return Self.error }
        guard same.count < 4, !same.isEmpty || Set(settings.instances.map(\.object)).count < 3 else {
            return refuse(command, "too many objects")
        }
        settings.instances.append(instance)
        guard session.status == .registered else { return .ok }
        return Answer(
            lines: [], result: .ok,
            afterwards: { [self] in
                tellObjects("+QLAADDOBJ") { $0.observe(instance) }
            })
    }

    func deleteObject(_ command: CommandLine) -> Answer {
        guard command.parameters.count == 1, let object = command.parameters[0].number, object <= 65_535 else {
            return refuse(command, "wrong object")
        }
        guard !Self.builtInObjects.contains(object) else { return refuse(command, "a built-in object") }
        if let refusal = refuseWhileUnderWay(command) { return refusal }
        guard settings.instances.contains(where: { $0.object == object }) else {
            return refuse(command, "an object that was not added")
        }
        settings.instances.removeAll { $0.object == object }
        session.observations = session.observations.filter { $0.object != object }
        guard session.status == .registered else { return .ok }
        return Answer(lines: [], result: .ok, afterwards: { [self] in tellObjects("+QLADELOBJ") { _ in } })
    }

    /// S3 2.6, note 3: not while registering; nor, then, while the registration ends or recovers.
    private func refuseWhileUnderWay(_ command: CommandLine) -> Answer? {
        switch session.status {
        case .registering, .deregistering, .recovering: refuse(command, "objects while registering")
        default: nil
        }
    }

    /// The cloud learns of it by an update.
    private func tellObjects(_ name: String, _ then: @escaping @Sendable (LwM2MModule) -> Void) {
        exchangeUpdate { module, result in
            if !module.body.spelling.omitsObjectResults { module.report("\(name): \(result.rawValue)") }
            if result == .success { then(module) }
        }
    }
}
