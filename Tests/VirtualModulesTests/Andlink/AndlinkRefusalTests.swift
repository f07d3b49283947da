import Testing
import VirtualModules

/// What a BC28 refuses, with which code of S4 5, and what it counts.
@Suite struct AndlinkRefusalTests {
    static let key = "0123456789ABCDEF0123456789ABCDEF"

    @Test(arguments: [
        (#"AT+QLASERVERIP="BS""#, 50, "number of parameters"),
        (#"AT+QLASERVERIP="BS","1.2.3.4",1,2"#, 50, "number of parameters"),
        (#"AT+QLASERVERIP=BS,"1.2.3.4""#, 50, "no address"),
        (#"AT+QLASERVERIP="BS",1.2.3.4"#, 50, "no address"),
        (#"AT+QLASERVERIP="BS","""#, 50, "no address"),
        (#"AT+QLASERVERIP="BS","a b""#, 50, "no address"),
        (#"AT+QLASERVERIP="BS","1.2.3.4",65536"#, 50, "port"),
        (#"AT+QLASERVERIP="BS","1.2.3.4","5683""#, 50, "port"),
        (#"AT+QLASERVERIP="COAP","1.2.3.4""#, 50, "type of server"),
        (#"AT+QLASERVERIP="DEL","1.2.3.4""#, 50, "no such server"),
        ("AT+QLASECSWT=2", 50, "encryption"),
        ("AT+QLASECSWT=1,2", 50, "address translation"),
        ("AT+QLASECSWT=1,1,1", 50, "number of parameters"),
        ("AT+QLABSSECSWT=x", 50, "encryption"),
        ("AT+QLASETPSK=0", 50, "number of parameters"),
        ("AT+QLASETPSK=869334050000018,\(key)", 50, "identity"),
        ("AT+QLASETPSK=86933405000001,\(key)", 50, "identity"),
        ("AT+QLASETPSK=\"0\",\(key)", 50, "identity"),
        ("AT+QLASETPSK=0,0123456789ABCDEF", 50, "wrong key"),
        ("AT+QLASETPSK=0,\(key)0", 50, "wrong key"),
        ("AT+QLASETBSPSK=0,\(key.dropLast())x", 50, "wrong key"),
        ("AT+QLASREGIND=2", 50, "kind of registration"),
        ("AT+QLASREGIND=", 50, "kind of registration"),
        ("AT+QLASREGIND=0", 512, "without a server"),
        ("AT+QLASREGIND=1", 513, "without registration"),
        ("AT+QLASENDDATA=0x0100", 50, "number of parameters"),
        ("AT+QLASENDDATA=0x0002,1", 50, "mode"),
        ("AT+QLASENDDATA=0x100,1", 50, "mode"),
        ("AT+QLASENDDATA=0,1", 50, "mode"),
        ("AT+QLASENDDATA=\"0x0100\",1", 50, "mode"),
        ("AT+QLASENDDATA=0x0100,0", 50, "length"),
        ("AT+QLASENDDATA=0x0100,1025", 50, "length"),
        ("AT+QLASENDDATA=0x0100,3,ab", 50, "as long as announced"),
        ("AT+QLASENDDATA=0x0100,3,616263", 50, "as long as announced"),
        ("AT+QLASENDDATA=0x0100,1", 513, "before registration"),
        ("AT+QLASENDDATA=0x0000,1,a", 513, "before registration"),
        ("AT+QLASENDRSP=1,AA,2", 50, "number of parameters"),
        ("AT+QLASENDRSP=x,AA,2,0", 50, "number of a request"),
        ("AT+QLASENDRSP=1,AA,3,0", 50, "result"),
        ("AT+QLASENDRSP=1,AA,1,1025", 50, "length"),
        ("AT+QLASENDRSP=1,AA,2,0", 516, "nobody asked"),
        ("AT+QLAFOTAIND=6", 50, "mode of update"),
        ("AT+QLAFOTAIND=2", 516, "nothing to decide"),
        ("AT+QLAFOTAIND=5", 516, "nothing to decide"),
        ("AT+QLAFOTARESET=0", 50, "state"),
        ("AT+QLAREGSWT=2", 50, "registration mode"),
        (#"AT+QCFG="LWM2M/Lifetime""#, 50, "no such configuration"),
        ("AT+QCFG=LWM2M/DeviceType", 50, "no such configuration"),
        (#"AT+QCFG="LWM2M/DeviceType",31301"#, 50, "device type"),
        (#"AT+QCFG="LWM2M/DeviceType","""#, 50, "device type"),
        ("AT+QLASREGIND?", 4, "no such form"),
        ("AT+QLASTATUS", 4, "no such form"),
        ("AT+QLADATASTATUS", 4, "no such form"),
        ("AT+QLADTLSSTAT=1", 4, "no such form"),
        ("AT+QLARESETDTLS?", 4, "no such form"),
        ("AT+QLAFOTAIND?", 4, "no such form"),
        ("AT+CSQ?", 4, "no such form"),
        ("AT+CFUN=2", 50, "functionality"),
        ("AT+CPSMS=2", 50, "value"),
        ("AT+CPSMS=1,,,0101,00000100", 50, "value"),
        ("AT+CGSN=4", 50, "number"),
        ("AT+NPSMR=2", 50, "value"),
    ])
    func `a wrong command is refused and counted`(command: String, code: Int, breach: String) async throws {
        try await withBC28 { module, host in
            #expect(await host.command(command) == "\r\nERROR\r\n")
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.command(command) == "\r\n+CME ERROR: \(code)\r\n")
            let breaches = await module.breaches
            #expect(breaches.count == 2)
            #expect(breaches.allSatisfy { $0.contains(breach) })
        }
    }

    @Test(arguments: ["AT+QSCLK=0", "AT+QNBIOTEVENT=1,1", "AT+QCCID", "AT+QRST=1", "AT+IPR?", "AT+CESQ"])
    func `what other modules know is a plain error and no breach`(command: String) async throws {
        try await withBC28 { module, host in
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.command(command) == "\r\nERROR\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `what no module knows is a breach`() async throws {
        try await withBC28 { module, host in
            #expect(await host.command("AT+NCDPOPEN=\"1.2.3.4\"") == "\r\nERROR\r\n")
            #expect(await module.breaches.count == 1)
        }
    }

    @Test(arguments: ["AT+QLAFOTARESET=1", "AT+QLASETBSPSK?", "AT+QLABSSECSWT=0"])
    func `firmware may lack what is being developed`(command: String) async throws {
        try await withBC28(.andlink { $0.andlink.hasCommandsInDevelopment = false }) { module, host in
            #expect(await host.command(command) == "\r\nERROR\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test(arguments: [
        (AndlinkOptions.StatusCommands.short, "AT+QLADATASTATUS?", "AT+QLAULDATASTATUS?"),
        (.long, "AT+QLAULDATASTATUS?", "AT+QLADATASTATUS?"),
    ])
    func `firmware may know one of the status commands`(
        commands: AndlinkOptions.StatusCommands, known: String, unknown: String
    ) async throws {
        try await withBC28(.andlink { $0.andlink.statusCommands = commands }) { module, host in
            #expect(await host.command(known).hasSuffix("STATUS:0\r\n\r\nOK\r\n"))
            #expect(await host.command(unknown) == "\r\nERROR\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a key that was never set is not told`() async throws {
        try await withBC28 { module, host in
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.command("AT+QLASETPSK?") == "\r\n+CME ERROR: 512\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `nothing is registered or sent without a radio`() async throws {
        try await withBC28(.andlink { $0.radioTime = .zero }) { module, host in
            #expect(await host.registerAndlink())
            #expect(await host.ok("AT+CFUN=0"))
            #expect(await host.command("AT+QLASREGIND=0") == "\r\n+CME ERROR: 524\r\n")
            #expect(await host.command("AT+QLASENDDATA=0x0000,1") == "\r\n+CME ERROR: 524\r\n")
            #expect(await module.breaches.count == 2)
            #expect(await host.ok("AT+CFUN=1"))
            // It registers by itself when the network is back.
            #expect(await host.until("+QLAEVTIND:0\r\n") == "\r\n+QLAEVTIND:0\r\n")
        }
    }

    @Test func `servers are deleted by address, with their port or without`() async throws {
        try await withBC28 { module, host in
            #expect(await host.ok(#"AT+QLASERVERIP="BS","1.2.3.4",5783"#))
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4",5683"#))
            #expect(await host.ok(#"AT+QLASERVERIP="DEL","1.2.3.4",5683"#))
            #expect(await host.command("AT+QLASERVERIP?") == "\r\n+QLASERVERIP:\r\nBS,1.2.3.4,5783\r\n\r\nOK\r\n")
            #expect(await host.ok(#"AT+QLASERVERIP="DEL","1.2.3.4""#))
            #expect(await host.command("AT+QLASERVERIP?") == "\r\n+QLASERVERIP:\r\n\r\nOK\r\n")
        }
    }
}
