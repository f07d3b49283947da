import Reactor

/// The six response commands, seed 3.3.9 to 3.3.14.
extension OneNETModule {
    /// Those without a value.
    func answerSimply(
        _ list: OneNETParameters, _ codes: [Int], _ kinds: [CloudOrder.Kind]
    ) throws(OneNETRefusal) -> Answer {
        try list.count(3...4)
        let (id, code) = try head(list, codes)
        let rai = try list.indication(3)
        let order = try request(id, kinds)
        try accept(id, code, nil, 0)
        if order.kind == .observe, code == 1, let path = OneNETPath(order.path) {
            // A new observation of a path takes the place of the old one.
            endObservation(of: path)
            session.suite?.observations[id] = path
        }
        return answered(id, rai, isComplete: true)
    }

    func answerDiscovery(_ list: OneNETParameters) throws(OneNETRefusal) -> Answer {
        try list.count(5...6)
        let (id, code) = try head(list, [1, 11, 12, 13, 14, 15])
        let length = try list.number(3, 0...255, "length")
        let text = try list.string(4, "valuestring")
        let rai = try list.indication(5)
        guard text.count == length else { throw OneNETRefusal(.parameter, "wrong length") }
        let entries = text.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        let resources = entries.compactMap { UInt16(String(decoding: $0, as: UTF8.self)) }
        guard text.isEmpty || resources.count == entries.count && Set(resources).count == entries.count else {
            throw OneNETRefusal(.parameter, "wrong valuestring")
        }
        let order = try request(id, [.discover])
        if let object = session.suite?.objects.first(where: { "\($0.number)" == order.path }) {
            guard resources.count <= object.resourceCount else {
                throw OneNETRefusal(.parameter, "more resources than attrCount and actCount")
            }
        }
        try accept(id, code, ResourceValue(path: order.path, type: .string, bytes: text), 0)
        return answered(id, rai, isComplete: true)
    }

    func answerRead(_ list: OneNETParameters) throws(OneNETRefusal) -> Answer {
        try list.count(11...12)
        let (id, code) = try head(list, [1, 11, 12, 13, 14, 15])
        let path = try list.path(3)
        let (value, _) = try list.value(6, of: path)
        let index = try list.index(9)
        let rai = try list.indication(11)
        let order = try request(id, [.read])
        guard let asked = OneNETPath(order.path), asked.covers(path) else {
            throw OneNETRefusal(.parameter, "a value that \(id) did not ask for")
        }
        guard has(path) else { throw OneNETRefusal(.notFound, "no such instance") }
        guard asked.resource == nil || index == 0 else { throw OneNETRefusal(.parameter, "an index of one value") }
        guard cloud.requests[id]?.values.contains(where: { $0.path == value.path }) != true || !cloud.isOpen(id) else {
            throw OneNETRefusal(.parameter, "the same resource twice")
        }
        try accept(id, code, value, index)
        return answered(id, rai, isComplete: index == 0)
    }

    // MARK: What they have in common

    private func head(_ list: OneNETParameters, _ codes: [Int]) throws(OneNETRefusal) -> (id: Int, code: Int) {
        try list.reference()
        let id = try list.number(1, OneNETParameters.messageIDs, "msgId")
        let code = try list.number(2, 0...15, "result")
        guard codes.contains(code) else { throw OneNETRefusal(.parameter, "wrong result") }
        return (id, code)
    }

    private func request(_ id: Int, _ kinds: [CloudOrder.Kind]) throws(OneNETRefusal) -> CloudOrder {
        _ = try registration()
        guard let request = cloud.requests[id], request.askedAt != nil, !request.isForgotten else {
            throw OneNETRefusal(.notFound, "an answer to \(id), which nobody asked")
        }
        guard kinds.contains(request.order.kind) else {
            throw OneNETRefusal(.notFound, "\(id) is no request of this kind")
        }
        return request.order
    }

    private func accept(_ id: Int, _ code: Int, _ value: ResourceValue?, _ index: Int) throws(OneNETRefusal) {
        do throws(ModuleCloud.AnswerFault) {
            _ = try cloud.accept(id, code: code, value: value, index: index, on: body.clock)
        } catch {
            switch error {
            case .unknown, .answered, .otherKind: throw OneNETRefusal(.notFound, "\(error)")
            case .wrongIndex, .otherCode: throw OneNETRefusal(.parameter, "\(error)")
            }
        }
    }

    private func answered(_ id: Int, _ rai: Int, isComplete: Bool) -> Answer {
        memory.isReachable = true
        guard isComplete else { return .ok }
        return Answer(
            lines: [], result: .ok,
            afterwards: { [self] in
                showSignalling(rai: rai)
                // Event 20: too late, the platform does not wait any more.
                let isLate = cloud.answers.last { $0.id == id }?.isLate == true
                if habits.tellsResponses { event(isLate ? 20 : 21, id) }
                requestEnded(id)
            })
    }
}
