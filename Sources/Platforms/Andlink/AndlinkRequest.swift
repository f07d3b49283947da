package import AT

/// The platform's reads and writes (BC28 note, 4.1 and 4.2). They carry no path, so the configuration has one for them.
package enum AndlinkRequest {
    /// `9415,"6857D31A64CCBC95","lwm2m=1.&ep=12345"`; the query is optional.
    package static func read(_ line: Line, at path: ResourcePath) -> CloudRequest? {
        var fields = Fields(line)
        guard let (messageID, token) = head(&fields) else { return nil }
        return CloudRequest(
            messageID: messageID, token: token, path: ObjectPath(path), action: .read, query: fields.next()?.text)
    }

    /// `9415,"6857D31A64CCBC95",7B7D,"a=1"`: the data tell no length, so they are all that stands between the token and
    /// the optional query, which is quoted.
    package static func write(_ line: Line, at path: ResourcePath) -> CloudRequest? {
        var fields = Fields(line)
        guard let (messageID, token) = head(&fields), fields.hasMore else { return nil }
        var query: String?
        var data = fields
        // A text may well end in `"…"]`: only a quote at the very end closes a query.
        if line.bytes.last == quote, let last = data.last(), last.isQuoted, data.hasMore {
            query = last.text
        } else {
            data = fields
        }
        return CloudRequest(
            messageID: messageID, token: token, path: ObjectPath(path),
            action: .write([value(data.tail, at: path)]), query: query)
    }

    private static let quote = UInt8(ascii: "\"")

    private static func head(_ fields: inout Fields) -> (messageID: Int, token: [UInt8])? {
        guard let messageID = fields.next()?.int, messageID >= 0, let token = fields.next()?.hex else { return nil }
        return (messageID, token)
    }

    /// Hexadecimal digits where they are that, else text.
    private static func value(_ raw: ArraySlice<UInt8>, at path: ResourcePath) -> WrittenValue {
        var data = raw
        if data.count >= 2, data.first == quote, data.last == quote { data = data.dropFirst().dropLast() }
        if let bytes = Hex.decode(data) { return WrittenValue(path, bytes, .bytes) }
        return WrittenValue(path, Array(data), .text)
    }
}

/// Modules repeat a request until it is answered; this remembers the last ones.
struct RecentRequests {
    /// CoAP repeats at most 24 s after the time before. Later the same numbers are another request's.
    private static let memory = Duration.seconds(30)
    private static let capacity = 64
    private var last: [(request: CloudRequest, at: Duration)] = []

    mutating func isNew(_ request: CloudRequest, at now: Duration) -> Bool {
        last.removeAll { now - $0.at > Self.memory }
        if let before = last.firstIndex(where: { $0.request == request }) {
            last[before].at = now
            return false
        }
        if last.count == Self.capacity { last.removeFirst() }
        last.append((request, now))
        return true
    }

    /// The module has restarted and numbers anew.
    mutating func forget() { last = [] }
}
