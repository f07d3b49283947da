import Platforms
import Reactor

/// A metric that each module has.
struct ModuleMetric: Sendable {
    typealias Label = Exposition.Label

    let name: String
    let kind: Exposition.Kind
    let help: String
    let write: @Sendable (inout Exposition, _ name: String, ModuleSample) -> Void

    private static func gauge(
        _ name: String, _ help: String, _ value: @escaping @Sendable (ModuleSample) -> Int?
    ) -> ModuleMetric {
        one(name, .gauge, help, value)
    }

    private static func one(
        _ name: String, _ kind: Exposition.Kind, _ help: String, _ value: @escaping @Sendable (ModuleSample) -> Int?
    ) -> ModuleMetric {
        ModuleMetric(name: "narrowbridge_module_" + name, kind: kind, help: help) { text, name, module in
            if let value = value(module) { text.sample(name, [module.label], value) }
        }
    }

    /// Several samples, told apart by one more label.
    private static func several(
        _ name: String, _ kind: Exposition.Kind, _ help: String, _ labels: [Label],
        _ values: @escaping @Sendable (ModuleSample) -> [Int]
    ) -> ModuleMetric {
        ModuleMetric(name: "narrowbridge_module_" + name, kind: kind, help: help) { text, name, module in
            for (label, value) in zip(labels, values(module)) { text.sample(name, [module.label, label], value) }
        }
    }

    private static func labels(_ name: String, _ values: [String]) -> [Label] { values.map { Label(name, $0) } }

    static let all: [ModuleMetric] = state + queue + counters + line

    private static let state: [ModuleMetric] = [
        ModuleMetric(
            name: "narrowbridge_module_info", kind: .gauge, help: "What the module is; always 1."
        ) { text, name, module in
            let identity = module.status.identity
            let labels = [
                module.label, Label("platform", module.status.platform), Label("model", identity.model ?? ""),
                Label("revision", identity.revision ?? ""),
            ]
            text.sample(name, labels, 1)
        },
        ModuleMetric(
            name: "narrowbridge_module_state", kind: .gauge, help: "1 for the state that the module is in."
        ) { text, name, module in
            text.sample(name, [module.label, Label("state", module.status.state.rawValue)], 1)
        },
        gauge("available", "1 when the module answers AT commands.") { $0.isAvailable ? 1 : 0 },
        gauge("ready", "1 when the module is registered, also while it sleeps.") {
            $0.status.state == .ready || $0.status.state == .asleep ? 1 : 0
        },
        gauge("signal_dbm", "Strength of the radio signal, as far as the module knows it.") { $0.status.network.rssi },
        gauge("firmware_updating", "1 while firmware is downloaded or installed.") {
            switch $0.firmware {
            case .downloading, .downloaded, .updating: 1
            case .idle, .succeeded, .failed: 0
            }
        },
        ModuleMetric(
            name: "narrowbridge_module_firmware_progress_ratio", kind: .gauge,
            help: "Progress of the step that a firmware update is at, 0 to 1; only while there is one."
        ) { text, name, module in
            if let progress = module.firmwareProgress { text.sample(name, [module.label], Double(progress) / 100) }
        },
    ]

    private static let queue: [ModuleMetric] = [
        gauge("queue_waiting", "Uplinks that wait.") { $0.status.queue.waiting },
        gauge("queue_in_flight", "Uplinks that the module has and the cloud does not yet.") {
            $0.status.queue.inFlight
        },
        gauge("queue_limit", "Uplinks that may wait.") { $0.status.queue.limit },
        ModuleMetric(
            name: "narrowbridge_module_queue_oldest_seconds", kind: .gauge,
            help: "How long the oldest uplink has waited; 0 where none does."
        ) { text, name, module in
            let age = module.status.queue.oldest.map { max(0, (module.now - $0).inSeconds) } ?? 0
            text.sample(name, [module.label], age)
        },
    ]

    private static let counters: [ModuleMetric] = [
        several(
            "uplinks_total", .counter, "Steps of uplinks: accepted and rejected at the door, then what became of them.",
            labels("outcome", ["accepted", "sent", "delivered", "failed", "expired", "rejected"])
        ) {
            let counters = $0.status.counters
            return [
                counters.accepted, counters.sent, counters.delivered, counters.failed, counters.expired,
                counters.rejected,
            ]
        },
        one("downlinks_total", .counter, "Messages of the cloud.") { $0.status.counters.downlinks },
        one("dropped_total", .counter, "Messages that the module itself has dropped, as far as it tells.") {
            $0.status.counters.droppedByModule
        },
        ModuleMetric(
            name: "narrowbridge_module_requests_total", kind: .counter,
            help: "Requests of the cloud for resources, by kind and by who has answered."
        ) { text, name, module in
            module.counters.forEachRequest { kind, answerer, count in
                text.sample(
                    name, [module.label, Label("kind", kind), Label("answered", "\(answerer)")], Int(count))
            }
        },
        several(
            "commands_total", .counter, "Commands of clients that were carried out, and that failed.",
            labels("result", ["done", "failed"])
        ) { [Int($0.counters.commandsDone), Int($0.counters.commandsFailed)] },
        timestamp("last_uplink_timestamp_seconds", "When the module last took an uplink.") { $0.counters.lastUplink },
        timestamp("last_downlink_timestamp_seconds", "When the cloud last sent something.") {
            $0.counters.lastDownlink
        },
    ]

    private static let line: [ModuleMetric] = [
        several(
            "at_commands_total", .counter, "AT commands, by how the module answered.",
            labels("result", ["answered", "refused", "timed_out", "lost"])
        ) {
            let commands = $0.commands
            return [commands.answered, commands.refused, commands.timedOut, commands.lost].map { Int($0) }
        },
        one("timeouts_total", .counter, "Times that the line had to be proven in step again.") {
            Int($0.counters.timeouts)
        },
        one("resets_total", .counter, "Restarts of the module.") { Int($0.counters.resets) },
        one("losses_total", .counter, "Times that the line or the module was lost.") { Int($0.counters.losses) },
    ]

    private static func timestamp(
        _ name: String, _ help: String, _ value: @escaping @Sendable (ModuleSample) -> Timestamp?
    ) -> ModuleMetric {
        ModuleMetric(name: "narrowbridge_module_" + name, kind: .gauge, help: help) { text, name, module in
            if let time = value(module) { text.sample(name, [module.label], Double(time.milliseconds) / 1000) }
        }
    }
}
