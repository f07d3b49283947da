/// What a person looks at: how large it is, which module is chosen, and what is filtered.
package struct WatchScreen: Sendable {
    package enum Command: Sendable { case quit }

    package var columns: Int
    package var rows: Int
    /// By name: it stays chosen when others come and go.
    package private(set) var chosen: String?
    package private(set) var showsDetails = false
    package private(set) var filter = ""
    package private(set) var isTyping = false

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// The modules that are shown, in order.
    func names(in state: WatchState) -> [String] {
        state.names.filter { filter.isEmpty || $0.lowercased().contains(filter.lowercased()) }
    }

    package mutating func press(_ key: Key, in state: WatchState) -> Command? {
        if isTyping {
            type(key)
            return nil
        }
        switch key {
        case .character("q"):
            guard showsDetails else { return .quit }
            showsDetails = false
        case .character("/"):
            isTyping = true
        case .up, .character("k"): move(by: -1, in: state)
        case .down, .character("j"): move(by: 1, in: state)
        case .pageUp: move(by: -10, in: state)
        case .pageDown: move(by: 10, in: state)
        case .home, .character("g"): chosen = names(in: state).first ?? chosen
        case .end, .character("G"): chosen = names(in: state).last ?? chosen
        case .enter:
            if chosen == nil { chosen = names(in: state).first }
            showsDetails = !showsDetails && chosen != nil
        case .escape:
            if showsDetails { showsDetails = false } else { filter = "" }
        case .erase, .character: break
        }
        return nil
    }

    private mutating func type(_ key: Key) {
        switch key {
        case .character(let character): filter.append(character)
        case .erase: _ = filter.popLast()
        case .enter: isTyping = false
        case .escape:
            filter = ""
            isTyping = false
        default: break
        }
    }

    private mutating func move(by step: Int, in state: WatchState) {
        let names = names(in: state)
        guard !names.isEmpty else { return }
        guard let chosen, let place = names.firstIndex(of: chosen) else {
            self.chosen = step < 0 ? names.last : names.first
            return
        }
        self.chosen = names[min(max(place + step, 0), names.count - 1)]
    }
}
