import Glibc
import MQTT
import TestSupport

/// Runs the body with a RabbitMQ that speaks MQTT: a node of a name of its own with its own name server, both on free
/// ports of 127.0.0.1, and ended by their process ids.
func withRabbitMQ(_ body: (BrokerAddress) async throws -> Void) async throws {
    let directory = try TemporaryDirectory()
    let port = try LocalSocket.freePort()
    let names = try LocalSocket.freePort()
    let distribution = try LocalSocket.freePort()
    try directory.write(
        "rabbitmq.conf",
        """
        listeners.tcp = none
        mqtt.listeners.tcp.1 = 127.0.0.1:\(port)
        mqtt.allow_anonymous = true
        log.console = true
        log.file = false

        """)
    try directory.write("enabled_plugins", "[rabbitmq_mqtt].\n")
    let epmd = try await ChildProcess("epmd", ["-port", "\(names)", "-address", "127.0.0.1"])
    defer { epmd.end(SIGKILL) }
    let server = try await ChildProcess(
        "env",
        [
            "HOME=\(directory.path)", "ERL_EPMD_PORT=\(names)", "ERL_EPMD_ADDRESS=127.0.0.1",
            "RABBITMQ_NODENAME=narrowbridge-\(port)@localhost", "RABBITMQ_DIST_PORT=\(distribution)",
            "RABBITMQ_MNESIA_BASE=\(directory.file("mnesia"))", "RABBITMQ_LOG_BASE=\(directory.file("log"))",
            "RABBITMQ_CONFIG_FILE=\(directory.file("rabbitmq.conf"))", "RABBITMQ_CONF_ENV_FILE=/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE=\(directory.file("enabled_plugins"))",
            "RABBITMQ_GENERATED_CONFIG_DIR=\(directory.file("config"))",
            "RABBITMQ_FEATURE_FLAGS_FILE=\(directory.file("flags"))",
            "RABBITMQ_PID_FILE=\(directory.file("pid"))",
            "RABBITMQ_PLUGINS_EXPAND_DIR=\(directory.file("expand"))",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}",
            // One process and no shell around it, so that its id is the one to be ended.
            "RABBITMQ_ALLOW_INPUT=1", "RABBITMQ_SERVER_START_ARGS=-noinput",
            "/usr/lib/rabbitmq/bin/rabbitmq-server",
        ])
    defer { server.end(SIGKILL) }
    let output = try await server.output.wait("RabbitMQ to run", limit: .seconds(180)) {
        $0.isComplete || $0.text.contains("Server startup complete")
    }
    if output.isComplete { throw RabbitMQError(output: output.text) }
    try await body(BrokerAddress(host: "127.0.0.1", port: port))
}

struct RabbitMQError: Error {
    let output: String
}
