package import HTTP

/// One line for each request: who fetched what, and how much of it.
package enum FileAccess {
    package static func line(_ request: HTTPRequest, _ response: HTTPResponse, sent: Int, isWhole: Bool) -> String {
        var line = "\(request.peer) \(printable(request.method)) \(printable(request.path)) \(response.status)"
        if request.method == "HEAD" { return line }
        line += " \(sent) bytes"
        if case .file(let file, let range) = response.body {
            if response.status == 206 {
                line += " (\(range.lowerBound) to \(range.upperBound - 1) of \(file.size))"
            } else if sent < file.size {
                line += " of \(file.size)"
            }
        }
        return isWhole ? line : line + ", broken off"
    }

    /// No client writes lines of its own into the log.
    private static func printable(_ text: String) -> String {
        String(decoding: text.utf8.prefix(300).map { $0 > 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
