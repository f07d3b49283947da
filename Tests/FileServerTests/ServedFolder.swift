import FileServer
import Glibc
import HTTP
import Reactor
import TestSupport

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
