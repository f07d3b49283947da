import Reactor
import Testing
import VirtualModules

/// Registration by command or by itself, its failures, and DTLS (S4 3.4, 3.9 to 3.12).
@Suite struct AndlinkRegistrationTests {
    private let key = "00112233445566778899AABBCCDDEEFF"
    private let bytes: [UInt8] = (0..<16).map { $0 * 0x11 }

    @Test func `the manual mode waits for the host`() async throws {
        try await withBC28(.andlink { $0.andlink.registersItself = false }) { module, host in
            await module.withCloud { $0.andlink.observesFirmware = false }
            #expect(await module.status == "UNINITIALISED")
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4""#))
            #expect(await host.command("AT+NRB") == "\r\nREBOOTING\r\n")
            #expect(await host.until("NOTIFY\r\n").hasSuffix("OK\r\n\r\nREGISTERNOTIFY\r\n"))
            #expect(await module.status == "UNINITIALISED")
            #expect(await host.ok("AT+QLASREGIND=0"))
            #expect(await host.until("+QLAEVTIND:3\r\n") == "\r\n+QLAEVTIND:0\r\n\r\n+QLAEVTIND:3\r\n")
            #expect(await host.command("AT+QLASTATUS?") == "\r\n+QLASTATUS:MO_DATA_ENABLED\r\n\r\nOK\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `the mode takes effect with the next start`() async throws {
        try await withBC28 { module, host in
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4""#))
            #expect(await host.ok("AT+QLAREGSWT=0"))
            #expect(await host.command("AT+QLAREGSWT?").contains(":0\r\n"))
            await module.reset()
            #expect(await host.until("NOTIFY\r\n").hasSuffix("\r\nREGISTERNOTIFY\r\n"))
            #expect(await host.ok("AT+QLAREGSWT=1"))
            await module.reset()
            #expect(await host.until("+QLAEVTIND:0\r\n").hasSuffix("OK\r\n\r\n+QLAEVTIND:0\r\n"))
        }
    }

    @Test func `REGISTERED may be the last word`() async throws {
        try await withBC28(.andlink { $0.andlink.tellsDataEnabled = false }) { module, host in
            #expect(await host.registerAndlink())
            #expect(await host.command("AT+QLASTATUS?") == "\r\n+QLASTATUS:REGISTERED\r\n\r\nOK\r\n")
        }
    }

    @Test func `each step has its state`() async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.ok(#"AT+QLASERVERIP="BS","1.2.3.4""#))
            #expect(await host.ok("AT+QLASREGIND=0"))
            #expect(await host.command("AT+QLASTATUS?").contains(":INIITIALISING\r\n"))
            await time.advance(by: .milliseconds(200))
            #expect(await host.until("+QLAEVTIND:4\r\n") == "\r\n+QLAEVTIND:4\r\n")
            #expect(await host.command("AT+QLASTATUS?").contains(":REGISTERING\r\n"))
            await time.advance(by: .milliseconds(200))
            #expect(await host.until("+QLAEVTIND:0\r\n") == "\r\n+QLAEVTIND:0\r\n")
            #expect(await host.command("AT+QLASTATUS?").contains(":REGISTERED\r\n"))
            await time.advance(by: .milliseconds(100))
            #expect(await host.command("AT+QLASTATUS?").contains(":MO_DATA_ENABLED\r\n"))
            #expect(await host.ok("AT+QLASREGIND=1"))
            await time.advance(by: .milliseconds(100))
            #expect(await host.until("+QLAEVTIND:1\r\n").hasSuffix("\r\n+QLAEVTIND:1\r\n"))
            #expect(await host.command("AT+QLASTATUS?").contains(":DEREGISTERED\r\n"))
            #expect(await host.ok("AT+QLASREGIND=0"))
        }
    }

    // MARK: Failures

    @Test func `the platform may reject`() async throws {
        try await withBC28AndTime { module, host, time in
            await module.withCloud { $0.registration = .reject }
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4""#))
            #expect(await host.ok("AT+QLASREGIND=0"))
            await time.advance(by: .seconds(1))
            #expect(await host.command("AT+QLASTATUS?").contains(":REJECTED_BY_SERVER\r\n"))
            await module.withCloud { $0.registration = .accept }
            #expect(await host.registerAndlink(time))
        }
    }

