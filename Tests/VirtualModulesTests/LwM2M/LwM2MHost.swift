import Reactor
import Testing
import VirtualModules

extension ModuleOptions {
    static func lwm2m(
        _ service: LwM2MService = .ctAEP, _ change: (inout ModuleOptions) -> Void = { _ in }
    ) -> ModuleOptions {
        .with { options in
            options.platform = .lwm2m(service)
            options.address = "10.177.135.245"
            (options.bootTime, options.attachTime) = (.zero, .zero)
            change(&options)
        }
    }
}

extension RawHost {
    /// A command and all the lines up to the last one expected.
    func lines(_ command: String, _ expected: String...) async -> Bool {
        write(command + "\r")
        return await lines(expected)
    }

    /// The next lines are exactly these.
    func lines(_ expected: [String]) async -> Bool {
        var text = ""
        for line in expected { text += await until(line + "\r\n") }
        let found = text.split(whereSeparator: \.isNewline).map(String.init)
        if found != expected { Issue.record("\(found) instead of \(expected)") }
        return found == expected
    }

    /// Configures the module for its cloud and adds the objects.
    func prepare(
        _ service: LwM2MService = .ctAEP, lifetime: Int = 300, objects: [String] = ["19,0,1,0", "19,1,1,0"]
    ) async -> Bool {
        let platform = service == .ctIoT ? 0 : service == .andlink ? 2 : 1
        var isFine = await ok(#"AT+QLACFG="platform",\#(platform)"#)
        if service == .andlink { isFine = await ok(#"AT+QLACFG="cfg_res",3,0,17,"500677""#) && isFine }
        isFine = await ok(#"AT+QLACONFIG=0,"221.229.214.202",5683,"866971030603068",\#(lifetime),3"#) && isFine
        for object in objects { isFine = await ok("AT+QLAADDOBJ=\(object)") && isFine }
        return isFine
    }

    /// To where CTWing's clouds observe 19/0/0, and the answer to that.
    func registerObserved(lifetime: Int = 300) async -> Bool {
        let isPrepared = await prepare(lifetime: lifetime)
        let isRegistered = await lines("AT+QLAREG", "OK", "+QLAREG: 0", #"+QLAURC: "observe",8095,0,19,0,0"#)
        let isAnswered = await lines(#"AT+QLAOBSRSP=8095,1,19,0,0,2,1,"00",0"#, "OK", "+QLAOBSRSP: 0")
        return isPrepared && isRegistered && isAnswered
    }

    /// Plays a dialogue: lines that begin with AT are written, those with # are orders to the test, all others must come.
    func play(_ dialogue: String, with module: VirtualModule) async {
        var expected: [String] = []
        for line in dialogue.split(whereSeparator: \.isNewline).map(String.init) {
            guard line.hasPrefix("AT") || line.hasPrefix("#") else {
                expected.append(line)
                continue
            }
            if !expected.isEmpty { #expect(await lines(expected)) }
            expected = []
            let words = line.split(separator: " ").map(String.init)
            switch words[0] {
            case "#request": await module.withCloud { $0.nextMessageID = Int(words[1]) ?? 0 }
            case "#report": await module.withCloud { $0.nextReportID = Int(words[1]) ?? 0 }
            case "#sleep": await module.enterSleep()
            case "#wake": write("AT\r")
            case "#down": await module.send(downlink: Array(words[1].utf8))
            case "#firmware": await module.updateFirmware(.quick(.success(revision: words[1])))
            default: write(line + "\r")
            }
        }
        #expect(await lines(expected))
    }
}

extension FirmwareTask {
    static func quick(_ outcome: Outcome) -> FirmwareTask {
        var task = FirmwareTask(outcome)
        (task.size, task.stepTime) = (1000, .milliseconds(2))
        return task
    }
}

/// A registered module whose protocol time stands still; 19/0/0 is observed by request 8095.
func withTime(
    _ body: (VirtualModule, RawHost, ManualTime) async throws -> Void
) async throws {
    try await withManualTime(.lwm2m()) { module, host, time in
        #expect(await host.prepare())
        #expect(await host.ok("AT+QSCLK=0"))
        #expect(await host.ok("AT+QLAREG"))
        await time.advance(by: .seconds(1))
        _ = await host.until("19,0,0\r\n")
        #expect(await host.lines(#"AT+QLAOBSRSP=8095,1,19,0,0,2,1,"00",0"#, "OK", "+QLAOBSRSP: 0"))
        try await body(module, host, time)
    }
}

/// A sensor of two instances, whose first can be reset.
let sensorObjects = ["3303,0,3,5700,5701,5605", "3303,1,1,5700"]

/// A module that is registered, has these objects, and whose cloud wants nothing by itself.
func withRegistered(
    _ service: LwM2MService = .ctAEP, _ body: (VirtualModule, RawHost) async throws -> Void
) async throws {
    try await withHost(.lwm2m(service)) { module, host in
        await module.withCloud { $0.observes = false }
        #expect(await host.prepare(service, objects: sensorObjects))
        #expect(await host.lines("AT+QLAREG", "OK", "+QLAREG: 0"))
        try await body(module, host)
    }
}
