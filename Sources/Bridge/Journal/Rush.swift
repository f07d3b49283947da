import Reactor

/// Tells whether changes come so fast, 500 a second or more, that they had better share commits.
struct Rush {
    private static let many = 8
    private static let span = Duration.milliseconds(16)

    /// When the last ones came, in a ring.
    private var moments = [Instant?](repeating: nil, count: Rush.many)
    private var next = 0

    mutating func note(_ now: Instant) {
        moments[next] = now
        next = (next + 1) % Self.many
    }

    func isOn(at now: Instant) -> Bool { moments[next].map { now - $0 < Self.span } ?? false }
}
