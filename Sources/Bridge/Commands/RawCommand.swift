package import AT

/// A command that a person writes: whatever the module answers belongs to it, as long as it is no report.
package enum RawCommand {
    package static func make(_ text: String, timeLimit: Duration = .seconds(30)) -> Command {
        // `AT+CSQ` is answered by `+CSQ: …`, `ATI` by lines without a prefix.
        let name = text.dropFirst(2).prefix { $0 == "+" || $0.isLetter || $0.isNumber }
        let bare = Answer.bare()
        var command = Command(
            text,
            answer: name.hasPrefix("+")
                ? .prefixed(String(name).uppercased(), where: { !isMessage($0) }).or(bare) : bare,
            timeLimit: timeLimit,
            finals: ["REBOOTING"], redacted: Redaction.redact(text))
        command.returnsErrors = true
        return command
    }
}

/// `+NNMI: 4,AAAA0000` is a message from the cloud even while a person asks for the mode.
private func isMessage(_ line: Line) -> Bool { line.hasPrefix("+NNMI") && line.bytes.contains(UInt8(ascii: ",")) }
