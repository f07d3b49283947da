import Reactor
import Testing
import VirtualModules

/// Messages: prompts, bytes and confirmations (S4 3.5 and 3.7).
@Suite struct AndlinkDataTests {
    @Test(arguments: [
        ("0x0000", false, 0), ("0X0001", false, 1), ("0x0010", false, 2), ("0x0100", true, 0), ("0X0101", true, 2),
    ])
    func `each mode reaches the cloud as what it is`(mode: String, isConfirmed: Bool, release: Int) async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            #expect(await host.sends("AT+QLASENDDATA=\(mode),2", data: "hi"))
            if isConfirmed { #expect(await host.until("4\r\n") == "\r\n+QLADATASTATUS:4\r\n") }
            await module.waitForUplinks(1)
            let uplink = try #require(await module.uplinks.first)
            #expect(uplink.text == "hi")
            #expect(uplink.isConfirmed == isConfirmed)
            #expect(uplink.rai == release)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test(arguments: AndlinkSpelling.Prompt.allCases)
    func `all byte values pass after any prompt`(prompt: AndlinkSpelling.Prompt) async throws {
        try await withBC28(.andlink { $0.spelling.andlink.prompt = prompt }) { module, host in
            #expect(await host.registerAndlink())
            // The worst ends are among them: CR, LF, ESC, Ctrl-Z and the prompt itself.
            let bytes = (0...255).map { UInt8(255 - $0) } + Array("\u{1A}\u{1B}>\r\nOK\r\n".utf8)
            await host.write("AT+QLASENDDATA=0x0000,\(bytes.count)\r")
            #expect(await host.until(prompt.rawValue) == prompt.rawValue)
            await host.write(bytes)
            #expect(await host.answer() == "\r\nOK\r\n")
            await module.waitForUplinks(1)
            #expect(await module.uplinks.first?.bytes == bytes)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `the longest message fits, in any pieces`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            let bytes = (0..<1024).map { UInt8(truncatingIfNeeded: $0 * 7) }
            await host.write("AT+QLASENDDATA=0x0000,1024\r")
            _ = await host.until(">")
            for start in stride(from: 0, to: 1024, by: 100) {
                await host.write(Array(bytes[start..<min(1024, start + 100)]))
            }
            #expect(await host.answer() == "\r\nOK\r\n")
            await module.waitForUplinks(1)
            #expect(await module.uplinks.first?.bytes == bytes)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `the direct form takes what stands there, commas and all`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            #expect(await host.ok(#"AT+QLASENDDATA=0x0000,10,a,"b=?",;c"#))
            await module.waitForUplinks(1)
            #expect(await module.uplinks.map(\.text) == [#"a,"b=?",;c"#])
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `the direct form may be hexadecimal`() async throws {
        try await withBC28(.andlink { $0.andlink.takesHexDirectly = true }) { module, host in
            #expect(await host.registerAndlink())
            #expect(await host.ok("AT+QLASENDDATA=0x0000,3,00fF7f"))
            await module.waitForUplinks(1)
            #expect(await module.uplinks.map(\.bytes) == [[0, 0xFF, 0x7F]])
            #expect(await host.command("AT+QLASENDDATA=0x0000,3,abc") == "\r\n+CME ERROR: 50\r\n")
        }
    }

    // MARK: Prompts

    @Test func `a prompt comes in pieces and after other reports`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            await module.fail(Fault(.split(every: 1, pause: .milliseconds(1)), on: "AT+QLASENDDATA"))
            await module.fail(Fault(.reports(["+CSCON:1"]), on: "AT+QLASENDDATA"))
            let (prompt, answer) = await host.command("AT+QLASENDDATA=0x0000,2", data: [1, 2])
            #expect(prompt == "\r\n+CSCON:1\r\n\r\n>")
            #expect(answer == "\r\nOK\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `data before the prompt is counted`() async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            await host.write("AT+QLASENDDATA=0x0000,3\rabc")
            #expect(await host.answer().hasSuffix("OK\r\n"))
            #expect(await module.breaches.count == 1)
        }
    }

    @Test(arguments: [
        ("\u{1A}", "before the answer"), ("\r", "after the announced data"), ("\r\n", "more than"),
        ("more", "before the answer"),
    ])
    func `more data than announced is counted`(surplus: String, breach: String) async throws {
        try await withBC28 { module, host in
            #expect(await host.registerAndlink())
            let (_, answer) = await host.command("AT+QLASENDDATA=0x0000,3", data: Array("abc\(surplus)".utf8))
            #expect(answer == "\r\nOK\r\n")
            await module.wait { !$0.breaches.isEmpty }
            #expect(await module.breaches.contains { $0.contains(breach) })
            #expect(await module.uplinks.map(\.text) == ["abc"])
        }
    }

    @Test func `less data than announced ends in an error`() async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.registerAndlink(time))
            await host.write("AT+QLASENDDATA=0x0000,5\r")
            _ = await host.until(">")
            await host.write([1, 2, 3])
            await module.wait { $0.dataReceived == 3 }
            await time.advance(by: .seconds(59))
            #expect(await module.breaches.isEmpty)
            await time.advance(by: .seconds(2))
            #expect(await host.answer() == "\r\n+CME ERROR: 536\r\n")
            #expect(await module.breaches == ["only 3 of 5 bytes of data came"])
            #expect(await module.uplinks.isEmpty)
            #expect(await host.ok("AT"))
        }
    }

    @Test(arguments: [true, false])
    func `a report while data is awaited stands beside it or is lost`(isLost: Bool) async throws {
        try await withBC28(.andlink { $0.andlink.losesReportsDuringData = isLost }) { module, host in
            #expect(await host.registerAndlink())
            await host.write("AT+QLASENDDATA=0x0000,2\r")
            _ = await host.until(">")
            await module.request(CloudOrder(.read, "19/1/0"))
            await host.write([1, 2])
            #expect(await host.until("\r\nOK\r\n").contains("+QLAREAD") != isLost)
            #expect(await module.breaches.isEmpty)
        }
    }

    // MARK: Confirmation

    @Test(arguments: [
        (ModuleCloud.Acknowledgement.after(.seconds(3)), 4, 1), (.never, 3, 1), (.lost, 3, 0), (.reset, 5, 1),
    ])
    func `a confirmed message ends once`(
        acknowledgement: ModuleCloud.Acknowledgement, status: Int, arrived: Int
    ) async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.registerAndlink(time))
            await module.withCloud { $0.acknowledgement = acknowledgement }
            #expect(await host.sends("AT+QLASENDDATA=0x0100,1", data: "x"))
            #expect(await host.command("AT+QLADATASTATUS?") == "\r\n+QLADATASTATUS:1\r\n\r\nOK\r\n")
            await time.advance(by: .seconds(200))
            #expect(await host.until("\(status)\r\n") == "\r\n+QLADATASTATUS:\(status)\r\n")
            #expect(await host.command("AT+QLADATASTATUS?") == "\r\n+QLADATASTATUS:\(status)\r\n\r\nOK\r\n")
            #expect(await module.uplinks.count == arrived)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test(arguments: [159, 516])
    func `one confirmed message at a time`(code: Int) async throws {
        try await withBC28AndTime(.andlink { $0.andlink.refusalWhileBusy = code }) { module, host, time in
            #expect(await host.registerAndlink(time))
            await module.withCloud { $0.acknowledgement = .after(.seconds(3)) }
            #expect(await host.sends("AT+QLASENDDATA=0x0100,1", data: "x"))
            #expect(await host.command("AT+QLASENDDATA=0x0101,1") == "\r\n+CME ERROR: \(code)\r\n")
            #expect(await module.breaches.count == 1)
            #expect(await host.sends("AT+QLASENDDATA=0x0000,1", data: "y"))
            await time.advance(by: .seconds(3))
            #expect(await host.until("4\r\n") == "\r\n+QLADATASTATUS:4\r\n")
            #expect(await host.sends("AT+QLASENDDATA=0x0101,1", data: "z"))
            #expect(await module.uplinks.map(\.text) == ["x", "y", "z"])
            #expect(await module.breaches.count == 1)
        }
    }

    @Test func `some firmware refuses everything meanwhile`() async throws {
        try await withBC28AndTime(.andlink { $0.andlink.refusesPlainWhileBusy = true }) { module, host, time in
            #expect(await host.registerAndlink(time))
            #expect(await host.sends("AT+QLASENDDATA=0x0100,1", data: "x"))
            #expect(await host.command("AT+QLASENDDATA=0x0000,1") == "\r\n+CME ERROR: 159\r\n")
            #expect(await module.breaches.count == 1)
        }
    }

    @Test func `deregistration ends a confirmed message`() async throws {
        try await withBC28AndTime { module, host, time in
            #expect(await host.registerAndlink(time))
            await module.withCloud { $0.acknowledgement = .never }
            #expect(await host.sends("AT+QLASENDDATA=0x0100,1", data: "x"))
            #expect(await host.ok("AT+QLASREGIND=1"))
            await time.advance(by: .seconds(1))
            #expect(await host.until("+QLAEVTIND:1\r\n") == "\r\n+QLADATASTATUS:2\r\n\r\n+QLAEVTIND:1\r\n")
            #expect(await module.status == "DEREGISTERED")
            await time.advance(by: .seconds(200))
            #expect(await host.ok("AT"))
        }
    }

    @Test func `data may have to wait for the observer`() async throws {
        try await withBC28(.andlink { $0.andlink.needsObservation = true }) { module, host in
            await module.withCloud { cloud in
                cloud.observes = false
                cloud.andlink.observesFirmware = false
            }
            #expect(await host.ok("AT+CMEE=1"))
            #expect(await host.ok(#"AT+QLASERVERIP="LWM2M","1.2.3.4""#))
            #expect(await host.ok("AT+QLASREGIND=0"))
            _ = await host.until("+QLAEVTIND:0\r\n")
            #expect(await host.command("AT+QLASENDDATA=0x0000,1") == "\r\n+CME ERROR: 516\r\n")
            #expect(await module.breaches.count == 1)
            await module.observeData()
            _ = await host.until("+QLAEVTIND:3\r\n")
            #expect(await host.sends("AT+QLASENDDATA=0x0000,1", data: "x"))
            await module.cancelObservation()
            #expect(await module.status == "REGISTERED")
        }
    }
}
