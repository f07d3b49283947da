import AT

extension AndlinkSession: CommandSession {
    static func refusal(_ code: ErrorCode?, of command: Command?) -> PlatformError {
        code?.number.map { AndlinkError.codes[$0].published } ?? plainRefusal(of: command)
    }
}
