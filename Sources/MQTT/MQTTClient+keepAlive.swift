import Reactor

extension MQTTClient {
    /// Wakes when a ping is due and, after one, when its answer is overdue: about once a period when idle.
    func scheduleKeepAlive(_ connection: Connection) {
        let due = min(connection.heard, connection.wrote) + connection.keepAlive
        schedule(at: due, connection) { $0.ping($1) }
    }

    private func ping(_ connection: Connection) {
        let now = time.now
        guard min(connection.heard, connection.wrote) + connection.keepAlive <= now else {
            return scheduleKeepAlive(connection)
        }
        let result = connection.handle.keepAlive()
        guard result == 0, connection.handle.socket >= 0 else { return end(connection, result) }
        connection.unwritten += 1
        scheduleFlush()
        schedule(at: now + connection.keepAlive / 2, connection) { client, connection in
            guard connection.heard > now else { return client.lose(connection, .silent) }
            client.scheduleKeepAlive(connection)
        }
    }

    private func schedule(
        at deadline: Instant, _ connection: Connection,
        _ action: @escaping @Sendable (isolated MQTTClient, Connection) -> Void
    ) {
        connection.keepAliveTimer = time.schedule(at: deadline) { [weak self] in
            self?.assumeIsolated { client in
                guard let connection = client.connection else { return }
                action(client, connection)
            }
        }
    }
}
