package import AT

/// What a modem is told of its line, and whom it tells.
extension Modem {
    package struct Settings: Sendable {
        /// For the time that bytes need on the line; 0 where the line has no speed of its own.
        package var baud: Int
        /// Between a final result and the next command. The seeds say that none is needed.
        package var gap: Duration
        /// On top of a command's documented maximum, whose guard timer is the module's own.
        package var slack: Duration
        /// The owner tries other rates: a line on which nothing is understood is given up sooner.
        package var rateIsUncertain: Bool
        /// The most bytes that a prompt asks for; 0 where there are no prompts.
        package var longestPayload: Int

        package init(
            baud: Int, gap: Duration = .zero, slack: Duration = .seconds(2), rateIsUncertain: Bool = false,
            longestPayload: Int = 0
        ) {
            self.baud = baud
            self.gap = gap
            self.slack = slack
            self.rateIsUncertain = rateIsUncertain
            self.longestPayload = longestPayload
        }
    }

    /// What the owner is told, on the reactor, in the order in which it happened. No handler may send a command from
    /// within: it makes a task wait or wake instead.
    package struct Handlers: Sendable {
        package var report: @Sendable (Line) -> Void
        package var unknown: @Sendable (Line) -> Void
        package var trouble: @Sendable (Trouble) -> Void
        package var lost: @Sendable (LineLoss) -> Void

        package init(
            report: @escaping @Sendable (Line) -> Void, unknown: @escaping @Sendable (Line) -> Void,
            trouble: @escaping @Sendable (Trouble) -> Void, lost: @escaping @Sendable (LineLoss) -> Void
        ) {
            self.report = report
            self.unknown = unknown
            self.trouble = trouble
            self.lost = lost
        }
    }

    /// What is wrong on a line that still works.
    package enum Trouble: Equatable, Sendable {
        case timedOut(command: String)
        case inStepAgain(attempts: Int)
        case discarded(bytes: Int)
        case noise(bytes: Int)
        case woke(attempts: Int)
    }
}
