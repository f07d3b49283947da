import Reactor

/// How often something took how long. Counting costs a few comparisons.
package struct Histogram: Sendable {
    /// Upper bounds in milliseconds, ascending.
    package enum Scale: Sendable {
        /// From an uplink's acceptance to what becomes of it: from a line of its own to a module that sleeps.
        case message
        /// What is asked of a module or of the disk.
        case answer

        var bounds: [Double] {
            switch self {
            case .message: [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 3_600_000]
            case .answer: [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000]
            }
        }
    }

    package let bounds: [Double]
    /// Not cumulative; the last is beyond all bounds.
    package private(set) var counts: [Int]
    package private(set) var sum = 0.0

    package init(_ scale: Scale) {
        bounds = scale.bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    package mutating func observe(milliseconds: Double) {
        var index = 0
        while index < bounds.count, milliseconds > bounds[index] { index += 1 }
        counts[index] += 1
        sum += max(0, milliseconds)
    }

    package mutating func observe(_ duration: Duration) { observe(milliseconds: duration.inMilliseconds) }
}

extension Duration {
    var inMilliseconds: Double { Double(inNanoseconds) / 1e6 }
}
