import MQTT
import Reactor

extension Gateway {
    /// Every metric, as it is now.
    func metricsReport(watchers: Int = 0) -> MetricsReport {
        let now = reactor.timestamp
        let bytes = storeWatch.assumeIsolated { $0.bytes }
        let bridge = BridgeSample(
            startedAt: startedAt, isConnected: link.isConnected, traffic: link.traffic,
            publishes: metrics.publish, waitingForBroker: link.outstanding,
            putAside: outcomes.putAsideCount + downlinks.putAsideCount,
            storeIsWritable: storeFault == nil, storeBytes: Int(bytes), commits: metrics.commit,
            failedCommits: metrics.failedCommits, uplinkSent: metrics.uplinkSent,
            uplinkDelivered: metrics.uplinkDelivered, atCommands: metrics.atCommand, watchers: watchers)
        let samples = configuration.modules.compactMap { settings in
            modules[settings.name]?.assumeIsolated { $0.sample(at: now) }
        }
        return MetricsReport(bridge: bridge, modules: samples)
    }
}
