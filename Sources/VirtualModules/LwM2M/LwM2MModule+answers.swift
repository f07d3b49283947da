/// The answers to the cloud's requests, S3 2.8 to 2.11.
extension LwM2MModule {
    /// 2.05 and the errors.
    private static let contentResults: Set = [1, 11, 12, 13, 14, 15]
    /// 2.04 and the errors.
    private static let changeResults: Set = [2, 11, 12, 13, 14]

    /// AT+QLARDRSP and AT+QLAOBSRSP.
    func answerWithValue(_ command: CommandLine, _ kinds: CloudOrder.Kind...) -> Answer {
        let parameters = command.parameters
        guard 9...10 ~= parameters.count else { return refuse(command, "wrong number of parameters") }
        guard let id = parameters[0].number else { return refuse(command, "wrong message id") }
        guard let code = parameters[1].number, Self.contentResults.contains(code) else {
            return refuse(command, "wrong result")
        }
        guard let path = ObjectPath(parameters[2..<5]) else { return refuse(command, "wrong path") }
        guard let index = parameters[8].number else { return refuse(command, "wrong index") }
        guard let rai = releaseIndication(parameters.dropFirst(9)) else { return refuse(command, "wrong RAI") }
        do {
            let typed = try TypedValue(parameters[5], parameters[6], parameters[7])
            if mayBeUnaware { return Self.error }
            let order = try cloud.order(id, kinds)
            // Only a value needs a place; an error may name what was asked for.
            guard let asked = ObjectPath(order.path), asked.contains(path), code != 1 || path.isResource && has(path)
            else { return refuse(command, "another path than \(id) asks for") }
            guard memory.isAttached else { return result(command.name, .notSent) }
            let value = ResourceValue(path: path.description, type: typed.type, bytes: typed.bytes)
            let isComplete = try cloud.accept(
                id, code: code, value: code == 1 ? value : nil, index: index, on: body.clock)
            if isComplete, code == 1 { settle(order.kind, asked) }
            return sent(command, rai, goesOn: !isComplete)
        } catch let fault as TypedValue.Fault {
            return refuse(command, fault.reason)
        } catch {
            return refuse(command, "\(error)")
        }
    }

    /// AT+QLAWRRSP and AT+QLAEXERSP.
    func answerWithResult(_ command: CommandLine, _ kind: CloudOrder.Kind) -> Answer {
        let parameters = command.parameters
        guard 2...3 ~= parameters.count else { return refuse(command, "wrong number of parameters") }
        guard let id = parameters[0].number else { return refuse(command, "wrong message id") }
        guard let code = parameters[1].number, Self.changeResults.contains(code) else {
            return refuse(command, "wrong result")
        }
        guard let rai = releaseIndication(parameters.dropFirst(2)) else { return refuse(command, "wrong RAI") }
        if mayBeUnaware { return Self.error }
        do throws(ModuleCloud.AnswerFault) {
            _ = try cloud.order(id, [kind])
            guard !isPartial(id) else { return refuse(command, "an answer before the last part of \(id)") }
            guard memory.isAttached else { return result(command.name, .notSent) }
            _ = try cloud.accept(id, code: code, on: body.clock)
        } catch {
            return refuse(command, "\(error)")
        }
        return sent(command, rai)
    }

    private func sent(_ command: CommandLine, _ rai: Int, goesOn: Bool = false) -> Answer {
        memory.isReachable = true
        return Answer(
            lines: [], result: .ok,
            afterwards: { [self] in
                showSignalling(rai: rai)
                report("\(command.name): \(goesOn && body.spelling.continuesWith231 ? 231 : 0)")
                exchange()
            })
    }

    func settle(_ kind: CloudOrder.Kind, _ path: ObjectPath) {
        switch kind {
        case .observe:
            session.observations.insert(path)
            session.lostObservations.remove(path)
        case .cancelObserve: session.observations.remove(path)
        default: break
        }
    }
}
