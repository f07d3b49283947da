import Synchronization

/// Something that a procedure waits for and a report brings, in either order: a report that comes before the wait (even
/// before the command's own OK) is not missed. One waiter at a time.
package final class Signal: Sendable {
    private enum State {
        case lowered
        case raised
        case awaited(@Sendable (Bool) -> Void)
    }

    private let state = Mutex(State.lowered)

    package init() {}

    package func raise() { end(with: true) }

    /// For channels: the wait is over though nothing came.
    package func abandon() { end(with: false) }

    /// Forgets a report of an earlier time. To be called before the command whose report is awaited.
    package func lower() {
        state.withLock { if case .raised = $0 { $0 = .lowered } }
    }

    /// For channels: calls the waiter once, with whether the signal came; at once if it was raised before.
    package func await(_ waiter: @escaping @Sendable (Bool) -> Void) {
        let already = state.withLock { state in
            if case .raised = state {
                state = .lowered
                return true
            }
            state = .awaited(waiter)
            return false
        }
        if already { waiter(true) }
    }

    private func end(with came: Bool) {
        let waiter: (@Sendable (Bool) -> Void)? = state.withLock { state in
            switch state {
            case .awaited(let waiter):
                state = .lowered
                return waiter
            case .lowered, .raised:
                if came { state = .raised }
                return nil
            }
        }
        waiter?(came)
    }
}
