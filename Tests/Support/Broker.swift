import Glibc
package import MQTT
import Reactor
import Synchronization

/// A real mosquitto on a free port of 127.0.0.1, with its files in a directory of its own.
///
///     try await withBroker { broker in
///         …
///         broker.stop(SIGKILL)
///         try await broker.start()   // same port, same files
///     }
package final class Broker: Sendable {
    package struct Options: Sendable {
        /// Keeps sessions and retained messages over a restart.
        package var isPersistent = false
        /// Writes its whole store at every change and every second: slow, but what survives SIGKILL.
        package var savesAlways = true
        package var tls: TestCertificates?
        /// The broker asks clients for a certificate of the same authority.
        package var requiresCertificate = false
        /// Passwords by user; nobody else may connect when there are any.
        package var passwords: [String: String] = [:]
        /// Further lines of mosquitto.conf.
        package var lines: [String] = []

        package init() {}
    }

    package let options: Options
    package let directory: TemporaryDirectory
    private let port: Int
    private let process = Mutex<ChildProcess?>(nil)

    package var address: BrokerAddress { BrokerAddress(host: "127.0.0.1", port: port) }

    fileprivate init(_ options: Options) async throws {
        self.options = options
        directory = try TemporaryDirectory()
        port = try LocalSocket.freePort()
        if !options.passwords.isEmpty { try directory.write("passwords", "") }
        for (user, password) in options.passwords {
            try await run("mosquitto_passwd", "-b", directory.file("passwords"), user, password)
        }
        try directory.write("mosquitto.conf", configuration.joined(separator: "\n") + "\n")
    }

    /// Starts it, again after a `stop`, and waits until it listens.
    package func start() async throws {
        let process = try await ChildProcess("mosquitto", ["-c", directory.file("mosquitto.conf")])
        self.process.withLock { $0 = process }
        let output = try await process.output.wait("mosquitto to run") { $0.isComplete || $0.text.contains(" running") }
        if output.isComplete {
            throw ProgramError(program: "mosquitto", status: process.end(SIGKILL), output: output.text)
        }
        try await proveThatItRuns(process)
    }

    /// It says so a little before it is ready for signals; an accepted connection proves it.
    private func proveThatItRuns(_ process: ChildProcess) async throws {
        let probe = try LocalSocket.connect(port: port)
        defer { close(probe) }
        try await process.output.wait("mosquitto to accept") { $0.isComplete || $0.text.contains("New connection") }
    }

    package func stop(_ signal: Int32 = SIGTERM) {
        let process = process.withLock { process in
            defer { process = nil }
            return process
        }
        process?.end(signal)
    }

    /// SIGSTOP makes it silent, SIGCONT brings it back.
    package func signal(_ signal: Int32) { process.withLock { $0 }?.signal(signal) }

    /// What it has logged since its start.
    package var log: String { process.withLock { $0 }?.output.value.text ?? "" }

    private var configuration: [String] {
        var lines = [
            "listener \(port) 127.0.0.1", "log_dest stderr", "log_type all", "set_tcp_nodelay true",
            "max_queued_messages 1000000",
        ]
        // Otherwise it becomes a user who may not write here.
        if geteuid() == 0 { lines.append("user root") }
        if options.isPersistent {
            lines += ["persistence true", "persistence_location \(directory.path)/"]
            if options.savesAlways { lines += ["autosave_on_changes true", "autosave_interval 1"] }
        }
        if let tls = options.tls {
            lines += ["cafile \(tls.ca)", "certfile \(tls.server.certificate)", "keyfile \(tls.server.key)"]
            if options.requiresCertificate { lines.append("require_certificate true") }
        }
        if options.passwords.isEmpty {
            lines.append("allow_anonymous true")
        } else {
            lines += ["allow_anonymous false", "password_file \(directory.file("passwords"))"]
        }
        return lines + options.lines
    }
}

/// Runs the body with a broker that is stopped afterwards.
@discardableResult
package func withBroker<R>(
    _ options: Broker.Options = Broker.Options(), _ body: (Broker) async throws -> R
) async throws -> R {
    let broker = try await Broker(options)
    defer { broker.stop(SIGKILL) }
    try await broker.start()
    return try await body(broker)
}
