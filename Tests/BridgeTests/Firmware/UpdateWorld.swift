import JSON
import MQTT
import Platforms
import Reactor
import Store
import TestSupport
import Testing
import VirtualModules

@testable import Bridge

/// A bridge's module and the BC25 at its line, both in a time that stands still until the test moves it.
struct UpdateWorld: Sendable {
    let world: World
    let directory: TemporaryDirectory
    let virtual: VirtualModule
    let module: Module

    /// The newest of `B/M/firmware`.
    var firmware: JSONValue? { all("b/m/firmware").last }
    var state: String? { firmware?["state"]?.string }

    private func all(_ topic: String) -> [JSONValue] {
        world.outbox.state.value.sent.filter { $0.message.topic == topic }
            .compactMap { try? JSONValue(parsing: $0.message.payload) }
    }

    /// Time stands still meanwhile.
    func wait(_ topic: String, _ what: String, for condition: @escaping @Sendable (JSONValue) -> Bool) async throws {
        let topic = "b/m/\(topic)"
        try await world.outbox.state.wait(what) { state in
            guard let last = state.sent.last(where: { $0.message.topic == topic }) else { return false }
            return (try? JSONValue(parsing: last.message.payload)).map(condition) ?? false
        }
    }

    func waitForFirmware(_ state: String, error: String? = nil) async throws {
        try await wait("firmware", state) {
            $0["state"]?.string == state && $0["error"]?["name"]?.string == error
        }
    }

    func waitForState(_ state: String) async throws {
        try await wait("status", state) { $0["state"]?.string == state }
    }

    func order(_ name: String, _ payload: String = "") async {
        await module.order(CommandRecord(sequence: 1, module: 1, name: name, payload: Array(payload.utf8)))
    }

    func sent(_ command: String) async -> Int {
        await virtual.log.count { $0.kind == .command && $0.text == command }
    }

    /// The module was told to restart, does so, and what it says is listened to.
    func comeBack() async throws {
        await virtual.wait { $0.log.contains { $0.text == "restart" } }
        await pass(.seconds(1))
        try await wait("event", "its banner") { $0["event"]?.string == "module_restarted" }
        await pass(.seconds(1))
    }

    /// Second by second, with what each of them brings: the module is asked something meanwhile.
    func pass(atMost seconds: Int, until state: String) async {
        for _ in 0..<seconds where self.state != state {
            await pass(.seconds(1))
            await world.settled()
        }
    }

    func pass(_ duration: Duration) async { await world.time.advance(by: duration) }

    /// Begins a download, which gets as far as half of it and falls silent there, if the plan says nothing else.
    func beginDownload(_ method: String = "http", _ plan: FetchPlan? = nil) async throws {
        await virtual.plan(plan ?? .with { ($0.stepPercent, $0.downloadHalts) = (50, true) })
        await order("firmware/\(method)", #"{"url":"http://224.168.203.81:3029/update.pack"}"#)
        try await waitForFirmware("downloading")
        await virtual.wait { $0.isDownloading }
        await pass(.milliseconds(50))
        try await wait("firmware", "half of it") { $0["progress"]?.integer == 50 }
    }
}

/// `kept` is what a bridge before this one has left of an update; `early` is a command that comes with the start.
func withUpdateWorld(
    kept: Firmware? = nil, early: String? = nil, _ body: (UpdateWorld) async throws -> Void
) async throws {
    try await withWorld { world in
        world.outbox.connect(prompt: true)
        let directory = try TemporaryDirectory()
        var options = ModuleOptions()
        (options.platform, options.time, options.bootTime) = (.bc25, world.time, .seconds(1))
        options.sleepAfter = .seconds(1_000_000_000)
        let path = directory.file("tty")
        let virtual = try VirtualModule(options: options, path: path, reactor: world.reactor)
        try await virtual.start()
        let settings = ModuleSettings(name: "m", port: .device(path: path), options: .none)
        func deliveries() -> Deliveries {
            Deliveries(
                reactor: world.reactor, outbox: world.outbox, journal: world.journal, time: world.time,
                load: { _, _ throws(StoreError) in [] }, arrived: { .published(sequence: $0) })
        }
        let connector = WorkerThread(name: "connector")
        func make() -> Module {
            Module(
                settings: settings, number: 1,
                services: ModuleServices(
                    reactor: world.reactor, time: world.time, connector: connector, store: world.store,
                    journal: world.journal, outbox: world.outbox, outcomes: deliveries(), downlinks: deliveries(),
                    sequences: Sequences(reactor: world.reactor, last: 1), topics: Topics(base: "b"),
                    log: Log(level: .error, format: .text), metrics: Metrics(), board: Board(),
                    inboxPath: directory.file("lines"), announce: {}, tellHub: { _, _ in }))
        }
        var made = UpdateWorld(world: world, directory: directory, virtual: virtual, module: make())
        await made.module.start(backlog: nil, journal: [:])
        if let early { await made.order(early) }
        let result: Result<Void, any Error>
        do {
            try await made.waitForState("ready")
            // What a start asks for a little later.
            await made.pass(.seconds(3))
            try await made.wait("status", "its signal") { $0["network"]?["rssi_dbm"]?.isNull == false }
            if let kept {
                await made.module.end()
                try await made.waitForState("offline")
                made = UpdateWorld(world: world, directory: directory, virtual: virtual, module: make())
                let journal = [FirmwareJournal.key: FirmwareJournal.encode(kept)]
                await made.module.start(backlog: nil, journal: journal)
                try await made.waitForState("updating")
            }
            result = .success(try await body(made))
        } catch {
            result = .failure(error)
        }
        // What it still waits for has a limit, in the time that stands still.
        async let end: Void = made.module.end()
        for _ in 0..<30 { await made.world.pass(.seconds(3)) }
        await end
        await virtual.stop()
        connector.stop()
        try result.get()
    }
}
