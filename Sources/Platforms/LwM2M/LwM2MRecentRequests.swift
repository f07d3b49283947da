/// The requests that came last: a module repeats one until it is answered.
struct LwM2MRecentRequests {
    private static let memory = 64

    private struct Key: Equatable {
        var kind: String
        var messageID: Int
    }

    private var keys: [Key] = []
    /// Of the registration before: nobody waits for their answers any more.
    private var ended: [Key] = []

    func contains(_ kind: String, _ messageID: Int) -> Bool {
        keys.contains(Key(kind: kind, messageID: messageID))
    }

    mutating func insert(_ kind: String, _ messageID: Int) {
        ended.removeAll { $0 == Key(kind: kind, messageID: messageID) }
        keys = Array((keys + [Key(kind: kind, messageID: messageID)]).suffix(Self.memory))
    }

    /// The registration is over.
    mutating func end() {
        ended = keys
        keys = []
    }

    func hasEnded(_ kind: String, _ messageID: Int) -> Bool { ended.contains(Key(kind: kind, messageID: messageID)) }

    /// Its answer did not reach the module: when it is repeated, it is answered again.
    mutating func remove(_ kind: String, _ messageID: Int) {
        keys.removeAll { $0 == Key(kind: kind, messageID: messageID) }
    }
}
