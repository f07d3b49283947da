/// The last requests by their message ids, for modules repeat a report until it is answered.
///
/// Only the same under the same id is a repetition: the end of an observation may bear the id of the observation, and ids
/// are used again.
struct OneNETRecentRequests {
    /// CoAP repeats at most 24 s after the time before. Later the same id is another request's.
    private static let memory = Duration.seconds(30)
    private static let capacity = 64
    private var requests: [(id: Int, report: OneNETReport, at: Duration)] = []

    /// False for one that is known already.
    mutating func insert(_ id: Int, _ report: OneNETReport, at now: Duration) -> Bool {
        requests.removeAll { now - $0.at > Self.memory }
        if let index = requests.firstIndex(where: { $0.id == id }) {
            guard requests[index].report != report else {
                requests[index].at = now
                return false
            }
            requests.remove(at: index)
        }
        if requests.count == Self.capacity { requests.removeFirst() }
        requests.append((id, report, now))
        return true
    }

    mutating func remove(_ id: Int) { requests.removeAll { $0.id == id } }

    /// Whether a write that is complete has held this part.
    mutating func hold(_ part: WrittenValue, of id: Int, at now: Duration) -> Bool {
        let write = requests.firstIndex { known in
            guard known.id == id, now - known.at <= Self.memory, case .request(let request) = known.report,
                case .write(let values) = request.action
            else { return false }
            return values.contains(part)
        }
        if let write { requests[write].at = now }
        return write != nil
    }
}
