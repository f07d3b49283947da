import Testing
import VirtualModules

/// What the LwM2M client refuses, always with a bare ERROR, and that it is counted.
@Suite struct LwM2MRefusalTests {
    @Test(arguments: [
        // Forms that the note does not have.
        ("AT+QLACONFIG", "form"), ("AT+QLACFG", "form"), ("AT+QLAREG?", "form"), ("AT+QLAREG=1", "form"),
        ("AT+QLAUPDATE?", "form"), ("AT+QLADEREG=1", "form"), ("AT+QLAADDOBJ", "form"), ("AT+QLADELOBJ?", "form"),
        ("AT+QLARDRSP?", "form"), ("AT+QLAWRRSP", "form"), ("AT+QLAEXERSP=?", "form"), ("AT+QLAOBSRSP?", "form"),
        ("AT+QLANOTIFY?", "form"), ("AT+QLASENDDATA", "form"), ("AT+QLASTATUS", "form"),
        // S3 2.1.
        (#"AT+QLACONFIG=0,"h",5683,"e",300"#, "number of parameters"),
        (#"AT+QLACONFIG=0,"h",5683,"e",300,3,"id""#, "number of parameters"),
        (#"AT+QLACONFIG=2,"h",5683,"e",300,3"#, "flag"), (#"AT+QLACONFIG=0,h,5683,"e",300,3"#, "address"),
        (#"AT+QLACONFIG=0,"",5683,"e",300,3"#, "address"), (#"AT+QLACONFIG=0,"h",65536,"e",300,3"#, "port"),
        (#"AT+QLACONFIG=0,"h",5683,e,300,3"#, "endpoint"),
        (#"AT+QLACONFIG=0,"h",5683,"\#(String(repeating: "e", count: 151))",300,3"#, "endpoint"),
        (#"AT+QLACONFIG=0,"h",5683,"e",19,3"#, "lifetime"), (#"AT+QLACONFIG=0,"h",5683,"e",31536001,3"#, "lifetime"),
        (#"AT+QLACONFIG=0,"h",5683,"e",300,1"#, "security"), (#"AT+QLACONFIG=0,"h",5683,"e",300,0"#, "key"),
        (#"AT+QLACONFIG=0,"h",5683,"e",300,0,"id",00"#, "key"),
        (#"AT+QLACONFIG=0,"h",5683,"e",300,0,"id","00",2"#, "binding"),
        // S3 2.2.
        (#"AT+QLACFG="retransmit",1,4"#, "value"), (#"AT+QLACFG="retransmit",21,4"#, "value"),
        (#"AT+QLACFG="retransmit",4,9"#, "value"), (#"AT+QLACFG="retransmit",4"#, "value"),
        (#"AT+QLACFG="auto_ack",2"#, "value"), (#"AT+QLACFG="platform",3"#, "value"),
        (#"AT+QLACFG="lifetime_enable",2"#, "value"), (#"AT+QLACFG="dtls_mode",2"#, "value"),
        (#"AT+QLACFG="dtls_version",3"#, "value"), (#"AT+QLACFG="cfg_res",3,0"#, "resource"),
        (#"AT+QLACFG="cfg_res",3,0,65536,"x""#, "resource"), ("AT+QLACFG=\"cfg_res\",3,0,17,500677", "value"),
        (#"AT+QLACFG="nothing",1"#, "option"), (#"AT+QLACFG="nothing""#, "option"), ("AT+QLACFG=platform,1", "option"),
        // S3 2.6 and 2.7.
        ("AT+QLAADDOBJ=19,0,1", "number of parameters"), ("AT+QLAADDOBJ=19,0,2,0", "resources"),
        ("AT+QLAADDOBJ=19,0,0,0", "resources"), ("AT+QLAADDOBJ=19,0,2,0,0", "resources"),
        ("AT+QLAADDOBJ=65536,0,1,0", "number"), ("AT+QLAADDOBJ=19,-1,1,0", "number"),
        ("AT+QLAADDOBJ=19,0,15,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14", "resources"),
        ("AT+QLAADDOBJ=0,0,1,0", "built-in"), ("AT+QLAADDOBJ=1,0,1,0", "built-in"),
        ("AT+QLAADDOBJ=3,0,1,0", "built-in"),
        ("AT+QLAADDOBJ=4,0,1,0", "built-in"), ("AT+QLAADDOBJ=5,0,1,0", "built-in"), ("AT+QLADELOBJ=3", "built-in"),
        ("AT+QLADELOBJ=19", "not added"), ("AT+QLADELOBJ=x", "object"),
        // Without a registration.
        ("AT+QLAREG", "without a server"), ("AT+QLADEREG", "without registration"),
        ("AT+QLAUPDATE=0,100", "without registration"), ("AT+QLAUPDATE=0,19", "lifetime"),
        ("AT+QLAUPDATE=1,2", "binding"), ("AT+QLAUPDATE=2,1", "mode"), ("AT+QLAUPDATE=0,100,3", "RAI"),
        ("AT+QLAUPDATE=0", "number of parameters"),
        (#"AT+QLANOTIFY=19,0,0,1,1,"a",0"#, "without registration"),
        (#"AT+QLASENDDATA=1,1,"a""#, "Andlink alone"), ("AT+QLASENDDATA=3,2,1", "type"),
        (#"AT+QLASENDDATA=1,1,"a",2"#, "ACK"), (#"AT+QLASENDDATA=1,1,"a",1,3"#, "RAI"),
        // Answers to nobody's question.
        (#"AT+QLARDRSP=1,1,19,0,0,1,1,"a",0"#, "nobody asked"), ("AT+QLAWRRSP=1,2", "nobody asked"),
        ("AT+QLAEXERSP=1,2", "nobody asked"), (#"AT+QLAOBSRSP=1,1,19,0,0,1,1,"a",0"#, "nobody asked"),
        (#"AT+QLARDRSP=1,2,19,0,0,1,1,"a",0"#, "result"), ("AT+QLAWRRSP=1,1", "result"),
        ("AT+QLAEXERSP=1,15", "result"),
        (#"AT+QLARDRSP=1,1,19,0,0,1,1,"a""#, "number of parameters"), ("AT+QLAWRRSP=1,2,3", "RAI"),
        (#"AT+QLAOBSRSP=1,1,19,0,x,1,1,"a",0"#, "path"), (#"AT+QLARDRSP=1,1,19,0,0,1,1,"a",x"#, "index"),
        (#"AT+QLARDRSP=x,1,19,0,0,1,1,"a",0"#, "message id"),
        ("AT+NMGS=1,00", "no such command"),
    ])
    func `a wrong command is refused and counted`(command: String, breach: String) async throws {
        try await withHost(.lwm2m()) { module, host in
            #expect(await host.command(command) == "\r\nERROR\r\n")
            let breaches = await module.breaches
            #expect(breaches.count == 1)
            #expect(breaches.allSatisfy { $0.contains(breach) }, "\(breaches)")
        }
    }

    /// S3 2.8: type, length and value must fit each other.
    @Test(arguments: [
        (#"0,1,"a""#, "type"), (#"6,1,"a""#, "type"), (#"1,2,"a""#, "length"), ("1,1,a", "quotes"),
        (#"1,1025,"a""#, "length"), (#"1,3,"a"b""#, "number of parameters"), (#"1,4,"a""b""#, "quote"),
        (#"2,1,"0""#, "length"), (#"2,1,"0g""#, "hexadecimal"),
        (#"2,2,"00""#, "length"), ("2,513,00", "length"), ("3,1,5", "length"), ("3,2,32768", "integer"),
        ("3,2,-32769", "integer"), ("3,4,2147483648", "integer"), ("3,8,9223372036854775808", "integer"),
        ("3,4,1.5", "integer"), ("3,4,+5", "integer"), (#"3,4,"5""#, "integer"), ("3,4,", "integer"),
        ("4,8,1.5", "length"), ("4,4,1e5", "decimal"), ("4,4,.5", "decimal"), ("4,4,x", "decimal"),
        ("5,2,1", "length"), ("5,1,2", "0 or 1"), ("5,1,true", "0 or 1"),
    ])
    func `a value that does not fit its type is refused`(value: String, breach: String) async throws {
        try await withHost(.lwm2m()) { module, host in
            #expect(await host.registerObserved())
            #expect(await host.command("AT+QLANOTIFY=19,0,0,\(value),0") == "\r\nERROR\r\n")
            let breaches = await module.breaches
            #expect(breaches.count == 1)
            #expect(breaches.allSatisfy { $0.contains(breach) }, "\(breaches)")
            #expect(await module.uplinks.isEmpty)
        }
    }

    @Test(arguments: [
        (#"1,0,"""#, ""), (#"1,3,"a,b""#, "a,b"), ("2,1,4a", "J"), (#"2,1,"4A""#, "J"), ("3,2,-32768", "-32768"),
        ("3,8,9223372036854775807", "9223372036854775807"), ("3,4,500", "500"), ("4,4,-1.88", "-1.88"), ("4,4,2", "2"),
        ("5,1,0", "0"), ("5,1,1", "1"),
    ])
    func `a value that fits arrives`(value: String, text: String) async throws {
        try await withHost(.lwm2m()) { module, host in
            #expect(await host.registerObserved())
            #expect(await host.lines("AT+QLANOTIFY=19,0,0,\(value),0", "OK", "+QLANOTIFY: 0"))
            #expect(await module.uplinks.map(\.text) == [text])
            #expect(await module.uplinks.map(\.path) == ["19/0/0"])
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test(arguments: [
        (#"AT+QLANOTIFY=19,0,0,1,1,"a""#, "number of parameters"), (#"AT+QLANOTIFY=19,0,-1,1,1,"a",0"#, "path"),
        (#"AT+QLANOTIFY=19,0,1,1,1,"a",0"#, "not added"), (#"AT+QLANOTIFY=19,1,0,1,1,"a",0"#, "not observed"),
        (#"AT+QLANOTIFY=19,0,0,1,1,"a",x"#, "index"), (#"AT+QLANOTIFY=19,0,0,1,1,"a",0,2"#, "ACK"),
        (#"AT+QLANOTIFY=19,0,0,1,1,"a",0,1,3"#, "RAI"), ("AT+QLAREG", "while registered"),
        (#"AT+QLACONFIG=0,"h",5683,"e",300,3"#, "not unregistered"), (#"AT+QLACFG="dtls_mode",0"#, "not unregistered"),
        (#"AT+QLACFG="dtls_version",0"#, "not unregistered"), (#"AT+QLASENDDATA=1,1,"a""#, "Andlink"),
        (#"AT+QLAOBSRSP=8095,1,19,0,0,2,1,"00",0"#, "second answer"),
    ])
    func `what a registered module refuses`(command: String, breach: String) async throws {
        try await withHost(.lwm2m()) { module, host in
            #expect(await host.registerObserved())
            #expect(await host.command(command) == "\r\nERROR\r\n")
            let breaches = await module.breaches
            #expect(breaches.count == 1)
            #expect(breaches.allSatisfy { $0.contains(breach) }, "\(breaches)")
        }
    }

    @Test(arguments: [
        "AT+QLAREG", "AT+QLADEREG", "AT+QLAADDOBJ=20,0,1,0", "AT+QLADELOBJ=19", "AT+QLAUPDATE=0,100",
        #"AT+QLANOTIFY=19,0,0,1,1,"a",0"#, #"AT+QLACONFIG=0,"h",5683,"e",300,3"#,
    ])
    func `nothing goes while registering`(command: String) async throws {
        try await withHost(.lwm2m()) { module, host in
            await module.withCloud { $0.registration = .ignore }
            #expect(await host.prepare())
            #expect(await host.ok("AT+QLAREG"))
            #expect(await host.command("AT+QLASTATUS?") == "\r\n+QLASTATUS: 1\r\n\r\nOK\r\n")
            #expect(await host.command(command) == "\r\nERROR\r\n")
            #expect(await module.breaches.count == 1)
        }
    }

    @Test func `three objects with four instances are the limit`() async throws {
        try await withHost(.lwm2m()) { module, host in
            for instance in 0..<4 { #expect(await host.ok("AT+QLAADDOBJ=19,\(instance),1,0")) }
            #expect(await host.command("AT+QLAADDOBJ=19,4,1,0") == "\r\nERROR\r\n")
            for object in 20...21 {
                #expect(await host.ok("AT+QLAADDOBJ=\(object),0,14,0,1,2,3,4,5,6,7,8,9,10,11,12,13"))
            }
            #expect(await host.command("AT+QLAADDOBJ=22,0,1,0") == "\r\nERROR\r\n")
            #expect(await module.breaches.count == 2)
            // What is there already harms nobody.
            #expect(await host.command("AT+QLAADDOBJ=21,0,1,0") == "\r\nERROR\r\n")
            #expect(await module.breaches.count == 2)
            #expect(await host.ok("AT+QLADELOBJ=19"))
            #expect(await host.ok("AT+QLAADDOBJ=22,0,1,0"))
        }
    }
}
