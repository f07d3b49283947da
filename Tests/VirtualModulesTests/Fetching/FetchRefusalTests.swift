import Testing
import VirtualModules

/// What a module with AT+QFOTADL refuses, and what a host must not do (S1 2.2.2 and 3.4.5).
@Suite struct FetchRefusalTests {
    private static let options = ModuleOptions.with { ($0.platform, $0.sleepAfter) = (.bc25, .seconds(1_000_000)) }
    private static let long = String(repeating: "x", count: 512)

    @Test(arguments: [
        "AT+QFOTADL=\"https://h/x\"", "AT+QFOTADL=\"h/x\"", "AT+QFOTADL=\"http://h\"", "AT+QFOTADL=\"http://h/\"",
        "AT+QFOTADL=\"http://h:0/x\"", "AT+QFOTADL=\"http://h:65536/x\"", "AT+QFOTADL=\"http://:80/x\"",
        "AT+QFOTADL=\"http://h/\(long)\"", "AT+QFOTADL=http://h/x", "AT+QFOTADL=0", "AT+QFOTADL=3", "AT+QFOTADL=2",
        "AT+QFOTADL=1,\"http://h/x\"", "AT+QFOTADL=2,http://h/x", "AT+QFOTADL=2,\"http://h/x\",name",
        "AT+QFOTADL=2,\"http://h/x\",\"a/b\"", "AT+QFOTADL=2,\"http://h/x\",\"\"",
        "AT+QFOTADL=2,\"http://h/\(long.prefix(64))\"", "AT+QFOTADL=2,\"http://h/x\",\"\(long.prefix(64))\"",
    ])
    func `a wrong parameter is refused and counted`(_ command: String) async throws {
        try await withHost(Self.options) { module, host in
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.command(command) == "\r\n+CME ERROR: 6501\r\n")
            #expect(await module.breaches.count == 1)
        }
    }

    @Test func `the longest address and name are taken`() async throws {
        try await withHost(Self.options) { module, host in
            await module.plan(.with { ($0.stepTime, $0.downloadHalts) = (.milliseconds(1), true) })
            #expect(await host.ok("AT+QSCLK=0"))
            let address = "http://h/" + Self.long.prefix(502)
            #expect(await host.ok("AT+QFOTADL=2,\"\(address)\",\"\(Self.long.prefix(63))\""))
            #expect(await module.breaches == [])
        }
    }

    @Test(arguments: [
        ("AT+QSCLK=1", "deep sleep"), ("AT+QSCLK=2", "deep sleep"),
        ("AT+CPSMS=1,,,\"01000011\",\"00000100\"", "power saving"), ("AT+CEDRXS=1,5,\"0101\"", "eDRX"),
    ])
    func `sleep must be off`(_ command: String, _ breach: String) async throws {
        try await withHost(Self.options) { module, host in
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.ok(command))
            #expect(await host.ok("AT+QFOTADL=\"http://h/x\""))
            #expect(await module.breaches.map { $0.contains(breach) } == [true])
        }
    }

    @Test(arguments: ["AT", "AT+CSQ", "AT+QRST=1", "AT+CFUN=0", "AT+QFOTADL=1", "AT+QFLST", "AT+CGMR"])
    func `nothing may be said while it downloads`(_ command: String) async throws {
        try await withHost(Self.options) { module, host in
            await module.plan(.with { ($0.stepTime, $0.downloadHalts) = (.milliseconds(1), true) })
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.ok("AT+QFOTADL=\"http://h/x\""))
            _ = await host.until("50%\r\n")
            _ = await host.command(command)
            #expect(await module.breaches.contains { $0.hasSuffix("while firmware is downloaded") })
        }
    }

    @Test func `nor while it installs`() async throws {
        try await withHost(Self.options) { module, host in
            await module.plan(.with { ($0.stepTime, $0.installationHalts) = (.milliseconds(1), true) })
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.ok("AT+QFOTADL=\"http://h/x\""))
            _ = await host.until("UPDATING\",50%\r\n")
            await host.write("AT\r")
            await module.wait { $0.bytesLost == 3 }
            #expect(await Set(module.breaches) == ["a byte came while firmware is installed"])
        }
    }

    @Test func `eDRX is told without its mode`() async throws {
        try await withHost(Self.options) { module, host in
            #expect(await host.command("AT+CEDRXS?").contains("+CEDRXS: 0\r\n"))
            #expect(await host.ok("AT+CEDRXS=1,5,\"0101\""))
            #expect(await host.command("AT+CEDRXS?").contains("+CEDRXS: 5,\"0101\"\r\n"))
        }
    }
}
