/// What was awaited did not happen in time. The limit is generous: it ends a hung test, it does not measure.
package struct TimeoutError: Error, CustomStringConvertible {
    package let what: String
    package let limit: Duration

    package var description: String { "waited \(limit) in vain for \(what)" }
}

/// Fails with what was awaited when the body takes longer than the limit. The body must end when it is cancelled.
package func withTimeout<T: Sendable>(
    _ what: String, limit: Duration = .seconds(20), _ body: @escaping @Sendable () async throws -> T
) async throws -> T {
    try await withThrowingTaskGroup(of: T.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimeoutError(what: what, limit: limit)
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}
