import Testing
import VirtualModules

/// The module's buffer, seed 2.3.5.
@Suite struct BufferTests {
    @Test func `the ninth message is dropped`() async throws {
        try await withHost { module, host in
            #expect(await host.register())
            #expect(await host.ok("AT+NNMI=2"))
            for number in 1...9 { await module.send(downlink: [UInt8(number)]) }
            let reports = await host.until("buff full\r\n")
            let expected = String(repeating: "\r\n+NNMI\r\n", count: 8) + "\r\n+NNMI: \"recv\",buff full\r\n"
            #expect(reports == expected)
            #expect(await host.command("AT+NQMGR").contains("BUFFERED=8,RECEIVED=9,DROPPED=1\r\n"))
            for number in 1...8 {
                #expect(await host.command("AT+NMGR") == "\r\n+NMGR: 1,0\(number)\r\n\r\nOK\r\n")
            }
            #expect(await host.command("AT+NMGR") == "\r\nOK\r\n")
        }
    }

    @Test func `2560 bytes fit and one more does not`() async throws {
        try await withHost { module, host in
            #expect(await host.register())
            await module.send(downlink: [UInt8](repeating: 1, count: 1280))
            await module.send(downlink: [UInt8](repeating: 2, count: 1280))
            await module.send(downlink: [3])
            #expect(await host.until("buff full\r\n") == "\r\n+NNMI: \"recv\",buff full\r\n")
            #expect(await host.command("AT+NQMGR").contains("BUFFERED=2,RECEIVED=3,DROPPED=1\r\n"))
        }
    }

    @Test func `without reports messages are kept in silence`() async throws {
        try await withHost { module, host in
            #expect(await host.register())
            await module.send(downlink: [1])
            #expect(await host.command("AT+NMGR") == "\r\n+NMGR: 1,01\r\n\r\nOK\r\n")
        }
    }

    @Test func `pushing does not empty the buffer`() async throws {
        try await withHost { module, host in
            #expect(await host.register())
            await module.send(downlink: [1])
            #expect(await host.ok("AT+NNMI=1"))
            await module.send(downlink: [2])
            #expect(await host.until("02\r\n") == "\r\n+NNMI: 1,02\r\n")
            #expect(await host.command("AT+NMGR") == "\r\n+NMGR: 1,01\r\n\r\nOK\r\n")
        }
    }

    @Test(arguments: [
        (Spelling.NewMessage.plain, "\r\n+NNMI: 2,0AFF\r\n"),
        (.quoted, "\r\n+NNMI: 2,\"0AFF\"\r\n"),
        (.unspaced, "\r\n+NNMI:2,0AFF\r\n"),
    ])
    func `a message is spelled as told`(newMessage: Spelling.NewMessage, report: String) async throws {
        try await withHost(.with { $0.spelling.newMessage = newMessage }) { module, host in
            #expect(await host.register())
            #expect(await host.ok("AT+NNMI=1"))
            await module.send(downlink: [0x0A, 0xFF])
            #expect(await host.until("\r\n") + host.until("\r\n") == report)
        }
    }

    @Test(arguments: [(Spelling.Event.unspaced, "+QLWEVTIND:3"), (.equals, "+QLWEVTIND=3")])
    func `an event is spelled as told`(event: Spelling.Event, report: String) async throws {
        try await withHost(.with { $0.spelling.event = event }) { _, host in
            #expect(await host.ok(#"AT+NCDPOPEN="1.2.3.4""#))
            #expect(await host.until("\(report)\r\n").hasSuffix("\r\n\(report)\r\n"))
        }
    }
}
