import AT

/// What the cloud asks for (BC260Y-CN R01 note, 3.2 to 3.5). A module repeats a request until it is answered.
extension LwM2MSession {
    func request(_ kind: String, _ given: Fields, _ line: Line) -> [SessionEvent] {
        var fields = given
        guard let id = fields.next()?.int else { return Self.malformed(line) }
        var flag = 0
        if kind == "observe" {
            guard let given = fields.next()?.int, given == 0 || given == 1 else { return Self.malformed(line) }
            flag = given
        }
        let numbers = [fields.next()?.int, fields.next()?.int, fields.next()?.int]
        guard let path = ObjectPath(object: numbers[0], instance: numbers[1], resource: numbers[2]) else {
            return Self.malformed(line)
        }
        guard !isRepeated(kind, id) else { return Self.repeated(kind, id) }
        let rest = fields.next()?.text
        let action: CloudRequest.Action =
            switch kind {
            case "read": .read
            case "execute": .execute(arguments: rest)
            default: observation(of: path, flag: flag)
            }
        recent.insert(kind, id)
        if registering.isExpected { registering.signal.raise() }
        if action == .observe, !options.service.acknowledgesObservations { unansweredObserves.insert(id) }
        return [
            .request(CloudRequest(messageID: id, path: path, action: action, query: kind == "read" ? rest : nil))
        ]
    }

    /// 0 observes and 1 cancels (3.2); in some firmware it is the other way round. The first flag shows which: nothing
    /// is there to be cancelled yet. Over a restart of the bridge that is forgotten; until the next new observation the
    /// note is right, for a cloud that observes again is more common than one that ceases to.
    private func observation(of path: ObjectPath, flag: Int) -> CloudRequest.Action {
        let isObserved = resources.observations[path] != nil
        if let observeFlag { return flag == observeFlag ? .observe : .cancelObserve }
        guard !isObserved else { return flag == 0 ? .observe : .cancelObserve }
        // Nothing is there to be cancelled.
        observeFlag = flag
        return .observe
    }

    private func isRepeated(_ kind: String, _ id: Int) -> Bool { recent.contains(kind, id) }

    private static func repeated(_ kind: String, _ id: Int) -> [SessionEvent] {
        [
            .other(
                name: "repeated_request",
                detail: [Detail("kind", .text(kind)), Detail("message_id", .number(id))])
        ]
    }

    // MARK: Writes

    /// `"write",36560,19,0,0,2,7,"5155454354454C",0`: type 1 is raw text, type 2 digits, both by their length.
    func write(_ given: Fields, _ line: Line) -> [SessionEvent] {
        var fields = given
        guard let id = fields.next()?.int else { return Self.malformed(line) }
        let numbers = [fields.next()?.int, fields.next()?.int, fields.next()?.int]
        guard let path = ObjectPath(object: numbers[0], instance: numbers[1], resource: numbers[2]),
            let type = fields.next()?.int, let length = fields.next(),
            let (bytes, form) = value(type, length, &fields), let index = fields.next()?.int, index >= 0,
            !fields.hasMore
        else { return Self.malformed(line) }
        guard !isRepeated("write", id) else { return Self.repeated("write", id) }
        // Without a resource only one can be meant, or none.
        let covered = resources.resources(of: path)
        guard let single = path.single ?? (covered.count == 1 ? covered[0] : nil) else {
            recent.insert("write", id)
            return [
                .other(
                    name: "unsupported_write",
                    detail: [
                        Detail("message_id", .number(id)), Detail("path", .text(path.description)),
                        Detail("hex", .text(Hex.string(bytes))),
                    ]),
                .request(CloudRequest(messageID: id, path: path, action: .write([]))),
            ]
        }
        return events(
            of: parts.add(.init(messageID: id, value: WrittenValue(single, bytes, form), index: index)))
    }

    private func value(
        _ type: Int, _ length: Field, _ fields: inout Fields
    ) -> (bytes: [UInt8], form: WrittenValue.Form)? {
        switch type {
        case 1: length.int.flatMap { fields.text(length: $0) }.map { (Array($0), .text) }
        case 2: length.int.flatMap { fields.hex(length: $0) }.map { ($0, .bytes) }
        // The length of a number is told in several ways; the number itself is not.
        case 3, 4, 5: fields.next().map { (Array($0.bytes), .text) }
        default: nil
        }
    }

    package func settleParts() -> [SessionEvent] { events(of: parts.settle()) }

    private func events(of outcomes: [RequestParts.Outcome]) -> [SessionEvent] {
        outcomes.map { outcome in
            switch outcome {
            case .held: return .partsHeld
            case .broken(let id):
                return .other(name: "incomplete_write", detail: [Detail("message_id", .number(id))])
            case .complete(let id, let values):
                recent.insert("write", id)
                let values = Self.joined(values)
                return .request(CloudRequest(messageID: id, path: Self.path(of: values), action: .write(values)))
            }
        }
    }

    /// Parts of one resource that follow each other are one value, which was too long for one report.
    private static func joined(_ parts: [WrittenValue]) -> [WrittenValue] {
        parts.reduce(into: []) { values, part in
            if let last = values.indices.last, values[last].path == part.path, values[last].form == part.form {
                values[last].data += part.data
            } else {
                values.append(part)
            }
        }
    }

    /// The resource, or what all have in common.
    private static func path(of values: [WrittenValue]) -> ObjectPath {
        let paths = values.map(\.path)
        guard let first = paths.first else { return ObjectPath(object: 0) }
        if paths.allSatisfy({ $0 == first }) { return ObjectPath(first) }
        let isOneInstance = paths.allSatisfy { $0.object == first.object && $0.instance == first.instance }
        return ObjectPath(object: first.object, instance: isOneInstance ? first.instance : nil)
    }
}