    @Test func `silence is tried again and then given up`() async throws {
        try await withBC28AndTime { module, host, time in
            await module.withCloud { $0.server = "9.9.9.9:5683" }
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4""#))
            #expect(await host.ok("AT+QLASREGIND=0"))
            await time.advance(by: .seconds(123))
            #expect(await module.status == "REGISTERING")
            await time.advance(by: .seconds(2))
            #expect(await host.command("AT+QLASTATUS?").contains(":TIMEOUT_AND_RETRYING\r\n"))
            await time.advance(by: .seconds(124))
            #expect(await host.command("AT+QLASTATUS?").contains(":REG_FAILED\r\n"))
            #expect(await module.withCloud { $0.registrations } == 2)
        }
    }

    @Test(arguments: [ModuleCloud.Registration.reject, .ignore])
    func `without bootstrap nothing is initialised`(answer: ModuleCloud.Registration) async throws {
        try await withBC28AndTime { module, host, time in
            await module.withCloud { $0.andlink.bootstrap = answer }
            #expect(await host.ok(#"AT+QLASERVERIP="BS","1.2.3.4""#))
            #expect(await host.ok("AT+QLASREGIND=0"))
            await time.advance(by: .seconds(300))
            #expect(await host.command("AT+QLASTATUS?").contains(":INIT_FAILED\r\n"))
        }
    }

