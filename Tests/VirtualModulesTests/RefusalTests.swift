import Reactor
import Testing
import VirtualModules

/// What the module refuses, with which code, and what it counts as a breach.
@Suite struct RefusalTests {
    @Test(arguments: [
        ("AT+NMGS=5", 2, "number of parameters"),
        ("AT+NMGS=5,0011223344,0,0", 2, "number of parameters"),
        ("AT+NMGS=0,", 3, "length"),
        ("AT+NMGS=x,00", 3, "length"),
        ("AT+NMGS=4,0011223344", 3, "length"),
        ("AT+NMGS=\"5\",0011223344", 3, "length"),
        ("AT+NMGS=5,001122334", 17, "odd"),
        ("AT+NMGS=5,00112233zz", 3, "hexadecimal"),
        ("AT+NMGS=1025,00", 14, "too long"),
        ("AT+NMGS=5,0011223344,3", 3, "type"),
        ("AT+NMGS=5,0011223344", 954, "without registration"),
        ("AT+NNMI=3", 3, "mode"),
        ("AT+NNMI=1,1", 2, "number of parameters"),
        ("AT+NNMI=?", 303, "no such form"),
        ("AT+NCFG=1,5", 3, "mode"),
        ("AT+NCFG=0,2592001", 3, "lifetime"),
        ("AT+NCDPOPEN=", 3, "address"),
        ("AT+NCDPOPEN=221.229.214.202,5683", 3, "address"),
        ("AT+NCDPOPEN=\"example.org\",5683", 3, "address"),
        ("AT+NCDPOPEN=\"1.2.3.4\",65536", 3, "port"),
        ("AT+NCDPOPEN=\"1.2.3.4\",5684,0011x", 5, "key"),
        ("AT+NCDPOPEN=\"1.2.3.4\",5684,00,1", 2, "number of parameters"),
        ("AT+NMSTATUS", 303, "no such form"),
        ("AT+NMGR?", 303, "no such form"),
        ("AT+QLWULDATASTATUS", 303, "no such form"),
        ("AT+NQMGR?", 303, "no such form"),
        ("AT+MIPLOPEN=0", 303, "no such command"),
        ("AT+QRST=2", 3, "restart"),
    ])
    func `a wrong command is refused and counted`(command: String, code: Int, breach: String) async throws {
        try await withHost { module, host in
            #expect(await host.command(command) == "\r\nERROR\r\n")
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.command(command) == "\r\n+CME ERROR: \(code)\r\n")
            let breaches = await module.breaches
            #expect(breaches.count == 2)
            #expect(breaches.allSatisfy { $0.contains(breach) })
        }
    }

    @Test func `a command longer than any is refused`() async throws {
        try await withHost { module, host in
            #expect(await host.command("AT+NMGS=1024," + String(repeating: "0", count: 3000)) == "\r\nERROR\r\n")
            #expect(await module.breaches.count == 1)
            #expect(await host.ok("AT"))
        }
    }

    @Test func `the longest message fits`() async throws {
        try await withHost { module, host in
            #expect(await host.register())
            #expect(await host.ok("AT+NMGS=1024," + String(repeating: "5a", count: 1024) + ",102"))
            #expect(await module.waitForUplinks(1))
            #expect(await module.uplinks.first?.bytes == [UInt8](repeating: 0x5A, count: 1024))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `closing before the result of opening is refused`() async throws {
        try await withHost { module, host in
            await module.withCloud { $0.registration = .ignore }
            #expect(await host.ok(#"AT+NCDPOPEN="1.2.3.4""#))
            #expect(await host.command("AT+NCDPCLOSE") == "\r\nERROR\r\n")
            #expect(await module.breaches == ["NCDPCLOSE before the result of NCDPOPEN"])
        }
    }

    @Test func `nothing is sent before the data object is observed`() async throws {
        try await withHost { module, host in
            await module.withCloud { $0.observes = false }
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.ok(#"AT+NCDPOPEN="1.2.3.4""#))
            _ = await host.until("+QLWEVTIND: 0\r\n")
            #expect(await host.command("AT+NMGS=1,00") == "\r\n+CME ERROR: 957\r\n")
            #expect(await module.breaches == ["NMGS before the data object is observed"])
            await module.observeData()
            _ = await host.until("+QLWEVTIND: 3\r\n")
            #expect(await host.ok("AT+NMGS=1,00"))
        }
    }

    @Test func `one confirmed message at a time`() async throws {
        try await withManualTime { module, host, time in
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.register(with: module, time))
            await module.withCloud { $0.acknowledgement = .never }
            #expect(await host.ok("AT+NMGS=1,00,100"))
            await time.advance(by: .seconds(123))
            #expect(await host.command("AT+NMGS=1,00") == "\r\n+CME ERROR: 50\r\n")
            #expect(await host.command("AT+QLWULDATASTATUS?").contains("+QLWULDATASTATUS: 1\r\n"))
            #expect(await module.breaches == ["NMGS while a confirmed message is under way"])
            await time.advance(by: .seconds(1))
            #expect(await host.until("+QLWEVTIND: 5\r\n") == "\r\n+QLWEVTIND: 5\r\n")
            #expect(await host.command("AT+QLWULDATASTATUS?").contains("+QLWULDATASTATUS: 3\r\n"))
            await module.withCloud { $0.acknowledgement = .after(.seconds(1)) }
            #expect(await host.ok("AT+NMGS=1,01,100"))
            await time.advance(by: .seconds(1))
            #expect(await host.until("+QLWEVTIND: 4\r\n") == "\r\n+QLWEVTIND: 4\r\n")
        }
    }

    @Test func `after the platform's RST only a new registration helps`() async throws {
        try await withHost { module, host in
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.register())
            await module.withCloud { $0.acknowledgement = .reset }
            #expect(await host.ok("AT+NMGS=1,00"))
            #expect(await host.until("+QLWEVTIND: 10\r\n") == "\r\n+QLWEVTIND: 10\r\n")
            #expect(await host.command("AT+NMGS=1,00") == "\r\n+CME ERROR: 958\r\n")
            await module.withCloud { $0.acknowledgement = .after(.zero) }
            #expect(await host.register())
            #expect(await host.ok("AT+NMGS=1,00"))
        }
    }

    @Test(arguments: [
        (CTWingCloud.Registration.reject, "REJECTED_BY_SERVER"),
        (.ignore, "TIMEOUT"),
    ])
    func `a registration that fails says event 1`(answer: CTWingCloud.Registration, status: String) async throws {
        try await withHost(.hurried(1000)) { module, host in
            await module.withCloud { $0.registration = answer }
            #expect(await host.ok(#"AT+NCDPOPEN="1.2.3.4""#))
            #expect(await host.until("+QLWEVTIND: 1\r\n") == "\r\n+QLWEVTIND: 1\r\n")
            #expect(await host.command("AT+NMSTATUS?").contains("+NMSTATUS: \(status)\r\n"))
        }
    }

    @Test(arguments: [("0011223344556677", "3"), ("0011223344556678", "1")])
    func `the key must be the platform's`(key: String, event: String) async throws {
        try await withHost(.hurried(1000)) { module, host in
            await module.withCloud { $0.psk = [0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77] }
            #expect(await host.ok(#"AT+NCDPOPEN="1.2.3.4",5684,"# + key))
            #expect(await host.until("+QLWEVTIND: \(event)\r\n").hasSuffix("+QLWEVTIND: \(event)\r\n"))
        }
    }

    @Test func `deregistration ends a confirmed message`() async throws {
        try await withHost { module, host in
            #expect(await host.register())
            await module.withCloud { $0.acknowledgement = .never }
            #expect(await host.ok("AT+NMGS=1,00,100"))
            #expect(await host.ok("AT+NCDPCLOSE"))
            #expect(await host.until("+QLWEVTIND: 5\r\n") == "\r\n+QLWEVTIND: 5\r\n")
            #expect(await host.command("AT+NMSTATUS?").contains("+NMSTATUS: DEREGISTERED\r\n"))
        }
    }
}
