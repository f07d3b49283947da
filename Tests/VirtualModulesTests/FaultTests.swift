import Reactor
import Testing
import VirtualModules

/// Every way to fail, switched on by a test.
@Suite struct FaultTests {
    @Test func `an answer is dropped once`() async throws {
        try await withHost { module, host in
            await module.fail(Fault(.dropAnswer, on: "AT+NNMI"))
            await host.write("AT+NNMI=2\r")
            await module.wait { $0.log.contains { $0.text == "AT+NNMI=2" } }
            #expect(await host.command("AT+NNMI?") == "\r\n+NNMI: 2\r\n\r\nOK\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `an answer comes after the next one`() async throws {
        try await withManualTime { module, host, time in
            await module.fail(Fault(.delayAnswer(.seconds(8)), on: "AT+CSQ"))
            await host.write("AT+CSQ\r")
            await module.wait { $0.log.contains { $0.text == "AT+CSQ" } }
            #expect(await host.ok("AT"))
            await time.advance(by: .seconds(8))
            #expect(await host.until("OK\r\n") == "\r\n+CSQ: 21,0\r\n\r\nOK\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test(arguments: [
        // An error instead of the answer.
        (Fault(.answer("ERROR"), on: "AT+CSQ"), "\r\nERROR\r\n"),
        (Fault(.answer("+CME ERROR: 951"), on: "AT+CSQ"), "\r\n+CME ERROR: 951\r\n"),
        // In pieces.
        (Fault(.split(every: 1, pause: .milliseconds(1)), on: "AT+CSQ"), "\r\n+CSQ: 21,0\r\n\r\nOK\r\n"),
        // Something before the answer.
        (
            Fault(.reports(["+NNMI", "+CEREG: 1"]), on: "AT+CSQ"),
            "\r\n+NNMI\r\n\r\n+CEREG: 1\r\n\r\n+CSQ: 21,0\r\n\r\nOK\r\n"
        ),
        (Fault(.noise([0, 0x1B, 0x0D]), on: "AT+CSQ"), "\0\u{1B}\r\r\n+CSQ: 21,0\r\n\r\nOK\r\n"),
        (Fault(.echo, on: "AT+CSQ"), "AT+CSQ\r\n+CSQ: 21,0\r\n\r\nOK\r\n"),
    ])
    func `an answer goes wrong once`(fault: Fault, answer: String) async throws {
        try await withHost { module, host in
            await module.fail(fault)
            #expect(await host.command("AT+CSQ") == answer)
            #expect(await host.command("AT+CSQ") == "\r\n+CSQ: 21,0\r\n\r\nOK\r\n")
        }
    }

    @Test func `a fault that stays is there until it is healed`() async throws {
        try await withHost { module, host in
            await module.fail(Fault(.answer("ERROR"), on: "AT+CSQ", always: true))
            for _ in 0..<3 { #expect(await host.command("AT+CSQ") == "\r\nERROR\r\n") }
            await module.heal()
            #expect(await host.command("AT+CSQ").contains("+CSQ: 21,0"))
        }
    }

    @Test func `the last line feed is lost`() async throws {
        try await withHost { module, host in
            await module.fail(Fault(.loseLineFeed))
            await host.write("AT\r")
            #expect(await host.until("OK\r") == "\r\nOK\r")
            #expect(await host.ok("AT"))
        }
    }

    @Test func `an event comes before its OK`() async throws {
        try await withHost { module, host in
            await module.fail(Fault(.reportFirst, on: "AT+NCDPOPEN"))
            await host.write("AT+NCDPOPEN=\"1.2.3.4\"\r")
            #expect(await host.until("OK\r\n") == "\r\n+QLWEVTIND: 0\r\n\r\nOK\r\n")
            #expect(await host.until("3\r\n") == "\r\n+QLWEVTIND: 3\r\n")
        }
    }

    @Test func `a report comes twice`() async throws {
        try await withHost { module, host in
            await module.fail(Fault(.doubleReport, on: "+QLWEVTIND: 3"))
            #expect(await host.register())
            #expect(await host.until("3\r\n") == "\r\n+QLWEVTIND: 3\r\n")
        }
    }

    @Test func `bytes to the module are lost`() async throws {
        try await withHost { module, host in
            await module.fail(Fault(.ignoreBytes(3)))
            await host.write("AT\r")
            await module.wait { $0.bytesToIgnore == 0 }
            #expect(await host.ok("AT"))
        }
    }

    @Test func `the buffer is full for once`() async throws {
        try await withHost { module, host in
            #expect(await host.register())
            #expect(await host.ok("AT+NNMI=1"))
            await module.fail(Fault(.bufferFull))
            await module.send(downlink: [1])
            #expect(await host.until("full\r\n") == "\r\n+NNMI: \"recv\",buff full\r\n")
            await module.send(downlink: [2])
            #expect(await host.until("02\r\n") == "\r\n+NNMI: 1,02\r\n")
        }
    }

    @Test(arguments: [(Fault.Effect.resetBefore, 0), (.resetAfter, 1)])
    func `a restart comes before or after executing`(effect: Fault.Effect, uplinks: Int) async throws {
        try await withHost(.with { $0.bootTime = .zero }) { module, host in
            #expect(await host.register())
            await module.fail(Fault(effect, on: "AT+NMGS"))
            await host.write("AT+NMGS=1,00\r")
            let text = await host.until("READY\r\n")
            #expect(text.contains("RDY") && text.contains("OK") == (uplinks == 1))
            #expect(await module.uplinks.count == uplinks)
            #expect(await host.command("AT+NMSTATUS?").contains("UNINITIALISED"))
        }
    }

    @Test func `without power nothing is heard or said`() async throws {
        try await withHost { module, host in
            await module.fail(Fault(.powerCut(nil), on: "AT+CSQ"))
            await host.write("AT+CSQ\r")
            await module.wait { $0.log.contains { $0.text == "power cut" } }
            await host.write("AT\rAT+CSQ\r")
            await module.wait { $0.bytesLost == 10 }
            await module.powerOn()
            #expect(await host.until("RDY\r\n") == "\r\nRDY\r\n")
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a dropped line comes back under its path`() async throws {
        try await withHost { module, host in
            await module.fail(Fault(.hangUp(.milliseconds(5)), on: "AT+CSQ"))
            await host.write("AT+CSQ\r")
            await host.waitForHangUp()
            await module.wait { $0.log.last?.text == "plugged in" }
            try await host.open(module.path)
            #expect(await host.ok("AT"))
        }
    }

    @Test func `a module keeps its state while the line is gone`() async throws {
        try await withHost { module, host in
            #expect(await host.register())
            await module.unplug()
            await host.waitForHangUp()
            try await module.plugIn()
            try await host.open(module.path)
            #expect(await host.command("AT+NMSTATUS?").contains("REGISTERED_AND_OBSERVED"))
        }
    }

    @Test func `echo omits the CR`() async throws {
        try await withHost { _, host in
            #expect(await host.ok("ATE1"))
            #expect(await host.command("AT+CSQ") == "AT+CSQ\r\n+CSQ: 21,0\r\n\r\nOK\r\n")
            #expect(await host.command("ATE0") == "ATE0\r\nOK\r\n")
            #expect(await host.ok("AT"))
        }
    }
}
