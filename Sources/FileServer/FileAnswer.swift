import Glibc
import HTTP

/// What is sent of a file: all of it, a part, or that nothing has changed (RFC 9110, 13 and 14).
struct FileAnswer {
    let response: HTTPResponse

    init(_ file: OpenFile, _ request: HTTPRequest) {
        let tag =
            "\"\(String(file.size, radix: 16))-\(String(file.modified.seconds, radix: 16))."
            + "\(String(file.modified.nanoseconds, radix: 16))\""
        let modified = HTTPDate.text(seconds: file.modified.seconds)
        let common: [(name: String, value: String)] = [
            ("ETag", tag), ("Last-Modified", modified), ("Accept-Ranges", "bytes"),
        ]
        if Self.isUnchanged(request, tag, modified) {
            response = HTTPResponse(304, headers: common)
            return
        }
        let headers = common + [("Content-Type", "application/octet-stream")]
        // A range of what has changed since is of no use: then all of it is sent.
        let isSame = request["If-Range"].map { $0 == tag || $0 == modified } ?? true
        switch isSame ? ByteRange(request["Range"], size: file.size) : .whole {
        case .whole:
            response = HTTPResponse(200, headers: headers, body: .file(file, 0..<file.size))
        case .part(let range):
            let place = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.size)"
            response = HTTPResponse(206, headers: headers + [("Content-Range", place)], body: .file(file, range))
        case .outside:
            response = HTTPResponse(416, headers: common + [("Content-Range", "bytes */\(file.size)")])
        }
    }

    private static func isUnchanged(_ request: HTTPRequest, _ tag: String, _ modified: String) -> Bool {
        if let known = request["If-None-Match"] {
            let tags = known.split(separator: ",").map { $0.trimmed }
            return tags.contains { $0 == "*" || $0 == tag || $0 == "W/\(tag)" }
        }
        return request["If-Modified-Since"] == modified
    }
}

/// The header `Range`, for a file of a known size.
enum ByteRange: Equatable {
    case whole
    case part(Range<Int>)
    case outside

    /// One range is understood; several, and what is none, are answered with all of it, as the standard permits.
    init(_ header: String?, size: Int) {
        self = .whole
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let ends = header.dropFirst(6).trimmed.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]) else { return }
        switch (first, last) {
        case (nil, nil): return
        case (nil, let count?): self = count == 0 || size == 0 ? .outside : .part(max(0, size - count)..<size)
        case (let first?, let last):
            if let last, last < first { return }
            self = first >= size ? .outside : .part(first..<min(size, (last ?? size - 1) + 1))
        }
    }

    /// Nil: no number; nil in it: nothing stands there.
    private static func number(_ text: Substring) -> Int?? {
        if text.isEmpty { return .some(nil) }
        guard text.count <= 15, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
            return nil
        }
        return .some(number)
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
enum HTTPDate {
    static func text(seconds: Int) -> String {
        var seconds = time_t(seconds)
        var date = unsafe tm()
        unsafe gmtime_r(&seconds, &date)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = unsafe "\(days[Int(date.tm_wday)]), \(two(date.tm_mday)) \(months[Int(date.tm_mon)])"
        return unsafe "\(day) \(1900 + date.tm_year) \(two(date.tm_hour)):\(two(date.tm_min)):\(two(date.tm_sec)) GMT"
    }
}

extension StringProtocol {
    var trimmed: String {
        var text = self[...]
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
