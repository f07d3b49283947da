/// One command: its bytes, what answers it, how long that may take.
package struct Command: Sendable {
    /// The command without its CR, like `AT+NMGS=3,414243`.
    package var bytes: [UInt8]
    /// The lines that belong to this command.
    package var answer: Answer
    /// The documented maximum. The time on the line and some slack are added by whoever keeps the clock.
    package var timeLimit: Duration
    /// Sent after the prompt, exactly these bytes.
    package var payload: [UInt8]?
    /// Lines that end this command besides the usual ones.
    package var finals: [String]
    /// What a log shows instead, if the command holds a secret.
    package var redacted: String?
    /// A refusal is an answer like any other: a person wants to see which error it was, and of which kind.
    package var returnsErrors = false

    package init(
        bytes: [UInt8], answer: Answer = .none, timeLimit: Duration = .seconds(5), payload: [UInt8]? = nil,
        finals: [String] = [], redacted: String? = nil
    ) {
        self.bytes = bytes
        self.answer = answer
        self.timeLimit = timeLimit
        self.payload = payload
        self.finals = finals
        self.redacted = redacted
    }

    package init(
        _ text: String, answer: Answer = .none, timeLimit: Duration = .seconds(5), payload: [UInt8]? = nil,
        finals: [String] = [], redacted: String? = nil
    ) {
        self.init(
            bytes: Array(text.utf8), answer: answer, timeLimit: timeLimit, payload: payload, finals: finals,
            redacted: redacted)
    }
}

extension Command: CustomStringConvertible {
    /// Fit for a log: a secret shows its substitute.
    package var description: String { redacted ?? String(decoding: bytes, as: UTF8.self) }
}

/// The lines a command asked for, and the final result.
package struct Response: Hashable, Sendable {
    package var lines: [Line]
    package var final: Final

    package init(lines: [Line] = [], final: Final) {
        self.lines = lines
        self.final = final
    }
}
