import Reactor
import Testing
import VirtualModules

/// Registration and what may come of it, reports and their acknowledgements.
@Suite struct LwM2MSessionTests {
    @Test(arguments: [(CTWingCloud.Registration.reject, 403), (.ignore, 1)])
    func `a registration that fails says why`(answer: CTWingCloud.Registration, result: Int) async throws {
        try await withHost(.lwm2m { $0.timeScale = 1000 }) { module, host in
            await module.withCloud { $0.registration = answer }
            #expect(await host.prepare())
            #expect(await host.lines("AT+QLAREG", "OK", "+QLAREG: \(result)"))
            #expect(await host.command("AT+QLASTATUS?") == "\r\n+QLASTATUS: 0\r\n\r\nOK\r\n")
        }
    }

    /// 4 s doubled four times are 124 s; 2 s once are 2.
    @Test(arguments: [("4,4", 124), ("2,0", 2), ("20,1", 60)])
    func `the module waits as long as it was told to`(retransmit: String, seconds: Int) async throws {
        try await withManualTime(.lwm2m()) { module, host, time in
            await module.withCloud { $0.registration = .ignore }
            #expect(await host.prepare())
            #expect(await host.ok(#"AT+QLACFG="retransmit",\#(retransmit)"#))
            #expect(await host.ok("AT+QLAREG"))
            await time.advance(by: .seconds(seconds) - .milliseconds(1))
            #expect(await module.status == "1")
            await time.advance(by: .milliseconds(1))
            #expect(await host.lines(["+QLAREG: 1"]))
        }
    }

    @Test func `without the network the result is 900`() async throws {
        try await withHost(.lwm2m { $0.radioTime = .zero }) { module, host in
            #expect(await host.prepare())
            #expect(await host.ok("AT+CFUN=0"))
            #expect(await host.lines("AT+QLAREG", "OK", "+QLAREG: 900"))
        }
    }

