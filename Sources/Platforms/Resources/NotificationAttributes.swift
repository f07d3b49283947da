/// When the cloud wants to be told of a change (write-attributes).
package struct NotificationAttributes: Equatable, Sendable {
    /// Seconds that must lie between two reports.
    package var shortest: Double?
    /// Seconds after which a report is due though nothing has changed.
    package var longest: Double?
    /// A report is due when the value crosses this upwards …
    package var above: Double?
    /// … or this downwards …
    package var below: Double?
    /// … or has changed by this much since the last report.
    package var step: Double?

    /// More could not be added to a time.
    private static let seconds = 0...Double(UInt32.max)

    package init() {}

    /// `pmin=2;pmax=190;gt=100.0;lt=1.0;st=0.2`, also with `&` or a comma between; nil if that is not so.
    package init?(_ text: String) {
        guard let read = Self().changed(by: text), read != Self() else { return nil }
        self = read
    }

    /// A write-attributes changes what it names, and takes back what it names without a value. Nil if it is none.
    package func changed(by text: String) -> NotificationAttributes? {
        let parts = text.split(whereSeparator: { ";&,".contains($0) })
        guard !parts.isEmpty else { return nil }
        var result = self
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { String($0.filter { $0 != " " }) }
            var value: Double?
            if pair.count == 2 {
                guard let number = Double(pair[1]), number.isFinite else { return nil }
                value = number
            }
            switch pair[0] {
            case "pmin" where value.map(Self.seconds.contains) ?? true: result.shortest = value
            case "pmax" where value.map(Self.seconds.contains) ?? true: result.longest = value
            case "gt": result.above = value
            case "lt": result.below = value
            case "st" where (value ?? 0) >= 0, "stp" where (value ?? 0) >= 0: result.step = value
            default: return nil
            }
        }
        return result
    }

    /// As `init` reads it.
    package var text: String {
        let pairs = [("pmin", shortest), ("pmax", longest), ("gt", above), ("lt", below), ("st", step)]
        return pairs.compactMap { name, value in value.map { "\(name)=\(ResourceValue.decimal($0))" } }
            .joined(separator: ";")
    }

    package func overridden(by other: NotificationAttributes?) -> NotificationAttributes {
        guard let other else { return self }
        var result = self
        result.shortest = other.shortest ?? shortest
        result.longest = other.longest ?? longest
        result.above = other.above ?? above
        result.below = other.below ?? below
        result.step = other.step ?? step
        return result
    }

    /// Whether a change from what was reported last is worth a report, times aside. What is no number always is.
    package func wants(_ new: ResourceValue, after last: ResourceValue?) -> Bool {
        guard above != nil || below != nil || step != nil, let last, let before = last.number, let now = new.number
        else { return true }
        if let above, (before > above) != (now > above) { return true }
        if let below, (before < below) != (now < below) { return true }
        if let step, abs(now - before) >= step { return true }
        return false
    }
}
