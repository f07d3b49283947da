import Reactor

/// Reads and writes of the cloud, and the host's answers: S4 3.6, 4.1 and 4.2.
extension AndlinkModule {
    /// The results of S4 3.6 and whether they fit a read or a write: 2.05, 2.04, 4.00, 4.01, 4.04, 4.05.
    private static let results: [Int: Set<CloudOrder.Kind>] = [
        1: [.read], 2: [.write], 11: [.read, .write], 12: [.read, .write], 13: [.read, .write], 14: [.read, .write],
    ]

    // MARK: From the cloud

    /// What the platform does when it hears of the module: asks what it wants, begins an update.
    func serveCloud() {
        guard isRegistered, memory.isReachable, memory.isAttached, power == .on, memory.firmware == nil,
            installation == nil
        else { return }
        for (id, order) in cloud.takeOrders() { ask(id, order) }
        if session.firmwareIsObserved, let task = cloud.firmware { beginUpdate(task) }
    }

    private func ask(_ id: Int, _ order: CloudOrder) {
        guard order.kind == .read || order.kind == .write else {
            cloud.requests[id] = nil
            return body.note("Andlink has no request to \(order.kind.rawValue)")
        }
        let token = cloud.andlink.nextToken ?? HexDigits.text(Self.token(of: id))
        cloud.andlink.nextToken = nil
        tokens[id] = token
        tell(id, order, token)
        var delay = Duration.zero
        for pause in order.retransmissions {
            delay += pause
            later(delay) { module in
                guard module.cloud.isOpen(id), module.power == .on else { return }
                module.tell(id, order, token)
            }
        }
    }

    private func tell(_ id: Int, _ order: CloudOrder, _ token: String) {
        let space = spelling.spacesRequests ? " " : ""
        var line: [UInt8]
        if order.kind == .read {
            line = Array("+QLAREAD:\(space)\(id),\"\(token)\"".utf8)
        } else {
            let quote = spelling.quotesWriteToken ? "\"" : ""
            let data = order.payload ?? order.text.map { Array($0.utf8) } ?? []
            line = Array("+QLAWRITE:\(space)\(id),\(quote)\(token)\(quote),".utf8)
            line += spelling.writesHex ? Array(HexDigits.text(data).utf8) : data
        }
        if let query = order.query { line += ",\"\(query)\"".utf8 }
        // The ten seconds begin with the report, and the host's turn with its end.
        body.say(.mark { [self] in cloud.asked(id, on: body.clock) })
        tell(String(decoding: line, as: UTF8.self), bytes: line)
        body.say(
            .mark { [self] in
                session.told.insert(id)
                body.changed()
            })
    }

    /// Eight bytes that look like nothing.
    private static func token(of id: Int) -> [UInt8] {
        let number = UInt64(truncatingIfNeeded: id &+ 1) &* 0x9E37_79B9_7F4A_7C15
        return (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    // MARK: From the host

    func respond(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard parameters.count == 4 else { return refuse(command, .parameters, "wrong number of parameters") }
        guard let id = parameters[0].number else { return refuse(command, .parameters, "wrong number of a request") }
        guard let result = parameters[2].number, let kinds = Self.results[result] else {
            return refuse(command, .parameters, "wrong result")
        }
        guard let length = parameters[3].number, length <= 1024 else {
            return refuse(command, .parameters, "wrong length")
        }
        guard let request = cloud.requests[id], request.askedAt != nil, !request.isForgotten else {
            return refuse(command, .state, "an answer to \(id), which nobody asked")
        }
        guard parameters[1].text.uppercased() == tokens[id]?.uppercased() else {
            return refuse(command, .parameters, "wrong token")
        }
        guard kinds.contains(request.order.kind) else {
            return refuse(command, .parameters, "result \(result) to a \(request.order.kind.rawValue)")
        }
        if !session.told.contains(id) { body.breach("an answer to \(id) before its report's end") }
        // Nothing is asked for that would be thrown away.
        guard length > 0, !request.isAnswered else { return accept(id, result, request.order, []) }
        return prompt(for: length) { [self] in accept(id, result, request.order, $0) }
    }

    private func accept(_ id: Int, _ result: Int, _ order: CloudOrder, _ bytes: [UInt8]) -> Answer {
        let value = bytes.isEmpty ? nil : ResourceValue(path: order.path, type: .opaque, bytes: bytes)
        do {
            _ = try cloud.accept(id, code: result, value: value, on: body.clock)
        } catch {
            body.breach("\(error)")
            return .error(Refusal.state.rawValue)
        }
        wakeForRadio()
        if cloud.answers.last?.isLate == true {
            body.breach("an answer to \(id) after more than ten seconds")
            return .error(Refusal.state.rawValue)
        }
        return .ok
    }
}
