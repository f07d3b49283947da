import Bridge
import FileServer
import Glibc
import HTTP
import JSON
import Reactor

enum ServeFirmware: Subcommand {
    static let name = "serve-firmware"
    static let summary = "serves the firmware packages of a folder to modules, by HTTP"
    static let help = """
        usage: narrowbridge serve-firmware DIR [--listen HOST:PORT]

        Serves the files in DIR by HTTP, whole or by range, until SIGTERM or Ctrl-C (0.0.0.0:8080). An index of names
        and sizes is at /, as a page or as text, and always as text at /index.txt. Nothing outside of DIR is served,
        and nothing hidden. Each request is told: who fetched what, and how much of it.

        A module fetches http://HOST:PORT/FILE when that is published to B/M/command/firmware/http; it must reach HOST
        through its network.
        """

    static let signals = [SIGINT, SIGTERM]

    static func run(_ arguments: Arguments) async throws(Failure) {
        var arguments = arguments
        let listen = try arguments.option("--listen") ?? "0.0.0.0:8080"
        let folder = try arguments.word()
        try arguments.end()
        guard let folder else { throw Failure(.wrongUsage, "a folder is expected; see --help") }
        guard let address = ServerAddress(listen, defaultPort: 8080) else {
            throw Failure(.wrongUsage, "--listen is \(listen); host:port is expected")
        }
        let signals = Signals(Self.signals)
        let clock = Reactor(name: "clock")
        do throws(SystemError) {
            let files = try FileServer(folder: folder)
            let socket = try ListeningSocket.open(host: address.host, port: address.port)
            let handlers = HTTPServer.Handlers(
                answer: { files.answer($0) },
                completed: { request, response, sent, isWhole in
                    let time = RFC3339.text(milliseconds: clock.timestamp.milliseconds)
                    let line = FileAccess.line(request, response, sent: sent, isWhole: isWhole)
                    Terminal.say("\(time) \(line)")
                })
            let server = try HTTPServer(listening: socket, handlers: handlers)
            Terminal.say("serving \(files.folder) on http://\(address)/")
            for entry in FileIndex(of: files.folder)?.entries ?? [] {
                Terminal.say("  \(entry.name)\(entry.size.map { "  \($0) bytes" } ?? "")")
            }
            for await _ in signals.stream { break }
            server.stop()
        } catch {
            throw Failure(.unavailable, "\(error)")
        }
    }
}
