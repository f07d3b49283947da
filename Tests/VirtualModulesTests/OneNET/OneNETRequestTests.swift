import Reactor
import Testing
import VirtualModules

/// What the cloud asks, and how it counts the answers.
@Suite struct OneNETRequestTests {
    /// S2 7.2.1 for several objects: every instance of the bitmap is observed, then each object discovered.
    @Test func `the cloud looks at every object that is registered`() async throws {
        try await withOneNETTime { module, host, time in
            await module.setNextID(100)
            #expect(await host.open(objects: [#"3303,3,"101",2,1"#, #"3311,1,"1",4,2"#], time: time))
            await time.advance(by: .milliseconds(100))
            #expect(
                await host.hears(
                    all: "+MIPLOBSERVE: 0,100,1,3303,0,-1", "+MIPLOBSERVE: 0,101,1,3303,2,-1",
                    "+MIPLOBSERVE: 0,102,1,3311,0,-1"))
            for id in 100...102 {
                #expect(await host.ok("AT+MIPLOBSERVERSP=0,\(id),1"))
                #expect(await host.hears("+MIPLEVENT: 0,21,\(id)"))
            }
            await time.advance(by: .milliseconds(100))
            #expect(await host.hears(all: "+MIPLDISCOVER: 0,103,3303", "+MIPLDISCOVER: 0,104,3311"))
            #expect(
                await host.result(#"AT+MIPLDISCOVERRSP=0,103,1,19,"5700;5701;5601;5602""#) == "+CIS ERROR: 652")
            #expect(await host.ok(#"AT+MIPLDISCOVERRSP=0,103,1,14,"5700;5701;5605""#))
            #expect(await host.hears("+MIPLEVENT: 0,21,103"))
            #expect(await host.ok(#"AT+MIPLDISCOVERRSP=0,104,1,0,"",2"#))
            #expect(await module.breaches.map { $0.contains("attrCount") } == [true])
        }
    }

    @Test func `an object is discovered though nobody answers for its instance`() async throws {
        try await withOneNETTime { module, host, time in
            await module.setNextID(100)
            #expect(await host.open(time: time))
            await time.advance(by: .milliseconds(100))
            #expect(await host.hears("+MIPLOBSERVE: 0,100,1,3311,0,-1"))
            await time.advance(by: .seconds(11))
            #expect(await host.hears("+MIPLDISCOVER: 0,101,3311"))
            #expect(await module.withCloud { $0.neverAnswered } == 1)
            await time.advance(by: .seconds(11))
            #expect(await module.withCloud { $0.neverAnswered } == 2)
        }
    }