    @Test(arguments: [
        (LwM2MService.ctIoT, #"AT+QLACFG="platform",1"#, "platform is 1"),
        (.cuDMP, #"AT+QLACFG="platform",0"#, "platform is 0"), (.andlink, #"AT+QLACFG="platform",2"#, "product type"),
    ])
    func `a cloud of another kind rejects and counts`(
        service: LwM2MService, option: String, breach: String
    ) async throws {
        try await withHost(.lwm2m(service)) { module, host in
            #expect(await host.ok(option))
            #expect(await host.ok(#"AT+QLACONFIG=0,"h",5683,"e",300,3"#))
            #expect(await host.lines("AT+QLAREG", "OK", "+QLAREG: 403"))
            #expect(await module.breaches.map { $0.contains(breach) } == [true])
        }
    }

    @Test(arguments: [
        (#"0,"id","30313233""#, 0), (#"0,"id","0123""#, 0), (#"0,"id","0124""#, 1), ("3", 1),
    ])
    func `the key must be the cloud's`(security: String, result: Int) async throws {
        try await withHost(.lwm2m { $0.timeScale = 1000 }) { module, host in
            await module.withCloud { ($0.psk, $0.observes) = (Array("0123".utf8), false) }
            #expect(await host.ok(#"AT+QLACFG="platform",1"#))
            #expect(await host.ok(#"AT+QLACONFIG=0,"h",5684,"e",31536000,\#(security)"#))
            #expect(await host.lines("AT+QLAREG", "OK", "+QLAREG: \(result)"))
        }
    }

    /// S3 2.1, note 1, and 3.10, 3.11.
    @Test func `a bootstrap server gives another, which alone is kept`() async throws {
        try await withHost(.lwm2m()) { module, host in
            await module.withCloud { ($0.assignedLifetime, $0.observes) = (900, false) }
            var spelling = Spelling()
            spelling.quotesBinding = true
            await module.setSpelling(spelling)
            await host.play(
                """
                AT+QLACFG="platform",1
                OK
                AT+QLACONFIG=1,"1.2.3.4",5683,"me",300,0,"id","00",1
                OK
                AT+QLACONFIG?
                OK
                """, with: module)
            await module.withCloud { $0.psk = [0] }
            await host.play(
                """
                AT+QLAREG
                OK
                +QLAURC: "lifetime_changed",900
                +QLAURC: "binding_changed","UQ"
                +QLAURC: "bs_finished"
                +QLAREG: 0
                AT+QLACONFIG?
                +QLACONFIG: 0,"1.2.3.4",5683,"me",900,0,"id","00",1
                OK
                AT+QRST=1
                OK
                RDY
                +CFUN: 1
                +CPIN: READY
                +IP: 10.177.135.245
                AT+QLACONFIG?
                +QLACONFIG: 0,"1.2.3.4",5683,"me",900,0,"id","00",1
                OK
                AT+QLAREG
                OK
                +QLAREG: 0
                """, with: module)
            #expect(await module.withCloud { $0.lifetime } == 900)
            #expect(await module.breaches.isEmpty)
        }
    }

    // MARK: Reports

    @Test(arguments: [
        (CTWingCloud.Acknowledgement.after(.seconds(1)), [#"+QLAURC: "report_ack",0,8563"#], 1),
        (.never, [#"+QLAURC: "report_ack",1,8563"#], 1), (.lost, [#"+QLAURC: "report_ack",1,8563"#], 0),
        (.reset, [#"+QLAURC: "report_ack",5,8563"#, #"+QLAURC: "lw_event",0,5,8563"#], 1),
    ])
    func `a confirmed report ends as the cloud lets it`(
        acknowledgement: CTWingCloud.Acknowledgement, end: [String], arrived: Int
    ) async throws {
        try await withTime { module, host, time in
            await module.withCloud { $0.acknowledgement = acknowledgement }
            #expect(
                await host.lines(
                    "AT+QLANOTIFY=19,0,0,2,1,00,0,1,1", "OK", #"+QLAURC: "report",8563"#, "+QLANOTIFY: 0"))
            await time.advance(by: .seconds(124))
            #expect(await host.lines(end))
            #expect(await module.uplinks.map(\.isConfirmed) == Array(repeating: true, count: arrived))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `after the cloud's RST only a new observation helps`() async throws {
        try await withHost(.lwm2m()) { module, host in
            #expect(await host.registerObserved())
            await module.withCloud { $0.acknowledgement = .reset }
            #expect(
                await host.lines(
                    "AT+QLANOTIFY=19,0,0,2,1,00,0", "OK", "+QLANOTIFY: 0", #"+QLAURC: "lw_event",0,5,8563"#))
            #expect(await host.command("AT+QLANOTIFY=19,0,0,2,1,00,0") == "\r\nERROR\r\n")
            await module.withCloud { $0.acknowledgement = .after(.zero) }
            await module.observeData()
            #expect(await host.lines([#"+QLAURC: "observe",8096,0,19,0,0"#]))
            #expect(await host.lines(#"AT+QLAOBSRSP=8096,1,19,0,0,2,1,"00",0"#, "OK", "+QLAOBSRSP: 0"))
            #expect(await host.lines("AT+QLANOTIFY=19,0,0,2,1,00,0", "OK", "+QLANOTIFY: 0"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `the parts of a report arrive together`() async throws {
        try await withHost(.lwm2m(.cuDMP)) { module, host in
            #expect(await host.prepare(.cuDMP, objects: ["3303,0,2,5700,5701"]))
            #expect(await host.ok(#"AT+QLACFG="auto_ack",1"#))
            #expect(await host.lines("AT+QLAREG", "OK", "+QLAREG: 0", #"+QLAURC: "observe",8095,0,3303,0,-1"#))
            #expect(await host.lines("AT+QLANOTIFY=3303,0,5700,4,4,1.5,1,1", "OK", "+QLANOTIFY: 0"))
            #expect(await module.uplinks.isEmpty)
            #expect(
                await host.lines(
                    #"AT+QLANOTIFY=3303,0,5701,1,3,"Cel",0,1,2"#, "OK", #"+QLAURC: "report",8563"#, "+QLANOTIFY: 0",
                    #"+QLAURC: "report_ack",0,8563"#))
            #expect(await host.lines("AT+QLANOTIFY=3303,0,5700,4,4,2.5,0", "OK", "+QLANOTIFY: 0"))
            let uplinks = await module.uplinks
            #expect(uplinks.map(\.path) == ["3303/0/5700", "3303/0/5701", "3303/0/5700"])
            #expect(uplinks.map(\.text) == ["1.5", "Cel", "2.5"])
            #expect(uplinks.map(\.group) == [1, 1, 2])
            #expect(uplinks.map(\.rai) == [2, 2, 0])
            // Half a report, then another.
            #expect(await host.lines("AT+QLANOTIFY=3303,0,5700,4,4,1.5,2", "OK", "+QLANOTIFY: 0"))
            #expect(await host.command("AT+QLANOTIFY=3303,0,5700,4,4,1.5,0") == "\r\nERROR\r\n")
            #expect(await module.breaches.map { $0.contains("wrong order") } == [true])
            #expect(await module.uplinks.count == 3)
        }
    }

    @Test func `without the network nothing is sent`() async throws {
        try await withHost(.lwm2m { $0.radioTime = .zero }) { module, host in
            #expect(await host.registerObserved())
            #expect(await host.ok("AT+CFUN=0"))
            #expect(await host.lines("AT+QLANOTIFY=19,0,0,2,1,00,0,1", "OK", "+QLANOTIFY: 2"))
            #expect(await module.uplinks.isEmpty)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `direct data is confirmed by its number`() async throws {
        try await withHost(.lwm2m(.andlink)) { module, host in
            await module.withCloud { $0.observes = false }
            #expect(await host.prepare(.andlink))
            #expect(await host.lines("AT+QLAREG", "OK", "+QLAREG: 0"))
            await module.withCloud { $0.acknowledgement = .reset }
            #expect(
                await host.lines(
                    #"AT+QLASENDDATA=1,2,"hi",1,1"#, "OK", "+QLASENDDATA: 0,8563", #"+QLAURC: "send_ack",5,8563"#,
                    #"+QLAURC: "lw_event",0,5,8563"#))
            let uplink = try #require(await module.uplinks.first)
            #expect(uplink.text == "hi" && uplink.path == nil && uplink.isConfirmed && uplink.rai == 1)
        }
    }

    @Test func `a deregistration without an answer changes nothing`() async throws {
        try await withTime { module, host, time in
            await module.withCloud { $0.acknowledgement = .never }
            #expect(await host.ok("AT+QLADEREG"))
            #expect(await module.status == "3")
            await time.advance(by: .seconds(124))
            #expect(await host.lines(["+QLADEREG: 1"]))
            #expect(await module.status == "2")
        }
    }
}
