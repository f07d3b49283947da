import Reactor
import Serial
import Synchronization
import Testing

/// Notes what is written, and lets a test play the line.
private final class FakePort: Port {
    let written = Mutex<[UInt8]>([])
    let handlers: PortHandlers
    init(handlers: PortHandlers) { self.handlers = handlers }
    func write(_ bytes: [UInt8]) { written.withLock { $0 += bytes } }
    func close() {}
    func receive(_ text: String) {
        let bytes = Array(text.utf8)
        unsafe bytes.withUnsafeBytes { unsafe handlers.received($0) }
    }
}

@Suite struct TracingPortTests {
    private func trace(_ use: (TracingPort, FakePort) -> Void) async throws -> [String] {
        let lines = Mutex<[String]>([])
        let fake = Mutex<FakePort?>(nil)
        let reactor = Reactor(name: "trace-test")
        defer { reactor.stop() }
        let port = try await TracingPort.open(
            handlers: Inbox().handlers, time: reactor,
            redact: { $0.hasPrefix("AT+NCDPOPEN") ? "AT+NCDPOPEN=…" : $0 },
            sink: { line in lines.withLock { $0.append((line.direction == .written ? "> " : "< ") + line.text) } },
            opening: { handlers in
                let port = FakePort(handlers: handlers)
                fake.withLock { $0 = port }
                return port
            })
        use(port, try #require(fake.withLock { $0 }))
        return lines.withLock { $0 }
    }

    @Test func `every line is shown once it is whole`() async throws {
        let lines = try await trace { port, line in
            port.write(Array("AT+CSQ\r".utf8))
            line.receive("\r\n+CSQ: 20")
            line.receive(",99\r\n\r\nOK\r\n")
            #expect(line.written.withLock { $0 } == Array("AT+CSQ\r".utf8))
        }
        #expect(lines == ["> AT+CSQ", "< +CSQ: 20,99", "< OK"])
    }

    @Test func `bytes that are no text are escaped`() async throws {
        let lines = try await trace { port, line in
            line.receive("\u{0}\u{1b}\\\u{7f}\r\n")
            port.write([0xFF, 0x1A])
        }
        #expect(lines == [#"< \x00\x1B\\\x7F"#, #"> \xFF\x1A"#])
    }

    @Test func `a prompt is shown before what it asks for`() async throws {
        let lines = try await trace { port, line in
            line.receive("\r\n> ")
            port.write(Array("data".utf8))
        }
        #expect(lines == ["< > ", "> data"])
    }

    @Test func `a secret is replaced, in its echo too`() async throws {
        let lines = try await trace { port, line in
            port.write(Array("AT+NCDPOPEN=\"h\",5684,00112233\r".utf8))
            line.receive("AT+NCDPOPEN=\"h\",5684,00112233\r\r\nOK\r\n")
        }
        #expect(lines == ["> AT+NCDPOPEN=…", "< AT+NCDPOPEN=…", "< OK"])
    }
}
