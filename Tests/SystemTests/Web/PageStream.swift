import Glibc
import JSON
import Reactor
import TestSupport

/// What an open page is told.
struct PageRecord: Sendable {
    var bridge: JSONValue?
    /// The newest of each.
    var modules: [String: JSONValue] = [:]

    func state(of module: String) -> String? { modules[module]?["status"]?["state"]?.string }
}

/// An open page: follows the events of a bridge as a browser does, and keeps what they tell.
actor PageStream {
    let record = Observed(PageRecord())
    private let descriptor: Int32
    private var received: [UInt8] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe Reactor.forTests.asUnownedSerialExecutor() }

    init(port: Int) async throws {
        descriptor = try LocalSocket.connect(port: port)
        // Of HTTP 1.0, so that the events come as they are.
        let request = Array("GET /events HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".utf8)
        _ = unsafe send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
        try watch()
    }

    /// A page that is closed.
    func stop() {
        Reactor.forTests.unwatch(descriptor)
        close(descriptor)
    }

    private func watch() throws {
        try Reactor.forTests.watch(descriptor, for: .readable) { [weak self] _ in self?.assumeIsolated { $0.read() } }
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return Reactor.forTests.unwatch(descriptor) }
        received += buffer[..<count]
        while let end = received.firstRange(of: Array("\n\n".utf8)) {
            take(String(decoding: received[..<end.lowerBound], as: UTF8.self))
            received.removeSubrange(..<end.upperBound)
        }
    }

    private func take(_ event: String) {
        let lines = event.split(separator: "\n")
        guard let name = lines.first(where: { $0.hasPrefix("event: ") })?.dropFirst(7),
            let data = lines.first(where: { $0.hasPrefix("data: ") })?.dropFirst(6),
            let json = try? JSONValue(parsing: Array(data.utf8))
        else { return }
        let isBridge = name == "bridge"
        record.update { record in
            if isBridge {
                record.bridge = json
            } else if let module = json["name"]?.string {
                record.modules[module] = json
            }
        }
    }
}
