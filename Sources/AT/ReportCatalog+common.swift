extension ReportCatalog {
    /// What modules of every family say unasked, and how they say that they have restarted.
    package static let common = ReportCatalog(
        reports: [
            Report("+CEREG", where: Shape.isRegistrationReport),
            Report("+CSCON", where: Shape.fields(1...1)),
            Report("+NPSMR", where: Shape.fields(1...1)),
            Report("+QNBIOTEVENT", where: Shape.isQuoted),
            Report("+QNBITEVENT", where: Shape.isQuoted),
            Report("+CFUN", where: Shape.fields(1...1)),
            Report("+CPIN", where: Shape.fields(1...1)),
            Report("+IP"),
            Report("+CGEV"),
            Report("+QIND"),
            // Builds that say it without the name.
            Report("ENTER DEEPSLEEP"), Report("EXIT DEEPSLEEP"), Report("ENTER PSM"), Report("EXIT PSM"),
        ],
        banners: [
            Banner("RDY", whole: true),
            Banner("Neul", whole: true, ownOK: true),
            Banner("REBOOT_CAUSE_", whole: false, preamble: true),
        ])
}

/// Tests that tell answers and reports of the same name apart.
package enum Shape {
    /// So many fields behind the name.
    package static func fields(_ counts: ClosedRange<Int>) -> Answer.Shape {
        { line in
            var fields = Fields(line)
            // Looks no further than it must: the last field may be a kilobyte of hex.
            for taken in 0..<counts.upperBound {
                guard fields.hasMore else { return taken >= counts.lowerBound }
                _ = fields.next()
            }
            return !fields.hasMore
        }
    }

    /// Its first field is quoted; the settings of the same name answer with a number.
    package static let isQuoted: Answer.Shape = { line in
        Fields(line)[0]?.isQuoted ?? false
    }

    /// `+CEREG: 1` or `+CEREG: 1,"TAC",…`; the answer to the query has the mode in front: `+CEREG: 0,1`.
    package static let isRegistrationReport: Answer.Shape = { line in
        let fields = Fields(line)
        guard fields[0]?.int != nil else { return false }
        guard let second = fields[1] else { return true }
        return second.isQuoted || second.isEmpty || second.bytes.count > 2
    }

    /// `+CEREG: 0,1[,…]`, the answer to the query.
    package static let isRegistrationAnswer: Answer.Shape = { line in
        Fields(line)[1] != nil && !isRegistrationReport(line)
    }
}
