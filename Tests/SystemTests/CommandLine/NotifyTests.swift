import Glibc
import Reactor
import TestSupport
import Testing

@Suite struct `What systemd is told` {
    @Test func `ready, alive, reloading and stopping`() async throws {
        try await withTemporaryDirectory { directory in
            let socket = try NotifySocket(path: directory.file("notify"))
            let configuration = try directory.write(
                "bridge.conf",
                """
                [mqtt]
                port = \(try LocalSocket.freePort())
                [bridge]
                state_dir = "\(directory.file("state"))"
                http = ""
                """)
            let bridge = try await ChildProcess(
                "env",
                [
                    "NOTIFY_SOCKET=\(socket.path)", "WATCHDOG_USEC=100000", BridgeProcess.program, "run", "--config",
                    configuration,
                ])
            defer { bridge.end(SIGKILL) }
            #expect(try socket.next().hasPrefix("READY=1\nSTATUS=0 modules"))
            #expect(try socket.next() == "WATCHDOG=1")
            #expect(try socket.next() == "WATCHDOG=1")
            bridge.signal(SIGHUP)
            #expect(try socket.next(after: "WATCHDOG=1").hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
            #expect(try socket.next(after: "WATCHDOG=1").hasPrefix("READY=1"))
            bridge.signal(SIGTERM)
            #expect(try socket.next(after: "WATCHDOG=1").hasPrefix("STOPPING=1"))
        }
    }
}

/// systemd's end of the line.
private final class NotifySocket: Sendable {
    let path: String
    private let descriptor: Int32

    init(path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw SystemError.last("bind \(path)") }
        // It ends a hung test, it does not measure.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func next(after skipped: String? = nil) throws -> String {
        while true {
            var buffer = [UInt8](repeating: 0, count: 1024)
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw SystemError.last("hear from the bridge") }
            let text = String(decoding: buffer[..<count], as: UTF8.self)
            if text != skipped { return text }
        }
    }
}
