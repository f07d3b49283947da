import Glibc
import Reactor
import Serial
import Testing

/// A socket of this machine that listens and never does more than the test asks.
private final class Server: Sendable {
    let descriptor: Int32
    let port: Int

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, size) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        guard listening else { throw SystemError.last("listen") }
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    func accept() -> Int32 { Glibc.accept(descriptor, nil, nil) }
}

@Suite struct ConnectionTests {
    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a serial server's bytes pass both ways`(host: String) async throws {
        try await withSerialWorld { world in
            let server = try Server()
            let inbox = Inbox()
            let port = try await world.open(.tcp(host: host, port: server.port), inbox)
            let peer = server.accept()
            defer { close(peer) }
            await world.write("AT\r", to: port)
            var bytes = [UInt8](repeating: 0, count: 3)
            #expect(unsafe recv(peer, &bytes, 3, Int32(MSG_WAITALL)) == 3)
            #expect(bytes == Array("AT\r".utf8))
            #expect(unsafe send(peer, "\r\nOK\r\n", 6, 0) == 6)
            #expect(await inbox.text(6) == "\r\nOK\r\n")
        }
    }

    @Test func `a serial server that goes is a hang-up`() async throws {
        try await withSerialWorld { world in
            let server = try Server()
            let inbox = Inbox()
            _ = try await world.open(.tcp(host: "127.0.0.1", port: server.port), inbox)
            close(server.accept())
            #expect(await inbox.closed() == .hungUp)
        }
    }

    @Test func `writing to a peer that is gone ends the port and not the process`() async throws {
        try await withSerialWorld { world in
            let server = try Server()
            let inbox = Inbox()
            let port = try await world.open(.tcp(host: "127.0.0.1", port: server.port), inbox)
            let peer = server.accept()
            var linger = linger(l_onoff: 1, l_linger: 0)
            unsafe setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
            close(peer)
            for _ in 0..<3 { await world.write("AT\r", to: port) }
            #expect(await inbox.closed() == .hungUp)
        }
    }

    @Test func `a closed port of a host is refused by name`() async throws {
        try await withSerialWorld { world in
            let number: Int
            do { number = try Server().port }
            await #expect(throws: PortError.refused(host: "127.0.0.1", port: number)) {
                try await world.open(.tcp(host: "127.0.0.1", port: number), Inbox())
            }
        }
    }

    @Test func `a host that does not exist is named`() async throws {
        try await withSerialWorld { world in
            await #expect {
                _ = try await world.open(.tcp(host: "no-such-host.invalid", port: 1), Inbox())
            } throws: { error in
                guard case .unknownHost("no-such-host.invalid", _)? = error as? PortError else { return false }
                return true
            }
        }
    }
}
