import Reactor

extension MQTTClient {
    /// Everything that a turn of the loop publishes goes out together at its end.
    func scheduleFlush() {
        guard !isFlushScheduled, connection != nil else { return }
        isFlushScheduled = true
        reactor.atEndOfTurn { [weak self] in
            self?.assumeIsolated {
                $0.isFlushScheduled = false
                $0.flush()
            }
        }
    }

    /// Hands over what the window has room for, and writes, unless that would write acknowledgements too early.
    func flush() {
        guard let connection else { return }
        guard connection.gate.isOpen else { return rewatch(connection) }
        while var entry = queue.next() {
            entry.handedOver = time.now
            guard handOver(entry, connection) else { return }
        }
        write(connection)
        if queue.count == 0, self.connection === connection { endFarewell() }
    }

    /// False when the connection broke.
    private func handOver(_ entry: PublishQueue.Entry, _ connection: Connection) -> Bool {
        let (result, mid) = connection.handle.publish(entry.message, version: connection.version)
        if result == 0 {
            queue.handedOver(entry, mid: mid)
            connection.unwritten += 1
            return true
        }
        if let code = Handle.refusal(result) {
            log("cannot publish to \(entry.message.topic): \(code)")
            entry.acknowledged?(.refused(code))
            return self.connection === connection
        }
        queue.handedOver(entry, mid: mid)
        end(connection, result)
        return false
    }

    /// Also writes the connection request and the library's half of a TLS handshake.
    func write(_ connection: Connection) {
        let handle = connection.handle
        if handle.wantsWrite {
            let result = handle.write(corked: connection.unwritten > 1)
            guard result == 0, handle.socket >= 0 else { return end(connection, result) }
            connection.wrote = time.now
            connection.isBlocked = handle.wantsWrite
            connection.unwritten = connection.isBlocked ? 2 : 0
        } else {
            connection.isBlocked = false
        }
        rewatch(connection)
    }
}
