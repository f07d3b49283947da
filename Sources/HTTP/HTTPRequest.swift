/// What a client asks, and who it is. The path has its escapes undone.
package struct HTTPRequest: Sendable {
    package let method: String
    package let path: String
    /// Its address without the port.
    package let peer: String
    private let headers: [String: String]
    /// What a client sends along, if the server takes it.
    package internal(set) var body: [UInt8]

    package init(
        method: String, path: String, peer: String = "", headers: [String: String] = [:], body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.peer = peer
        self.body = body
        self.headers = Dictionary(headers.map { ($0.lowercased(), $1) }, uniquingKeysWith: { first, _ in first })
    }

    package subscript(header: String) -> String? { headers[header.lowercased()] }
}

/// An answer. For HEAD its body is left out by the server.
package struct HTTPResponse: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// A part of an open file, read as the client takes it.
        case file(OpenFile, Range<Int>)
        /// What comes bit by bit; from a `ReactorHTTPServer` alone.
        case stream(ResponseStream)

        /// Of a stream, nobody knows.
        package var count: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .file(_, let range): range.count
            case .stream: 0
            }
        }
    }

    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: Body

    package init(_ status: Int, headers: [(name: String, value: String)] = [], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package static func text(_ status: Int, _ text: String, type: String = "text/plain; charset=utf-8") -> HTTPResponse
    {
        HTTPResponse(status, headers: [("Content-Type", type)], body: .bytes(Array(text.utf8)))
    }
}
