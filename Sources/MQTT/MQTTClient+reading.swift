import Reactor

extension MQTTClient {
    /// So many calls of the library in one turn, so that a flood does not starve the lines.
    private static let mostReads = 200
    /// The same for the memory that one turn holds; a message may be longer by itself.
    private static let mostBytes = 1 << 20

    func socketIsReady(_ readiness: Reactor.Readiness) {
        switch phase {
        case .greeting(let connection, _): read(connection, hungUp: readiness.contains(.hungUp))
        case .connected(let connection):
            if readiness.contains(.writable) { flush() }
            guard !readiness.isDisjoint(with: .incoming), self.connection === connection else { return }
            read(connection, hungUp: readiness.contains(.hungUp))
        case .idle, .pausing, .connecting, .stopped: break
        }
    }

    /// Reads what is there, then acts on it: nothing of ours runs between the library's callbacks.
    private func read(_ connection: Connection, hungUp: Bool) {
        let handle = connection.handle
        let inbox = handle.inbox
        let room = connection.gate.room
        var result: Int32 = 0
        var reads = 0
        // A paused connection that hung up is read no more: the broker still has all of it.
        var found = room > 0
        while found, result == 0, reads < Self.mostReads, inbox.messages.count < room, inbox.bytes < Self.mostBytes,
            handle.socket >= 0
        {
            let before = inbox.arrivals
            result = handle.read()
            found = inbox.arrivals != before
            reads += 1
        }
        connection.heard = time.now
        let ended = result != 0 || handle.socket < 0 || hungUp && !found
        take(inbox, of: connection, readAgain: found && !ended, ended: ended ? result : nil)
    }

    private func take(_ inbox: Inbox, of connection: Connection, readAgain: Bool, ended: Int32?) {
        if let answer = inbox.answer {
            inbox.answer = nil
            answered(connection, answer)
        }
        guard isCurrent(connection) else { return }
        for grant in inbox.grants { granted(grant, connection) }
        inbox.grants.removeAll(keepingCapacity: true)
        takeAcknowledgements(inbox)
        guard isCurrent(connection) else { return }
        deliver(inbox, of: connection)
        guard isCurrent(connection) else { return }
        if let ended { return end(connection, ended) }
        if connection.accepted == nil {
            // The library goes on asking a peer that is gone for its half of the TLS handshake.
            if connection.handle.isAtEnd { return end(connection, 0) }
            return write(connection)
        }
        rewatch(connection)
        if readAgain, connection.gate.room > 0 { readLater() }
        scheduleFlush()
    }

    /// Still the connection that the client has: a handler may have refused a batch or stopped.
    private func isCurrent(_ connection: Connection) -> Bool {
        switch phase {
        case .greeting(let current, _), .connected(let current): current === connection
        default: false
        }
    }

    private func takeAcknowledgements(_ inbox: Inbox) {
        guard !inbox.acknowledgements.isEmpty else { return }
        let now = time.now
        for acknowledgement in inbox.acknowledgements {
            guard let entry = queue.answered(mid: acknowledgement.mid) else { continue }
            if let since = entry.handedOver { answered(now - since) }
            let code = acknowledgement.code
            if code.isError { traffic.refused += 1 } else { traffic.published += 1 }
            entry.acknowledged?(code.isError ? .refused(code) : .acknowledged)
        }
        inbox.acknowledgements.removeAll(keepingCapacity: true)
    }

    private func deliver(_ inbox: Inbox, of connection: Connection) {
        guard !inbox.messages.isEmpty else { return }
        let messages = inbox.messages
        inbox.messages = []
        inbox.bytes = 0
        batches += 1
        traffic.received += messages.count
        let batch = BatchNumber(number: batches)
        connection.gate.admit(batch, count: messages.count)
        connection.unwritten += messages.count
        handler.received(messages, batch: batch)
    }

    private func granted(_ grant: Inbox.Grant, _ connection: Connection) {
        guard let filters = connection.subscribing.removeValue(forKey: grant.mid) else { return }
        for (filter, code) in zip(filters, grant.codes) where code >= 0x80 {
            let reason = ReasonCode(rawValue: UInt8(truncatingIfNeeded: code))
            log("broker \(connection.request.broker) refused the subscription to \(filter): \(reason)")
        }
    }

    /// What TLS has already taken from the socket makes no descriptor ready, so the rest is read without waiting.
    func readLater() {
        reactor.schedule(after: .zero) { [weak self] in
            self?.assumeIsolated { client in
                guard let connection = client.connection else { return }
                client.read(connection, hungUp: false)
            }
        }
    }

    func rewatch(_ connection: Connection) {
        reactor.rewatch(connection.descriptor, for: connection.interest)
    }

    /// The library reported a failure, or closed the socket.
    func end(_ connection: Connection, _ result: Int32) {
        let handle = connection.handle
        var reason = handle.reason(result, error: .last("read"))
        if connection.accepted != nil {
            if let code = handle.inbox.closing, code >= 0x80 {
                reason = .closed(ReasonCode(rawValue: UInt8(truncatingIfNeeded: code)))
            } else if handle.inbox.closing == 0 || result == 0 {
                reason = .closed(nil)
            }
            return lose(connection, reason)
        }
        if case .tls = reason {
            return fail(MQTTError(broker: connection.request.broker, reason: reason))
        }
        reason = .closedBeforeAnswer(tls: configuration.tls != nil)
        fail(MQTTError(broker: connection.request.broker, reason: reason), .unanswered)
    }
}
