/// Whether the cloud has acknowledged a message, from reports in any order: its number, the module's result and the
/// acknowledgement. The module announces messages of its own in between, and an acknowledgement may be that of an
/// earlier one.
package struct LwM2MConfirmation {
    private static let memory = 64

    private var isOpen = false
    private var isAccepted = false
    /// Announced since the beginning, the last one last.
    private var announced: [Int] = []
    private var own: Int?
    private var acknowledged: [Int: Int] = [:]
    private var earlier: [Int] = []

    package init() {}

    /// To be called before the command.
    package mutating func begin() {
        earlier = Array((earlier + announced).suffix(Self.memory))
        announced = []
        acknowledged = [:]
        own = nil
        isAccepted = false
        isOpen = true
    }

    package mutating func end() {
        isOpen = false
        earlier = Array((earlier + announced).suffix(Self.memory))
        announced = []
    }

    package mutating func announce(_ messageID: Int) {
        guard isOpen else {
            earlier = Array((earlier + [messageID]).suffix(Self.memory))
            return
        }
        announced = Array((announced + [messageID]).suffix(Self.memory))
        if isAccepted, own == nil { own = messageID }
    }

    /// The module has said that it has sent it.
    package mutating func accept() {
        isAccepted = true
        own = own ?? announced.last
    }

    package mutating func acknowledge(_ messageID: Int, code: Int) {
        guard isOpen, acknowledged.count < Self.memory else { return }
        acknowledged[messageID] = code
    }

    package func knows(_ messageID: Int) -> Bool { announced.contains(messageID) || earlier.contains(messageID) }

    package var isAnnounced: Bool { !announced.isEmpty }

    /// The code of the acknowledgement, once it has come.
    package var code: Int? {
        guard isOpen, isAccepted else { return nil }
        if let own { return acknowledged[own] }
        // The number was lost on the line; then any that is no earlier one's.
        return acknowledged.first { !earlier.contains($0.key) }?.value
    }
}