    @Test(arguments: [ModuleCloud.Registration.reject, .ignore])
    func `deregistration may fail`(answer: ModuleCloud.Registration) async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.registerAndlink(time))
            await module.withCloud { $0.andlink.deregistration = answer }
            #expect(await host.ok("AT+QLASREGIND=1"))
            #expect(await host.command("AT+QLASREGIND=1") == "\r\n+CME ERROR: 516\r\n")
            await time.advance(by: .seconds(124))
            #expect(await host.command("AT+QLASTATUS?").contains(":DEREG_FAILED\r\n"))
            #expect(await module.breaches.count == 1)
        }
    }

    @Test func `what is out of turn is refused`() async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4""#))
            #expect(await host.ok("AT+QLASREGIND=0"))
            #expect(await host.command("AT+QLASREGIND=0") == "\r\n+CME ERROR: 516\r\n")
            #expect(await host.command("AT+QLASREGIND=1") == "\r\n+CME ERROR: 516\r\n")
            #expect(await host.command("AT+QLASENDDATA=0x0000,1") == "\r\n+CME ERROR: 513\r\n")
            await time.advance(by: .seconds(1))
            #expect(await host.until("+QLAEVTIND:5\r\n").hasSuffix("5\r\n"))
            #expect(await host.command("AT+QLASREGIND=0") == "\r\n+CME ERROR: 516\r\n")
            #expect(await module.breaches.count == 4)
        }
    }

    /// The host cannot know that the module has begun.
    @Test func `a registration of its own is refused without a breach`() async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4""#))
            #expect(await host.command("AT+NRB") == "\r\nREBOOTING\r\n")
            // The boot and the way into the network.
            await time.advance(by: .milliseconds(20))
            _ = await host.until("Neul \r\nOK\r\n")
            #expect(await module.status == "REGISTERING")
            #expect(await host.command("AT+QLASREGIND=0") == "\r\nERROR\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `the registration renews itself`() async throws {
        try await withBC28AndTime(.andlink { $0.andlink.lifetime = .seconds(1000) }) { module, host, time in
            #expect(await host.registerAndlink(time))
            await time.advance(by: .seconds(1900))
            #expect(await host.until("2\r\n") + host.until("2\r\n") == "\r\n+QLAEVTIND:2\r\n\r\n+QLAEVTIND:2\r\n")
            #expect(await module.withCloud { $0.updates } == 2)
        }
    }

    // MARK: DTLS

    @Test func `a key takes effect with the next start`() async throws {
        try await withBC28AndTime { module, host, time in
            await module.withCloud { [bytes] in $0.psk = bytes }
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4",5684"#))
            #expect(await host.ok("AT+QLAREGSWT=0"))
            #expect(await host.ok("AT+QLASETPSK=0,\(key)"))
            #expect(await host.ok("AT+QLASECSWT=1,1"))
            #expect(await host.command("AT+QLASREGIND=0") == "\r\n+CME ERROR: 512\r\n")
            #expect(await host.command("AT+NRB") == "\r\nREBOOTING\r\n")
            await time.advance(by: .seconds(1))
            _ = await host.until("REGISTERNOTIFY\r\n")
            // Not saved, as the key is.
            #expect(await host.command("AT+QLASECSWT?").contains(":0,0\r\n"))
            #expect(await host.ok("AT+QLASECSWT=1,1"))
            #expect(await host.ok("AT+QLASREGIND=0"))
            #expect(await host.command("AT+QLADTLSSTAT?").contains(":2\r\n"))
            await time.advance(by: .seconds(1))
            #expect(await host.until("+QLAEVTIND:0\r\n") == "\r\n+QLADTLSSTAT:0\r\n\r\n+QLAEVTIND:0\r\n")
            #expect(await host.command("AT+QLADTLSSTAT?").contains(":0\r\n"))
            #expect(await module.withCloud { $0.andlink.registrationWasEncrypted })
        }
    }

    @Test func `a wrong key fails the handshake`() async throws {
        let options = { @Sendable (options: inout ModuleOptions) in options.andlink.savesEncryption = true }
        try await withBC28(.andlink(options)) { module, host in
            await module.withCloud { $0.psk = [1] }
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4",5684"#))
            #expect(await host.ok("AT+QLASETPSK=0,\(key)"))
            #expect(await host.ok("AT+QLASECSWT=1"))
            #expect(await host.command("AT+NRB") == "\r\nREBOOTING\r\n")
            #expect(await host.until("+QLADTLSSTAT:3\r\n").hasSuffix("OK\r\n\r\n+QLADTLSSTAT:3\r\n"))
            #expect(await host.command("AT+QLADTLSSTAT?").contains(":3\r\n"))
            #expect(await host.command("AT+QLASTATUS?").contains(":INIT_FAILED\r\n"))
        }
    }

    @Test func `a message after a reset or a long silence begins with a handshake`() async throws {
        try await withBC28AndTime(.andlink { $0.andlink.savesEncryption = true }) { module, host, time in
            await module.withCloud { [bytes] in $0.psk = bytes }
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4",5684"#))
            #expect(await host.ok("AT+QLASETPSK=0,\(key)"))
            #expect(await host.ok("AT+QLASECSWT=1,0"))
            #expect(await host.command("AT+NRB") == "\r\nREBOOTING\r\n")
            await time.advance(by: .seconds(1))
            _ = await host.until("+QLAEVTIND:5\r\n")

            #expect(await host.sends("AT+QLASENDDATA=0x0100,1", data: "a"))
            await time.advance(by: .seconds(1))
            #expect(await host.until("4\r\n") == "\r\n+QLADATASTATUS:4\r\n")
            #expect(await host.ok("AT+QLARESETDTLS"))
            #expect(await host.command("AT+QLADTLSSTAT?").contains(":1\r\n"))
            #expect(await host.sends("AT+QLASENDDATA=0x0100,1", data: "b"))
            await time.advance(by: .seconds(1))
            #expect(await host.until("S:4\r\n") == "\r\n+QLADTLSSTAT:0\r\n\r\n+QLADATASTATUS:4\r\n")
            await time.advance(by: .seconds(31))
            #expect(await host.sends("AT+QLASENDDATA=0x0100,1", data: "c"))
            await time.advance(by: .seconds(1))
            #expect(await host.until("S:4\r\n") == "\r\n+QLADTLSSTAT:0\r\n\r\n+QLADATASTATUS:4\r\n")
            // The platform's key has changed.
            await module.withCloud { $0.psk = [1] }
            #expect(await host.ok("AT+QLARESETDTLS"))
            #expect(await host.sends("AT+QLASENDDATA=0x0100,1", data: "d"))
            await time.advance(by: .seconds(1))
            #expect(await host.until("S:2\r\n") == "\r\n+QLADTLSSTAT:3\r\n\r\n+QLADATASTATUS:2\r\n")
            #expect(await module.uplinks.map(\.text) == ["a", "b", "c"])
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `an idle handshake may not be told`() async throws {
        try await withBC28(.andlink { $0.andlink.tellsIdleHandshake = false }) { module, host in
            #expect(await host.command("AT+QLADTLSSTAT?") == "\r\nERROR\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }
}
