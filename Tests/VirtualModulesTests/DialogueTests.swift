import Reactor
import Testing
import VirtualModules

/// The seed's dialogues, word by word.
@Suite struct DialogueTests {
    @Test(arguments: [
        ("AT", "\r\nOK\r\n"),
        ("at", "\r\nOK\r\n"),
        ("ATI", "\r\nQuectel_Ltd\r\nQuectel_BC260Y-CN\r\nRevision: BC260YCNAAR02A01\r\n\r\nOK\r\n"),
        ("AT+CGMR", "\r\nRevision: BC260YCNAAR02A01\r\n\r\nOK\r\n"),
        ("AT+CGSN=1", "\r\n+CGSN: 869334050000017\r\n\r\nOK\r\n"),
        ("AT+CGSN=0", "\r\nMPY21A00D000017\r\n\r\nOK\r\n"),
        ("AT+CGSN=?", "\r\n+CGSN: (0-3)\r\n\r\nOK\r\n"),
        ("AT+CIMI", "\r\n460113000000017\r\n\r\nOK\r\n"),
        ("AT+QCCID", "\r\n+QCCID: 89861121000000000017\r\n\r\nOK\r\n"),
        ("AT+CMEE?", "\r\n+CMEE: 0\r\n\r\nOK\r\n"),
        ("AT+CEREG?", "\r\n+CEREG: 0,1\r\n\r\nOK\r\n"),
        // S0:1211
        ("AT+CGPADDR?", "\r\n+CGPADDR: 0,\"11.40.70.201\"\r\n\r\nOK\r\n"),
        ("AT+CGPADDR", "\r\n+CGPADDR: 0,\"11.40.70.201\"\r\n\r\nOK\r\n"),
        ("AT+CSQ", "\r\n+CSQ: 21,0\r\n\r\nOK\r\n"),
        ("AT+CESQ", "\r\n+CESQ: 99,99,255,255,24,64\r\n\r\nOK\r\n"),
        ("AT+CSCON?", "\r\n+CSCON: 0,0\r\n\r\nOK\r\n"),
        ("AT+CFUN?", "\r\n+CFUN: 1\r\n\r\nOK\r\n"),
        ("AT+QSCLK=0", "\r\nOK\r\n"),
        ("AT+CPSMS=0", "\r\nOK\r\n"),
        ("AT+CEDRXS=0,5", "\r\nOK\r\n"),
        ("AT+QNBIOTEVENT=1,1", "\r\nOK\r\n"),
        ("AT+IPR?", "\r\n+IPR: 115200\r\n\r\nOK\r\n"),
        // Seed 2.3.
        ("AT+NCDPOPEN=?", "\r\nOK\r\n"),
        ("AT+NNMI?", "\r\n+NNMI: 0\r\n\r\nOK\r\n"),
        ("AT+NCFG=?", "\r\n+NCFG: 0[(0-2592000)]\r\n\r\nOK\r\n"),
        ("AT+NCFG=0", "\r\n+NCFG: 0\r\n\r\nOK\r\n"),
        ("AT+NMSTATUS?", "\r\n+NMSTATUS: UNINITIALISED\r\n\r\nOK\r\n"),
        ("AT+QLWULDATASTATUS?", "\r\n+QLWULDATASTATUS: 0\r\n\r\nOK\r\n"),
        ("AT+NQMGR", "\r\nBUFFERED=0,RECEIVED=0,DROPPED=0\r\n\r\nOK\r\n"),
        ("AT+NMGR", "\r\nOK\r\n"),
    ])
    func `a command has the seed's answer`(command: String, answer: String) async throws {
        try await withHost { module, host in
            #expect(await host.command(command) == answer)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a restart prints the banner and finds the network`() async throws {
        try await withHost(.with { ($0.bootTime, $0.attachTime) = (.milliseconds(5), .milliseconds(5)) }) { _, host in
            #expect(await host.ok("AT+CEREG=1"))
            #expect(await host.ok("AT+QSCLK=0"))
            #expect(await host.ok("AT+NNMI=2"))
            #expect(await host.ok("AT+QRST=1"))
            let banner = await host.until("+CPIN: READY\r\n")
            #expect(banner == "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n")
            #expect(await host.until("+CEREG: 1\r\n").hasSuffix("+CEREG: 1\r\n"))
            // What a restart keeps, and what it does not.
            #expect(await host.command("AT+CEREG?") == "\r\n+CEREG: 1,1\r\n\r\nOK\r\n")
            #expect(await host.command("AT+QSCLK?") == "\r\n+QSCLK: 1\r\n\r\nOK\r\n")
            #expect(await host.command("AT+NNMI?") == "\r\n+NNMI: 0\r\n\r\nOK\r\n")
            #expect(await host.command("AT+NRB") == "\r\nREBOOTING\r\n")
            #expect(await host.until("RDY\r\n") == "\r\nRDY\r\n")
        }
    }

    /// Seed 4.1.2, from the registration to the emptied buffer.
    @Test func `a message goes up and one comes down through the buffer`() async throws {
        try await withHost { module, host in
            #expect(await host.ok("AT+NNMI=2"))
            #expect(await host.ok(#"AT+NCDPOPEN="180.101.147.115",5683"#))
            #expect(await host.until("3\r\n") == "\r\n+QLWEVTIND: 0\r\n\r\n+QLWEVTIND: 3\r\n")
            #expect(await host.command("AT+NMSTATUS?").contains("+NMSTATUS: REGISTERED_AND_OBSERVED\r\n"))
            await module.withCloud { $0.reply = [0xAA, 0xAA, 0, 0] }
            #expect(await host.ok("AT+NMGS=5,00454c4c4f"))
            #expect(await host.until("+NNMI\r\n") == "\r\n+NNMI\r\n")
            #expect(await host.command("AT+NQMGR") == "\r\nBUFFERED=1,RECEIVED=1,DROPPED=0\r\n\r\nOK\r\n")
            #expect(await host.command("AT+NMGR") == "\r\n+NMGR: 4,AAAA0000\r\n\r\nOK\r\n")
            #expect(await host.command("AT+NQMGR") == "\r\nBUFFERED=0,RECEIVED=1,DROPPED=0\r\n\r\nOK\r\n")
            let uplink = try #require(await module.uplinks.first)
            #expect(uplink.bytes == [0, 0x45, 0x4C, 0x4C, 0x4F])
            #expect(!uplink.isConfirmed)
            #expect(await module.breaches.isEmpty)
        }
    }

    /// Seed 4.2.2: a confirmed uplink, its event, the reply pushed, the radio's state shown.
    @Test func `a confirmed message is acknowledged`() async throws {
        try await withManualTime { module, host, time in
            #expect(await host.ok("AT+CSCON=1"))
            #expect(await host.ok("AT+NNMI=1"))
            #expect(await host.register(with: module, time))
            await module.withCloud { $0.reply = [0xAA, 0xAA, 0, 0] }
            #expect(await host.ok(#"AT+NMGS=7,"010548454c4c4f",102"#))
            await time.advance(by: .milliseconds(100))
            #expect(await host.until("+NNMI: 4,AAAA0000\r\n").hasSuffix("\r\n+NNMI: 4,AAAA0000\r\n"))
            #expect(await host.until("+QLWEVTIND: 4\r\n").hasSuffix("\r\n+QLWEVTIND: 4\r\n"))
            #expect(await host.command("AT+QLWULDATASTATUS?") == "\r\n+QLWULDATASTATUS: 4\r\n\r\nOK\r\n")
            await time.advance(by: .seconds(1))
            #expect(await host.until("+CSCON:0\r\n").hasSuffix("\r\n+CSCON:0\r\n"))
            let uplink = try #require(await module.uplinks.first)
            #expect(uplink.isConfirmed && uplink.rai == 2)
        }
    }

    @Test func `a lifetime counts from the next start on`() async throws {
        try await withHost(.with { ($0.bootTime, $0.attachTime) = (.zero, .zero) }) { module, host in
            #expect(await host.ok("AT+NCFG=0,60"))
            #expect(await host.command("AT+NCFG=0") == "\r\n+NCFG: 900\r\n\r\nOK\r\n")
            #expect(await host.register())
            #expect(await module.withCloud { $0.lifetime } == nil)
            #expect(await host.ok("AT+QRST=1"))
            _ = await host.until("READY\r\n")
            await module.wait { $0.log.contains { $0.text == "attached" } }
            #expect(await host.register())
            #expect(await module.withCloud { $0.lifetime } == 900)
        }
    }

    @Test func `a registration is renewed by itself`() async throws {
        try await withHost(.hurried(10_000)) { module, host in
            #expect(await host.ok("AT+NCFG=0,900"))
            #expect(await host.ok("AT+QRST=1"))
            _ = await host.until("READY\r\n")
            await module.wait { $0.log.contains { $0.text == "attached" } }
            #expect(await host.register())
            #expect(await host.until("+QLWEVTIND: 2\r\n") == "\r\n+QLWEVTIND: 2\r\n")
        }
    }
}
