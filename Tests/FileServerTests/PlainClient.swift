import FileServer
import Glibc
import HTTP
import Reactor
import Synchronization
import TestSupport

/// A client that writes what the test says and reads until the server has no more; it waits on a thread of its own.
actor PlainClient {
    private let thread = WorkerThread(name: "plain client")
    private let port: Int

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(port: Int) { self.port = port }

    deinit { thread.stop() }

    struct Answer: Sendable {
        var status = 0
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// One request on one connection. `reading` ends it early, after so many bytes.
    func ask(_ request: String, _ more: String..., reading limit: Int = .max) throws -> Answer {
        let descriptor = try LocalSocket.connect(port: port)
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let lines = ["\(request) HTTP/1.1", "Host: test", "Connection: close"] + more
        let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        _ = unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while received.count < limit {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        return Self.parse(received)
    }

    private static func parse(_ bytes: [UInt8]) -> Answer {
        var answer = Answer()
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: "\r\n\r\n".utf8) }) else {
            return answer
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        answer.status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            answer.headers[line[..<colon].lowercased()] = String(value)
        }
        answer.body = Array(bytes[(end + 4)...])
        return answer
    }
}

/// A server of a temporary folder, a client of it, and the lines that it has logged.
struct Served: Sendable {
    let directory: TemporaryDirectory
    let client: PlainClient
    let log: Observed<[String]>
}

/// `folder` is within a folder that holds more.
func withServer(_ body: (Served) async throws -> Void) async throws {
    let directory = try TemporaryDirectory()
    guard unsafe mkdir(directory.file("files"), 0o755) == 0 else { throw SystemError.last("mkdir") }
    let files = try FileServer(folder: directory.file("files"))
    let port = try LocalSocket.freePort()
    let log = Observed<[String]>([])
    let server = try HTTPServer(
        listening: try ListeningSocket.open(host: "127.0.0.1", port: UInt16(port)),
        handlers: .init(
            answer: { files.answer($0) },
            completed: { request, response, sent, isWhole in
                let line = FileAccess.line(request, response, sent: sent, isWhole: isWhole)
                log.update { $0.append(line) }
            }))
    do {
        try await body(Served(directory: directory, client: PlainClient(port: port), log: log))
    } catch {
        server.stop()
        throw error
    }
    server.stop()
}
