import Reactor

/// The requests of the cloud: which wait, which are open, how they were answered.
///
/// A platform's module takes the waiting ones (`takeOrders`), prints each and says so (`asked`); what the host answers
/// it gives to `accept`, one value after the other, and refuses what that refuses.
extension ModuleCloud {
    struct Request {
        let order: CloudOrder
        var askedAt: Instant?
        /// What the answer has so far.
        var code: Int?
        var values: [ResourceValue] = []
        var nextIndex: Int?
        var isAnswered = false
        var isOverdue = false
        /// The module was restarted, and knows nothing of it any more.
        var isForgotten = false
    }

    /// Why an answer is none.
    enum AnswerFault: Error, CustomStringConvertible {
        case unknown(Int)
        case answered(Int)
        case otherKind(Int)
        case wrongIndex(Int)
        case otherCode(Int)

        var description: String {
            switch self {
            case .unknown(let id): "an answer to \(id), which nobody asked"
            case .answered(let id): "a second answer to \(id)"
            case .otherKind(let id): "\(id) is no request of this kind"
            case .wrongIndex(let id): "the answer to \(id) has its indices in a wrong order"
            case .otherCode(let id): "the answer to \(id) changes its result"
            }
        }
    }

    /// The number of the new request, which waits until the module takes it.
    func add(_ order: CloudOrder) -> Int {
        let id = nextMessageID
        nextMessageID += 1
        requests[id] = Request(order: order)
        waitingRequests.append(id)
        return id
    }

    func takeOrders() -> [(id: Int, order: CloudOrder)] {
        defer { waitingRequests = [] }
        return waitingRequests.compactMap { id in requests[id].map { (id, $0.order) } }
    }

    /// The time begins when the report does, or ends, as the platform counts it.
    func asked(_ id: Int, on clock: ModuleClock) {
        guard requests[id]?.askedAt == nil else { return }
        requests[id]?.askedAt = clock.now
        clock.after(CloudAnswer.patience) { [weak self] in
            guard let self, requests[id]?.isAnswered == false else { return }
            requests[id]?.isOverdue = true
            neverAnswered += 1
        }
    }

    func isOpen(_ id: Int) -> Bool {
        guard let request = requests[id] else { return false }
        return request.askedAt != nil && !request.isAnswered && !request.isForgotten
    }

    /// The request that an answer is for.
    func order(_ id: Int, _ kinds: [CloudOrder.Kind]) throws(AnswerFault) -> CloudOrder {
        guard let request = requests[id], request.askedAt != nil, !request.isForgotten else { throw .unknown(id) }
        guard kinds.contains(request.order.kind) else { throw .otherKind(id) }
        return request.order
    }

    /// One command of an answer, with a value or none; the one with index 0 completes it. True when it is complete.
    func accept(
        _ id: Int, code: Int, value: ResourceValue? = nil, index: Int = 0, on clock: ModuleClock
    ) throws(AnswerFault) -> Bool {
        guard var request = requests[id], let askedAt = request.askedAt, !request.isForgotten else {
            throw .unknown(id)
        }
        let latency = (clock.now - askedAt) * clock.scale
        guard !request.isAnswered else {
            answeredTwice += 1
            answers.append(
                CloudAnswer(
                    id: id, order: request.order, code: code, values: value.map { [$0] } ?? [], latency: latency,
                    isDouble: true))
            throw .answered(id)
        }
        guard request.nextIndex == nil || request.nextIndex == index else { throw .wrongIndex(id) }
        guard request.code == nil || request.code == code else { throw .otherCode(id) }
        request.code = code
        if let value { request.values.append(value) }
        request.nextIndex = index - 1
        request.isAnswered = index == 0
        if request.isAnswered {
            let answer = CloudAnswer(
                id: id, order: request.order, code: code, values: request.values, latency: latency, isDouble: false)
            answers.append(answer)
            if answer.isLate { answeredLate += 1 }
            if request.isOverdue { neverAnswered -= 1 }
        }
        requests[id] = request
        return request.isAnswered
    }

    /// The module was restarted: what it had reported it does not know any more.
    func forgetRequests() {
        for id in requests.keys where requests[id]?.askedAt != nil { requests[id]?.isForgotten = true }
    }
}
