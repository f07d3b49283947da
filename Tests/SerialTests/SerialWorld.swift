import Glibc
import Reactor
import Serial

/// What a port told its owner, awaited instead of polled for.
struct Inbox: Sendable {
    enum Event: Sendable {
        case bytes([UInt8])
        case closed(PortError)
    }

    let handlers: PortHandlers
    private let events: AsyncStream<Event>

    init() {
        let (events, continuation) = AsyncStream<Event>.makeStream()
        self.events = events
        handlers = PortHandlers(
            received: { continuation.yield(.bytes(unsafe [UInt8]($0))) },
            closed: { continuation.yield(.closed($0)) })
    }

    /// The next bytes, at least as many as asked for; fewer when the line is gone before.
    func bytes(_ count: Int) async -> [UInt8] {
        var all: [UInt8] = []
        for await event in events {
            guard case .bytes(let bytes) = event else { break }
            all += bytes
            if all.count >= count { break }
        }
        return all
    }

    func text(_ count: Int) async -> String { String(decoding: await bytes(count), as: UTF8.self) }

    func closed() async -> PortError? {
        for await event in events {
            if case .closed(let error) = event { return error }
        }
        return nil
    }
}

/// A reactor with its helper, and everything that must be done on its thread.
actor SerialWorld {
    nonisolated let reactor = Reactor(name: "serial-test")
    nonisolated let connector = WorkerThread(name: "connector-test")
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    private var terminals: [PseudoTerminal] = []
    private var ports: [any Port] = []

    func open(_ endpoint: Endpoint, baud: Int = 115_200, _ inbox: Inbox) async throws(PortError) -> any Port {
        let port = try await Ports.open(
            endpoint, baud: baud, on: reactor, connector: connector, handlers: inbox.handlers)
        ports.append(port)
        return port
    }

    func open(_ path: String, baud: Int = 115_200, _ inbox: Inbox = Inbox()) async throws(PortError) -> any Port {
        try await open(.device(path: path), baud: baud, inbox)
    }

    /// The index by which the terminal is known here, and its path.
    func makeTerminal(
        link: String? = nil, keepsTerminalOpen: Bool = true
    ) throws -> (index: Int, path: String) {
        let terminal = try PseudoTerminal(link: link, keepsTerminalOpen: keepsTerminalOpen)
        terminals.append(terminal)
        return (terminals.count - 1, terminal.path)
    }

    func openFarEnd(_ index: Int, _ inbox: Inbox) throws -> any Port {
        let port = try terminals[index].open(on: reactor, handlers: inbox.handlers)
        ports.append(port)
        return port
    }

    func hangUp(_ index: Int) { terminals[index].hangUp() }
    func reopen(_ index: Int) throws { try terminals[index].reopen() }

    func write(_ bytes: [UInt8], to port: any Port) { port.write(bytes) }
    func write(_ text: String, to port: any Port) { port.write(Array(text.utf8)) }
    func close(_ port: any Port) { port.close() }
    func perform<T: Sendable>(_ body: @Sendable (Reactor) async throws -> T) async rethrows -> T {
        try await body(reactor)
    }

    fileprivate func end() {
        for port in ports { port.close() }
        for terminal in terminals { terminal.hangUp() }
        reactor.stop()
        connector.stop()
    }
}

func withSerialWorld(_ body: (SerialWorld) async throws -> Void) async throws {
    let world = SerialWorld()
    do {
        try await body(world)
    } catch {
        await world.end()
        throw error
    }
    await world.end()
}

/// A path in a fresh folder, removed afterwards.
func withTemporaryPath(_ name: String, _ body: (String) async throws -> Void) async throws {
    var template = Array("/tmp/serial-tests-XXXXXX".utf8CString)
    let made: String? = unsafe template.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress, let path = unsafe mkdtemp(base) else { return nil }
        return unsafe String(cString: path)
    }
    guard let folder = made else { throw SystemError.last("make a folder") }
    defer {
        unsafe unlink("\(folder)/\(name)")
        unsafe rmdir(folder)
    }
    try await body("\(folder)/\(name)")
}
