import Platforms

@testable import Bridge

/// A module whose cloud asks, and whose clients answer.
extension Module {
    /// A session and a broker that are there.
    func play() {
        session = FakeSession()
        services.outcomes.connected()
        services.downlinks.connected()
    }

    var played: FakeSession? { session as? FakeSession }
    var given: [RequestAnswer] { played?.answers ?? [] }
    var asked: [CloudRequest] { played?.answered ?? [] }

    func know(_ value: ResourceValue, at path: ResourcePath) { resources.set(value, at: path) }
    func ask(_ request: CloudRequest) { requested(request, transmitted: .zero) }
    var observes: Bool { !resources.observations.isEmpty }

    /// So long after it was read from the line.
    func hear(_ request: CloudRequest, _ lateness: Duration) {
        self.lateness = lateness
        ask(request)
        self.lateness = .zero
    }

    func reply(_ payload: String) { answered(Array(payload.utf8), reply: nil) }

    func replyAndLose(_ payload: String) {
        reply(payload)
        dropRequests()
    }

    func askAndLose(_ request: CloudRequest) {
        ask(request)
        dropRequests()
    }

    /// As the request itself has told, while its session knows better.
    func claimToBeObserved() {
        status.registration = .registeredAndObserved
        played?.registration = .registered
    }

    func refuseAnswers() {
        played?.answerResult = .refused(
            PlatformError(code: 652, name: "parameter_error", text: "refused", source: .module))
    }
}
