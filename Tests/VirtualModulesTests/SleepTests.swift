import Reactor
import Testing
import VirtualModules

@Suite struct SleepTests {
    /// Seed 4.1.2: sleeps, loses what wakes it, comes back with event 6.
    @Test func `the first bytes to a sleeping module are lost and wake it`() async throws {
        try await withHost { module, host in
            #expect(await host.register())
            #expect(await host.ok("AT+NNMI=1"))
            await module.enterSleep()
            #expect(await host.until("SLEEP\"\r\n") == "\r\n+QNBIOTEVENT: \"ENTER DEEPSLEEP\"\r\n")
            await host.write("AT\r")
            let woken = await host.until("+QLWEVTIND: 6\r\n")
            #expect(woken == "\r\n+QNBIOTEVENT: \"EXIT DEEPSLEEP\"\r\n\r\n+QLWEVTIND: 6\r\n")
            #expect(await host.command("AT+NNMI?") == "\r\n+NNMI: 1\r\n\r\nOK\r\n")
            #expect(await host.ok("AT+NMGS=1,00"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a session that does not survive says event 7`() async throws {
        try await withHost(.with { $0.resumesAfterSleep = false }) { module, host in
            #expect(await host.register())
            await module.enterSleep()
            await host.write("AT\r")
            #expect(await host.until("+QLWEVTIND: 7\r\n").hasSuffix("\r\n+QLWEVTIND: 7\r\n"))
            #expect(await host.command("AT+NMSTATUS?").contains("RESUMPTION_FAILED"))
        }
    }

    @Test func `an idle module sleeps by itself if it may`() async throws {
        try await withHost(.with { ($0.timeScale, $0.sleepAfter) = (200, ModuleOptions.hardwareSleep) }) { _, host in
            // 10 s pass in 50 ms.
            #expect(await host.until("ENTER DEEPSLEEP\"\r\n").hasSuffix("ENTER DEEPSLEEP\"\r\n"))
        }
    }

    @Test func `a module that may not sleep stays awake`() async throws {
        try await withManualTime { module, host, time in
            #expect(await host.ok("AT+QSCLK=0"))
            await time.advance(by: .seconds(3600))
            #expect(await !module.isAsleep)
            #expect(await host.ok("AT+QSCLK=1"))
            await time.advance(by: .seconds(9))
            #expect(await !module.isAsleep)
            await time.advance(by: .seconds(2))
            #expect(await module.isAsleep)
        }
    }

    @Test func `unread messages keep it awake`() async throws {
        try await withManualTime { module, host, time in
            #expect(await host.register(with: module, time))
            await module.send(downlink: [1, 2])
            await time.advance(by: .seconds(60))
            #expect(await !module.isAsleep)
            #expect(await host.command("AT+NMGR") == "\r\n+NMGR: 2,0102\r\n\r\nOK\r\n")
            await time.advance(by: .seconds(21))
            #expect(await module.isAsleep)
        }
    }

    @Test func `a downlink for a sleeping module waits for its next uplink`() async throws {
        try await withHost { module, host in
            #expect(await host.register())
            #expect(await host.ok("AT+NNMI=1"))
            await module.enterSleep()
            await module.send(downlink: [7])
            await host.write("\r")
            #expect(await host.until("+QLWEVTIND: 6\r\n").hasSuffix("+QLWEVTIND: 6\r\n"))
            #expect(await module.withCloud { $0.downlinks.count } == 1)
            #expect(await host.ok("AT+NMGS=1,00"))
            #expect(await host.until("+NNMI: 1,07\r\n").hasSuffix("\r\n+NNMI: 1,07\r\n"))
        }
    }
}
