import Reactor
import Testing
import VirtualModules

/// The life of a registration as +MIPLEVENT tells it (S2 5.7).
@Suite struct OneNETLifeTests {
    private func create(_ host: RawHost, _ configuration: String? = nil) async {
        if let configuration { #expect(await host.ok(configuration)) }
        #expect(await host.result("AT+MIPLCREATE") == "OK")
        #expect(await host.ok(#"AT+MIPLADDOBJ=0,3311,1,"1",4,2"#))
    }

    /// The server that answers, whether the platform is reached, what it says; after how many seconds; the events.
    @Test(
        arguments: [
            ("5.6.7.8:5683", true, ModuleCloud.Registration.accept, 7, [1, 3]), (nil, false, .accept, 8, [1, 2, 5]),
            (nil, true, .reject, 1, [1, 2, 4, 7]), (nil, true, .ignore, 8, [1, 2, 4, 8]),
        ] as [(String?, Bool, ModuleCloud.Registration, Int, [Int])])
    func `a registration that fails can be tried again`(
        server: String?, connects: Bool, registration: ModuleCloud.Registration, seconds: Int, events: [Int]
    ) async throws {
        try await withOneNETTime(.oneNET { $0.oneNET.connects = connects }) { module, host, time in
            await module.withCloud { ($0.server, $0.registration) = (server, registration) }
            await create(host)
            #expect(await host.ok("AT+MIPLOPEN=0,0,7"))
            await time.advance(by: .seconds(seconds))
            for event in events { #expect(await host.hears("+MIPLEVENT: 0,\(event)")) }
            #expect(await module.status == "idle")
            await module.withCloud { ($0.server, $0.registration) = (nil, .accept) }
            #expect(await host.ok("AT+MIPLOPEN=0,0"))
            #expect(await host.hears("+MIPLEVENT: 0,1"))
            #expect(await module.withCloud { $0.registrations } == 2)
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test(arguments: [("1.2.3.4:5683", [4, 6], 1), ("5.6.7.8:5683", [5], 30)])
    func `without a bootstrap the platform itself is asked`(
        server: String, events: [Int], seconds: Int
    ) async throws {
        try await withOneNETTime { module, host, time in
            await module.withCloud { ($0.server, $0.observes) = (server, false) }
            await create(host, #"AT+MIPLCONFIG=0,0,0,"1.2.3.4",5683"#)
            #expect(await host.ok("AT+MIPLOPEN=0,0"))
            await time.advance(by: .seconds(seconds))
            for event in events { #expect(await host.hears("+MIPLEVENT: 0,\(event)")) }
        }
    }

    /// 3600 s live 3240, and are renewed when 93 are left.
    @Test func `a registration is renewed by itself`() async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.settle(module, lifetime: 0, time: time))
            #expect(await module.withCloud { $0.lifetime } == 3600)
            for _ in 0..<2 {
                await time.advance(by: .milliseconds(3_146_990))
                #expect(await host.ok("AT"))
                await time.advance(by: .milliseconds(300))
                #expect(await host.hears("+MIPLEVENT: 0,11"))
            }
            #expect(await module.withCloud { $0.updates } == 2)
        }
    }

    @Test func `a registration that nobody renews ends`() async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.ok(#"AT+MIPLCONFIG=0,0,1,"183.230.40.39",5683,0"#))
            #expect(await host.settle(module, lifetime: 100, time: time))
            let id = await host.observed("3311/0", by: module)
            await time.advance(by: .seconds(46))
            #expect(await host.hears("+MIPLEVENT: 0,14,45"))
            await time.advance(by: .seconds(45))
            #expect(await host.hears("+MIPLEVENT: 0,9"))
            #expect(await module.withCloud { !$0.isRegistered })
            #expect(await host.result("AT+MIPLUPDATE=0,100,0") == "+CIS ERROR: 654")
            #expect(await host.result("AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,0,0") == "+CIS ERROR: 654")
            #expect(await module.breaches.count == 2)
            // Closing what is closed is no fault.
            #expect(await host.result("AT+MIPLCLOSE=0") == "+CIS ERROR: 654")
            #expect(await host.ok("AT+MIPLOPEN=0,100"))
            await time.advance(by: .seconds(1))
            #expect(await host.hears(all: "+MIPLEVENT: 0,1", "+MIPLEVENT: 0,2", "+MIPLEVENT: 0,4", "+MIPLEVENT: 0,6"))
            #expect(await host.result("AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,0,0") == "+CIS ERROR: 655")
            #expect(await module.breaches.count == 3)
        }
    }

    @Test func `an update in time keeps the registration`() async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.ok(#"AT+MIPLCONFIG=0,0,1,"183.230.40.39",5683,0"#))
            #expect(await host.settle(module, lifetime: 100, time: time))
            await time.advance(by: .seconds(44))
            #expect(await host.ok("AT+MIPLUPDATE=0,1000,1,2"))
            #expect(await host.result("AT+MIPLUPDATE=0,1000,1") == "+CIS ERROR: 653")
            await time.advance(by: .seconds(1))
            #expect(await host.hears("+MIPLEVENT: 0,11"))
            await time.advance(by: .seconds(700))
            #expect(await module.status == "registered")
            #expect(await module.breaches.map { $0.contains("under way") } == [true])
        }
    }

    @Test(arguments: [(ModuleCloud.Registration.reject, 12), (.ignore, 13)])
    func `an update may fail`(answer: ModuleCloud.Registration, event: Int) async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.settle(module, time: time))
            await module.withCloud { $0.registration = answer }
            #expect(await host.ok("AT+MIPLUPDATE=0,3600,0"))
            await time.advance(by: .seconds(30))
            #expect(await host.hears("+MIPLEVENT: 0,\(event)"))
            #expect(await module.status == "registered")
            #expect(await module.withCloud { $0.lifetime } == 86400)
        }
    }

    @Test func `the platform's RST ends the registration`() async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.settle(module, time: time))
            let id = await host.observed("3311/0", by: module)
            await module.withCloud { $0.acknowledgement = .reset }
            #expect(await host.ok("AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,0,0,9"))
            await time.advance(by: .seconds(1))
            #expect(await host.hears(all: "+MIPLEVENT: 0,25,9", "+MIPLEVENT: 0,10"))
            #expect(await module.status == "lost")
        }
    }

    @Test func `deregistration ends a confirmed report`() async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.settle(module, time: time))
            let id = await host.observed("3311/0", by: module)
            await module.withCloud { $0.acknowledgement = .never }
            #expect(await host.ok("AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,0,0,9"))
            #expect(await host.ok("AT+MIPLCLOSE=0"))
            #expect(await host.result("AT+MIPLDELETE=0") == "+CIS ERROR: 653")
            await time.advance(by: .seconds(1))
            #expect(await host.hears(all: "+MIPLEVENT: 0,25,9", "+MIPLEVENT: 0,15"))
            #expect(await host.ok("AT+MIPLDELETE=0"))
        }
    }

    // MARK: Sleep and power

    private func wake(_ host: RawHost, _ time: ManualTime, _ module: VirtualModule) async {
        let lost = await module.bytesLost
        await host.write("AT\r")
        await module.wait { $0.bytesLost == lost + 3 }
        await time.advance(by: .milliseconds(100))
        _ = await host.until("EXIT DEEPSLEEP\"\r\n")
    }

    @Test func `deep sleep keeps everything`() async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.settle(module, time: time))
            let id = await host.observed("3311/0", by: module)
            await module.enterSleep()
            // Nothing comes down to one that sleeps.
            await module.request(CloudOrder(.read, "3311/0/5850"))
            await wake(host, time, module)
            #expect(await host.ok("AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,0,0"))
            await time.advance(by: .seconds(1))
            #expect(await host.hears("+MIPLREAD: 0,\(id + 1),3311,0,5850"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test func `a sleeping module wakes to renew its registration`() async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.settle(module, lifetime: 1000, time: time))
            await module.enterSleep()
            #expect(await host.hears(#"+QNBIOTEVENT: "ENTER DEEPSLEEP""#))
            await time.advance(by: .seconds(850))
            #expect(await host.hears(all: #"+QNBIOTEVENT: "EXIT DEEPSLEEP""#, "+MIPLEVENT: 0,11"))
        }
    }

    @Test func `a lifetime that ends in deep sleep is told afterwards`() async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.ok(#"AT+MIPLCONFIG=0,0,1,"183.230.40.39",5683,0"#))
            #expect(await host.settle(module, lifetime: 1000, time: time))
            await module.enterSleep()
            await time.advance(by: .seconds(950))
            await wake(host, time, module)
            #expect(await host.hears("+MIPLEVENT: 0,9"))
            #expect(await module.status == "lost")
        }
    }

    @Test func `a session may not survive deep sleep`() async throws {
        try await withOneNETTime(.oneNET { $0.resumesAfterSleep = false }) { module, host, time in
            #expect(await host.settle(module, time: time))
            await module.enterSleep()
            await wake(host, time, module)
            #expect(await host.hears("+MIPLEVENT: 0,10"))
            #expect(await module.status == "lost")
        }
    }

    @Test func `a module at work does not fall asleep`() async throws {
        try await withOneNETTime(.oneNET { $0.sleepAfter = ModuleOptions.hardwareSleep }) { module, host, time in
            #expect(await host.settle(module, time: time))
            let id = await host.observed("3311/0", by: module)
            await module.withCloud { $0.acknowledgement = .after(.seconds(60)) }
            #expect(await host.ok("AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,0,0,3"))
            await time.advance(by: .seconds(50))
            #expect(await !module.isAsleep)
            await time.advance(by: .seconds(40))
            #expect(await module.isAsleep)
        }
    }

    @Test func `a report that never ends keeps nobody awake`() async throws {
        try await withOneNETTime(.oneNET { $0.sleepAfter = ModuleOptions.hardwareSleep }) { module, host, time in
            #expect(await host.settle(module, time: time))
            let id = await host.observed("3311/0", by: module)
            #expect(await host.ok("AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,3,0"))
            await time.advance(by: .seconds(30))
            #expect(await module.isAsleep)
        }
    }

    @Test(arguments: [true, false])
    func `without power nothing is kept`(isReset: Bool) async throws {
        try await withOneNET(.oneNET { ($0.bootTime, $0.attachTime) = (.zero, .zero) }) { module, host in
            #expect(await host.settle(module))
            let id = await host.observed("3311/0", by: module)
            if isReset {
                await module.reset()
            } else {
                await module.cutPower()
                await module.powerOn()
            }
            #expect(await host.until("+IP: 11.40.70.201\r\n").contains("\r\nRDY\r\n"))
            #expect(await host.result("AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,0,0") == "+CIS ERROR: 655")
            #expect(await module.withCloud { !$0.isRegistered })
            #expect(await host.settle(module))
        }
    }
}
