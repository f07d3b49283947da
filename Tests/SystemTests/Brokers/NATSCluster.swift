import Glibc
import MQTT
import Synchronization
import TestSupport

/// Three NATS servers that hold MQTT sessions and retained messages together, on free ports of 127.0.0.1.
final class NATSCluster: Sendable {
    let addresses: [BrokerAddress]
    private let directory: TemporaryDirectory
    private let processes: Mutex<[ChildProcess?]>

    fileprivate init(nodes: Int) throws {
        directory = try TemporaryDirectory()
        let ports = try (0..<nodes).map { _ in
            (client: try LocalSocket.freePort(), mqtt: try LocalSocket.freePort(), route: try LocalSocket.freePort())
        }
        let routes = ports.map { "\"nats://127.0.0.1:\($0.route)\"" }.joined(separator: ", ")
        for (index, port) in ports.enumerated() {
            try directory.write(
                "n\(index).conf",
                """
                server_name: n\(index)
                listen: "127.0.0.1:\(port.client)"
                jetstream { store_dir: "\(directory.file("n\(index)"))" }
                mqtt { listen: "127.0.0.1:\(port.mqtt)" }
                \(nodes > 1 ? "cluster { name: nb, listen: \"127.0.0.1:\(port.route)\", routes: [\(routes)] }" : "")

                """)
        }
        addresses = ports.map { BrokerAddress(host: "127.0.0.1", port: $0.mqtt) }
        processes = Mutex(Array(repeating: nil, count: nodes))
    }

    func start(_ index: Int) async throws {
        let process = try await ChildProcess("nats-server", ["-c", directory.file("n\(index).conf")])
        processes.withLock { $0[index] = process }
        try await process.output.wait("node \(index) to run") { $0.isComplete || $0.text.contains("Server is ready") }
    }

    /// Before that, what is kept would be kept by one node alone.
    fileprivate func waitForLeader() async throws {
        for process in processes.withLock({ $0 }) {
            try await process?.output.wait("the cluster to have a leader", limit: .seconds(60)) {
                $0.isComplete || $0.text.contains("metadata leader")
            }
        }
    }

    /// What a node has logged since its start.
    func log(_ index: Int) -> String { processes.withLock { $0[index] }?.output.value.text ?? "" }

    func kill(_ index: Int) {
        let process = processes.withLock { processes in
            defer { processes[index] = nil }
            return processes[index]
        }
        process?.end(SIGKILL)
    }

    fileprivate func stop() { for index in addresses.indices { kill(index) } }
}

/// Runs the body with so many nodes, which are stopped afterwards.
func withNATS(nodes: Int, _ body: (NATSCluster) async throws -> Void) async throws {
    let cluster = try NATSCluster(nodes: nodes)
    defer { cluster.stop() }
    for index in 0..<nodes { try await cluster.start(index) }
    if nodes > 1 { try await cluster.waitForLeader() }
    try await body(cluster)
}
