import Testing
import VirtualModules

/// What the four clouds do by themselves, and what the module does without its host.
@Suite struct LwM2MCloudTests {
    /// What the host did not add, and what no report exists for, the module answers itself.
    @Test(arguments: [
        (CloudOrder(.read, "3304/0/1"), 13, ""), (CloudOrder(.write, "3303/0/1", payload: [1]), 13, ""),
        (CloudOrder(.read, "3/0/3"), 1, "BC260YCNAAR01A03"), (CloudOrder(.execute, "3/0/4"), 14, ""),
        (CloudOrder(.discover, "3303"), 1, ""), (CloudOrder(.writeAttributes, "3303/0/5700", text: "pmin=1"), 2, ""),
        (CloudOrder(.read, "3303/x"), 11, ""),
    ])
    func `the module answers itself what is not the host's`(order: CloudOrder, code: Int, text: String) async throws {
        try await withRegistered { module, host in
            let id = await module.request(order)
            let answer = try #require(await module.waitForAnswer(to: id))
            #expect(answer.code == code)
            #expect(answer.values.map(\.text).joined() == text)
            #expect(await host.ok("AT"))
        }
    }

    /// S3 3.10 and 3.11; object 1 is the module's, the host is only told.
    @Test(arguments: [
        (CloudOrder(.write, "1/0/1", text: "600"), #""lifetime_changed",600"#, 600),
        (CloudOrder(.write, "1/0/1", payload: [0, 0, 0x0E, 0x10]), #""lifetime_changed",3600"#, 3600),
        (CloudOrder(.write, "1/0/7", text: "UQ"), #""binding_changed",UQ"#, 300),
    ])
    func `the cloud may change the registration`(order: CloudOrder, report: String, lifetime: Int) async throws {
        try await withRegistered { module, host in
            let id = await module.request(order)
            #expect(await host.lines(["+QLAURC: \(report)"]))
            #expect(await module.waitForAnswer(to: id)?.code == 2)
            #expect(await module.withCloud { $0.lifetime } == lifetime)
        }
    }

    @Test func `the DMP observes everything and the module may answer that itself`() async throws {
        try await withHost(.lwm2m(.cuDMP)) { module, host in
            #expect(await host.prepare(.cuDMP, objects: sensorObjects))
            #expect(
                await host.lines(
                    "AT+QLAREG", "OK", "+QLAREG: 0", #"+QLAURC: "observe",8095,0,3303,0,-1"#,
                    #"+QLAURC: "observe",8096,0,3303,1,-1"#))
            #expect(await host.command("AT+QLANOTIFY=3303,0,5700,4,4,1.5,0") == "\r\nERROR\r\n")
            #expect(await host.lines("AT+QLAOBSRSP=8095,1,3303,0,5700,4,4,1.5,0", "OK", "+QLAOBSRSP: 0"))
            #expect(await host.lines("AT+QLANOTIFY=3303,0,5700,4,4,1.5,0", "OK", "+QLANOTIFY: 0"))
            #expect(await host.ok(#"AT+QLACFG="auto_ack",1"#))
            #expect(
                await host.lines(
                    "AT+QLAADDOBJ=3311,0,1,5850", "OK", "+QLAADDOBJ: 0", #"+QLAURC: "observe",8097,0,3311,0,-1"#))
            #expect(await host.lines("AT+QLANOTIFY=3311,0,5850,5,1,1,0", "OK", "+QLANOTIFY: 0"))
            #expect(await host.lines("AT+QLADELOBJ=3311", "OK", "+QLADELOBJ: 0"))
            #expect(await module.breaches.map { $0.contains("not observed") } == [true])
        }
    }

    @Test func `a cancelled observation takes no more reports`() async throws {
        try await withHost(.lwm2m()) { module, host in
            #expect(await host.registerObserved())
            await module.cancelObservation()
            #expect(await host.lines([#"+QLAURC: "observe",8096,1,19,0,0"#]))
            #expect(await host.lines(#"AT+QLAOBSRSP=8096,1,19,0,0,2,1,"00",0"#, "OK", "+QLAOBSRSP: 0"))
            #expect(await host.command("AT+QLANOTIFY=19,0,0,2,1,00,0") == "\r\nERROR\r\n")
            await module.observeData()
            #expect(await host.lines([#"+QLAURC: "observe",8097,0,19,0,0"#]))
        }
    }

    @Test func `a message downwards is a write of the data resource`() async throws {
        try await withHost(.lwm2m()) { module, host in
            await module.withCloud { $0.reply = [0xAA, 0] }
            #expect(await host.registerObserved())
            #expect(
                await host.lines(
                    "AT+QLANOTIFY=19,0,0,2,1,00,0", "OK", "+QLANOTIFY: 0",
                    #"+QLAURC: "write",8096,19,1,0,2,2,"AA00",0"#))
        }
    }
}
