import Synchronization

/// Opens once, with a word, for the one who waits.
final class Gate: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Bool, Never>)
        case open(Bool)
    }

    private let state = Mutex<State>(.idle)

    var isOpen: Bool { state.withLock { if case .open = $0 { true } else { false } } }

    func opened() async -> Bool {
        await withCheckedContinuation { continuation in
            let early: Bool? = state.withLock { state in
                if case .open(let word) = state { return word }
                state = .waiting(continuation)
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }
    }

    func open(_ word: Bool) {
        let waiting: CheckedContinuation<Bool, Never>? = state.withLock { state in
            switch state {
            case .open: return nil
            case .idle:
                state = .open(word)
                return nil
            case .waiting(let continuation):
                state = .open(word)
                return continuation
            }
        }
        waiting?.resume(returning: word)
    }
}
