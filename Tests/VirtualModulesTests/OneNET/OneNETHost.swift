import Reactor
import Testing
import VirtualModules

/// A OneNET module and a host on its line. A host is blamed at once, so that no test depends on time.
func withOneNET(
    _ options: ModuleOptions = .oneNET(), _ body: (VirtualModule, RawHost) async throws -> Void
) async throws {
    try await withHost(options, baud: 115_200, body)
}

/// The same where protocol time stands still until the test moves it.
func withOneNETTime(
    _ options: ModuleOptions = .oneNET(), _ body: (VirtualModule, RawHost, ManualTime) async throws -> Void
) async throws {
    let reactor = Reactor(name: "virtual")
    defer { reactor.stop() }
    let time = ManualTime(reactor: reactor)
    var options = options
    options.time = time
    let module = try VirtualModule(options: options, path: temporaryPath(), reactor: reactor)
    try await module.start()
    let host = RawHost()
    do {
        try await host.open(module.path)
        try await body(module, host, time)
    } catch {
        await host.end()
        await module.stop()
        throw error
    }
    await host.end()
    await module.stop()
}

extension ModuleOptions {
    static func oneNET(_ change: (inout ModuleOptions) -> Void = { _ in }) -> ModuleOptions {
        .with { options in
            options.platform = .onenet
            options.oneNET.surprise = .zero
            change(&options)
        }
    }
}

extension VirtualModule {
    /// The message id of the cloud's next request.
    func setNextID(_ id: Int) { withCloud { $0.nextMessageID = id } }
}

extension RawHost {
    /// A command's final result, as a line.
    func result(_ text: String) async -> String {
        write(text + "\r")
        while true {
            let line = await until("\r\n")
            guard line.hasSuffix("\r\n") else { return "no result but \(line)" }
            let word = String(line.dropLast())
            if word == "OK" || word == "ERROR" || word.contains("ERROR:") { return word }
        }
    }

    /// True when the line comes next, and nothing before it.
    func hears(_ line: String) async -> Bool {
        let text = await until(line + "\r\n")
        let isRight = text == "\r\n\(line)\r\n"
        if !isRight { Issue.record("instead of \(line) came \(text)") }
        return isRight
    }

    func hears(all lines: String...) async -> Bool {
        for line in lines { if await !hears(line) { return false } }
        return true
    }

    /// The suite, its objects, and the way to event 6.
    func open(objects: [String] = [#"3311,1,"1",4,2"#], lifetime: Int = 86400, time: ManualTime? = nil) async -> Bool {
        guard await command("AT+MIPLCREATE") == "\r\n+MIPLCREATE: 0\r\n\r\nOK\r\n" else { return false }
        for object in objects { guard await ok("AT+MIPLADDOBJ=0,\(object)") else { return false } }
        guard await ok("AT+MIPLOPEN=0,\(lifetime)") else { return false }
        // Bootstrap and registration, each 200 ms: the first look at the objects is still to come.
        await time?.advance(by: .milliseconds(410))
        return await hears(all: "+MIPLEVENT: 0,1", "+MIPLEVENT: 0,2", "+MIPLEVENT: 0,4", "+MIPLEVENT: 0,6")
    }

    /// To where the cloud has nothing more to ask; of one object the observation has the id 5001, and without a first
    /// look nobody observes.
    func settle(
        _ module: VirtualModule, objects: [String] = [#"3311,1,"1",4,2"#], lifetime: Int = 86400,
        time: ManualTime? = nil
    ) async -> Bool {
        await module.withCloud { ($0.nextMessageID, $0.observes) = (5001, false) }
        return await open(objects: objects, lifetime: lifetime, time: time)
    }

    /// The cloud observes a path, and the host agrees. The id of the observation.
    func observed(_ path: String, by module: VirtualModule) async -> Int {
        let id = await module.request(CloudOrder(.observe, path))
        _ = await until(",-1\r\n", orResource: path)
        _ = await ok("AT+MIPLOBSERVERSP=0,\(id),1")
        _ = await until("+MIPLEVENT: 0,21,\(id)\r\n")
        return id
    }

    private func until(_ marker: String, orResource path: String) async -> String {
        let isResource = path.split(separator: "/").count == 3
        return await until(isResource ? path.split(separator: "/").joined(separator: ",") + "\r\n" : marker)
    }
}
