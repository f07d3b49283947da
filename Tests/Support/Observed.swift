import Synchronization

/// A value that any thread may change and any task may wait for.
///
///     let lines = Observed<[String]>([])
///     lines.update { $0.append("ready") }
///     try await lines.wait("the banner") { $0.contains("ready") }
package final class Observed<Value: Sendable>: Sendable {
    private struct Waiter {
        var id: UInt64
        var condition: @Sendable (Value) -> Bool
        var continuation: CheckedContinuation<Value, any Error>
    }

    private struct State {
        var value: Value
        var waiters: [Waiter] = []
        var lastID: UInt64 = 0
        /// Cancelled before they began to wait.
        var cancelled: Set<UInt64> = []
    }

    private let state: Mutex<State>

    package init(_ value: Value) { state = Mutex(State(value: value)) }

    package var value: Value { state.withLock { $0.value } }

    @discardableResult
    package func update<R: Sendable>(_ change: @Sendable (inout Value) -> R) -> R {
        let (result, satisfied, value) = state.withLock { state in
            let result = change(&state.value)
            let value = state.value
            let satisfied = state.waiters.filter { $0.condition(value) }
            if !satisfied.isEmpty { state.waiters.removeAll { waiter in satisfied.contains { $0.id == waiter.id } } }
            return (result, satisfied, value)
        }
        for waiter in satisfied { waiter.continuation.resume(returning: value) }
        return result
    }

    /// The value as it first fulfils the condition.
    @discardableResult
    package func wait(
        _ what: String, limit: Duration = .seconds(20), until condition: @escaping @Sendable (Value) -> Bool
    ) async throws -> Value {
        try await withTimeout(what, limit: limit) { try await self.wait(until: condition) }
    }

    private func wait(until condition: @escaping @Sendable (Value) -> Bool) async throws -> Value {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let early: Result<Value, any Error>? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if condition(state.value) { return .success(state.value) }
                    state.waiters.append(Waiter(id: id, condition: condition, continuation: continuation))
                    return nil
                }
                if let early { continuation.resume(with: early) }
            }
        } onCancel: {
            let waiting: CheckedContinuation<Value, any Error>? = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiters.remove(at: index).continuation
            }
            waiting?.resume(throwing: CancellationError())
        }
    }
}
