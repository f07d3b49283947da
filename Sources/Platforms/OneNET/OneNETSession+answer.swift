import AT

/// Answers to the platform's requests. They are due ten seconds after the report, so they overtake everything.
extension OneNETSession {
    package func answer(
        _ request: CloudRequest, with answer: RequestAnswer
    ) async throws(SessionFailure) -> SendResult {
        guard standing != .absent, standing != .created, !hasEnded else { return .refused(Self.requestGone) }
        // Half of the values would be taken for all of them.
        let fault = request.action == .read ? OneNETLimit.fault(ofAnswer: answer.readings) : nil
        let answer = fault == nil ? answer : RequestAnswer(.notAcceptable)
        do throws(CommandFailure) {
            try await carryOut(request, answer)
        } catch {
            let result = try outcome(of: error, request)
            return hasEnded ? .refused(Self.requestGone) : result
        }
        observationAnswered(request, answer)
        return fault.map { .refused($0) } ?? .taken
    }

    private static let requestGone = PlatformError(
        name: "request_gone", text: "the registration under which the request came has ended", source: .bridge)

    private func carryOut(_ request: CloudRequest, _ answer: RequestAnswer) async throws(CommandFailure) {
        let id = request.messageID
        let reference = reference
        let content = answer.code.forContent.number
        let change = answer.code.forChange.number
        switch request.action {
        case .read: try await answerRead(request, answer)
        case .discover:
            try await respond(.discover) { name in
                OneNETCommand.discovered(
                    named: name, reference, to: id, result: content,
                    resources: answer.code.isSuccess ? answer.resources : [])
            }
        case .observe, .cancelObserve:
            try await respond(.observe) { OneNETCommand.respond($0, reference, to: id, result: content) }
        case .write:
            try await respond(.write) { OneNETCommand.respond($0, reference, to: id, result: change) }
        case .execute:
            try await respond(.execute) { OneNETCommand.respond($0, reference, to: id, result: change) }
        case .writeAttributes:
            try await respond(.parameter) { OneNETCommand.respond($0, reference, to: id, result: change) }
        }
    }

    /// The values from index N−1 to 0.
    private func answerRead(_ request: CloudRequest, _ answer: RequestAnswer) async throws(CommandFailure) {
        var values: [(ResourcePath, ValueParameters)] = []
        if answer.code.isSuccess {
            for reading in answer.readings {
                guard let value = try? ValueParameters(reading.value) else { continue }
                values.append((reading.path, value))
            }
        }
        guard !values.isEmpty else {
            let code = answer.code.isSuccess ? .notFound : answer.code
            let path = ResourcePath(
                object: request.path.object, instance: request.path.instance ?? 0,
                resource: request.path.resource ?? 0)
            try await perform(
                OneNETCommand.readResponse(
                    reference, to: request.messageID, result: code.number, path, .empty(type: 1), index: 0))
            return
        }
        var index = values.count
        for (path, value) in values {
            index -= 1
            try await perform(
                OneNETCommand.readResponse(
                    reference, to: request.messageID, result: RequestAnswer.Code.content.number, path, value,
                    index: index))
        }
    }

    /// Between two parts the end of the registration may have been asked for.
    private func perform(_ command: Command) async throws(CommandFailure) {
        guard !hasEnded else { throw .refused(nil) }
        _ = try await channel.perform(command, priority: .answer)
    }

    /// Tries the spellings in turn, until one is known to be the module's.
    private func respond(
        _ response: OneNETCommand.Response, _ command: (String) -> Command
    ) async throws(CommandFailure) {
        var names = spellings[response].map { [$0] } ?? response.names
        while true {
            let name = names.removeFirst()
            do throws(CommandFailure) {
                try await perform(command(name))
                spellings[response] = name
                return
            } catch {
                guard case .refused(let code) = error else { throw error }
                if OneNETError.provesCommand(code?.number) { spellings[response] = name }
                if names.isEmpty || spellings[response] != nil { throw error }
            }
        }
    }

    private func outcome(of failure: CommandFailure, _ request: CloudRequest) throws(SessionFailure) -> SendResult {
        let error = Self.error(of: failure, nil)
        if case .lost(let loss) = failure { throw .lost(loss) }
        unansweredObservations.remove(request.messageID)
        // The module may ask again; what is carried out by others is not carried out twice.
        if case .execute = request.action {} else { recent.remove(request.messageID) }
        guard case .refused = failure else { return .unknown(error) }
        if request.action == .observe, resources.observations[request.path]?.messageID == request.messageID {
            resources.cancelObservation(of: request.path)
        }
        return .refused(error)
    }

    private func observationAnswered(_ request: CloudRequest, _ answer: RequestAnswer) {
        guard request.action == .observe else { return }
        unansweredObservations.remove(request.messageID)
        if answer.code.isSuccess { observation.raise() }
    }
}

extension RequestAnswer.Code {
    var isSuccess: Bool { self == .content || self == .changed }

    /// Results of discover, observe and read: 1 and 11 to 15.
    var forContent: RequestAnswer.Code { self == .changed ? .content : self }

    /// Results of write, execute and write-attributes: 2 and 11 to 14.
    var forChange: RequestAnswer.Code {
        switch self {
        case .content: .changed
        case .notAcceptable: .badRequest
        default: self
        }
    }
}
