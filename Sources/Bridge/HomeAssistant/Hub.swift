/// What a module has to tell the hub.
enum HubNews: Sendable {
    case identity, firmware
}

/// What the hub is still to be told, and what it was told last. Switched off, it is empty.
///
/// A hub that is told of a thousand modules at once is busy for minutes, and so is the broker; so they are told one
/// after the other.
struct Hub: Sendable {
    /// The bridge's own device; no module has this name.
    static let bridge = ""

    private(set) var settings: HomeAssistantSettings
    /// In order; each once.
    private var waiting: [String] = []
    /// Of those that wait: whether their states are to be told too.
    private var withStates: [String: Bool] = [:]
    /// What discovery messages have said last of each module.
    private var shown: [String: HubModule.Shown] = [:]
    /// Hashes of what their updates' states were last.
    private var updates: [String: Int] = [:]
    /// One is being told.
    var isTelling = false

    init(settings: HomeAssistantSettings) { self.settings = settings }

    var isOn: Bool { settings.enabled }
    var prefix: String { settings.discoveryPrefix }

    /// Where the hub says that it has started; it does so there whatever its prefix is, unless it is told otherwise.
    var birthTopics: [String] {
        prefix == Self.usualPrefix ? ["\(prefix)/status"] : ["\(prefix)/status", "\(Self.usualPrefix)/status"]
    }

    var subscriptions: [String] { isOn ? birthTopics : [] }

    private static let usualPrefix = HomeAssistantSettings().discoveryPrefix

    /// True when they have changed.
    mutating func follow(_ new: HomeAssistantSettings) -> Bool {
        guard new != settings else { return false }
        settings = new
        forgetAll()
        return true
    }

    mutating func add(_ name: String, withStates states: Bool) {
        guard isOn else { return }
        if let before = withStates.updateValue(states, forKey: name) {
            withStates[name] = before || states
        } else {
            waiting.append(name)
        }
    }

    /// The next to be told. Nil while another one is, and when there is none.
    mutating func next() -> (name: String, withStates: Bool)? {
        guard isOn, !isTelling, !waiting.isEmpty else { return nil }
        let name = waiting.removeFirst()
        return (name, withStates.removeValue(forKey: name) ?? false)
    }

    /// True when that was not said before; then it is remembered as said.
    mutating func isNews(_ new: HubModule.Shown, of name: String) -> Bool {
        shown.updateValue(new, forKey: name) != new
    }

    /// The same for the state of its update: bytes of a download, for one, are nothing to the hub.
    mutating func isNews(_ update: [UInt8], of name: String) -> Bool {
        updates.updateValue(update.hashValue, forKey: name) != update.hashValue
    }

    mutating func forget(_ names: some Sequence<String>) {
        for name in names {
            shown[name] = nil
            updates[name] = nil
        }
    }

    private mutating func forgetAll() {
        waiting = []
        withStates = [:]
        shown = [:]
        updates = [:]
    }
}
