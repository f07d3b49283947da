import Reactor
import Testing
import VirtualModules

/// Updates of CTWing's LwM2M clouds that fail, S3 4.
@Suite struct LwM2MFirmwareTests {
    private let success = FirmwareTask.Outcome.success(revision: "BC260YCNAAR01A04")

    /// S3 4.3.2.
    @Test(arguments: [1, 12, 13, 99, 100, 101])
    func `a download that fails leaves the module at work`(code: Int) async throws {
        try await withHost(.lwm2m()) { module, host in
            #expect(await host.registerObserved())
            await module.updateFirmware(.quick(.downloadFailure(code)))
            #expect(await host.lines([#"+QIND: "FOTA","COAPSTART""#, #"+QIND: "FOTA","COAPEND",\#(code)"#]))
            #expect(await host.lines("AT+QLANOTIFY=19,0,0,2,1,00,0", "OK", "+QLANOTIFY: 0"))
        }
    }

    @Test func `an update that fails keeps the old revision and says so after the restart`() async throws {
        try await withHost(.lwm2m()) { module, host in
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.registerObserved())
            await module.updateFirmware(.quick(.updateFailure(255)))
            _ = await host.until("RDY\r\n")
            #expect(await host.lines(["+CFUN: 1", #"+QIND: "FOTA","END",255"#, "+CPIN: READY"]))
            #expect(await module.revision == "BC260YCNAAR01A03")
        }
    }

    /// S3 4.1.2.1: the lifetime is made longer, and nothing else is sent.
    @Test(arguments: [
        "AT+QLANOTIFY=19,0,0,2,1,00,0", "AT+QLAREG", "AT+QLADEREG", "AT+QLAADDOBJ=20,0,1,0", "AT+QLADELOBJ=19",
        #"AT+QLASENDDATA=2,1,"00""#,
    ])
    func `data during the download is refused and counted`(command: String) async throws {
        try await withHost(.lwm2m()) { module, host in
            #expect(await host.registerObserved())
            var task = FirmwareTask.quick(success)
            task.stepTime = .seconds(3600)
            await module.updateFirmware(task)
            _ = await host.until("COAPSTART\"\r\n")
            #expect(await host.command(command) == "\r\nERROR\r\n")
            #expect(await module.breaches.map { $0.contains("while firmware is downloaded") } == [true])
            #expect(await host.lines("AT+QLAUPDATE=0,86400", "OK", "+QLAUPDATE: 0,8563"))
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await module.breaches.count == 1)
        }
    }

    /// S3 4.1.2.1: lost power in the download ends the update, in the installation it only interrupts it.
    @Test func `lost power ends a download`() async throws {
        try await withHost(.lwm2m()) { module, host in
            #expect(await host.registerObserved())
            var task = FirmwareTask.quick(success)
            task.stepTime = .seconds(3600)
            await module.updateFirmware(task)
            _ = await host.until("COAPSTART\"\r\n")
            await module.cutPower()
            await module.powerOn()
            _ = await host.until("+IP: 10.177.135.245\r\n")
            #expect(await host.lines("AT+QLAREG", "OK", "+QLAREG: 0", #"+QLAURC: "observe",8096,0,19,0,0"#))
            #expect(await module.revision == "BC260YCNAAR01A03")
        }
    }

    @Test func `lost power only interrupts an installation`() async throws {
        try await withTime { module, host, time in
            var task = FirmwareTask.quick(success)
            task.stepTime = .seconds(1)
            await module.updateFirmware(task)
            await time.advance(by: .seconds(5))
            #expect(await host.until("16%,1,1\r\n").contains(#""FOTA","START""#))
            await module.cutPower()
            await module.powerOn()
            await time.advance(by: .seconds(8))
            let text = await host.until("+CPIN: READY\r\n")
            #expect(text.contains("UPDATING\",2%"))
            #expect(text.hasSuffix("RDY\r\n\r\n+CFUN: 1\r\n\r\n+QIND: \"FOTA\",\"END\",0\r\n\r\n+CPIN: READY\r\n"))
            #expect(await module.revision == "BC260YCNAAR01A04")
        }
    }

    /// S3 4: only CTWing's clouds update.
    @Test func `an update waits for the observation and for the right cloud`() async throws {
        try await withHost(.lwm2m()) { module, host in
            await module.updateFirmware(.quick(.downloadFailure(101)))
            #expect(await host.registerObserved())
            #expect(await host.lines([#"+QIND: "FOTA","COAPSTART""#, #"+QIND: "FOTA","COAPEND",101"#]))
        }
        try await withHost(.lwm2m(.cuDMP)) { module, host in
            #expect(await host.ok(#"AT+QLACFG="auto_ack",1"#))
            await module.updateFirmware(.quick(.downloadFailure(101)))
            #expect(await host.prepare(.cuDMP))
            _ = await host.lines("AT+QLAREG", "OK", "+QLAREG: 0", #"+QLAURC: "observe",8095,0,19,0,-1"#)
            _ = await host.until("19,1,-1\r\n")
            #expect(await host.ok("AT"))
        }
    }
}
