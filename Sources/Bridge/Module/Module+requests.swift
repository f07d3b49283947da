import MQTT
import Platforms
import Reactor
import Store

/// A request that a client is to answer.
struct PendingRequest {
    var request: CloudRequest
    var timer: Timer
    /// Taken down by a bridge before this one.
    var isRestored = false
}

extension CloudRequest {
    fileprivate var isWrite: Bool { if case .write = action { true } else { false } }
}

/// Requests of the cloud: answered by the bridge where it can, shown to clients, and answered in time in any case.
extension Module {
    /// After this the bridge answers by itself; the cloud waits two seconds longer.
    static let answerPatience = Duration.seconds(8)
    /// Answers of clients that came too late are told so, for as long as this many requests.
    private static let rememberedRequests = 64

    func requested(_ request: CloudRequest, transmitted: Duration) {
        // Where the ten seconds begin with the report and not with its end, its time on the line counts.
        let counted = settings.platform == .andlink ? transmitted : .zero
        let all = max(.seconds(2), Self.answerPatience - counted)
        let patience = all - lateness
        // Nobody waits for an answer any more. What was written has been sent all the same.
        let isOverdue = patience <= .zero
        if isOverdue, !request.isWrite {
            return publishEvent("request_overdue", [Detail("path", .text(request.path.description))])
        }
        // The line had not been forgotten when the bridge before this one ended.
        guard !pendingRequests.values.contains(where: { $0.isRestored && $0.request == request }) else { return }
        let known = resources.respond(to: request)
        let id = UplinkID.text()
        let readings = request.isWrite ? known?.readings ?? [] : []
        let shown = PublishedRequest(
            id: id, request: request, readings: readings, isAnswered: known != nil && !isOverdue,
            deadline: now + patience,
            showsText: settings.platform == .andlink)
        var records = [record(.request, path: request.path, id: Array(id.utf8), shown.json)]
        for reading in readings { records += self.records(of: reading, id: Array(id.utf8)) }
        let end = services.time.now + patience
        let epoch = requestEpoch
        if known == nil { keep(.init(id: id, request: request, deadline: now + patience)) }
        commit(records) { module, error in
            if let known { module.committed(request, known, of: epoch, until: end, error) }
        }
        note(.request, "\(request.action.name) \(request.path)", [])
        if known == nil {
            awaitClient(request, id: id, for: patience)
        } else {
            counters.count(request.action, answeredBy: .bridge)
        }
    }

    /// What was written is on disk before the cloud is told that it was taken; as long as it is not, that is tried
    /// again. All else is answered in any case.
    private func committed(
        _ request: CloudRequest, _ answer: RequestAnswer, of epoch: Int, until end: Instant, _ error: StoreError?
    ) {
        guard epoch == requestEpoch, services.time.now < end else { return }
        guard error != nil, request.isWrite else { return queueAnswer(request, answer) }
        let journal = services.journal
        services.time.schedule(after: .seconds(1)) { [weak self] in
            journal.whenSettled { error in
                self?.assumeIsolated { $0.committed(request, answer, of: epoch, until: end, error) }
            }
        }
    }

    private func record(_ kind: DownlinkKind, path: ObjectPath, id: [UInt8], _ payload: [UInt8]) -> DownlinkRecord {
        DownlinkRecord(
            sequence: services.sequences.next(), module: number, kind: kind.rawValue, target: path.description, id: id,
            payload: payload, receivedAt: now)
    }

    /// What a written value becomes: its resource's own message, and a downlink if it is the data channel.
    private func records(of reading: ResourceReading, id: [UInt8]) -> [DownlinkRecord] {
        let path = ObjectPath(reading.path)
        var records = [record(.write, path: path, id: id, reading.value.published)]
        if reading.path == settings.dataDown {
            status.counters.downlinks += 1
            counters.lastDownlink = now
            note(.down, "", reading.value.published)
            records.append(record(.data, path: path, id: id, reading.value.published))
        }
        return records
    }

    private func commit(
        _ records: [DownlinkRecord], then: @escaping @Sendable (isolated Module, StoreError?) -> Void
    ) {
        guard let last = records.last else { return }
        let settled = memory?.hold()
        savingRequests += 1
        for record in records.dropLast() { services.journal.record(.received(record), .now) }
        services.journal.record(.received(last), .now) { [weak self] error in
            settled?(error)
            self?.assumeIsolated {
                $0.savingRequests -= 1
                then($0, error)
            }
        }
        for record in records { services.downlinks.send(DownlinkMessages.parcel(of: record, topics: topics)) }
        publishCounters()
    }

    // MARK: Answers of clients

    func awaitClient(
        _ request: CloudRequest, id: String, for patience: Duration, isRestored: Bool = false
    ) {
        let timer = services.time.schedule(after: patience) { [weak self] in
            self?.assumeIsolated { $0.answerInstead(of: id) }
        }
        pendingRequests[id] = PendingRequest(request: request, timer: timer, isRestored: isRestored)
        remember(id)
    }

    func remember(_ id: String) {
        recentRequests.append(id)
        if recentRequests.count > Self.rememberedRequests { recentRequests.removeFirst() }
    }

    /// No client has answered.
    private func answerInstead(of id: String) {
        guard let pending = pendingRequests.removeValue(forKey: id) else { return }
        counters.count(pending.request.action, answeredBy: .nobody)
        publishEvent(
            "request_not_answered",
            [Detail("id", .text(id)), Detail("path", .text(pending.request.path.description))])
        let code: RequestAnswer.Code =
            if case .execute = pending.request.action { .methodNotAllowed } else { .notFound }
        queueAnswer(pending.request, RequestAnswer(code), kept: id)
    }

