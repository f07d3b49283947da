/// Which lines are the answer of a command.
///
/// A prefix alone is not enough where a report looks alike: `AT+NNMI?` answers `+NNMI: 2` while `+NNMI: 4,AAAA0000`
/// is a message. A shape tells them apart.
package struct Answer: Sendable {
    /// A test of a line whose prefix fits already.
    package typealias Shape = @Sendable (Line) -> Bool

    enum Pattern: Sendable {
        case prefixed([UInt8], Shape?, alsoReport: Bool)
        case bare(Shape?)
    }

    var patterns: [Pattern]

    /// Nothing but the final result.
    package static let none = Answer(patterns: [])

    /// Lines like `+NMSTATUS: …`: the prefix, then `:` or `=`.
    ///
    /// `alsoReport` delivers the line to both sides, for bytes that are the same as answer and as report.
    package static func prefixed(
        _ prefix: String, where shape: Shape? = nil, alsoReport: Bool = false
    ) -> Answer {
        Answer(patterns: [.prefixed(Array(prefix.utf8), shape, alsoReport: alsoReport)])
    }

    /// Lines without `+name`, like those of `ATI` or `BUFFERED=…`, as far as they are no known reports.
    package static func bare(where shape: Shape? = nil) -> Answer {
        Answer(patterns: [.bare(shape)])
    }

    package func or(_ other: Answer) -> Answer {
        Answer(patterns: patterns + other.patterns)
    }
}

extension Answer {
    /// What an answer does with a line.
    enum Claim {
        case none, exclusive, shared
    }

    /// Looks at the prefixed patterns only: bare ones come after the known reports.
    func claim(_ line: Line) -> Claim {
        for pattern in patterns {
            guard case .prefixed(let prefix, let shape, let alsoReport) = pattern else { continue }
            let bytes = line.bytes
            guard bytes.count > prefix.count, bytes.holds(prefix) else { continue }
            let separator = bytes[prefix.count]
            guard separator == Byte.colon || separator == Byte.equals else { continue }
            if let shape, !shape(line) { continue }
            return alsoReport ? .shared : .exclusive
        }
        return .none
    }

    func takesBare(_ line: Line) -> Bool {
        guard line.bytes.first != Byte.plus else { return false }
        for pattern in patterns {
            guard case .bare(let shape) = pattern else { continue }
            if shape?(line) ?? true { return true }
        }
        return false
    }
}
