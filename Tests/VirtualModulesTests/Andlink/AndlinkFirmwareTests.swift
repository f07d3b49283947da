import Reactor
import Testing
import VirtualModules

/// Updates in both modes, their decisions and their failures (S4 2, 3.8 and 3.14).
@Suite struct AndlinkFirmwareTests {
    private func task(_ outcome: FirmwareTask.Outcome) -> FirmwareTask {
        var task = FirmwareTask(outcome)
        (task.size, task.stepTime) = (1000, .milliseconds(2))
        return task
    }

    private let success = FirmwareTask.Outcome.success(revision: "BC28JAR01A04")

    private func lines(_ text: String) -> [String] { text.split(whereSeparator: \.isNewline).map(String.init) }

    private let boot = ["Boot: Unsigned", "Security B.. Verified", "Protocol A.. Verified", "Apps A...... Verified"]

    /// The dialogue of S4 3.8.
    @Test func `a host that decides`() async throws {
        try await withBC28(.andlink { $0.spelling.andlink.spacesBanner = false }) { module, host in
            #expect(await host.ok("AT+QLAFOTAIND=1"))
            #expect(await host.registerAndlink())
            await module.updateFirmware(task(success))
            #expect(await host.until("6\r\n") == "\r\nFIRMWARE DOWNLOADING\r\n\r\n+QLAEVTIND:6\r\n")
            #expect(await host.ok("AT+QLAFOTAIND=2"))
            #expect(await host.until("7\r\n") == "\r\nFIRMWARE DOWNLOADED\r\n\r\n+QLAEVTIND:7\r\n")
            #expect(await host.ok("AT+QLAFOTAIND=4"))
            let end = lines(await host.until("OVER\r\n"))
            let expected = ["REBOOT_CAUSE_SECURITY_FOTA_UPGRADE", "Neul", "OK", "FIRMWARE UPDATE SUCCESS"]
            let events = ["+QLAEVTIND:0", "+QLAEVTIND:3", "FIRMWARE UPDATE OVER"]
            #expect(end == ["FIRMWARE UPDATING"] + boot + expected + events)
            #expect(await host.command("AT+CGMR") == "\r\nBC28JAR01A04\r\n\r\nOK\r\n")
            #expect(await host.sends("AT+QLASENDDATA=0x0000,1", data: "x"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test(arguments: [false, true])
    func `the automatic mode needs nobody`(tellsSteps: Bool) async throws {
        try await withBC28(.andlink { $0.andlink.tellsStepsInAutomaticMode = tellsSteps }) { module, host in
            #expect(await host.registerAndlink())
            await module.updateFirmware(task(success))
            let text = lines(await host.until("OVER\r\n"))
            let steps = ["FIRMWARE DOWNLOADING", "+QLAEVTIND:6", "FIRMWARE DOWNLOADED", "+QLAEVTIND:7"]
            #expect(Array(text.prefix(tellsSteps ? 4 : 2)) == (tellsSteps ? steps : [steps[0], steps[2]]))
            #expect(text.last == "FIRMWARE UPDATE OVER")
            #expect(await module.revision == "BC28JAR01A04")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `an update without a word`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            var task = task(success)
            task.saysEnd = false
            await module.updateFirmware(task)
            #expect(
                lines(await host.until("+QLAEVTIND:5\r\n")).suffix(4) == ["OK"] + [0, 3, 5].map { "+QLAEVTIND:\($0)" })
            #expect(await module.revision == "BC28JAR01A04")
        }
    }

    @Test(arguments: [3, 5])
    func `a host may cancel`(decision: Int) async throws {
        for tells in [false, true] {
            try await withBC28(.andlink { $0.andlink.tellsCancellation = tells }) { module, host in
                #expect(await host.ok("AT+QLAFOTAIND=1"))
                #expect(await host.registerAndlink())
                await module.updateFirmware(task(success))
                _ = await host.until("+QLAEVTIND:6\r\n")
                if decision == 5 {
                    #expect(await host.ok("AT+QLAFOTAIND=2"))
                    _ = await host.until("+QLAEVTIND:7\r\n")
                }
                #expect(await host.ok("AT+QLAFOTAIND=\(decision)"))
                if tells {
                    let failure = "FIRMWARE \(decision == 3 ? "DOWNLOAD" : "UPDATE") FAILED\r\n"
                    #expect(await host.until("FAILED\r\n") == "\r\n\(failure)")
                }
                #expect(await host.sends("AT+QLASENDDATA=0x0000,1", data: "x"))
                #expect(await module.revision == "BC28JAR01A03")
                #expect(await module.breaches.isEmpty)
            }
        }
    }

    @Test func `a decision at the wrong moment is refused`() async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.registerAndlink(time))
            // Not in automatic mode.
            #expect(await host.command("AT+QLAFOTAIND=2") == "\r\n+CME ERROR: 516\r\n")
            #expect(await host.ok("AT+QLAFOTAIND=1"))
            #expect(await host.command("AT+QLAFOTAIND=2") == "\r\n+CME ERROR: 516\r\n")
            await module.updateFirmware(task(success))
            _ = await host.until("+QLAEVTIND:6\r\n")
            #expect(await host.command("AT+QLAFOTAIND=4") == "\r\n+CME ERROR: 516\r\n")
            #expect(await host.command("AT+QLAFOTAIND=0") == "\r\n+CME ERROR: 529\r\n")
            #expect(await host.ok("AT+QLAFOTAIND=2"))
            // It is being downloaded.
            #expect(await host.command("AT+QLAFOTAIND=3") == "\r\n+CME ERROR: 516\r\n")
            await time.advance(by: .seconds(1))
            _ = await host.until("+QLAEVTIND:7\r\n")
            #expect(await host.command("AT+QLAFOTAIND=2") == "\r\n+CME ERROR: 516\r\n")
            #expect(await module.breaches.count == 6)
            #expect(await host.ok("AT+QLAFOTAIND=5"))
        }
    }

    // MARK: Failures

    @Test func `a download that fails leaves the module at work`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            await module.updateFirmware(task(.downloadFailure(4)))
            let failure = "\r\nFIRMWARE DOWNLOADING\r\n\r\nFIRMWARE DOWNLOAD FAILED\r\n"
            #expect(await host.until("FAILED\r\n") == failure)
            #expect(await host.sends("AT+QLASENDDATA=0x0000,1", data: "x"))
            #expect(await module.breaches.isEmpty)
        }
    }

    /// 5: the package is damaged.
    @Test func `an update may fail without a restart`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            await module.updateFirmware(task(.updateFailure(5)))
            let text = lines(await host.until("UPDATE FAILED\r\n"))
            let steps = ["DOWNLOADING", "DOWNLOADED", "UPDATING", "UPDATE FAILED"]
            #expect(text == steps.map { "FIRMWARE \($0)" })
            #expect(await host.sends("AT+QLASENDDATA=0x0000,1", data: "x"))
        }
    }

    @Test(arguments: [false, true])
    func `an update may fail over the restart`(tellsEnd: Bool) async throws {
        try await withBC28(.andlink { $0.andlink.tellsEndOfFailure = tellsEnd }) { module, host in
            #expect(await host.registerAndlink())
            await module.updateFirmware(task(.updateFailure(8)))
            let text = lines(await host.until(tellsEnd ? "OVER\r\n" : "+QLAEVTIND:5\r\n"))
            #expect(text.contains("FIRMWARE UPDATE FAILED"))
            #expect(text.contains("FIRMWARE UPDATE OVER") == tellsEnd)
            #expect(await module.revision == "BC28JAR01A03")
            #expect(await host.sends("AT+QLASENDDATA=0x0000,1", data: "x"))
        }
    }

    @Test func `power that is lost meanwhile fails the update`() async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.registerAndlink(time))
            var task = task(success)
            task.stepTime = .seconds(1)
            await module.updateFirmware(task)
            await time.advance(by: .seconds(4))
            _ = await host.until("UPDATING\r\n")
            await module.cutPower()
            await module.powerOn()
            #expect(await host.until("FAILED\r\n").hasSuffix("Neul \r\nOK\r\n\r\nFIRMWARE UPDATE FAILED\r\n"))
            #expect(await module.revision == "BC28JAR01A03")
        }
    }

    // MARK: What is refused meanwhile

    @Test(arguments: ["AT+QLASENDDATA=0x0000,1", "AT+NRB", "AT+CFUN=0", "AT+QLASREGIND=1"])
    func `nothing is done while firmware is downloaded`(command: String) async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.registerAndlink(time))
            await module.updateFirmware(task(success))
            _ = await host.until("DOWNLOADING\r\n")
            #expect(await host.command(command) == "\r\n+CME ERROR: 529\r\n")
            #expect(await module.breaches.count == 1)
            #expect(await host.command("AT+QLASTATUS?").contains("MO_DATA_ENABLED"))
            #expect(await module.breaches.count == 1)
        }
    }

    @Test func `nor before the server has heard of it`() async throws {
        try await withBC28AndTime { module, host, time in
            await module.withCloud { $0.registrationTime = .seconds(60) }
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4""#))
            #expect(await host.ok("AT+QLASREGIND=0"))
            await time.advance(by: .seconds(61))
            await module.updateFirmware(task(success))
            await time.advance(by: .seconds(1))
            _ = await host.until("SUCCESS\r\n")
            // The first command could have crossed the banner.
            #expect(await host.ok("AT"))
            for command in ["AT+QLASENDDATA=0x0000,1", "AT+NRB"] {
                #expect(await host.command(command) == "\r\n+CME ERROR: 529\r\n")
            }
            #expect(await module.breaches.count == 2)
            await time.advance(by: .seconds(61))
            #expect(await host.until("OVER\r\n").hasSuffix("\r\nFIRMWARE UPDATE OVER\r\n"))
            #expect(await host.sends("AT+QLASENDDATA=0x0000,1", data: "x"))
        }
    }

    @Test func `bytes while firmware is installed are lost and counted`() async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.registerAndlink(time))
            var task = task(success)
            task.stepTime = .seconds(1)
            await module.updateFirmware(task)
            await time.advance(by: .seconds(4))
            _ = await host.until("UPDATING\r\n")
            await host.write("AT\r")
            await module.wait { $0.bytesLost == 3 }
            await time.advance(by: .seconds(20))
            #expect(await host.until("OVER\r\n").hasSuffix("OVER\r\n"))
            #expect(await Set(module.breaches) == ["a byte came while firmware is installed"])
        }
    }

    @Test func `urgent data ends an update`() async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.registerAndlink(time))
            await module.updateFirmware(task(success))
            _ = await host.until("DOWNLOADING\r\n")
            #expect(await host.ok("AT+QLAFOTARESET=1"))
            #expect(await host.sends("AT+QLASENDDATA=0x0000,1", data: "x"))
            await time.advance(by: .seconds(60))
            #expect(await host.ok("AT"))
            #expect(await module.revision == "BC28JAR01A03")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `or must wait`() async throws {
        try await withBC28AndTime(.andlink { $0.andlink.yieldsToUrgentData = false }) { module, host, time in
            #expect(await host.registerAndlink(time))
            await module.updateFirmware(task(success))
            _ = await host.until("DOWNLOADING\r\n")
            #expect(await host.command("AT+QLAFOTARESET=1") == "\r\n+CME ERROR: 529\r\n")
            #expect(await module.breaches.isEmpty)
            await time.advance(by: .seconds(60))
            #expect(await host.until("OVER\r\n").hasSuffix("OVER\r\n"))
        }
    }

    @Test func `requests wait for the update's end`() async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.registerAndlink(time))
            await module.updateFirmware(task(success))
            await module.request(CloudOrder(.read, "19/1/0"))
            await time.advance(by: .seconds(60))
            #expect(await !host.until("OVER\r\n").contains("+QLAREAD"))
            #expect(await host.until("\"\r\n").hasPrefix("\r\n+QLAREAD: 8095,"))
        }
    }
}