    /// The bridge ends: an answer that a client gave later would find nobody who knows the request.
    func answerAllInstead() {
        for (id, pending) in pendingRequests {
            pending.timer.cancel()
            answerInstead(of: id)
        }
    }

    /// A client's message on `B/M/answer`.
    func answered(_ payload: [UInt8], reply: ReplyTo?) {
        do throws(Rejection) {
            let answer = try ClientAnswer(parsing: payload)
            guard let pending = pendingRequests[answer.id] else {
                throw recentRequests.contains(answer.id)
                    ? Rejection(
                        "already_answered", "the request was answered already, or its time is over", id: answer.id)
                    : Rejection("unknown_request", "there is no such request", id: answer.id)
            }
            let checked = try check(answer, for: pending.request)
            pendingRequests[answer.id] = nil
            pending.timer.cancel()
            counters.count(pending.request.action, answeredBy: .client)
            queueAnswer(pending.request, checked, for: (answer.id, reply), kept: answer.id)
        } catch {
            reject(error, reply: reply, isUplink: false)
        }
    }

    private func check(_ answer: ClientAnswer, for request: CloudRequest) throws(Rejection) -> RequestAnswer {
        let isRead = request.action == .read
        guard answer.code != (isRead ? .changed : .content), isRead || answer.code != .notAcceptable else {
            throw Rejection(
                "bad_code", "\(answer.code.rawValue) is no answer to \(request.action.name)", id: answer.id)
        }
        guard answer.code == .content else { return RequestAnswer(answer.code) }
        guard let value = answer.value else {
            throw Rejection("no_value", "the answer has no \"value\"; what was read is expected", id: answer.id)
        }
        do throws(Rejection) {
            let readings = try readings(value, of: request.path)
            try settings.checkAnswer(readings)
            return RequestAnswer(.content, readings: readings)
        } catch {
            throw Rejection(error.name, error.text, id: answer.id)
        }
    }

    // MARK: To the module

    /// One answer after the other, so that the parts of one stay together.
    func queueAnswer(
        _ request: CloudRequest, _ answer: RequestAnswer, for client: (id: String, reply: ReplyTo?)? = nil,
        kept id: String? = nil
    ) {
        let queued = QueuedAnswer(request: request, answer: answer, client: client, keptAs: id)
        guard !mustBeQuiet else { return conclude(queued, .refused(Self.updating)) }
        answers.append(queued)
        giveQueuedAnswers()
    }

    /// Those to requests of before wait for the line's first opening.
    func giveQueuedAnswers() {
        guard answering == nil, !answers.isEmpty, !isOpening, session != nil || earlyOrders == nil else { return }
        answering = Task(executorPreference: services.reactor) { await self.giveAnswers() }
    }

    private static let updating = PlatformError(
        name: "updating", text: "no answer while the module's firmware is being updated", source: .bridge)

    private func giveAnswers() async {
        while !answers.isEmpty, let session {
            let next = answers.removeFirst()
            // It may have begun since they were queued.
            guard !firmware.isRunning else {
                conclude(next, .refused(Self.updating))
                continue
            }
            do throws(SessionFailure) {
                conclude(next, try await session.answer(next.request, with: next.answer))
            } catch {
                conclude(next, .unknown(error.published))
            }
            // An observation that the module would not hear of was shown as if it were one.
            if case .observe = next.request.action { showRegistration() }
        }
        dropAnswers()
        answering = nil
        answersGiven.raise()
        doorbell.raise()
    }

    private func conclude(_ answer: QueuedAnswer, _ result: SendResult) {
        if let id = answer.keptAs { forget(id) }
        let error: PlatformError? =
            switch result {
            case .taken, .delivered, .unobserved: nil
            case .unacknowledged(let error), .later(let error), .unclear(let error), .needsRegistration(let error),
                .refused(let error), .unknown(let error):
                error
            }
        if let error {
            publishEvent(
                "answer_failed",
                [
                    Detail("path", .text(answer.request.path.description)), Detail("name", .text(error.name)),
                    Detail("text", .text(error.text)),
                ])
        }
        guard let client = answer.client else { return }
        let outcome = Outcome(
            id: client.id, state: error == nil ? .sent : .failed, time: now, attempts: 1, error: error)
        for message in OutcomeMessages.make(outcome.json, topic: topics.result, reply: client.reply) {
            services.outbox.publish(message, acknowledged: nil)
        }
    }

    /// The line is lost, or the module has restarted: nobody waits for these answers any more.
    func dropRequests() {
        requestEpoch += 1
        for (id, pending) in pendingRequests {
            pending.timer.cancel()
            forget(id)
            counters.count(pending.request.action, answeredBy: .nobody)
        }
        pendingRequests = [:]
        dropAnswers()
    }

    /// Those who gave them are told so.
    private func dropAnswers() {
        let dropped = answers
        answers = []
        let error = PlatformError(
            name: "line_lost", text: "the line was lost before the answer was sent", source: .bridge)
        for answer in dropped { conclude(answer, .unknown(error)) }
    }
}

/// An answer on its way to the module.
struct QueuedAnswer {
    var request: CloudRequest
    var answer: RequestAnswer
    /// Who gave it, if it was no one but the bridge.
    var client: (id: String, reply: ReplyTo?)?
    /// The request's id, if it is kept on disk.
    var keptAs: String?
}
