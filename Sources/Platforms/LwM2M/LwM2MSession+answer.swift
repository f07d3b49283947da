import AT

/// Answers to the cloud's requests (BC260Y-CN R01 note, 2.8 to 2.11).
extension LwM2MSession {
    package func answer(
        _ request: CloudRequest, with answer: RequestAnswer
    ) async throws(SessionFailure) -> SendResult {
        let id = request.messageID
        guard !recent.hasEnded(Self.kind(of: request), id) else {
            return .refused(
                PlatformError(
                    name: "request_void", text: "the registration has ended under which the cloud asked",
                    source: .bridge))
        }
        switch request.action {
        case .read:
            return try await respond(
                to: request, valueCommands(.read, request, answer), answeringRead)
        case .write:
            let command = LwM2MCommand.answer(.write, messageID: id, result: Self.plainResult(answer.code))
            return try await respond(to: request, [command], answeringWrite)
        case .execute:
            let command = LwM2MCommand.answer(.execute, messageID: id, result: Self.plainResult(answer.code))
            return try await respond(to: request, [command], answeringExecute)
        case .observe, .cancelObserve: return try await answerObserve(request, answer)
        case .discover, .writeAttributes:
            return .refused(
                PlatformError(
                    name: "not_supported", text: "the module carries out no \(request.action.name) for a client",
                    source: .bridge))
        }
    }

    /// As the module reports it.
    private static func kind(of request: CloudRequest) -> String {
        request.action == .cancelObserve ? CloudRequest.Action.observe.name : request.action.name
    }

    private func answerObserve(
        _ request: CloudRequest, _ answer: RequestAnswer
    ) async throws(SessionFailure) -> SendResult {
        let isBegun = request.action == .observe && answer.code == .content
        if options.service.acknowledgesObservations {
            guard request.action == .observe else { return try await answerItself(request, answer) }
            // Also that of a resource that there is not.
            guard isBegun else { return .taken }
            observeAnswered.raise()
            return try await reportObserved(answer.readings)
        }
        var result = SendResult.taken
        do throws(SessionFailure) {
            result = try await respond(to: request, valueCommands(.observe, request, answer), answeringObserve)
        } catch {
            unansweredObserves.remove(request.messageID)
            throw error
        }
        unansweredObserves.remove(request.messageID)
        if isBegun, case .refused = result {
            // The module does not hold it.
            if resources.observations[request.path]?.messageID == request.messageID {
                resources.cancelObservation(of: request.path)
            }
            observeAnswered.raise()
        } else if isBegun {
            observeAnswered.raise()
        }
        return result
    }

    /// Whether the module answers the end of an observation as it does its beginning, the note does not say (2.2, 3.2):
    /// one that has refuses a second answer (2.11, remark 2).
    private func answerItself(
        _ request: CloudRequest, _ answer: RequestAnswer
    ) async throws(SessionFailure) -> SendResult {
        let result = try await respond(to: request, valueCommands(.observe, request, answer), answeringObserve)
        if case .refused = result { return .taken }
        return result
    }

    // MARK: Commands

    /// Index N−1 … 0. A refusal, and an answer without a value, has an empty one: the command has no form without.
    private func valueCommands(
        _ kind: LwM2MCommand.ValueAnswer, _ request: CloudRequest, _ answer: RequestAnswer
    ) -> [Command] {
        let result = Self.valueResult(answer.code)
        if result == RequestAnswer.Code.content.number, !answer.readings.isEmpty {
            do throws(Quoted.Refusal) {
                let last = answer.readings.count - 1
                return try answer.readings.enumerated().map { place, reading throws(Quoted.Refusal) in
                    LwM2MCommand.answer(
                        kind, messageID: request.messageID, result: result, reading.path,
                        try ValueParameters(reading.value), index: last - place)
                }
            } catch {
                return [
                    emptyAnswer(
                        kind, request, result: RequestAnswer.Code.notAcceptable.number,
                        at: representative(of: request.path))
                ]
            }
        }
        return [emptyAnswer(kind, request, result: result, at: representative(of: request.path))]
    }

    private func emptyAnswer(
        _ kind: LwM2MCommand.ValueAnswer, _ request: CloudRequest, result: Int, at path: ResourcePath
    ) -> Command {
        // A number cannot be empty, but a text can.
        let type = resources.kind(of: path) == .opaque ? 2 : 1
        return LwM2MCommand.answer(
            kind, messageID: request.messageID, result: result, path, .empty(type: type), index: 0)
    }

    /// Answers name a resource, also where the request names an instance or an object.
    private func representative(of path: ObjectPath) -> ResourcePath {
        let covered = resources.resources(of: path)
        return path.single ?? covered.first { resources.kind(of: $0) != .executable } ?? covered.first
            ?? ResourcePath(object: path.object, instance: path.instance ?? 0, resource: path.resource ?? 0)
    }

    /// 2.8 and 2.11 know 1 and 11 to 15, 2.9 and 2.10 know 2 and 11 to 14.
    private static func valueResult(_ code: RequestAnswer.Code) -> Int {
        code == .changed ? RequestAnswer.Code.content.number : code.number
    }

    private static func plainResult(_ code: RequestAnswer.Code) -> Int {
        switch code {
        case .content: RequestAnswer.Code.changed.number
        case .notAcceptable: RequestAnswer.Code.badRequest.number
        default: code.number
        }
    }

    // MARK: On the line

    private func respond(
        to request: CloudRequest, _ commands: [Command], _ pending: LwM2MPending
    ) async throws(SessionFailure) -> SendResult {
        guard try await takeTurn(pending) else {
            return .later(PlatformError(name: "busy", text: "the module is busy with other answers", source: .module))
        }
        defer { pending.turn.pass() }
        for (place, command) in commands.enumerated() {
            let result = try await respond(command, pending, isLast: place == commands.count - 1)
            guard result == .taken else {
                // Repeated by the module, it is answered again; what a client has carried out is not repeated.
                if case .execute = request.action { return result }
                recent.remove(Self.kind(of: request), request.messageID)
                return result
            }
        }
        return .taken
    }

    private func respond(
        _ command: Command, _ pending: LwM2MPending, isLast: Bool
    ) async throws(SessionFailure) -> SendResult {
        pending.expect(lastPart: isLast)
        var hasOK = true
        do throws(CommandFailure) {
            _ = try await channel.perform(command, priority: .answer)
        } catch {
            switch error {
            case .lost(let loss):
                pending.end()
                throw .lost(loss)
            case .refused(let code):
                pending.end()
                return .refused(Self.refusal(code, of: command))
            case .timedOut, .unprompted: hasOK = false
            }
        }
        let limit = !hasOK ? Limit.lateResult : isLast ? Limit.result : Limit.partResult
        switch try await result(pending, atMost: limit) {
        case 0, LwM2MResult.continues: return .taken
        case nil where hasOK && !isLast: return .taken
        case nil:
            return .unknown(
                PlatformError(
                    name: "outcome_unknown", text: "the module did not say whether the answer went", source: .module))
        case let code?: return .refused(LwM2MResult(code).published)
        }
    }
}
