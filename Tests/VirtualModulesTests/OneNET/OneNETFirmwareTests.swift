import Reactor
import Testing
import VirtualModules

/// An update from the platform, S2 chapter 6 and 7.10.
@Suite struct OneNETFirmwareTests {
    private let newRevision = "BC260YCNAAR01A03_BETA0721"

    private func task(_ outcome: FirmwareTask.Outcome) -> FirmwareTask {
        var task = FirmwareTask(outcome)
        (task.size, task.stepTime) = (1000, .milliseconds(2))
        return task
    }

    private func options(_ change: (inout ModuleOptions) -> Void = { _ in }) -> ModuleOptions {
        .oneNET { options in
            (options.bootTime, options.attachTime) = (.zero, .zero)
            change(&options)
        }
    }

    private func lines(_ text: String) -> [String] { text.split(whereSeparator: \.isNewline).map(String.init) }

    private let progress = [2, 16, 30, 44, 58, 72, 86, 100]

    /// S2 7.10.6, for a module that was away when the task was made; then S2 7.10.7.
    @Test(arguments: [true, false])
    func `an update runs through and is told at the next registration`(erases: Bool) async throws {
        try await withOneNET(options { $0.oneNET.erases = erases }) { module, host in
            #expect(await host.command("ATI").contains("\r\nRevision: BC260YCNAAR01A03\r\n"))
            #expect(await host.ok("AT+QSCLK=0"))
            await module.updateFirmware(task(.success(revision: newRevision)))
            #expect(await host.settle(module, objects: []))
            var expected = [40, 42, 43].map { "+MIPLEVENT: 0,\($0)" } + [#"+QIND: "FOTA","START""#]
            expected += progress.map { #"+QIND: "FOTA","UPDATING",\#($0)%,1,1"# }
            expected += ["RDY", "+CFUN: 1", #"+QIND: "FOTA","END",0"#, "+CPIN: READY", "+IP: 11.40.70.201"]
            #expect(lines(await host.until("+IP: 11.40.70.201\r\n")) == expected)
            #expect(await host.settle(module))
            #expect(await host.hears(all: "+MIPLEVENT: 0,\(erases ? 48 : 49)", "+MIPLEVENT: 0,11"))
            #expect(await host.command("ATI").contains("\r\nRevision: \(newRevision)\r\n"))
            #expect(await module.breaches.isEmpty)
            // Only once.
            #expect(await host.ok("AT+MIPLCLOSE=0"))
            #expect(await host.hears("+MIPLEVENT: 0,15"))
            #expect(await host.ok("AT+MIPLOPEN=0,0"))
            #expect(!(await host.until("+MIPLEVENT: 0,6\r\n")).contains("48"))
            #expect(await host.ok("AT"))
        }
    }

    /// S2 7.10.6: a module that is there must do one of two things first.
    @Test(arguments: [true, false])
    func `an update begins with the module's next word`(isUpdate: Bool) async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.settle(module, time: time))
            let id = await host.observed("3311/0", by: module)
            await time.advance(by: .seconds(1))
            await module.updateFirmware(task(.downloadFailure(2)))
            await time.advance(by: .seconds(100))
            #expect(await host.ok("AT"))
            #expect(
                await host.ok(isUpdate ? "AT+MIPLUPDATE=0,86400,0" : "AT+MIPLNOTIFY=0,\(id),3311,0,5850,5,1,1,0,0,45"))
            await time.advance(by: .seconds(1))
            #expect(
                await host.hears(
                    all: isUpdate ? "+MIPLEVENT: 0,11" : "+MIPLEVENT: 0,26,45", "+MIPLEVENT: 0,40", "+MIPLEVENT: 0,41"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test(arguments: [2, 4, 9])
    func `a download that fails leaves the module at work`(code: Int) async throws {
        try await withOneNET { module, host in
            await module.updateFirmware(task(.downloadFailure(code)))
            #expect(await host.settle(module))
            #expect(await host.hears(all: "+MIPLEVENT: 0,40", "+MIPLEVENT: 0,41"))
            #expect(await host.ok("AT+MIPLUPDATE=0,0,0"))
            #expect(await host.hears("+MIPLEVENT: 0,11"))
            #expect(await module.breaches.isEmpty)
        }
    }

    @Test(arguments: [true, false])
    func `an update that fails keeps the old revision`(saysEnd: Bool) async throws {
        try await withOneNET(options()) { module, host in
            #expect(await host.ok("AT+QSCLK=0"))
            var task = task(.updateFailure(255))
            task.saysEnd = saysEnd
            await module.updateFirmware(task)
            #expect(await host.settle(module))
            let text = await host.until("+IP: 11.40.70.201\r\n")
            #expect(text.contains("+QIND: \"FOTA\",\"END\",255\r\n") == saysEnd)
            #expect(await host.command("AT+CGMR").contains("BC260YCNAAR01A03\r\n"))
            #expect(await host.settle(module))
            #expect(await host.hears("+MIPLEVENT: 0,48"))
        }
    }

    @Test(arguments: [
        (OneNETHabits.Percent.plain, ""), (.sign, "%"), (.fields, "%,1,1"),
    ])
    func `progress is spelt in three ways`(percent: OneNETHabits.Percent, end: String) async throws {
        try await withOneNET(options { $0.oneNET.percent = percent }) { module, host in
            #expect(await host.ok("AT+QSCLK=0"))
            await module.updateFirmware(task(.success(revision: newRevision)))
            #expect(await host.settle(module))
            let text = await host.until("+CPIN: READY\r\n")
            #expect(text.contains("\r\n+QIND: \"FOTA\",\"UPDATING\",16\(end)\r\n"))
        }
    }

    /// S2 6.1.1 and 6.2.
    @Test(arguments: [
        "AT+MIPLUPDATE=0,86400,0", "AT+MIPLNOTIFY=0,1,3311,0,5850,5,1,1,0,0", "AT+MIPLCLOSE=0", "AT+MIPLDELETE=0",
        "AT+MIPLOBSERVERSP=0,1,1", "AT+MIPLREADRSP=0,1,1,3311,0,5850,5,1,1,0,0", "AT+MIPLDELOBJ=0,3311",
    ])
    func `data while firmware is downloaded is refused and counted`(command: String) async throws {
        try await withOneNETTime { module, host, time in
            var task = task(.success(revision: newRevision))
            task.stepTime = .seconds(10)
            await module.updateFirmware(task)
            #expect(await host.settle(module, time: time))
            await time.advance(by: .milliseconds(121))
            #expect(await host.hears("+MIPLEVENT: 0,40"))
            #expect(await host.result(command) == "+CIS ERROR: 654")
            let name = command.dropFirst(2).prefix { $0 != "=" }
            #expect(await module.breaches == ["\(name) while firmware is downloaded"])
            // What only asks is allowed.
            #expect(await host.result("AT+MIPLVER?") == "OK")
            #expect(await module.breaches.count == 1)
        }
    }

    @Test func `a host that has just been told of an update is not blamed`() async throws {
        try await withOneNETTime(.oneNET { $0.oneNET.surprise = .milliseconds(100) }) { module, host, time in
            var task = task(.success(revision: newRevision))
            task.stepTime = .seconds(10)
            await module.updateFirmware(task)
            #expect(await host.settle(module, time: time))
            await time.advance(by: .milliseconds(121))
            #expect(await host.hears("+MIPLEVENT: 0,40"))
            #expect(await host.result("AT+MIPLUPDATE=0,0,0") == "+CIS ERROR: 654")
            #expect(await module.breaches.isEmpty)
            await time.advance(by: .milliseconds(100))
            #expect(await host.result("AT+MIPLUPDATE=0,0,0") == "+CIS ERROR: 654")
            #expect(await module.breaches.count == 1)
        }
    }

    /// The platform asks nothing meanwhile, and no update begins over an open request.
    @Test func `requests and updates do not meet`() async throws {
        try await withOneNETTime { module, host, time in
            #expect(await host.settle(module, time: time))
            let first = await module.request(CloudOrder(.execute, "3311/0/5605"))
            #expect(await host.hears("+MIPLEXECUTE: 0,\(first),3311,0,5605"))
            var task = task(.downloadFailure(4))
            task.stepTime = .seconds(1)
            await module.updateFirmware(task)
            #expect(await host.ok("AT+MIPLUPDATE=0,0,0"))
            await time.advance(by: .seconds(1))
            #expect(await host.hears("+MIPLEVENT: 0,11"))
            #expect(await host.ok("AT+MIPLEXECUTERSP=0,\(first),2"))
            #expect(await host.hears(all: "+MIPLEVENT: 0,21,\(first)", "+MIPLEVENT: 0,40"))
            let second = await module.request(CloudOrder(.execute, "3311/0/5605"))
            #expect(await host.ok("AT"))
            await time.advance(by: .seconds(3))
            #expect(await host.hears(all: "+MIPLEVENT: 0,41", "+MIPLEXECUTE: 0,\(second),3311,0,5605"))
            #expect(await module.breaches.isEmpty)
        }
    }

    /// S2 6.2: power lost while firmware is installed only interrupts it.
    @Test func `an installation goes on when power comes back`() async throws {
        try await withOneNETTime(options()) { module, host, time in
            #expect(await host.ok("AT+QSCLK=0"))
            var task = task(.success(revision: newRevision))
            task.stepTime = .seconds(1)
            await module.updateFirmware(task)
            #expect(await host.settle(module, time: time))
            await time.advance(by: .seconds(6))
            #expect(await host.until("\"UPDATING\",2%,1,1\r\n").contains("0,43\r\n"))
            await module.cutPower()
            await module.powerOn()
            await time.advance(by: .seconds(20))
            let text = await host.until("+IP: 11.40.70.201\r\n")
            #expect(text.contains("\"UPDATING\",100%,1,1\r\n") && text.contains("\"END\",0\r\n"))
            #expect(await module.revision == newRevision)
        }
    }

    @Test func `a download ends with power`() async throws {
        try await withOneNETTime(options()) { module, host, time in
            var task = task(.success(revision: newRevision))
            task.stepTime = .seconds(1)
            await module.updateFirmware(task)
            #expect(await host.settle(module, time: time))
            await time.advance(by: .milliseconds(130))
            #expect(await host.hears("+MIPLEVENT: 0,40"))
            await module.reset()
            await time.advance(by: .seconds(30))
            #expect(!(await host.until("+IP: 11.40.70.201\r\n")).contains("FOTA"))
            #expect(await host.settle(module, time: time))
        }
    }
}
