import Testing
import VirtualModules

/// The note's dialogues, word by word, and what every BC28 answers.
@Suite struct AndlinkDialogueTests {
    @Test(arguments: [
        ("AT", "\r\nOK\r\n"),
        ("ATE0", "\r\nOK\r\n"),
        ("ATI", "\r\nQuectel\r\nBC28\r\nRevision:BC28JAR01A03\r\n\r\nOK\r\n"),
        ("AT+CGMI", "\r\nQuectel\r\n\r\nOK\r\n"),
        ("AT+CGMM", "\r\nBC28\r\n\r\nOK\r\n"),
        ("AT+CGMR", "\r\nBC28JAR01A03\r\n\r\nOK\r\n"),
        ("AT+CGSN=1", "\r\n+CGSN:869334050000017\r\n\r\nOK\r\n"),
        ("AT+CGSN", "\r\nMPY21A00D000017\r\n\r\nOK\r\n"),
        ("AT+CIMI", "\r\n460113000000017\r\n\r\nOK\r\n"),
        ("AT+NCCID", "\r\n+NCCID:89861121000000000017\r\n\r\nOK\r\n"),
        ("AT+CSQ", "\r\n+CSQ:20,99\r\n\r\nOK\r\n"),
        ("AT+CEREG?", "\r\n+CEREG:0,1\r\n\r\nOK\r\n"),
        ("AT+CGATT?", "\r\n+CGATT:1\r\n\r\nOK\r\n"),
        ("AT+CGPADDR", "\r\n+CGPADDR:0,11.40.70.201\r\n\r\nOK\r\n"),
        ("AT+CSCON?", "\r\n+CSCON:0,0\r\n\r\nOK\r\n"),
        ("AT+CFUN?", "\r\n+CFUN:1\r\n\r\nOK\r\n"),
        ("AT+CMEE?", "\r\n+CMEE:0\r\n\r\nOK\r\n"),
        ("AT+CPSMS?", "\r\n+CPSMS:1,,,01000011,00000100\r\n\r\nOK\r\n"),
        ("AT+CPSMS=1,,,01000011,00000100", "\r\nOK\r\n"),
        ("AT+NPSMR?", "\r\n+NPSMR:0\r\n\r\nOK\r\n"),
        ("AT+NATSPEED?", "\r\n+NATSPEED:9600,2,1,0,0\r\n\r\nOK\r\n"),
        ("AT+QLASTATUS?", "\r\n+QLASTATUS:MISSING_CONFIG\r\n\r\nOK\r\n"),
        ("AT+QLADTLSSTAT?", "\r\n+QLADTLSSTAT:1\r\n\r\nOK\r\n"),
        ("AT+QLADATASTATUS?", "\r\n+QLADATASTATUS:0\r\n\r\nOK\r\n"),
        ("AT+QLAULDATASTATUS?", "\r\n+QLAULDATASTATUS:0\r\n\r\nOK\r\n"),
        ("AT+QLAREGSWT?", "\r\n+QLAREGSWT:1\r\n\r\nOK\r\n"),
        ("AT+QLASECSWT?", "\r\n+QLASECSWT:0,0\r\n\r\nOK\r\n"),
        ("AT+QLARESETDTLS", "\r\nOK\r\n"),
        ("AT+QLAFOTARESET=1", "\r\nOK\r\n"),
        ("AT+QLASERVERIP?", "\r\n+QLASERVERIP:\r\n\r\nOK\r\n"),
    ])
    func `a command has its answer`(command: String, answer: String) async throws {
        try await withBC28 { module, host in
            #expect(await host.command(command) == answer)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `the statistics have no prefix`() async throws {
        try await withBC28 { _, host in
            let lines = await host.command("AT+NUESTATS").split(whereSeparator: \.isNewline).map(String.init)
            #expect(lines.first == "Signal power:-988")
            #expect(lines.contains("SNR:55") && lines.contains("ECL:0") && lines.last == "OK")
            #expect(lines.allSatisfy { !$0.contains("NUESTATS") })
        }
    }

    @Test func `without a network everything is unknown`() async throws {
        try await withBC28(.andlink { $0.radioTime = .zero }) { module, host in
            #expect(await host.ok("AT+CFUN=0"))
            #expect(await host.command("AT+CGPADDR") == "\r\n+CGPADDR:0\r\n\r\nOK\r\n")
            #expect(await host.command("AT+CSQ") == "\r\n+CSQ:99,99\r\n\r\nOK\r\n")
            #expect(await host.command("AT+NUESTATS").contains("ECL:255\r\n"))
            #expect(await module.status == "NO_UE_IP")
        }
    }

    /// S4 3.1, 3.2, 3.3, 3.9, 3.13, 3.15 and 3.16: what is set is told.
    @Test func `the settings' examples`() async throws {
        try await withBC28(.andlink { $0.imei = "867724030000225" }) { module, host in
            #expect(await host.ok(#"AT+QLASERVERIP="BS","180.101.147.115",5683"#))
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","180.101.147.115""#))
            let list = "\r\n+QLASERVERIP:\r\nBS,180.101.147.115,5683\r\nLWM2M,180.101.147.115,5683\r\n\r\nOK\r\n"
            #expect(await host.command("AT+QLASERVERIP?") == list)
            #expect(await host.ok(#"AT+QLASERVERIP="DEL","180.101.147.115",5683"#))
            #expect(await host.command("AT+QLASERVERIP?") == "\r\n+QLASERVERIP:\r\n\r\nOK\r\n")
            #expect(await host.ok("AT+QLASECSWT=0"))
            #expect(await host.ok("AT+QLASECSWT=1,1"))
            #expect(await host.command("AT+QLASECSWT?") == "\r\n+QLASECSWT:1,1\r\n\r\nOK\r\n")
            #expect(await host.ok("AT+QLASETPSK=867724030000225,E8E19CC16CE1F388E8E19CC16CE1F388"))
            #expect(await host.command("AT+QLASETPSK?") == "\r\n+QSETPSK:867724030000225,***\r\n\r\nOK\r\n")
            #expect(await host.ok("AT+QLASETBSPSK=0,\"0123456789abcdef0123456789ABCDEF\""))
            #expect(await host.command("AT+QLASETBSPSK?") == "\r\n+QSETBSPSK:867724030000225,***\r\n\r\nOK\r\n")
            #expect(await host.ok("AT+QLABSSECSWT=1,1"))
            #expect(await host.command("AT+QLABSSECSWT?") == "\r\n+QLABSSECSWT:1,1\r\n\r\nOK\r\n")
            #expect(await host.ok("AT+QLAREGSWT=0"))
            #expect(await host.command("AT+QLAREGSWT?") == "\r\n+QLAREGSWT:0\r\n\r\nOK\r\n")
            #expect(await host.ok(#"AT+QCFG="LWM2M/DeviceType","31301""#))
            let type = await host.command(#"AT+QCFG="LWM2M/DeviceType""#)
            #expect(type == "\r\n+CQFG: \"LWM2M/DeviceType\",31301\r\n\r\nOK\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `the other spellings`() async throws {
        let change = { @Sendable (options: inout ModuleOptions) in
            options.spelling.andlink.shortensKeyNames = false
            options.spelling.andlink.swapsConfiguration = false
            options.spelling.andlink.spacesEvents = true
            options.spelling.andlink.lengthensDataStatus = true
        }
        try await withBC28(.andlink(change)) { _, host in
            let key = "0,0123456789ABCDEF0123456789ABCDEF"
            #expect(await host.ok("AT+QLASETPSK=\(key)"))
            #expect(await host.command("AT+QLASETPSK?").hasPrefix("\r\n+QLASETPSK:869334050000017,***\r\n"))
            #expect(await host.ok("AT+QLASETBSPSK=\(key)"))
            #expect(await host.command("AT+QLASETBSPSK?").hasPrefix("\r\n+QLASETBSPSK:869334050000017,***\r\n"))
            #expect(await host.command(#"AT+QCFG="LWM2M/DeviceType""#).hasPrefix("\r\n+QCFG: "))
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","lwm.home.komect.com""#))
            #expect(await host.ok("AT+QLASREGIND=0"))
            let events = [0, 3, 5].map { "\r\n+QLAEVTIND: \($0)\r\n" }.joined()
            #expect(await host.until("+QLAEVTIND: 5\r\n") == events)
            #expect(await host.sends("AT+QLASENDDATA=0x0100,1", data: "x"))
            #expect(await host.until("+QLAULDATASTATUS:4\r\n").hasSuffix("\r\n+QLAULDATASTATUS:4\r\n"))
        }
    }

    /// S4 6.1, with the lengths that the payloads really have.
    @Test func `the plain example`() async throws {
        try await withBC28(.andlink { $0.spelling.andlink.lengthensDataStatus = true }) { module, host in
            await module.withCloud { cloud in
                cloud.observes = false
                cloud.nextMessageID = 48767
                cloud.andlink.nextToken = "6CBBD6861BC43359"
            }
            #expect(await host.ok(#"AT+QLASERVERIP="BS","112.13.96.205",5783"#))
            #expect(await host.ok("AT+QLABSSECSWT=0"))
            await module.request(CloudOrder(.read, "19/1/0"))
            #expect(await host.command("AT+NRB") == "\r\nREBOOTING\r\n")
            let boot =
                "\r\nBoot: Unsigned\r\nSecurity B.. Verified\r\nProtocol A.. Verified\r\nApps A...... Verified\r\n"
            #expect(await host.until("OK\r\n") == boot + "\r\nREBOOT_CAUSE_APPLICATION_AT\r\nNeul \r\nOK\r\n")
            let expected = "\r\n+QLAEVTIND:4\r\n\r\n+QLAEVTIND:0\r\n\r\n+QLAREAD: 48767,\"6CBBD6861BC43359\"\r\n"
            #expect(await host.until("3359\"\r\n") == expected)
            let answer = #"{"firstName": "Brett", "lastName": "McLaughlin"}"#
            #expect(await host.sends("AT+QLASENDRSP=48767,6CBBD6861BC43359,1,48", data: answer))
            let read = try #require(await module.waitForAnswer(to: 48767))
            #expect(read.code == 1)
            #expect(read.values.map(\.text) == [answer])
            let data = #"[{"n":"19/1/0","p1":"v1"}]"#
            #expect(await host.sends("AT+QLASENDDATA=0x0100,26", data: data))
            #expect(await host.until("4\r\n") == "\r\n+QLAULDATASTATUS:4\r\n")
            #expect(await module.uplinks.map(\.text) == [data])
            #expect(await module.breaches.isEmpty)
        }
    }

    /// S4 6.2: the keys, the restart, the handshake.
    @Test func `the encrypted example`() async throws {
        try await withBC28 { module, host in
            await module.withCloud { cloud in
                cloud.observes = false
                cloud.andlink.bootstrapPSK = Array("0123456789012#ab".utf8)
                cloud.andlink.bootstrapServer = "lwm.home.komect.com:5684"
            }
            #expect(await host.ok(#"AT+QLASERVERIP="BS","lwm.home.komect.com",5684"#))
            #expect(await host.ok("AT+QLASETBSPSK=869334050000017,30313233343536373839303132236162"))
            #expect(await host.ok(#"AT+QCFG="LWM2M/DeviceType","31301""#))
            #expect(await host.ok("AT+QLABSSECSWT=1,0"))
            #expect(await host.command("AT+NRB") == "\r\nREBOOTING\r\n")
            _ = await host.until("OK\r\n")
            let expected = "\r\n+QLADTLSSTAT:0\r\n\r\n+QLAEVTIND:4\r\n\r\n+QLAEVTIND:0\r\n"
            #expect(await host.until("+QLAEVTIND:0\r\n") == expected)
            let data =
                #"[{"n":"/19/1/0","vs":{"outletStatus":"0","setTime":"1","firmware":"1.0","softVersion":"1.0"}}]"#
            #expect(await host.sends("AT+QLASENDDATA=0X0100,\(data.utf8.count)", data: data))
            #expect(await host.until("4\r\n") == "\r\n+QLADATASTATUS:4\r\n")
            #expect(await host.command("AT+QLADATASTATUS?") == "\r\n+QLADATASTATUS:4\r\n\r\nOK\r\n")
            #expect(await module.withCloud { $0.andlink.deviceType } == "31301")
            #expect(await module.breaches.isEmpty)
        }
    }
}