    /// S2 5.3: ten seconds from the end of the report; event 20 tells that it was too late.
    @Test(arguments: [(9_900, 21, 0), (10_100, 20, 1)])
    func `an answer has ten seconds`(milliseconds: Int, event: Int, late: Int) async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.settle(module, time: time))
            let id = await module.request(CloudOrder(.read, "3311/0/5850"))
            #expect(await host.hears("+MIPLREAD: 0,\(id),3311,0,5850"))
            await time.advance(by: .milliseconds(milliseconds))
            #expect(await host.ok("AT+MIPLREADRSP=0,\(id),1,3311,0,5850,5,1,1,0,0"))
            #expect(await host.hears("+MIPLEVENT: 0,\(event),\(id)"))
            #expect(await module.waitForAnswer(to: id)?.latency == .milliseconds(milliseconds))
            #expect(await module.withCloud { [$0.answeredLate, $0.neverAnswered] } == [late, 0])
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a second answer is refused and counted`() async throws {
        try await withOneNET { module, host in
            #expect(await host.settle(module))
            let id = await module.request(CloudOrder(.execute, "3311/0/5605"))
            #expect(await host.hears("+MIPLEXECUTE: 0,\(id),3311,0,5605"))
            #expect(await host.ok("AT+MIPLEXECUTERSP=0,\(id),2"))
            #expect(await host.hears("+MIPLEVENT: 0,21,\(id)"))
            #expect(await host.result("AT+MIPLEXECUTERSP=0,\(id),2") == "+CIS ERROR: 655")
            #expect(await module.withCloud { $0.answeredTwice } == 1)
            #expect(await module.breaches == ["a second answer to \(id): AT+MIPLEXECUTERSP=0,\(id),2"])
        }
    }

    @Test(arguments: [
        (["3311,0,5850,5,1,1,2,0", "3311,0,5851,5,1,1,0,0"], "wrong order"),
        (["3311,0,5850,5,1,1,1,0", "3311,0,5851,5,1,1,2,0"], "wrong order"),
        (["3311,0,5850,5,1,1,1,0", "3311,0,5850,5,1,1,0,0"], "same resource twice"),
        (["3311,0,5850,5,1,1,1,0", "3311,1,5850,5,1,1,0,0"], "no such instance"),
    ])
    func `the parts of an answer have an order`(parts: [String], breach: String) async throws {
        try await withOneNET { module, host in
            #expect(await host.settle(module))
            let id = await module.request(CloudOrder(.read, "3311"))
            #expect(await host.hears("+MIPLREAD: 0,\(id),3311,-1,-1"))
            #expect(await host.ok("AT+MIPLREADRSP=0,\(id),1,\(parts[0])"))
            #expect(await host.result("AT+MIPLREADRSP=0,\(id),1,\(parts[1])").hasPrefix("+CIS ERROR: 65"))
            #expect(await module.breaches.map { $0.contains(breach) } == [true])
        }
    }

    @Test func `a read that fails says so in all its parameters`() async throws {
        try await withOneNET { module, host in
            #expect(await host.settle(module))
            let id = await module.request(CloudOrder(.read, "3311/0/5850"))
            #expect(await host.hears("+MIPLREAD: 0,\(id),3311,0,5850"))
            #expect(await host.ok(#"AT+MIPLREADRSP=0,\#(id),13,3311,0,5850,1,0,"",0,0,0"#))
            #expect(await module.waitForAnswer(to: id)?.code == 13)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `what was never added the module does not find itself`() async throws {
        try await withOneNET { module, host in
            #expect(await host.settle(module))
            for path in ["3303/0/5700", "3311/1", "nonsense"] {
                let id = await module.request(CloudOrder(.read, path))
                #expect(await module.waitForAnswer(to: id)?.code == 13)
            }
            #expect(await host.command("AT") == "\r\nOK\r\n")
        }
    }

    @Test func `a report comes again until it is answered`() async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.settle(module, time: time))
            var order = CloudOrder(.read, "3311/0/5850")
            order.retransmissions = [.seconds(2), .seconds(4), .seconds(8)]
            let id = await module.request(order)
            let report = "+MIPLREAD: 0,\(id),3311,0,5850"
            #expect(await host.hears(report))
            await time.advance(by: .seconds(2))
            #expect(await host.hears(report))
            await time.advance(by: .seconds(4))
            #expect(await host.hears(report))
            #expect(await host.ok("AT+MIPLREADRSP=0,\(id),1,3311,0,5850,5,1,1,0,0"))
            #expect(await host.hears("+MIPLEVENT: 0,21,\(id)"))
            await time.advance(by: .seconds(20))
            #expect(await host.ok("AT"))
            #expect(await module.breaches.isEmpty)
        }
    }

    private func parts(_ count: Int, pause: Duration = .zero) -> CloudOrder {
        var order = CloudOrder(.write, "3311/0")
        order.parts = (0..<count).map { .init("3311/0/\(5850 + $0)", [UInt8($0)]) }
        order.pause = pause
        return order
    }

    /// S2 5.4: the ten seconds begin with the last part, and nothing can be answered before.
    @Test func `the parts of a write come with pauses`() async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.settle(module, time: time))
            let id = await module.request(parts(3, pause: .seconds(4)))
            #expect(await host.hears("+MIPLWRITE: 0,\(id),3311,0,5850,2,1,00,0,2"))
            await time.advance(by: .seconds(4))
            #expect(await host.hears("+MIPLWRITE: 0,\(id),3311,0,5851,2,1,01,0,1"))
            #expect(await host.result("AT+MIPLWRITERSP=0,\(id),2") == "+CIS ERROR: 655")
            await time.advance(by: .seconds(4))
            #expect(await host.hears("+MIPLWRITE: 0,\(id),3311,0,5852,2,1,02,0,0"))
            await time.advance(by: .seconds(9))
            #expect(await host.ok("AT+MIPLWRITERSP=0,\(id),2"))
            #expect(await module.withCloud { $0.answeredLate } == 0)
            #expect(await module.breaches.count == 1)
        }
    }

    @Test func `a write that deregistration interrupts is never answered`() async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.settle(module, time: time))
            let id = await module.request(parts(2, pause: .seconds(4)))
            #expect(await host.hears("+MIPLWRITE: 0,\(id),3311,0,5850,2,1,00,0,1"))
            #expect(await host.ok("AT+MIPLCLOSE=0"))
            await time.advance(by: .seconds(20))
            #expect(await host.hears("+MIPLEVENT: 0,15"))
            #expect(await host.ok("AT"))
            #expect(await module.withCloud { $0.neverAnswered } == 1)
        }
    }

    @Test(arguments: [1, 2])
    func `a write that a reset interrupts is forgotten`(count: Int) async throws {
        try await withOneNET(.oneNET { ($0.bootTime, $0.attachTime) = (.zero, .zero) }) { module, host in
            #expect(await host.settle(module))
            var order = parts(2)
            order.partsBeforeReset = count
            let id = await module.request(order)
            let text = await host.until("+IP: 11.40.70.201\r\n")
            #expect(text.components(of: "+MIPLWRITE") == count)
            #expect(text.contains("\r\nRDY\r\n"))
            // The first command after a banner may have left before it, and is not blamed.
            #expect(await host.ok("AT"))
            #expect(await host.result("AT+MIPLWRITERSP=0,\(id),2") == "+CIS ERROR: 655")
            #expect(await host.settle(module))
            #expect(await host.result("AT+MIPLWRITERSP=0,\(id),2") == "+CIS ERROR: 655")
            #expect(await module.breaches.count == 2)
        }
    }

    /// S2 3.3.1: the text is not escaped, only its length tells where it ends.
    @Test(arguments: [
        ([UInt8]("a\",\"b".utf8), #"1,5,"a","b""#), ([0xFF, 0], "2,2,FF00"), ([], #"1,0,"""#),
    ])
    func `a module may show text`(payload: [UInt8], value: String) async throws {
        try await withOneNET { module, host in
            #expect(await host.ok("AT+MIPLCONFIG=0,1"))
            #expect(await host.settle(module))
            let id = await module.request(CloudOrder(.write, "3311/0/5850", payload: payload))
            #expect(await host.hears("+MIPLWRITE: 0,\(id),3311,0,5850,\(value),0,0"))
        }
    }

    @Test func `data that is just sent is written to one resource`() async throws {
        try await withOneNET(.oneNET { $0.oneNET.dataPath = "3311/0/5750" }) { module, host in
            #expect(await host.settle(module))
            await module.send(downlink: [0xAA, 0])
            #expect(await host.hears("+MIPLWRITE: 0,5001,3311,0,5750,2,2,AA00,0,0"))
        }
    }

    @Test(arguments: ["MIPLOBSEVE", "MIPLOBERVE", "MIPLOBSEIVE", "MIPLOBSEVER"])
    func `a report has the seed's other spellings`(name: String) async throws {
        try await withOneNET(.oneNET { $0.oneNET.observeReport = name }) { module, host in
            #expect(await host.settle(module))
            await module.observeData()
            #expect(await host.hears("+\(name): 0,5001,1,3311,0,-1"))
        }
    }

    @Test func `an observation that is cancelled is over`() async throws {
        try await withOneNET { module, host in
            #expect(await host.settle(module))
            let id = await host.observed("3311/0", by: module)
            #expect(await host.ok("AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,0,0"))
            await module.cancelObservation()
            #expect(await host.hears("+MIPLOBSERVE: 0,\(id + 1),0,3311,0,-1"))
            #expect(await host.result("AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,0,0") == "+CIS ERROR: 655")
            #expect(await host.ok("AT+MIPLOBSERVERSP=0,\(id + 1),1"))
            #expect(await module.breaches.count == 1)
        }
    }

    @Test func `a new observation takes the place of the old one`() async throws {
        try await withOneNET { module, host in
            #expect(await host.settle(module))
            let old = await host.observed("3311/0", by: module)
            let new = await host.observed("3311/0", by: module)
            #expect(await host.result("AT+MIPLNOTIFY=0,\(old),3311,0,5850,5,1,1,0,0") == "+CIS ERROR: 655")
            #expect(await host.ok("AT+MIPLNOTIFY=0,\(new),3311,0,5850,5,1,1,0,0"))
        }
    }

    @Test func `a host is not blamed for what it cannot know yet`() async throws {
        try await withOneNETTime(.oneNET { $0.oneNET.surprise = .milliseconds(100) }) { module, host, time in
            #expect(await host.settle(module, time: time))
            let id = await host.observed("3311/0", by: module)
            await module.request(CloudOrder(.cancelObserve, "3311/0"))
            #expect(await host.hears("+MIPLOBSERVE: 0,\(id + 1),0,3311,0,-1"))
            let late = "AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,0,0"
            #expect(await host.result(late) == "+CIS ERROR: 655")
            #expect(await module.breaches.isEmpty)
            await time.advance(by: .milliseconds(100))
            #expect(await host.result(late) == "+CIS ERROR: 655")
            #expect(await module.breaches.count == 1)
        }
    }

    /// The report never leaves: the cloud still counts.
    @Test func `a cable that is pulled leaves the cloud without an answer`() async throws {
        try await withOneNETTime(.oneNET { $0.baud = 9600 }) { module, host, time in
            await host.close()
            try await host.open(module.path, baud: 9600)
            async let settled = host.settle(module)
            await module.wait { $0.status == "registering" }
            // Paced bytes need real time between the steps of the protocol's.
            while await module.status != "registered" { await time.advance(by: .milliseconds(5)) }
            #expect(await settled)
            await module.request(CloudOrder(.read, "3311/0/5850"))
            await module.unplug()
            await time.advance(by: .seconds(16))
            #expect(await module.withCloud { $0.neverAnswered } == 1)
        }
    }
}

extension String {
    fileprivate func components(of marker: String) -> Int { ranges(of: marker).count }
}
