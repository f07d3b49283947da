import Glibc
import Reactor

extension MQTTClient {
    func connect(_ step: ConnectionPlan.Step) {
        guard step.delay > .zero else { return connectNow(step) }
        let timer = time.schedule(after: step.delay) { [weak self] in self?.assumeIsolated { $0.connectNow(step) } }
        phase = .pausing(timer)
    }

    private func connectNow(_ step: ConnectionPlan.Step) {
        let request = ConnectionRequest(
            broker: step.broker, version: step.version, configuration: configuration, window: Self.window)
        let connector = Connector()
        let deadline = time.schedule(after: Self.patience) { [weak self] in
            self?.assumeIsolated { $0.fail(MQTTError(broker: request.broker, reason: .noAnswer)) }
        }
        phase = .connecting(connector, deadline: deadline)
        Task {
            do throws(MQTTError) {
                let handle = try await connector.connect(request)
                if isWaiting(for: connector) { greet(handle, request) }
            } catch {
                if isWaiting(for: connector) { fail(error) }
            }
        }
    }

    /// False for an attempt that took too long and was forgotten.
    private func isWaiting(for connector: Connector) -> Bool {
        if case .connecting(let current, _) = phase { current === connector } else { false }
    }

    private func greet(_ handle: sending Handle, _ request: ConnectionRequest) {
        let connection = Connection(handle, request, now: time.now)
        leave()
        let deadline = time.schedule(after: Self.patience) { [weak self] in
            self?.assumeIsolated { $0.fail(MQTTError(broker: request.broker, reason: .noAnswer)) }
        }
        phase = .greeting(connection, deadline: deadline)
        do throws(SystemError) {
            try reactor.watch(connection.descriptor, for: .readable) { [weak self] readiness in
                self?.assumeIsolated { $0.socketIsReady(readiness) }
            }
        } catch {
            return fail(MQTTError(broker: request.broker, reason: .cannotConnect(error)))
        }
        write(connection)
    }

    /// The broker has answered the connection request.
    func answered(_ connection: Connection, _ answer: Inbox.Answer) {
        guard answer.code == 0 else {
            let code = ReasonCode(connectAnswer: answer.code)
            let error = MQTTError(broker: connection.request.broker, reason: .refused(code))
            return fail(error, code == .unsupportedVersion ? .versionRefused : .unreachable)
        }
        guard case .greeting(_, let deadline) = phase else { return }
        deadline.cancel()
        connection.handle.stopListeningToComplaints()
        connection.accepted = time.now
        if let seconds = answer.keepAlive, seconds > 0 { connection.keepAlive = .seconds(Int64(seconds)) }
        phase = .connected(connection)
        plan.accepted()
        traffic.connections += 1
        scheduleKeepAlive(connection)
        subscribe((configuration.subscriptions + furtherSubscriptions)[...], on: connection)
        handler.connected(
            Session(
                broker: connection.request.broker, version: connection.version, isPresent: answer.sessionPresent))
        scheduleFlush()
    }

    /// In portions that keep the packet small.
    func subscribe(_ filters: ArraySlice<String>, on connection: Connection) {
        var rest = filters
        while !rest.isEmpty {
            let portion = rest.prefix(50)
            rest = rest.dropFirst(50)
            let (result, mid) = connection.handle.subscribe(portion, version: connection.version)
            guard result == 0 else {
                log(
                    "cannot subscribe to \(Array(portion)): \(connection.handle.reason(result, error: .last("subscribe")))"
                )
                continue
            }
            connection.subscribing[mid] = Array(portion)
            connection.unwritten += 1
        }
    }

    /// An attempt came to nothing.
    func fail(_ error: MQTTError, _ failure: ConnectionPlan.Failure = .unreachable) {
        leave()
        let step = plan.next(after: failure, jitter: .random(in: 0..<1))
        phase = .idle
        if step.delay > .zero {
            handler.disconnected(error)
        } else {
            // Another version may do: not worth a word to a person.
            log("\(error); trying MQTT \(step.version)")
        }
        if case .idle = phase { connect(step) }
    }

    /// An accepted connection has ended.
    func lose(_ connection: Connection, _ reason: MQTTError.Reason) {
        let lasted = connection.accepted.map { time.now - $0 } ?? .zero
        let condemned = queue.connectionLost(cause(of: reason, connection))
        fail(MQTTError(broker: connection.request.broker, reason: reason), .lost(after: lasted))
        endFarewell()
        if let condemned {
            log("the broker closed the connection on a message to \(condemned.message.topic) again and again: given up")
            condemned.acknowledged?(.refused(.implementationSpecific))
        }
    }

    private func cause(of reason: MQTTError.Reason, _ connection: Connection) -> PublishQueue.Cause {
        guard !connection.isBlocked, connection.gate.isOpen else { return .elsewhere }
        switch reason {
        case .closed(let code): return code?.mayBlameMessage ?? true ? .message : .elsewhere
        case .cannotConnect(let error) where error.code == EPIPE: return .unread
        default: return .elsewhere
        }
    }

    /// Drops whatever the phase holds, without a word on the wire.
    func leave() {
        switch phase {
        case .idle, .stopped: break
        case .pausing(let timer): timer.cancel()
        case .connecting(_, let deadline): deadline.cancel()
        case .greeting(let connection, let deadline):
            deadline.cancel()
            reactor.unwatch(connection.descriptor)
        case .connected(let connection):
            connection.keepAliveTimer?.cancel()
            reactor.unwatch(connection.descriptor)
        }
        phase = .idle
    }
}
