/// The requests that came last: a module repeats one until it is answered.
struct LwM2MRecentRequests {
    private static let memory = 64

    private struct Key: Equatable {
        var kind: String
        var messageID: Int
    }

    private var keys: [Key] = []

    func contains(_ kind: String, _ messageID: Int) -> Bool {
        keys.contains(Key(kind: kind, messageID: messageID))
    }

    mutating func insert(_ kind: String, _ messageID: Int) {
        keys = Array((keys + [Key(kind: kind, messageID: messageID)]).suffix(Self.memory))
    }

    /// Its answer did not reach the module: when it is repeated, it is answered again.
    mutating func remove(_ kind: String, _ messageID: Int) {
        keys.removeAll { $0 == Key(kind: kind, messageID: messageID) }
    }
}
