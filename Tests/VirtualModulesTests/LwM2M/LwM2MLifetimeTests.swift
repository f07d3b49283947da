import Reactor
import Testing
import VirtualModules

/// Updates by the module and by the host, the end of a lifetime, and deep sleep.
@Suite struct LwM2MLifetimeTests {
    /// The five lines of S3 2.1: half, 15 + 3/4, 30 + 4/5, 70 + 9/10, 250 + 19/20.
    @Test(arguments: [
        (20, 10_000), (30, 15_000), (31, 15_750), (50, 30_000), (51, 30_800), (100, 70_000), (101, 70_900),
        (300, 250_000), (301, 250_950), (86_400, 82_045_000),
    ])
    func `the module updates in the note's intervals`(lifetime: Int, milliseconds: Int) async throws {
        try await withManualTime(.lwm2m()) { module, host, time in
            await module.withCloud { ($0.observes, $0.registrationTime) = (false, .zero) }
            #expect(await host.prepare(lifetime: lifetime))
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.ok("AT+QLAREG"))
            await time.advance(by: .zero)
            #expect(await host.lines(["+QLAREG: 0"]))
            await module.withCloud { $0.acknowledgement = .after(.zero) }
            await time.advance(by: .milliseconds(milliseconds - 1))
            #expect(await module.withCloud { $0.updates } == 0)
            await time.advance(by: .milliseconds(1))
            #expect(await host.lines([#"+QLAURC: "ping",0"#]))
            #expect(await module.withCloud { $0.updates } == 1)
            await time.advance(by: .milliseconds(milliseconds))
            #expect(await host.lines([#"+QLAURC: "ping",0"#]))
        }
    }

    @Test func `a lifetime that nobody renews ends`() async throws {
        try await withTime { module, host, time in
            #expect(await host.ok(#"AT+QLACFG="lifetime_enable",0"#))
            await time.advance(by: .seconds(290))
            #expect(await host.ok("AT+QLAUPDATE=0,60"))
            await time.advance(by: .seconds(1))
            #expect(await host.lines(["+QLAUPDATE: 0,8563"]))
            #expect(await module.withCloud { $0.lifetime } == 60)
            await time.advance(by: .seconds(58))
            #expect(await module.status == "2")
            await time.advance(by: .seconds(2))
            #expect(await module.status == "5")
            #expect(await host.command("AT+QLAUPDATE=0,60") == "\r\nERROR\r\n")
            #expect(await host.command("AT+QLANOTIFY=19,0,0,2,1,00,0") == "\r\nERROR\r\n")
            #expect(await module.breaches.isEmpty)
            #expect(await host.ok("AT+QLAREG"))
        }
    }

    @Test func `updates that do not get through end in result 4`() async throws {
        try await withTime { module, host, time in
            await module.withCloud { $0.acknowledgement = .never }
            // 250 s until the update, 124 s for its answer: the lifetime of 300 s is over before.
            await time.advance(by: .seconds(300))
            #expect(await host.lines([#"+QLAURC: "ping",4"#]))
            #expect(await module.status == "5")
        }
    }

    @Test(arguments: [(404, "5"), (400, "2"), (403, "2")])
    func `the cloud may refuse an update`(result: Int, status: String) async throws {
        try await withTime { module, host, time in
            await module.withCloud { $0.updateResult = result }
            #expect(await host.ok("AT+QLAUPDATE=1,1"))
            await time.advance(by: .seconds(1))
            #expect(await host.until("8563\r\n") == "\r\n+QLAUPDATE: \(result == 400 ? 900 : result),8563\r\n")
            #expect(await module.status == status)
        }
    }

    // MARK: Deep sleep

    @Test func `observations and open requests outlast deep sleep`() async throws {
        try await withTime { module, host, time in
            await module.request(CloudOrder(.execute, "19/0/0"))
            await module.enterSleep()
            await module.request(CloudOrder(.read, "19/1/0"))
            await host.write("AT\r")
            await module.wait { $0.bytesLost == 3 }
            await time.advance(by: .milliseconds(100))
            _ = await host.until("EXIT DEEPSLEEP\"\r\n")
            #expect(await host.command("AT+QLASTATUS?") == "\r\n+QLASTATUS: 6\r\n\r\nOK\r\n")
            #expect(await host.command("AT+QLANOTIFY=19,0,0,2,1,00,0") == "\r\nERROR\r\n")
            #expect(await host.command("AT+QLAEXERSP=8096,2") == "\r\nERROR\r\n")
            await time.advance(by: .milliseconds(200))
            #expect(await host.lines([#"+QLAURC: "recovered",0"#, #"+QLAURC: "read",8097,19,1,0"#]))
            #expect(await host.lines("AT+QLANOTIFY=19,0,0,2,1,00,0", "OK", "+QLANOTIFY: 0"))
            #expect(await host.lines("AT+QLAEXERSP=8096,2", "OK", "+QLAEXERSP: 0"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a session that is not recovered must be registered anew`() async throws {
        try await withHost(.lwm2m { $0.resumesAfterSleep = false }) { module, host in
            #expect(await host.registerObserved())
            await module.enterSleep()
            await host.write("AT\r")
            #expect(await host.until("\"recovered\",3\r\n").hasSuffix("\r\n+QLAURC: \"recovered\",3\r\n"))
            #expect(await host.command("AT+QLASTATUS?") == "\r\n+QLASTATUS: 7\r\n\r\nOK\r\n")
            #expect(await host.command("AT+QLANOTIFY=19,0,0,2,1,00,0") == "\r\nERROR\r\n")
            #expect(await host.lines("AT+QLAREG", "OK", "+QLAREG: 0"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a lifetime that ends in deep sleep is not recovered`() async throws {
        try await withTime { module, host, time in
            #expect(await host.ok(#"AT+QLACFG="lifetime_enable",0"#))
            await module.enterSleep()
            await time.advance(by: .seconds(301))
            #expect(await module.status == "7")
            await host.write("AT\r")
            await module.wait { $0.bytesLost > 0 }
            await time.advance(by: .seconds(1))
            #expect(await host.until("\"recovered\",3\r\n").hasSuffix("\r\n+QLAURC: \"recovered\",3\r\n"))
        }
    }

    @Test func `a sleeping module updates without a word`() async throws {
        try await withTime { module, host, time in
            await module.enterSleep()
            await time.advance(by: .seconds(260))
            #expect(await module.withCloud { $0.updates } == 1)
            #expect(await !module.log.contains { $0.text.contains("ping") })
        }
    }

    @Test func `power takes the session but not the settings`() async throws {
        try await withHost(.lwm2m()) { module, host in
            #expect(await host.registerObserved())
            #expect(await host.ok("AT+QRST=1"))
            _ = await host.until("+IP: 10.177.135.245\r\n")
            #expect(await module.status == "0")
            #expect(
                await host.lines("AT+QLAREG", "OK", "+QLAREG: 0", #"+QLAURC: "observe",8096,0,19,0,0"#))
        }
    }
}
