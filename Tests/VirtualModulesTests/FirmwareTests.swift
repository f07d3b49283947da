import Reactor
import Testing
import VirtualModules

/// An update from the platform, seed 5.1.6.2.
@Suite struct FirmwareTests {
    private let newRevision = "BC260YCNAAR02A01_BETA1230A"

    private func task(_ outcome: FirmwareTask.Outcome) -> FirmwareTask {
        var task = FirmwareTask(outcome)
        (task.size, task.stepTime) = (1000, .milliseconds(2))
        return task
    }

    @Test func `an update runs through and ends in the new revision`() async throws {
        try await withHost(.with { ($0.bootTime, $0.attachTime) = (.zero, .zero) }) { module, host in
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.register())
            await module.updateFirmware(task(.success(revision: newRevision)))
            let text = await host.until("READY\r\n")
            let lines = text.split(whereSeparator: \.isNewline).map(String.init)
            var expected = [
                "+QLWEVTIND: 8", #"+QIND: "FOTA","DOWNLOAD START""#, #"+QIND: "FOTA","DOWNLOADING",512"#,
                #"+QIND: "FOTA","DOWNLOADING",1000"#, #"+QIND: "FOTA","DOWNLOAD",0"#, #"+QIND: "FOTA","START""#,
            ]
            expected += [2, 16, 30, 44, 58, 72, 86, 100].map { #"+QIND: "FOTA","UPDATING",\#($0)%,1,1"# }
            expected += [#"+QIND: "FOTA","END",0"#, "RDY", "+CFUN: 1", "+CPIN: READY"]
            #expect(lines == expected)
            await module.wait { $0.log.contains { $0.text == "attached" } }
            #expect(await host.command("AT+CGMR").contains(newRevision))
            #expect(await host.register())
            #expect(await host.until("9\r\n") == "\r\n+QLWEVTIND: 9\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test(arguments: [2, 4, 9])
    func `a download that fails leaves the module at work`(code: Int) async throws {
        try await withHost { module, host in
            #expect(await host.register())
            await module.updateFirmware(task(.downloadFailure(code)))
            let end = "+QIND: \"FOTA\",\"DOWNLOAD\",\(code)\r\n"
            #expect(await host.until(end).hasSuffix("\r\n" + end))
            #expect(await host.ok("AT+NMGS=1,00"))
        }
    }

    @Test func `an update that fails keeps the old revision`() async throws {
        try await withHost(.with { $0.bootTime = .zero }) { module, host in
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.register())
            await module.updateFirmware(task(.updateFailure(255)))
            #expect(await host.until("READY\r\n").contains("\r\n+QIND: \"FOTA\",\"END\",255\r\n"))
            #expect(await host.command("AT+CGMR").contains("BC260YCNAAR02A01\r\n"))
        }
    }

    @Test func `data while firmware is downloaded is refused and counted`() async throws {
        try await withHost { module, host in
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.register())
            var task = task(.success(revision: newRevision))
            task.stepTime = .seconds(60)
            await module.updateFirmware(task)
            _ = await host.until("DOWNLOAD START\"\r\n")
            #expect(await host.command("AT+NMGS=1,00") == "\r\n+CME ERROR: 957\r\n")
            #expect(await module.breaches == ["+NMGS while firmware is downloaded"])
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.command("AT+NMSTATUS?").contains("OBSERVED"))
            #expect(await module.breaches.count == 1)
        }
    }

    @Test func `bytes while firmware is installed are lost and counted`() async throws {
        try await withManualTime { module, host, time in
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.register(with: module, time))
            var task = task(.success(revision: newRevision))
            task.stepTime = .seconds(1)
            await module.updateFirmware(task)
            // Two pieces, then the start.
            await time.advance(by: .seconds(3))
            _ = await host.until("\"START\"\r\n")
            await host.write("AT\r")
            await module.wait { $0.bytesLost == 3 }
            await time.advance(by: .seconds(20))
            #expect(await !host.until("RDY\r\n").contains("OK"))
            #expect(await Set(module.breaches) == ["a byte came while firmware is installed"])
        }
    }

    @Test func `an update waits for the module's next word`() async throws {
        try await withHost { module, host in
            await module.updateFirmware(task(.downloadFailure(9)))
            #expect(await host.register())
            #expect(await host.until("9\r\n").hasSuffix("\"DOWNLOAD\",9\r\n"))
        }
    }
}
