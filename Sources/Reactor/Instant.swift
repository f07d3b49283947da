import Glibc

/// A moment of the monotonic clock, in nanoseconds. Smaller and cheaper than the library's `ContinuousClock.Instant`:
/// one is made for every command on every line.
package struct Instant: Comparable, Hashable, Sendable {
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    package static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    package static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(nanoseconds: UInt64(max(0, Int64(instant.nanoseconds) + duration.inNanoseconds)))
    }

    package static func - (a: Instant, b: Instant) -> Duration {
        .nanoseconds(Int64(a.nanoseconds) - Int64(b.nanoseconds))
    }
}

extension Duration {
    /// Saturates: a duration beyond 292 years means for ever.
    package var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : product + attoseconds / 1_000_000_000
    }

    package var inSeconds: Double { Double(inNanoseconds) / 1e9 }
}

/// A moment of the calendar, in milliseconds since 1970 (UTC): what is stored and what is published.
package struct Timestamp: Comparable, Hashable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    package static func + (timestamp: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(milliseconds: timestamp.milliseconds + duration.inNanoseconds / 1_000_000)
    }

    package static func - (a: Timestamp, b: Timestamp) -> Duration {
        .milliseconds(a.milliseconds - b.milliseconds)
    }
}

enum SystemClock {
    static var instant: Instant {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Instant(nanoseconds: UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec))
    }

    static var timestamp: Timestamp {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
    }
}
