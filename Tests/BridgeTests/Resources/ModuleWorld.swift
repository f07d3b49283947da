import AT
import MQTT
import Platforms
import Reactor
import Store
import TestSupport

@testable import Bridge

/// A session that a test plays: it does what it is told to, and remembers what it was asked.
final class FakeSession: PlatformSession {
    static let reports: [Report] = []
    static let uplinkLimit = 1024

    var registration: Registration? = .registeredAndObserved
    var maySend = true
    var droppedByModule = 0
    var answers: [RequestAnswer] = []
    var answered: [CloudRequest] = []
    var answerResult = SendResult.taken
    var sent: [UplinkData] = []
    /// What happens while an answer is given.
    var whileAnswering: () -> Void = {}

    func moduleRestarted() {}
    func distrust() { maySend = false }
    func prepare() {}
    func register() {}
    func deregister() {}
    func update(lifetime: Int?) {}
    func fetch(_ deliver: ([UInt8]) -> Void) {}
    func refresh() {}
    func understand(_ line: Line) -> [SessionEvent] { [] }

    func send(_ uplink: UplinkData, taken: () -> Void) -> SendResult {
        sent.append(uplink)
        taken()
        return .taken
    }

    func answer(_ request: CloudRequest, with answer: RequestAnswer) -> SendResult {
        answers.append(answer)
        answered.append(request)
        whileAnswering()
        return answerResult
    }
}

extension World {
    /// A module with this configuration and without a line.
    func module(_ settings: ModuleSettings, journal kept: [String: [UInt8]] = [:]) async -> Module {
        func deliveries(_ arrived: @escaping @Sendable (Int64) -> Change) -> Deliveries {
            Deliveries(
                reactor: reactor, outbox: outbox, journal: journal, time: time,
                load: { _, _ throws(StoreError) in [] }, arrived: arrived)
        }
        let module = Module(
            settings: settings, number: 1,
            services: ModuleServices(
                reactor: reactor, time: time, connector: WorkerThread(name: "unused"), store: store, journal: journal,
                outbox: outbox, outcomes: deliveries { .published(sequence: $0) },
                downlinks: deliveries { .handedOver(downlink: $0) },
                sequences: Sequences(reactor: reactor, last: 0), topics: Topics(base: "b"),
                log: Log(level: .error, format: .text), metrics: Metrics(), board: Board(),
                inboxPath: "/nowhere/lines", announce: {}, tellHub: { _, _ in }))
        await module.restoreResources(kept)
        await module.restoreRequests(kept)
        return module
    }

    /// The payloads that went to a topic, as text.
    func published(_ topic: String) -> [String] {
        outbox.state.value.sent.filter { $0.message.topic == topic }.map(\.text)
    }
}

/// A thermometer whose session a test plays, and a broker that acknowledges.
func withThermometer(_ body: (World, Module) async throws -> Void) async throws {
    try await withWorld { world in
        world.outbox.connect(prompt: true)
        let module = await world.module(.thermometer())
        await module.play()
        await world.settle()
        try await body(world, module)
    }
}

extension ModuleSettings {
    /// Temperature, unit, a switch that can be pressed, and opaque data, at a cloud with objects.
    static func thermometer(_ change: (inout LwM2MOptions) -> Void = { _ in }) -> ModuleSettings {
        var options = LwM2MOptions()
        options.objects = [
            ObjectDescription(
                id: 3303,
                resources: [
                    ResourceDescription(id: 5700, kind: .float), ResourceDescription(id: 5701, kind: .string),
                    ResourceDescription(id: 5605, kind: .executable),
                ])
        ]
        change(&options)
        return ModuleSettings(
            name: "m", port: .device(path: "/nowhere"), options: .lwm2m(options),
            server: ServerAddress(host: "h", port: 5683))
    }
}
