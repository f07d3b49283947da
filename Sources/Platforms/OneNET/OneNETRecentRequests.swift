/// The last requests by their message ids, for modules repeat a report until it is answered.
///
/// Only the same under the same id is a repetition: the end of an observation may bear the id of the observation, and ids
/// are used again.
struct OneNETRecentRequests {
    private static let capacity = 64
    private var requests: [(id: Int, report: OneNETReport)] = []

    /// False for one that is known already.
    mutating func insert(_ id: Int, _ report: OneNETReport) -> Bool {
        if let index = requests.firstIndex(where: { $0.id == id }) {
            guard requests[index].report != report else { return false }
            requests.remove(at: index)
        }
        if requests.count == Self.capacity { requests.removeFirst() }
        requests.append((id, report))
        return true
    }

    mutating func remove(_ id: Int) { requests.removeAll { $0.id == id } }

    /// Whether a write that is complete has held this part.
    func hold(_ part: WrittenValue, of id: Int) -> Bool {
        requests.contains { known in
            guard known.id == id, case .request(let request) = known.report, case .write(let values) = request.action
            else { return false }
            return values.contains(part)
        }
    }
}
