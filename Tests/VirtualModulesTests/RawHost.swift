import Reactor
import Serial
import VirtualModules

/// A host that knows nothing of modules: it writes what the test says and shows what came.
actor RawHost {
    private let reactor = Reactor(name: "host")
    private let connector = WorkerThread(name: "host-connector")
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe reactor.asUnownedSerialExecutor() }

    private var port: (any Port)?
    private(set) var received = ""
    private(set) var bytes: [UInt8] = []
    /// When each piece came, and how many bytes had come by then.
    private(set) var arrivals: [(time: Instant, total: Int)] = []
    private(set) var hasHungUp = false
    private var waiting: (marker: String, continuation: CheckedContinuation<Bool, Never>)?

    func open(_ path: String, baud: Int = 115_200) async throws {
        let handlers = PortHandlers(
            received: { [weak self] bytes in
                let bytes = unsafe [UInt8](bytes)
                self?.assumeIsolated { $0.receive(bytes) }
            },
            closed: { [weak self] _ in self?.assumeIsolated { $0.hangUp() } })
        hasHungUp = false
        port = try await Ports.open(
            .device(path: path), baud: baud, on: reactor, connector: connector, handlers: handlers)
    }

    func close() {
        port?.close()
        port = nil
    }

    func end() {
        close()
        reactor.stop()
        connector.stop()
    }

    var now: Instant { reactor.now }

    func write(_ text: String) { write(Array(text.utf8)) }
    func write(_ bytes: [UInt8]) { port?.write(bytes) }

    /// Everything up to and with the marker, which is taken out; what came so far when it does not come in time.
    func until(_ marker: String, limit: Duration = .seconds(5)) async -> String {
        if !received.contains(marker) {
            let timer = reactor.schedule(after: limit) { [weak self] in self?.assumeIsolated { $0.wake(false) } }
            _ = await withCheckedContinuation { waiting = (marker, $0) }
            timer.cancel()
        }
        guard let range = received.firstRange(of: marker) else {
            defer { received = "" }
            return received
        }
        let text = received[..<range.upperBound]
        received.removeSubrange(..<range.upperBound)
        return String(text)
    }

    /// A command and its whole answer, a final result of the usual kinds.
    func command(_ text: String, limit: Duration = .seconds(5)) async -> String {
        write(text + "\r")
        return await answer(limit: limit)
    }

    /// What comes up to and with a final result.
    func answer(limit: Duration = .seconds(5)) async -> String {
        var answer = ""
        while true {
            let line = await until("\r\n", limit: limit)
            answer += line
            let word = line.dropLast()
            if !line.hasSuffix("\r\n") || word == "OK" || word == "ERROR" || word == "REBOOTING"
                || line.hasPrefix("+CME ERROR")
            {
                return answer
            }
        }
    }

    /// A command whose answer is OK alone.
    func ok(_ text: String) async -> Bool { await command(text) == "\r\nOK\r\n" }

    func waitForHangUp() async {
        while !hasHungUp { _ = await until("\u{0}never\u{0}", limit: .milliseconds(20)) }
    }

    private func receive(_ bytes: [UInt8]) {
        self.bytes += bytes
        received += String(decoding: bytes, as: UTF8.self)
        arrivals.append((reactor.now, self.bytes.count))
        if let waiting, received.contains(waiting.marker) { wake(true) }
    }

    private func hangUp() {
        hasHungUp = true
        port = nil
        wake(false)
    }

    private func wake(_ word: Bool) {
        let continuation = waiting?.continuation
        waiting = nil
        continuation?.resume(returning: word)
    }
}

/// A module and a host on its line.
func withHost(
    _ options: ModuleOptions = ModuleOptions(), baud: Int = 115_200,
    _ body: (VirtualModule, RawHost) async throws -> Void
) async throws {
    try await withVirtualModule(options) { module in
        let host = RawHost()
        do {
            try await host.open(module.path, baud: baud)
            try await body(module, host)
        } catch {
            await host.end()
            throw error
        }
        await host.end()
    }
}

/// A module whose protocol time stands still until the test moves it.
func withManualTime(
    _ options: ModuleOptions = ModuleOptions(), _ body: (VirtualModule, RawHost, ManualTime) async throws -> Void
) async throws {
    let reactor = Reactor(name: "virtual")
    defer { reactor.stop() }
    let time = ManualTime(reactor: reactor)
    var options = options
    (options.time, options.sleepAfter) = (time, ModuleOptions.hardwareSleep)
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

extension RawHost {
    /// Brings the module to where it may send.
    func register() async -> Bool {
        let opened = await ok(#"AT+NCDPOPEN="221.229.214.202",5683"#)
        let answer = await until("+QLWEVTIND: 3\r\n")
        return opened && answer.hasSuffix("+QLWEVTIND: 3\r\n")
    }

    /// The same where time stands still.
    func register(with module: VirtualModule, _ time: ManualTime) async -> Bool {
        async let registered = register()
        await module.wait { $0.status == "REGISTERING" }
        await time.advance(by: .seconds(1))
        return await registered
    }
}

extension ModuleOptions {
    static func with(_ change: (inout ModuleOptions) -> Void) -> ModuleOptions {
        var options = ModuleOptions()
        change(&options)
        return options
    }

    /// Protocol time in a hurry; the module stays awake, whatever the test's machine does meanwhile.
    static func hurried(_ scale: Double) -> ModuleOptions {
        .with { ($0.timeScale, $0.sleepAfter) = (scale, .seconds(1_000_000_000)) }
    }
}
