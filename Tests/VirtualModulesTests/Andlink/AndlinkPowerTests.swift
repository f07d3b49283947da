import Reactor
import Testing
import VirtualModules

/// Restarts, what they keep, and PSM.
@Suite struct AndlinkPowerTests {
    /// S4 7, written once more.
    static let causes =
        "SECURITY_RESET_UNKNOWN SECURITY_SYSRESETREQ SECURITY_WATCHDOG SECURITY_SELF SECURITY_ALTBOOT SECURITY_REG_0 "
        + "SECURITY_REG_3 SECURITY_STANDARD_CHIP_WATCHDOG SECURITY_UPDATER_CHIP_WATCHDOG SECURITY_SCAN_ENTER_EXIT "
        + "SECURITY_PMU_POWER_ON_RESET SECURITY_RESET_PIN SECURITY_REGIONS_UPDATED SECURITY_FOTA_UPGRADE "
        + "PROTOCOL_SYSRESETREQ PROTOCOL_WATCHDOG PROTOCOL_MONITOR_REBOOT_REQ PROTOCOL_RPC_TIMEOUT "
        + "APPLICATION_SYSRESETREQ APPLICATION_WATCHDOG APPLICATION_AT APPLICATION_RPC_TIMEOUT PROTOCOL_IMSI_UPDATE "
        + "UNKNOWN"

    @Test func `every cause of the note is said`() async throws {
        let names = Self.causes.split(separator: " ").map { "REBOOT_CAUSE_\($0)" }
        #expect(names == RebootCause.allCases.map(\.rawValue))
        try await withBC28(.andlink { $0.bootTime = .zero }) { module, host in
            for cause in RebootCause.allCases {
                await module.reset(because: cause)
                #expect(await host.until("OK\r\n").hasSuffix("Verified\r\n\r\n\(cause.rawValue)\r\nNeul \r\nOK\r\n"))
            }
        }
    }

    @Test func `a restart of its own says the chosen cause, power on none`() async throws {
        try await withBC28(.andlink { ($0.andlink.rebootCause, $0.start) = (.protocolCallTimeout, .booting) }) {
            module, host in
            #expect(
                await host.until("OK\r\n").hasSuffix(
                    "Verified\r\n\r\nREBOOT_CAUSE_PROTOCOL_RPC_TIMEOUT\r\nNeul \r\nOK\r\n"))
            await module.cutPower()
            await module.powerOn()
            #expect(await host.until("OK\r\n").hasSuffix("Verified\r\n\r\nNeul \r\nOK\r\n"))
            await module.fail(Fault(.resetBefore, on: "AT+CSQ"))
            await host.write("AT+CSQ\r")
            #expect(await host.until("OK\r\n").contains("REBOOT_CAUSE_PROTOCOL_RPC_TIMEOUT"))
            #expect(await host.command("AT+NRB") == "\r\nREBOOTING\r\n")
            #expect(await host.until("OK\r\n").contains("REBOOT_CAUSE_APPLICATION_AT\r\n"))
        }
    }

    @Test func `what a restart keeps, and what it does not`() async throws {
        try await withBC28 { module, host in
            #expect(await host.ok("AT+CEREG=1"))
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.ok("AT+NPSMR=1"))
            #expect(await host.ok("AT+CPSMS=0"))
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4""#))
            #expect(await host.ok("AT+QLASECSWT=1,1"))
            #expect(await host.ok("AT+QLABSSECSWT=1,1"))
            #expect(await host.ok(#"AT+QCFG="LWM2M/DeviceType","5""#))
            #expect(await host.ok("AT+QLASETPSK=0,00112233445566778899AABBCCDDEEFF"))
            await module.reset()
            #expect(await host.until("+CEREG:1\r\n").hasSuffix("OK\r\n\r\n+CEREG:2\r\n\r\n+CEREG:1\r\n"))
            #expect(await host.until("+QLAEVTIND:0\r\n").hasSuffix("+QLAEVTIND:0\r\n"))
            #expect(await host.command("AT+NPSMR?").contains(":0\r\n"))
            #expect(await host.command("AT+CPSMS?").contains(":0,"))
            #expect(await host.command("AT+QLASERVERIP?").contains("\r\nLWM2M,1.2.3.4,5683\r\n"))
            #expect(await host.command("AT+QLASECSWT?").contains(":0,0\r\n"))
            #expect(await host.command("AT+QLABSSECSWT?").contains(":1,1\r\n"))
            #expect(await host.command(#"AT+QCFG="LWM2M/DeviceType""#).contains(",5\r\n"))
            #expect(await host.command("AT+QLASETPSK?").contains(",***\r\n"))
        }
    }

    // MARK: PSM

    @Test func `in PSM the line is heard, and what goes up ends it`() async throws {
        try await withBC28 { module, host in
            #expect(await host.ok("AT+NPSMR=1"))
            #expect(await host.registerAndlink())
            await module.enterSleep()
            #expect(await host.until("1\r\n") == "\r\n+NPSMR:1\r\n")
            #expect(await host.command("AT+NPSMR?") == "\r\n+NPSMR:1,1\r\n\r\nOK\r\n")
            #expect(await module.isAsleep)
            await module.send(downlink: [0x41])
            #expect(await host.command("AT+QLASENDDATA=0x0000,1", data: [1]).answer == "\r\nOK\r\n")
            #expect(await host.until("+QLAWRITE").hasPrefix("\r\n+NPSMR:0\r\n"))
            #expect(await !module.isAsleep)
            #expect(await host.command("AT+NPSMR?").contains("+NPSMR:1,0\r\n"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `above 9600 baud the first line is lost`() async throws {
        try await withHost(.andlink { $0.baud = 115_200 }) { module, host in
            #expect(await host.ok("AT+NPSMR=1"))
            await module.enterSleep()
            _ = await host.until("+NPSMR:1\r\n")
            await host.write("AT\r")
            #expect(await host.until("+NPSMR:0\r\n") == "\r\n+NPSMR:0\r\n")
            #expect(await module.bytesLost > 0)
            #expect(await host.ok("AT"))
        }
    }

    @Test func `a module without PSM stays awake`() async throws {
        try await withBC28AndTime(.andlink { $0.sleepAfter = ModuleOptions.hardwareSleep }) { module, host, time in
            #expect(await host.ok("AT+CPSMS=0"))
            await time.advance(by: .seconds(3600))
            #expect(await !module.isAsleep)
            #expect(await host.ok("AT+CPSMS=1"))
            await time.advance(by: .seconds(11))
            #expect(await module.isAsleep)
        }
    }

    @Test func `a BC28 is at 9600 baud`() async throws {
        let options = ModuleOptions.bc28
        try await withHost(options, baud: 9600) { module, host in
            #expect(await host.command("AT+CGSN=1") == "\r\n+CGSN:869334050000017\r\n\r\nOK\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }
}
