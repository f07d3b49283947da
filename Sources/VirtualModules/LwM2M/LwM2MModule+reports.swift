import Reactor

/// AT+QLANOTIFY and AT+QLASENDDATA, S3 2.12 and 2.13, and what the cloud says to them, 3.7 to 3.9 and 3.13.
extension LwM2MModule {
    /// Values of a report whose last part has not come yet.
    struct Report {
        let observation: ObjectPath
        var nextIndex: Int
        var values: [ResourceValue]
    }

    /// One message on its way up.
    struct Message {
        enum Kind {
            case notification(of: ObjectPath)
            case data
        }

        let kind: Kind
        let values: [ResourceValue]
        let isConfirmed: Bool
        let rai: Int
    }

    func notify(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard 7...9 ~= parameters.count else { return refuse(command, "wrong number of parameters") }
        guard let path = ObjectPath(parameters[..<3]), path.isResource else { return refuse(command, "wrong path") }
        guard let index = parameters[6].number else { return refuse(command, "wrong index") }
        let typed: TypedValue
        do throws(TypedValue.Fault) {
            typed = try TypedValue(parameters[3], parameters[4], parameters[5])
        } catch {
            return refuse(command, error.reason)
        }
        guard let isConfirmed = confirmation(parameters.dropFirst(7)) else { return refuse(command, "wrong ACK") }
        guard let rai = releaseIndication(parameters.dropFirst(8)) else { return refuse(command, "wrong RAI") }
        guard session.status == .registered else {
            return mayBeUnaware ? Self.error : refuse(command, "QLANOTIFY without registration")
        }
        guard has(path) else { return refuse(command, "a resource that was not added") }
        guard let observation = session.observations.first(where: { $0.contains(path) }) else {
            // What the cloud's RST ended, the host may not know yet.
            if session.lostObservations.contains(where: { $0.contains(path) }) { return Self.error }
            return refuse(command, "QLANOTIFY of what is not observed")
        }
        var whole = session.report ?? Report(observation: observation, nextIndex: index, values: [])
        session.report = nil
        guard whole.nextIndex == index, whole.observation == observation else {
            return refuse(command, "the report's indices are in a wrong order")
        }
        guard memory.isAttached else { return result("+QLANOTIFY", .notSent) }
        whole.values.append(ResourceValue(path: path.description, type: typed.type, bytes: typed.bytes))
        guard index == 0 else {
            // The parts are collected; the note does not say so, but counts them as one report.
            whole.nextIndex -= 1
            session.report = whole
            return result("+QLANOTIFY", .success)
        }
        let message = Message(
            kind: .notification(of: observation), values: whole.values, isConfirmed: isConfirmed, rai: rai)
        return Answer(lines: [], result: .ok, afterwards: { [self] in transmit(message) })
    }

    func sendData(_ command: CommandLine) -> Answer {
        let parameters = command.parameters
        guard 3...5 ~= parameters.count else { return refuse(command, "wrong number of parameters") }
        let typed: TypedValue
        do throws(TypedValue.Fault) {
            typed = try TypedValue(parameters[0], parameters[1], parameters[2])
        } catch {
            return refuse(command, error.reason)
        }
        guard typed.type == .string || typed.type == .opaque else { return refuse(command, "wrong type of value") }
        guard let isConfirmed = confirmation(parameters.dropFirst(3)) else { return refuse(command, "wrong ACK") }
        guard let rai = releaseIndication(parameters.dropFirst(4)) else { return refuse(command, "wrong RAI") }
        guard settings.options.platform == 2 else { return refuse(command, "QLASENDDATA is for Andlink alone") }
        guard session.status == .registered else {
            return mayBeUnaware ? Self.error : refuse(command, "QLASENDDATA without registration")
        }
        guard memory.isAttached else {
            return Answer(
                lines: [], result: .ok,
                afterwards: { [self] in report("+QLASENDDATA: \(Result.notSent.rawValue),\(nextReportID())") })
        }
        let value = ResourceValue(path: "", type: typed.type, bytes: typed.bytes)
        let message = Message(kind: .data, values: [value], isConfirmed: isConfirmed, rai: rai)
        return Answer(lines: [], result: .ok, afterwards: { [self] in transmit(message) })
    }

    /// False when nothing is said; nil for a wrong word.
    private func confirmation(_ parameters: ArraySlice<CommandLine.Parameter>) -> Bool? {
        guard let parameter = parameters.first else { return false }
        return parameter.number.flatMap { $0 <= 1 ? $0 == 1 : nil }
    }

    // MARK: On the way

    private func transmit(_ message: Message) {
        memory.isReachable = true
        showSignalling(rai: message.rai)
        let id: Int
        switch message.kind {
        case .notification:
            // Only a confirmed one tells its number, and before the result (S3 2.12).
            id = message.isConfirmed ? nextReportID() : 0
            if message.isConfirmed { urc("report", "\(id)") }
            report("+QLANOTIFY: 0")
        case .data:
            id = nextReportID()
            report("+QLASENDDATA: 0,\(id)")
        }
        if message.isConfirmed { session.unacknowledged += 1 }
        arrive(message)
        switch cloud.acknowledgement {
        case .after(let delay):
            later(delay) { $0.finish(message, id, .success) }
            later(.milliseconds(20)) { $0.exchange() }
        case .never, .lost: later(patience) { $0.finish(message, id, .timeout) }
        case .reset: later(.milliseconds(50)) { $0.reset(message, id) }
        }
    }

    /// At the cloud, if it is not lost.
    private func arrive(_ message: Message) {
        if case .lost = cloud.acknowledgement { return }
        cloud.groups += 1
        for value in message.values {
            cloud.uplinks.append(
                ReceivedUplink(
                    bytes: value.bytes, isConfirmed: message.isConfirmed, rai: message.rai,
                    time: body.clock.time.timestamp, path: value.path.isEmpty ? nil : value.path, type: value.type,
                    group: cloud.groups))
        }
        if let reply = cloud.reply { cloud.downlinks.append(reply) }
        body.changed()
    }

    private func finish(_ message: Message, _ id: Int, _ result: Result) {
        guard message.isConfirmed else { return }
        session.unacknowledged -= 1
        switch message.kind {
        case .notification: urc("report_ack", "\(result.rawValue),\(id)")
        case .data: urc("send_ack", "\(result.rawValue),\(id)")
        }
    }

    /// RST: the cloud does not know the message's observation (S3 3.13).
    private func reset(_ message: Message, _ id: Int) {
        finish(message, id, .reset)
        urc("lw_event", "0,5,\(id == 0 ? nextReportID() : id)")
        guard case .notification(let path) = message.kind else { return }
        session.observations.remove(path)
        session.lostObservations.insert(path)
    }
}
