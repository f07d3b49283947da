import Reactor
import Testing
import VirtualModules

/// What a host must never do, and that it is counted.
@Suite struct BreachTests {
    @Test func `a command before the last answer is counted and still answered`() async throws {
        try await withManualTime { module, host, time in
            await module.fail(Fault(.split(every: 4, pause: .seconds(1)), on: "AT+CSQ"))
            await host.write("AT+CSQ\r")
            await module.wait { $0.log.contains { $0.text == "AT+CSQ" } }
            await host.write("AT\r")
            await module.wait { !$0.breaches.isEmpty }
            await time.advance(by: .seconds(10))
            #expect(await host.until("OK\r\n\r\nOK\r\n") == "\r\n+CSQ: 21,0\r\n\r\nOK\r\n\r\nOK\r\n")
            let breaches = await module.breaches
            #expect(breaches == ["a byte of a new command came before the answer to AT+CSQ was complete"])
        }
    }

    @Test func `two commands in one write are counted however fast the module is`() async throws {
        try await withHost { module, host in
            await host.write("AT+CSQ\rAT+CIMI\rAT\r")
            #expect(await host.until("17\r\n\r\nOK\r\n\r\nOK\r\n").hasPrefix("\r\n+CSQ: 21,0\r\n\r\nOK\r\n"))
            #expect(await module.breaches.count == 2)
        }
    }

    @Test func `two commands in one breath are counted while the module thinks`() async throws {
        try await withHost(.with { $0.thinkTime = .milliseconds(5) }) { module, host in
            await host.write("AT\rAT\r")
            #expect(await host.until("OK\r\n\r\nOK\r\n") == "\r\nOK\r\n\r\nOK\r\n")
            #expect(await module.breaches.count == 1)
        }
    }

    @Test(arguments: [
        ("AT\r\n", "more than a CR"),
        ("hello\r", "does not begin with AT"),
        ("At\r", "does not begin with AT"),
    ])
    func `a line that is no command is counted`(text: String, breach: String) async throws {
        try await withHost { module, host in
            await host.write(text)
            await module.wait { !$0.breaches.isEmpty }
            #expect(await module.breaches.map { $0.contains(breach) } == [true])
        }
    }

    @Test func `one command may have crossed the banner of a restart on an idle line, and no second one`() async throws
    {
        try await withHost { module, host in
            #expect(await host.register())
            await module.reset()
            #expect(await host.until("RDY\r\n").hasSuffix("RDY\r\n"))
            #expect(await host.command("AT+NMGS=1,00").contains("ERROR"))
            #expect(await module.breaches == [])
            #expect(await host.command("AT+NMGS=1,00").contains("ERROR"))
            #expect(await module.breaches == ["NMGS without registration"])
        }
    }

    @Test func `who waits for an answer has seen the banner when he sends the next command`() async throws {
        try await withHost { module, host in
            #expect(await host.register())
            await module.fail(Fault(.resetBefore, on: "AT+CSQ"))
            await host.write("AT+CSQ\r")
            #expect(await host.until("RDY\r\n").hasSuffix("RDY\r\n"))
            #expect(await host.command("AT+NMGS=1,00").contains("ERROR"))
            #expect(await module.breaches == ["NMGS without registration"])
        }
    }

    @Test func `bare line ends are no commands`() async throws {
        try await withHost { module, host in
            await host.write("\r\r")
            #expect(await host.ok("AT"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a host that waits is never blamed at any rate`() async throws {
        for baud in [0, 9600, 115_200] {
            try await withHost(.with { $0.baud = baud }, baud: baud == 0 ? 115_200 : baud) { module, host in
                for _ in 0..<20 { #expect(await host.ok("AT")) }
                #expect(await module.breaches.isEmpty)
            }
        }
    }
}
