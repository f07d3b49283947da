import Glibc
import MQTT
import Reactor
import TestSupport
import Testing
import VirtualModules

@testable import Store

/// The broker may forget a message when the bridge has acknowledged it: so that must not happen before the message is
/// in the store, wherever the bridge dies.
@Suite struct AcknowledgementTests {
    /// A bridge and its module at a broker that shows, and loses, acknowledgements.
    private struct Scene {
        let broker: FakeBroker
        let module: VirtualModule
        let bridge: BridgeProcess
        let state: String

        func publish(_ texts: [(id: String?, text: String)]) async {
            await broker.publish(
                texts.map { message in
                    guard let id = message.id else { return ("nb/m0/up", message.text) }
                    return ("nb/m0/up/json", #"{"id":"\#(id)","text":"\#(message.text)"}"#)
                })
        }

        /// Waits until the broker has seen so many acknowledgements of its own messages.
        func acknowledgements(_ count: Int) async throws {
            try await broker.record.wait("\(count) acknowledgements", limit: .seconds(60)) {
                Set($0.acknowledged).count >= count
            }
        }

        /// Kills the bridge, and reads to the end what it has said.
        func kill() async throws {
            let ended = broker.record.value.ended
            try await bridge.end(SIGKILL)
            try await broker.record.wait("the end of the connection") { $0.ended > ended }
        }

        func startAgain() async throws {
            let subscriptions = broker.record.value.subscriptions
            try await bridge.start()
            try await broker.record.wait("the bridge to be back", limit: .seconds(60)) {
                $0.subscriptions > subscriptions
            }
        }

        func received() async -> [String] { await module.uplinks.map(\.text) }

        /// Those of the clients' ids that the store knows.
        func remembered(_ ids: [String]) throws -> [String] {
            let reader = try Database(directory: state, as: .visitor).reader
            return try ids.filter { try reader.remembered(module: 1, id: Array($0.utf8)) != nil }
        }
    }

    private func withScene(
        registration: CTWingCloud.Registration = .accept, _ body: (Scene) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        var options = ModuleOptions()
        options.timeScale = 50
        options.sleepAfter = .seconds(86_400)
        options.bootTime = .milliseconds(200)
        options.attachTime = .milliseconds(300)
        try await withFakeBroker { broker in
            try await withVirtualModule(options, path: directory.file("tty")) { module in
                let file = try directory.write(
                    "bridge.conf",
                    """
                    [mqtt]
                    host = "127.0.0.1"
                    port = \(broker.port)
                    version = "3.1.1"
                    base_topic = "nb"
                    [bridge]
                    state_dir = "\(directory.file("state"))"
                    http = ""
                    [[module]]
                    name = "m0"
                    port = "\(module.path)"
                    platform = "ctwing"
                    server = "221.229.214.202:5683"

                    """)
                let scene = Scene(
                    broker: broker, module: module, bridge: BridgeProcess(configuration: file),
                    state: directory.file("state"))
                await module.withCloud { $0.registration = registration }
                try await scene.startAgain()
                do { try await body(scene) } catch {
                    print("bridge:\n\(scene.bridge.log.suffix(6000))")
                    throw error
                }
                try await scene.bridge.end(SIGTERM)
            }
        }
    }

    @Test func `killed after the commit and before the acknowledgement has arrived, it sends an id once`() async throws
    {
        // Not registered: uplinks wait in the store.
        try await withScene(registration: .ignore) { scene in
            await scene.broker.lose(acknowledgements: true)
            await scene.publish([("a", "with an id"), (nil, "without an id"), ("b", "with another")])
            // They leave when the commit is done, and the broker does not get them.
            try await scene.broker.record.wait("the acknowledgements to be lost", limit: .seconds(60)) {
                $0.lost.count == 3
            }
            try await scene.kill()
            #expect(await scene.received() == [])
            await scene.broker.lose(acknowledgements: false)
            await scene.module.withCloud { $0.registration = .accept }
            try await scene.startAgain()
            try await scene.acknowledgements(3)
            await scene.publish([(nil, "end")])
            #expect(await scene.module.wait(limit: .seconds(60)) { $0.uplinks.contains { $0.text == "end" } })
            let received = await scene.received()
            #expect(received.filter { $0 == "with an id" }.count == 1)
            #expect(received.filter { $0 == "with another" }.count == 1)
            #expect((1...2).contains(received.filter { $0 == "without an id" }.count))
            #expect(await scene.module.breaches == [])
        }
    }

    /// Another process that writes holds up every commit of the bridge.
    private func withoutCommits(_ scene: Scene, _ body: () async throws -> Void) async throws {
        let other = try Connection(path: scene.state + "/narrowbridge.db", access: .existing)
        try other.execute("BEGIN IMMEDIATE")
        defer { try? other.execute("ROLLBACK") }
        try await body()
    }

    @Test func `killed before the commit it has acknowledged nothing, and loses nothing`() async throws {
        try await withScene { scene in
            await scene.publish([(nil, "before")])
            try await scene.acknowledgements(1)
            try #require(await scene.module.waitForUplinks(1, limit: .seconds(60)))
            try await withoutCommits(scene) {
                await scene.publish([(nil, "first")])
                // The line may have it before the disk does.
                try #require(await scene.module.wait { $0.uplinks.contains { $0.text == "first" } })
                await scene.publish([("a", "second"), (nil, "third")])
                try await scene.kill()
            }
            #expect(scene.broker.record.value.acknowledged == [1])
            #expect(try scene.remembered(["a"]) == [])
            try await scene.startAgain()
            try await scene.acknowledgements(4)
            await scene.publish([(nil, "end")])
            #expect(await scene.module.wait(limit: .seconds(60)) { $0.uplinks.contains { $0.text == "end" } })
            #expect(Set(await scene.received()) == ["before", "first", "second", "third", "end"])
            #expect(try scene.remembered(["a"]) == ["a"])
            #expect(await scene.module.breaches == [])
        }
    }

    @Test func `no acknowledgement leaves before its message is in the store`() async throws {
        try await withScene { scene in
            await scene.publish([(nil, "begin")])
            try #require(await scene.module.waitForUplinks(1, limit: .seconds(60)))
            try await scene.acknowledgements(1)
            for round in 0..<5 {
                let before = scene.broker.record.value.acknowledged.count
                let ids = (0..<20).map { "\(round)-\($0)" }
                try await withoutCommits(scene) {
                    await scene.publish([(nil, "raw \(round)")])
                    // It has read this one, and would acknowledge it now if it did not wait.
                    try #require(await scene.module.wait { $0.uplinks.contains { $0.text == "raw \(round)" } })
                    await scene.publish(ids.map { ($0, "text \($0)") })
                    #expect(scene.broker.record.value.acknowledged.count == before)
                    let known = try scene.remembered(ids)
                    #expect(known == [])
                }
                try await scene.acknowledgements(before + 21)
                #expect(try scene.remembered(ids) == ids)
            }
            #expect(await scene.module.waitForUplinks(106, limit: .seconds(60)))
            let received = await scene.received()
            #expect(Set(received).count == 106)
            #expect(received.count == 106)
        }
    }
}
