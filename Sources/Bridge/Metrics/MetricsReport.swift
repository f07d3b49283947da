import Glibc
import MQTT
import Reactor

/// All metrics at one moment, written bit by bit: a thousand modules make two megabytes, and the reactor has other
/// things to do.
struct MetricsReport {
    private static let modulesAtOnce = 200

    let bridge: BridgeSample
    let modules: [ModuleSample]
    private var family = -1
    private var module = 0

    init(bridge: BridgeSample, modules: [ModuleSample]) {
        self.bridge = bridge
        self.modules = modules
    }

    /// Nil after the last.
    mutating func next() -> [UInt8]? {
        guard family < ModuleMetric.all.count else { return nil }
        var text = Exposition()
        if family < 0 {
            bridge.write(to: &text, modules)
            family = 0
            return text.bytes
        }
        let current = ModuleMetric.all[family]
        if module == 0 { text.family(current.name, current.kind, current.help) }
        let end = min(module + Self.modulesAtOnce, modules.count)
        for index in module..<end { current.write(&text, current.name, modules[index]) }
        module = end
        if module == modules.count {
            module = 0
            family += 1
        }
        return text.bytes
    }
}

/// What there is once.
struct BridgeSample: Sendable {
    var startedAt: Timestamp
    var isConnected: Bool
    var traffic: Traffic
    var publishes: Histogram
    var waitingForBroker: Int
    var putAside: Int
    var storeIsWritable: Bool
    var storeBytes: Int
    var commits: Histogram
    var failedCommits: Int
    var uplinkSent: Histogram
    var uplinkDelivered: Histogram
    var atCommands: Histogram
    var watchers: Int

    func write(to text: inout Exposition, _ modules: [ModuleSample]) {
        func one(_ name: String, _ kind: Exposition.Kind, _ value: Int, _ help: String) {
            text.family("narrowbridge_" + name, kind, help)
            text.sample("narrowbridge_" + name, value)
        }
        text.family("narrowbridge_build_info", .gauge, "The program's version; always 1.")
        text.sample("narrowbridge_build_info", [.init("version", Version.text)], 1)
        text.family("narrowbridge_start_time_seconds", .gauge, "When the bridge was started, in seconds since 1970.")
        text.sample("narrowbridge_start_time_seconds", Double(startedAt.milliseconds) / 1000)
        text.family("narrowbridge_modules", .gauge, "Modules by state.")
        for state in Status.State.allCases {
            let count = modules.count { $0.status.state == state }
            text.sample("narrowbridge_modules", [.init("state", state.rawValue)], count)
        }

        one("mqtt_connected", .gauge, isConnected ? 1 : 0, "1 while the broker is connected.")
        one("mqtt_connections_total", .counter, traffic.connections, "Connections that a broker has accepted.")
        text.family("narrowbridge_mqtt_messages_total", .counter, "Messages from clients, and to the broker.")
        for (direction, count) in [("in", traffic.received), ("out", traffic.published)] {
            text.sample("narrowbridge_mqtt_messages_total", [.init("direction", direction)], count)
        }
        one("mqtt_refused_total", .counter, traffic.refused, "Messages that the broker has refused.")
        one("mqtt_unacknowledged", .gauge, waitingForBroker, "Messages that the broker has not acknowledged yet.")
        one("mqtt_put_aside", .gauge, putAside, "Messages refused too often; offered again at the next start.")
        text.histogram(
            "narrowbridge_mqtt_publish_duration_seconds", "Messages to the broker, until it has answered them.",
            publishes)

        one("store_writable", .gauge, storeIsWritable ? 1 : 0, "1 while the store takes what comes.")
        one("store_bytes", .gauge, storeBytes, "Size of the store's files.")
        one("store_commits_failed_total", .counter, failedCommits, "Transactions that failed; they are tried again.")
        text.histogram(
            "narrowbridge_store_commit_duration_seconds", "Transactions, until they are on disk.", commits)

        text.histogram(
            "narrowbridge_uplink_sent_seconds", "From an uplink's acceptance until its module has taken it.",
            uplinkSent)
        text.histogram(
            "narrowbridge_uplink_delivered_seconds",
            "From an uplink's acceptance until the cloud has acknowledged it.", uplinkDelivered)
        text.histogram(
            "narrowbridge_at_command_duration_seconds",
            "AT commands until their final result, the wait for the line included.", atCommands)
        one("page_watchers", .gauge, watchers, "Open pages.")
        writeProcess(to: &text)
    }

    /// Under the names that all exporters use.
    private func writeProcess(to text: inout Exposition) {
        var usage = rusage()
        if unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 {
            func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
            text.family("process_cpu_seconds_total", .counter, "Processor time used.")
            text.sample("process_cpu_seconds_total", seconds(usage.ru_utime) + seconds(usage.ru_stime))
        }
        guard let statm = try? readFile("/proc/self/statm", limit: 256) else { return }
        let pages = statm.split(separator: UInt8(ascii: " ")).dropFirst().first
        if let pages, let count = Int(String(decoding: pages, as: UTF8.self)) {
            text.family("process_resident_memory_bytes", .gauge, "Memory in use.")
            text.sample("process_resident_memory_bytes", count * Int(sysconf(Int32(_SC_PAGESIZE))))
        }
    }
}
