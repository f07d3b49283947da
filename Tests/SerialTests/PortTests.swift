import Glibc
import Reactor
import Serial
import Testing

@Suite struct PortTests {
    @Test func `bytes pass both ways unchanged`() async throws {
        try await withSerialWorld { world in
            let (host, module) = (Inbox(), Inbox())
            let terminal = try await world.makeTerminal()
            let far = try await world.openFarEnd(terminal.index, module)
            let port = try await world.open(terminal.path, host)
            let all = (0...255).map { UInt8($0) }
            await world.write(all, to: port)
            #expect(await module.bytes(256) == all)
            await world.write(all, to: far)
            #expect(await host.bytes(256) == all)
        }
    }

    @Test func `what arrived before the line was opened is received`() async throws {
        try await withSerialWorld { world in
            let (host, module) = (Inbox(), Inbox())
            let terminal = try await world.makeTerminal()
            let far = try await world.openFarEnd(terminal.index, module)
            await world.write("\r\n+NNMI: 1,AA\r\n", to: far)
            _ = try await world.open(terminal.path, host)
            #expect(await host.text(15) == "\r\n+NNMI: 1,AA\r\n")
        }
    }

    @Test func `a second program is told that the line is in use`() async throws {
        try await withSerialWorld { world in
            let terminal = try await world.makeTerminal()
            let first = try await world.open(terminal.path)
            await #expect(throws: PortError.inUse(path: terminal.path)) { try await world.open(terminal.path) }
            await world.close(first)
            _ = try await world.open(terminal.path)
        }
    }

    @Test func `a megabyte is written in as many parts as the line takes`() async throws {
        try await withSerialWorld { world in
            let (host, module) = (Inbox(), Inbox())
            let terminal = try await world.makeTerminal()
            _ = try await world.openFarEnd(terminal.index, module)
            let port = try await world.open(terminal.path, host)
            let bytes = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            await world.write(Array(bytes[..<700_000]), to: port)
            await world.write(Array(bytes[700_000...]), to: port)
            #expect(await module.bytes(bytes.count) == bytes)
        }
    }

    @Test func `a hang-up is told once and closes the port`() async throws {
        try await withSerialWorld { world in
            let host = Inbox()
            let terminal = try await world.makeTerminal()
            let port = try await world.open(terminal.path, host)
            await world.hangUp(terminal.index)
            #expect(await host.closed() == .hungUp)
            // Harmless now.
            await world.write("AT\r", to: port)
            await world.close(port)
        }
    }

    @Test func `a device that is plugged in again is found under the same path`() async throws {
        try await withTemporaryPath("module") { path in
            try await withSerialWorld { world in
                let (host, module) = (Inbox(), Inbox())
                let terminal = try await world.makeTerminal(link: path)
                _ = try await world.open(path, host)
                await world.hangUp(terminal.index)
                #expect(await host.closed() == .hungUp)
                await #expect(throws: PortError.noSuchDevice(path: path)) { try await world.open(path) }
                try await world.reopen(terminal.index)
                _ = try await world.openFarEnd(terminal.index, module)
                let port = try await world.open(path)
                await world.write("AT\r", to: port)
                #expect(await module.text(3) == "AT\r")
            }
        }
    }

    @Test func `without a held terminal the far end sees its host go`() async throws {
        try await withSerialWorld { world in
            let module = Inbox()
            let terminal = try await world.makeTerminal(keepsTerminalOpen: false)
            let port = try await world.open(terminal.path)
            _ = try await world.openFarEnd(terminal.index, module)
            await world.close(port)
            #expect(await module.closed() == .hungUp)
        }
    }

    @Test func `a closed port is silent`() async throws {
        try await withSerialWorld { world in
            let (host, second) = (Inbox(), Inbox())
            let terminal = try await world.makeTerminal()
            let far = try await world.openFarEnd(terminal.index, Inbox())
            let port = try await world.open(terminal.path, host)
            await world.close(port)
            _ = try await world.open(terminal.path, second)
            await world.write("late", to: far)
            #expect(await second.text(4) == "late")
            await world.hangUp(terminal.index)
            #expect(await second.closed() == .hungUp)
        }
    }
}
