import Testing
import VirtualModules

/// What the module refuses, with which of S2's five codes, and that each is a breach.
@Suite struct OneNETRefusalTests {
    private func expect(
        _ command: String, _ code: Int, _ breach: String, _ module: VirtualModule, _ host: RawHost
    ) async {
        #expect(await host.result(command) == "+CIS ERROR: \(code)")
        let breaches = await module.breaches
        #expect(breaches.count == 1)
        #expect(breaches.first?.contains(breach) == true, "\(breaches)")
    }

    @Test(arguments: [
        // Forms that the seed does not have.
        ("AT+MIPLCREATE=0", 653, "no such form"), ("AT+MIPLCREATE?", 653, "no such form"),
        ("AT+MIPLCREATE=?", 653, "no such form"), ("AT+MIPLVER", 653, "no such form"),
        ("AT+MIPLVER=1", 653, "no such form"), ("AT+MIPLOPEN?", 653, "no such form"),
        ("AT+MIPLCLOSE", 653, "no such form"), ("AT+MIPLNOTIFY", 653, "no such form"),
        // Parameters.
        ("AT+MIPLCONFIG=0", 652, "number of parameters"),
        (#"AT+MIPLCONFIG=0,1,1,"1.2.3.4""#, 652, "number of parameters"),
        (#"AT+MIPLCONFIG=0,1,1,"1.2.3.4",5683,1,1"#, 652, "number of parameters"),
        ("AT+MIPLCONFIG=1,1", 652, "mode"), ("AT+MIPLCONFIG=0,2", 652, "recv_data_format"),
        (#"AT+MIPLCONFIG=0,1,2,"1.2.3.4",5683"#, 652, "bsMode"),
        ("AT+MIPLCONFIG=0,1,1,1.2.3.4,5683", 652, "ip"),
        (#"AT+MIPLCONFIG=0,1,1,"1.2.3",5683"#, 652, "ip"),
        (#"AT+MIPLCONFIG=0,1,1,"1.2.3.256",5683"#, 652, "ip"),
        (#"AT+MIPLCONFIG=0,1,1,"1.2.3.4",0"#, 652, "port"),
        (#"AT+MIPLCONFIG=0,1,1,"1.2.3.4",65536"#, 652, "port"),
        (#"AT+MIPLCONFIG=0,1,1,"1.2.3.4",5683,2"#, 652, "auto_update"),
        // Nothing goes before MIPLCREATE.
        ("AT+MIPLDELETE=0", 655, "no MIPLCREATE"), (#"AT+MIPLADDOBJ=0,3303,1,"1",1,1"#, 655, "no MIPLCREATE"),
        ("AT+MIPLDELOBJ=0,3303", 655, "no MIPLCREATE"), ("AT+MIPLOPEN=0,86400", 655, "no MIPLCREATE"),
        ("AT+MIPLCLOSE=0", 655, "no MIPLCREATE"), ("AT+MIPLUPDATE=0,86400,0", 655, "no MIPLCREATE"),
        ("AT+MIPLOBSERVERSP=0,1,1", 655, "no MIPLCREATE"),
        ("AT+MIPLNOTIFY=0,1,3303,0,5700,4,4,1,0,0", 655, "no MIPLCREATE"),
    ])
    func `a fresh module refuses`(command: String, code: Int, breach: String) async throws {
        try await withOneNET { module, host in await expect(command, code, breach, module, host) }
    }

    @Test(arguments: [
        ("AT+MIPLCREATE", 653, "twice"), ("AT+MIPLCONFIG=0,1", 653, "after MIPLCREATE"),
        ("AT+MIPLDELETE=1", 652, "ref"), ("AT+MIPLDELETE=0,0", 652, "number of parameters"),
        (#"AT+MIPLADDOBJ=0,3303,1,"1",1"#, 652, "number of parameters"),
        (#"AT+MIPLADDOBJ=1,3303,1,"1",1,1"#, 652, "ref"), (#"AT+MIPLADDOBJ=0,65536,1,"1",1,1"#, 652, "objId"),
        (#"AT+MIPLADDOBJ=0,3303,2,"1",1,1"#, 652, "insBitmap"), (#"AT+MIPLADDOBJ=0,3303,1,"2",1,1"#, 652, "insBitmap"),
        ("AT+MIPLADDOBJ=0,3303,1,1,1,1", 652, "insBitmap"), (#"AT+MIPLADDOBJ=0,3303,x,"1",1,1"#, 652, "insCount"),
        (#"AT+MIPLADDOBJ=0,3303,1,"1",65536,1"#, 652, "attrCount"),
        (#"AT+MIPLADDOBJ=0,3303,1,"1",1,-1"#, 652, "actCount"),
        (#"AT+MIPLADDOBJ=0,3311,1,"1",1,1"#, 653, "twice"),
        ("AT+MIPLDELOBJ=0,3303", 655, "no such object"), ("AT+MIPLDELOBJ=0", 652, "number of parameters"),
        ("AT+MIPLOPEN=0", 652, "number of parameters"), ("AT+MIPLOPEN=0,14", 652, "lifetime"),
        ("AT+MIPLOPEN=0,268435456", 652, "lifetime"), ("AT+MIPLOPEN=0,86400,0", 652, "timeout"),
        ("AT+MIPLOPEN=0,86400,65536", 652, "timeout"), ("AT+MIPLOPEN=0,86400,30,1", 652, "number of parameters"),
        ("AT+MIPLCLOSE=0", 653, "while idle"), ("AT+MIPLUPDATE=0,86400,0", 654, "not registered"),
        ("AT+MIPLWRITERSP=0,1,2", 654, "not registered"),
        ("AT+MIPLNOTIFY=0,1,3311,0,5700,4,4,1,0,0", 654, "not registered"),
    ])
    func `a module with a suite refuses`(command: String, code: Int, breach: String) async throws {
        try await withOneNET { module, host in
            #expect(await host.result("AT+MIPLCREATE") == "OK")
            #expect(await host.ok(#"AT+MIPLADDOBJ=0,3311,1,"1",4,2"#))
            await expect(command, code, breach, module, host)
        }
    }

    @Test(arguments: [
        ("AT+MIPLOPEN=0,86400", 653, "while registered"), ("AT+MIPLDELETE=0", 653, "before the end"),
        (#"AT+MIPLADDOBJ=0,3303,1,"1",1,1"#, 653, "after MIPLOPEN"),
        ("AT+MIPLUPDATE=0,86400", 652, "number of parameters"), ("AT+MIPLUPDATE=0,14,0", 652, "lifetime"),
        ("AT+MIPLUPDATE=0,86400,2", 652, "withObjectFlag"), ("AT+MIPLUPDATE=0,86400,0,3", 652, "raiMode"),
        // Answers.
        ("AT+MIPLOBSERVERSP=0,77,1", 655, "nobody asked"), ("AT+MIPLOBSERVERSP=0,268435456,1", 652, "msgId"),
        ("AT+MIPLOBSERVERSP=0,9001,2", 652, "result"), ("AT+MIPLOBSERVERSP=0,9001", 652, "number of parameters"),
        ("AT+MIPLOBSERVERSP=0,9001,1,3", 652, "raiMode"),
        ("AT+MIPLOBSERVERSP=0,9001,1", 655, "no request of this kind"),
        ("AT+MIPLWRITERSP=0,9001,2", 655, "no request of this kind"), ("AT+MIPLWRITERSP=0,9001,1", 652, "result"),
        ("AT+MIPLWRITERSP=0,9001,15", 652, "result"),
        ("AT+MIPLEXECUTERSP=0,9001,2", 655, "no request of this kind"),
        ("AT+MIPLPARAMETERRSP=0,9001,2", 655, "no request of this kind"),
        (#"AT+MIPLDISCOVERRSP=0,9001,1,4,"5850""#, 655, "no request of this kind"),
        (#"AT+MIPLDISCOVERRSP=0,9001,1,5,"5850""#, 652, "length"),
        ("AT+MIPLDISCOVERRSP=0,9001,1,4,5850", 652, "valuestring"),
        (#"AT+MIPLDISCOVERRSP=0,9001,1,4,"585x""#, 652, "valuestring"),
        (#"AT+MIPLDISCOVERRSP=0,9001,1,5,"5850;""#, 652, "valuestring"),
        (#"AT+MIPLDISCOVERRSP=0,9001,1,256,"5850""#, 652, "length"),
        ("AT+MIPLREADRSP=0,9001,1", 652, "number of parameters"),
        ("AT+MIPLREADRSP=0,9001,2,3311,0,5805,4,4,1,0,0", 652, "result"),
        ("AT+MIPLREADRSP=0,9001,1,3312,0,5805,4,4,1,0,0", 652, "did not ask"),
        ("AT+MIPLREADRSP=0,9001,1,3311,1,5805,4,4,1,0,0", 652, "did not ask"),
        ("AT+MIPLREADRSP=0,9001,1,3311,0,-1,4,4,1,0,0", 652, "resId"),
        ("AT+MIPLREADRSP=0,9001,1,3311,0,5805,4,4,1,11,0", 652, "index"),
        ("AT+MIPLREADRSP=0,9001,1,3311,0,5805,4,4,1,0,1", 653, "flag"),
        ("AT+MIPLREADRSP=0,9001,1,3311,0,5805,4,4,1,0,3", 652, "flag"),
        // Reports.
        ("AT+MIPLNOTIFY=0,77,3311,0,5700,4,4,1,0,0", 655, "no observation"),
        ("AT+MIPLNOTIFY=0,5001,3312,0,5700,4,4,1,0,0", 652, "does not observe"),
        ("AT+MIPLNOTIFY=0,5001,3311,1,5700,4,4,1,0,0", 652, "does not observe"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,4,4,1,0", 652, "number of parameters"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,4,4,1,11,0", 652, "index"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,4,4,1,0,2", 653, "flag"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,4,4,1,0,0,65536", 652, "ackId"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,4,4,1,0,0,,1", 652, "ackId"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,4,4,1,0,0,1,3", 652, "raiMode"),
        ("AT+MIPLNOTIFY=0,5002,3311,0,5700,4,4,1,1,0", 652, "index of one value"),
        // Values.
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,6,1,1,0,0", 652, "valueType"),
        (#"AT+MIPLNOTIFY=0,5001,3311,0,5700,1,4,"Cel",0,0"#, 652, "type and length"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,1,3,Cel,0,0", 652, "value"),
        (#"AT+MIPLNOTIFY=0,5001,3311,0,5700,1,3,"a"b",0,0"#, 652, "number of parameters"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,2,4,0011,0,0", 652, "type and length"),
        (#"AT+MIPLNOTIFY=0,5001,3311,0,5700,2,2,"0011",0,0"#, 652, "type and length"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,2,2,001x,0,0", 652, "type and length"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,3,1,5,0,0", 652, "type and length"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,3,2,32768,0,0", 652, "type and length"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,3,4,+5,0,0", 652, "type and length"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,3,8,1.5,0,0", 652, "type and length"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,4,8,1.5,0,0", 652, "type and length"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,4,4,1e5,0,0", 652, "type and length"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,4,4,.5,0,0", 652, "type and length"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,5,1,2,0,0", 652, "type and length"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,5,1,true,0,0", 652, "type and length"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,1,1025,\"\(String(repeating: "a", count: 1025))\",0,0", 652, "len"),
        ("AT+MIPLNOTIFY=0,5001,3311,0,5700,2,513,\(String(repeating: "00", count: 513)),0,0", 652, "type and length"),
    ])
    func `a registered module refuses`(command: String, code: Int, breach: String) async throws {
        try await withOneNET { module, host in
            #expect(await host.settle(module, objects: [#"3311,2,"11",4,2"#]))
            #expect(await host.observed("3311/0", by: module) == 5001)
            #expect(await host.observed("3311/0/5700", by: module) == 5002)
            await module.setNextID(9001)
            await module.request(CloudOrder(.read, "3311/0"))
            #expect(await host.hears("+MIPLREAD: 0,9001,3311,0,-1"))
            await expect(command, code, breach, module, host)
            #expect(await module.uplinks.isEmpty)
        }
    }

    @Test(arguments: [
        "3,2,-32768", "3,4,2147483647", "3,8,-9223372036854775808", "4,4,-0.5", "4,4,100", "5,1,0", "2,0,", #"1,0,"""#,
        #"1,3,"a,b""#, #"1,6,"数据""#, "2,3,00Aa7f",
    ])
    func `a right value is taken`(value: String) async throws {
        try await withOneNET { module, host in
            #expect(await host.settle(module))
            #expect(await host.observed("3311/0/5700", by: module) == 5001)
            #expect(await host.ok("AT+MIPLNOTIFY=0,5001,3311,0,5700,\(value),0,0"))
            #expect(await module.uplinks.count == 1)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `nothing but a bare error comes from a firmware without codes`() async throws {
        try await withOneNET(.oneNET { $0.oneNET.namesErrors = false }) { _, host in
            #expect(await host.result("AT+MIPLDELETE=0") == "ERROR")
        }
    }

    /// No command tells whether there is a suite: a host that begins anew may find out by ending it, once.
    @Test func `a host that begins anew may ask whether there is a suite`() async throws {
        try await withOneNET { module, host in
            let questions = ["AT+MIPLCLOSE=0", "AT+MIPLDELETE=0"]
            for _ in 0..<2 {
                #expect(await host.ok("ATE0"))
                for question in questions { #expect(await host.result(question) == "+CIS ERROR: 655") }
            }
            #expect(await module.breaches == [])
            for question in questions { #expect(await host.result(question) == "+CIS ERROR: 655") }
            #expect(await module.breaches.count == 2)
            #expect(await host.ok("ATE0"))
            // Not these, not with wrong parameters, and not after another command.
            #expect(await host.result("AT+MIPLOPEN=0,0") == "+CIS ERROR: 655")
            #expect(await host.result("AT+MIPLDELETE=1") == "+CIS ERROR: 652")
            #expect(await host.result("AT+MIPLCREATE") == "OK")
            #expect(await host.result("AT+MIPLCLOSE=0") == "+CIS ERROR: 653")
            #expect(await module.breaches.count == 5)
        }
    }

    @Test func `a module that is busy with its registration refuses`() async throws {
        try await withOneNETTime { module, host, _ in
            #expect(await host.result("AT+MIPLCREATE") == "OK")
            #expect(await host.ok("AT+MIPLOPEN=0,0"))
            #expect(await host.hears("+MIPLEVENT: 0,1"))
            for command in ["AT+MIPLOPEN=0,0", "AT+MIPLCLOSE=0", "AT+MIPLDELETE=0"] {
                #expect(await host.result(command) == "+CIS ERROR: 653")
            }
            #expect(await host.result("AT+MIPLUPDATE=0,0,0") == "+CIS ERROR: 654")
            #expect(await module.breaches.count == 4)
            #expect(await module.status == "registering")
        }
    }

    @Test func `without a network nothing is sent and nobody is blamed`() async throws {
        try await withOneNET(.oneNET { $0.radioTime = .zero }) { module, host in
            #expect(await host.settle(module))
            #expect(await host.ok("AT+CFUN=0"))
            #expect(await host.result("AT+MIPLUPDATE=0,0,0") == "+CIS ERROR: 654")
            #expect(await module.breaches.isEmpty)
        }
    }

    /// The seed's other spellings, and a firmware that knows only those.
    @Test(arguments: [
        ("MIPLOBSERVERSP", "MIPLOBSEVERSP"), ("MIPLOBSERVERSP", "MIPLOBSEIVERSP"),
        ("MIPLDISCOVERRSP", "MIPLDISCOVERERRSP"), ("MIPLPARAMETERRSP", "MIPLPARAMETERSP"),
        ("MIPLPARAMETERRSP", "MIPLPARAMETERESP"),
    ])
    func `a response command has one name`(name: String, other: String) async throws {
        try await withOneNET { module, host in
            #expect(await host.result("AT+\(other)=0,1,1") == "ERROR")
            #expect(await module.breaches == ["no such command: AT+\(other)=0,1,1"])
        }
        let options = ModuleOptions.oneNET { options in
            switch name {
            case "MIPLOBSERVERSP": options.oneNET.observeResponse = other
            case "MIPLDISCOVERRSP": options.oneNET.discoverResponse = other
            default: options.oneNET.parameterResponse = other
            }
        }
        try await withOneNET(options) { module, host in
            #expect(await host.result("AT+\(name)=0,1,1") == "ERROR")
            #expect(await module.breaches.isEmpty)
            #expect(await host.command("AT+\(other)=?").hasPrefix("\r\n+\(other): (0),"))
            #expect(await host.result("AT+\(other)=0,1,1") != "ERROR")
        }
    }
}
