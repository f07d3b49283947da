import Glibc
import TestSupport
import Testing

/// The HTTP side of a rig's bridge, seen from outside.
struct WebClient: Sendable {
    let port: Int
    let client: PlainClient

    init(port: Int) {
        self.port = port
        client = PlainClient(port: port, host: "127.0.0.1:\(port)")
    }

    func get(_ path: String) async throws -> PlainClient.Answer { try await client.ask("GET \(path)") }

    func post(_ path: String, _ body: String, token: String) async throws -> PlainClient.Answer {
        try await client.ask("POST \(path)", "Authorization: Bearer \(token)", body: body)
    }

    /// The value of one sample, written as `name{label="value"}`; nil where there is none.
    func metric(_ sample: String) async throws -> Double? {
        for line in try await get("/metrics").text.split(separator: "\n") where line.hasPrefix(sample + " ") {
            return Double(line.dropFirst(sample.count + 1))
        }
        return nil
    }

    /// Asks until the answer is as expected.
    func wait(
        _ what: String, for path: String, until condition: @escaping @Sendable (PlainClient.Answer) -> Bool
    ) async throws {
        try await withTimeout(what, limit: .seconds(60)) {
            while !condition(try await get(path)) { try Task.checkCancellation() }
        }
    }

    func wait(metric sample: String, _ value: Double) async throws {
        try await withTimeout("\(sample) to be \(value)", limit: .seconds(60)) {
            while try await metric(sample) != value { try Task.checkCancellation() }
        }
    }
}

/// A rig whose bridge listens on a free port; with a token, its page may act.
func withWebRig(
    _ options: RigOptions = RigOptions(), token: String? = nil, _ body: (Rig, WebClient) async throws -> Void
) async throws {
    let directory = try TemporaryDirectory()
    let port = try LocalSocket.freePort()
    var options = options
    options.http = "127.0.0.1:\(port)"
    if let token { options.bridgeKeys += "\nhttp_token_file = \"\(try directory.write("token", token))\"" }
    try await withRig(options) { try await body($0, WebClient(port: port)) }
    withExtendedLifetime(directory) {}
}

/// A file of this project.
func projectFile(_ name: String) throws -> String {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
    let descriptor = unsafe open("\(folder)/\(name)", O_RDONLY)
    try #require(descriptor >= 0, "\(name) cannot be read")
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = unsafe read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer[..<count]
    }
}
