import Testing
import VirtualModules

/// The dialogues of S2 chapter 7, word by word. Events 20 and 21 stand in the seed's table, not in its dialogues.
@Suite struct OneNETDialogueTests {
    private static func quiet(_ options: inout ModuleOptions) { options.oneNET.tellsResponses = false }

    /// S2 7.2.1 to 7.2.3: what is configured, whether there is a bootstrap, and the ids of both requests.
    @Test(
        arguments: [
            (nil, true, 69234, 26384),
            (#"AT+MIPLCONFIG=0,1,1,"183.230.40.39",5683"#, true, 91530, 25995),
            (#"AT+MIPLCONFIG=0,1,0,"183.230.40.40",5683"#, false, 111_068, 45533),
        ] as [(String?, Bool, Int, Int)])
    func `a module registers, is discovered and leaves`(
        configuration: String?, bootstraps: Bool, observe: Int, discover: Int
    ) async throws {
        try await withOneNET(.oneNET(Self.quiet)) { module, host in
            await module.setNextID(observe)
            if let configuration { #expect(await host.ok(configuration)) }
            #expect(await host.command("AT+MIPLCREATE") == "\r\n+MIPLCREATE: 0\r\n\r\nOK\r\n")
            #expect(await host.ok(#"AT+MIPLADDOBJ=0,3311,1,"1",4,2"#))
            #expect(await host.ok("AT+MIPLOPEN=0,86400"))
            if bootstraps { #expect(await host.hears(all: "+MIPLEVENT: 0,1", "+MIPLEVENT: 0,2")) }
            #expect(await host.hears(all: "+MIPLEVENT: 0,4", "+MIPLEVENT: 0,6"))
            #expect(await host.hears("+MIPLOBSERVE: 0,\(observe),1,3311,0,-1"))
            await module.setNextID(discover)
            #expect(await host.ok("AT+MIPLOBSERVERSP=0,\(observe),1"))
            #expect(await host.hears("+MIPLDISCOVER: 0,\(discover),3311"))
            #expect(await host.ok(#"AT+MIPLDISCOVERRSP=0,\#(discover),1,19,"5850;5851;5706;5805""#))
            #expect(await host.ok("AT+MIPLDELOBJ=0,3311"))
            #expect(await host.ok("AT+MIPLCLOSE=0"))
            #expect(await host.hears("+MIPLEVENT: 0,15"))
            #expect(await host.ok("AT+MIPLDELETE=0"))
            let answers = await module.withCloud { $0.answers }
            #expect(answers.map(\.code) == [1, 1])
            #expect(answers.last?.values.first?.text == "5850;5851;5706;5805")
            #expect(await module.withCloud { [$0.neverAnswered, $0.answeredLate, $0.answeredTwice] } == [0, 0, 0])
            #expect(await module.breaches.isEmpty)
        }
    }

    /// S2 7.3: what is read, its report, and the answer's parameters from the result on.
    @Test(arguments: [
        (3123, "3311/0/5805", "3311,0,5805", ["1,3311,0,5805,4,4,1.88,0,0"]),
        (
            25466, "3311/0", "3311,0,-1",
            [
                "1,3311,0,5851,5,1,1,3,0", "1,3311,0,5852,3,2,123,2,0", #"1,3311,0,5706,1,10,"1234567890",1,0"#,
                "1,3311,0,5805,4,4,1.88,0,0",
            ]
        ),
        (
            39299, "3311", "3311,-1,-1",
            [
                "1,3311,0,5851,5,1,1,5,0", "1,3311,0,5852,3,2,123,4,0", "1,3311,1,5851,5,1,1,3,0",
                "1,3311,1,5852,3,2,123,2,0", #"1,3311,1,5706,1,10,"1234567890",1,0"#, "1,3311,1,5805,4,4,1.88,0,0",
            ]
        ),
    ])
    func `the cloud reads`(id: Int, path: String, fields: String, parts: [String]) async throws {
        try await withOneNET(.oneNET(Self.quiet)) { module, host in
            #expect(await host.settle(module, objects: [#"3311,2,"11",4,2"#]))
            await module.setNextID(id)
            await module.request(CloudOrder(.read, path))
            #expect(await host.hears("+MIPLREAD: 0,\(id),\(fields)"))
            for part in parts { #expect(await host.ok("AT+MIPLREADRSP=0,\(id),\(part)")) }
            let answer = try #require(await module.waitForAnswer(to: id))
            #expect(answer.values.count == parts.count)
            #expect(answer.values.last == answer.values.first { $0.text == "1.88" })
            #expect(await module.breaches.isEmpty)
        }
    }

    /// S2 7.4.1, with the second write's lone index 2.
    @Test(arguments: [(38017, 0), (38018, 2)])
    func `the cloud writes a resource`(id: Int, index: Int) async throws {
        try await withOneNET(
            .oneNET {
                Self.quiet(&$0)
                $0.oneNET.loneWriteIndex = index
            }
        ) { module, host in
            #expect(await host.settle(module))
            await module.setNextID(id)
            await module.request(CloudOrder(.write, "3311/0/5706", text: "hello"))
            #expect(await host.hears("+MIPLWRITE: 0,\(id),3311,0,5706,2,5,68656C6C6F,0,\(index)"))
            #expect(await host.ok("AT+MIPLWRITERSP=0,\(id),2"))
            #expect(await module.waitForAnswer(to: id)?.code == 2)
            #expect(await module.breaches.isEmpty)
        }
    }

    /// S2 7.4.2.
    @Test func `the cloud writes an instance`() async throws {
        try await withOneNET(.oneNET(Self.quiet)) { module, host in
            #expect(await host.settle(module))
            await module.setNextID(46584)
            var order = CloudOrder(.write, "3311/0")
            order.parts = [
                .init("3311/0/5706", Array("hello".utf8)), .init("3311/0/5850", [1]),
                .init("3311/0/5851", [0, 0, 0, 2, 0xDF, 0xDC, 0x1C, 0x3E]),
            ]
            await module.request(order)
            #expect(
                await host.hears(
                    all: "+MIPLWRITE: 0,46584,3311,0,5706,2,5,68656C6C6F,0,2",
                    "+MIPLWRITE: 0,46584,3311,0,5850,2,1,01,0,1",
                    "+MIPLWRITE: 0,46584,3311,0,5851,2,8,00000002DFDC1C3E,0,0"))
            #expect(await host.ok("AT+MIPLWRITERSP=0,46584,2"))
            #expect(await module.breaches.isEmpty)
        }
    }

    /// S2 7.5 to 7.7.
    @Test(arguments: [
        (
            36476, CloudOrder(.execute, "3303/0/5605", text: "reset"), #"+MIPLEXECUTE: 0,36476,3303,0,5605,5,"reset""#,
            "AT+MIPLEXECUTERSP=0,36476,2"
        ),
        (
            36477, CloudOrder(.execute, "3303/0/5605"), "+MIPLEXECUTE: 0,36477,3303,0,5605",
            "AT+MIPLEXECUTERSP=0,36477,14,1"
        ),
        (
            56642, CloudOrder(.writeAttributes, "3303/0/5700", text: "pmin=2;pmax=190;gt=100.0;lt=1.0;st=0.2"),
            #"+MIPLPARAMETER: 0,56642,3303,0,5700,38,"pmin=2;pmax=190;gt=100.0;lt=1.0;st=0.2""#,
            "AT+MIPLPARAMETERRSP=0,56642,2"
        ),
        (
            56643, CloudOrder(.writeAttributes, "3303", text: "pmin=2"),
            #"+MIPLPARAMETER: 0,56643,3303,-1,-1,6,"pmin=2""#, "AT+MIPLPARAMETERRSP=0,56643,11,0"
        ),
        (
            29620, CloudOrder(.observe, "3303/0"), "+MIPLOBSERVE: 0,29620,1,3303,0,-1",
            "AT+MIPLOBSERVERSP=0,29620,1"
        ),
        (
            29621, CloudOrder(.cancelObserve, "3303"), "+MIPLOBSERVE: 0,29621,0,3303,-1,-1",
            "AT+MIPLOBSERVERSP=0,29621,1,2"
        ),
    ])
    func `the cloud asks`(id: Int, order: CloudOrder, report: String, answer: String) async throws {
        try await withOneNET(.oneNET(Self.quiet)) { module, host in
            #expect(await host.settle(module, objects: [#"3303,1,"1",4,2"#]))
            await module.setNextID(id)
            await module.request(order)
            #expect(await host.hears(report))
            #expect(await host.ok(answer))
            #expect(await module.waitForAnswer(to: id) != nil)
            #expect(await module.breaches.isEmpty)
        }
    }

    /// S2 7.8: the observed path, the parts of the report, and the event at its end.
    @Test(
        arguments: [
            (122_179, "3303/0/5700", ["3303,0,5700,4,4,25.6,0,0"], nil),
            (
                653_687, "3303/0",
                [
                    "3303,0,5700,4,4,10.24,3,0", #"3303,0,5701,1,3,"Cel",2,0"#, "3303,0,5601,4,4,0.16,1,0",
                    "3303,0,5602,4,4,100.86,0,0",
                ], nil
            ),
            (
                196_301, "3303",
                [
                    "3303,0,5700,4,4,9.8,3,0", #"3303,0,5701,1,3,"Cel",2,0"#, "3303,0,5601,4,4,0.16,1,0",
                    "3303,0,5602,4,4,99.8,0,0", "3303,1,5700,4,4,0.2,3,0", #"3303,1,5701,1,3,"Cel",2,0"#,
                    "3303,1,5601,4,4,3.2,1,0", "3303,1,5602,4,4,100.1,0,0",
                ], nil
            ),
            (307_353, "3303/0/5701", [#"3303,0,5701,1,3,"Cel",0,0,255"#], 255),
            (
                487_674, "3303/0",
                [
                    "3303,0,5700,4,4,170.1,3,0,258", #"3303,0,5701,1,3,"Cel",2,0,258"#, "3303,0,5601,4,4,106.1,1,0,258",
                    "3303,0,5602,4,4,660.9,0,0,258",
                ], 258
            ),
        ] as [(Int, String, [String], Int?)])
    func `the host reports`(id: Int, path: String, parts: [String], ackID: Int?) async throws {
        try await withOneNET { module, host in
            #expect(await host.settle(module, objects: [#"3303,2,"11",4,2"#]))
            await module.setNextID(id)
            #expect(await host.observed(path, by: module) == id)
            for part in parts { #expect(await host.ok("AT+MIPLNOTIFY=0,\(id),\(part)")) }
            if let ackID { #expect(await host.hears("+MIPLEVENT: 0,26,\(ackID)")) }
            let uplinks = await module.uplinks
            #expect(uplinks.count == parts.count)
            #expect(uplinks.allSatisfy { $0.isConfirmed == (ackID != nil) })
            // Four values of an instance are one report.
            #expect(Set(uplinks.map(\.group)).count == (parts.count + 3) / 4)
            #expect(uplinks.first?.path?.hasPrefix("3303/0/57") == true)
            #expect(await module.breaches.isEmpty)
        }
    }

    /// S2 7.9.
    @Test func `the host renews its lifetime`() async throws {
        try await withOneNET { module, host in
            #expect(await host.settle(module, lifetime: 3600))
            #expect(await host.ok("AT+MIPLUPDATE=0,86400,0"))
            #expect(await host.hears("+MIPLEVENT: 0,11"))
            #expect(await module.withCloud { $0.lifetime } == 86400)
            #expect(await module.breaches.isEmpty)
        }
    }

    /// S2 3.3: the test and query forms.
    @Test(arguments: [
        ("AT+MIPLCONFIG=?", "+MIPLCONFIG: (0),(0,1),(0,1),<ip>,<port>,(0,1)"),
        ("AT+MIPLCONFIG?", #"+MIPLCONFIG: 0,0,1,"183.230.40.39",5683,1"#),
        ("AT+MIPLDELETE=?", "+MIPLDELETE: (0)"),
        ("AT+MIPLVER?", "+MIPLVER: 2.3.0"),
        ("AT+MIPLADDOBJ=?", "+MIPLADDOBJ: (0),(0-65535),(0-65535),<insBitmap>,(0-65535),(0-65535)"),
        ("AT+MIPLDELOBJ=?", "+MIPLDELOBJ: (0),(0-65535)"),
        ("AT+MIPLOPEN=?", "+MIPLOPEN: (0),(0,15-268435455),(1-65535)"),
        ("AT+MIPLCLOSE=?", "+MIPLCLOSE: (0)"),
        (
            "AT+MIPLDISCOVERRSP=?",
            "+MIPLDISCOVERRSP: (0),(0-268435455),(1,11,12,13,14,15),(0-255),<valuestring>,(0-2)"
        ),
        ("AT+MIPLOBSERVERSP=?", "+MIPLOBSERVERSP: (0),(0-268435455),(1,11,12,13,14,15),(0-2)"),
        (
            "AT+MIPLREADRSP=?",
            "+MIPLREADRSP: (0),(0-268435455),(1,11,12,13,14,15),(0-65535),(0-65535),(0-65535),(1-5),(0-1024),"
                + "<value>,(0-10),(0-2),(0-2)"
        ),
        ("AT+MIPLWRITERSP=?", "+MIPLWRITERSP: (0),(0-268435455),(2,11,12,13,14),(0-2)"),
        ("AT+MIPLEXECUTERSP=?", "+MIPLEXECUTERSP: (0),(0-268435455),(2,11,12,13,14),(0-2)"),
        ("AT+MIPLPARAMETERRSP=?", "+MIPLPARAMETERRSP: (0),(0-268435455),(2,11,12,13,14),(0-2)"),
        (
            "AT+MIPLNOTIFY=?",
            "+MIPLNOTIFY: (0),(0-268435455),(0-65535),(0-65535),(0-65535),(1-5),(0-1024),<value>,(0-10),(0-2),"
                + "(0-65535),(0-2)"
        ),
        ("AT+MIPLUPDATE=?", "+MIPLUPDATE: (0),(0,15-268435455),(0,1),(0-2)"),
    ])
    func `a form has its answer`(command: String, answer: String) async throws {
        try await withOneNET { module, host in
            #expect(await host.command(command) == "\r\n\(answer)\r\n\r\nOK\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    /// S2 3.3.1: what is left out keeps its value; power loses all, deep sleep nothing.
    @Test func `a configuration lasts until power is lost`() async throws {
        try await withOneNET(.oneNET { ($0.bootTime, $0.attachTime) = (.zero, .zero) }) { module, host in
            #expect(await host.ok(#"AT+MIPLCONFIG=0,1,0,"1.2.3.4",5684,0"#))
            #expect(await host.ok("AT+MIPLCONFIG=0,0"))
            await module.enterSleep()
            await host.write("AT\r")
            _ = await host.until("EXIT DEEPSLEEP\"\r\n")
            let kept = "\r\n+MIPLCONFIG: 0,0,0,\"1.2.3.4\",5684,0\r\n\r\nOK\r\n"
            #expect(await host.command("AT+MIPLCONFIG?") == kept)
            await module.reset()
            _ = await host.until("+IP: 11.40.70.201\r\n")
            #expect(await host.command("AT+MIPLCONFIG?").contains(#""183.230.40.39",5683,1"#))
        }
    }
}
