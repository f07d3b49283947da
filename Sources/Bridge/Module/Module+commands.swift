import AT
import MQTT
import Platforms
import Reactor
import Store

/// Commands from MQTT. What changes the registration is done by the serving loop, in its turn; what only asks goes to
/// the line beside it.
extension Module {
    /// Takes a command that is in the store.
    func order(_ record: CommandRecord) {
        // What was published while the bridge was down comes before the line is open.
        guard earlyOrders == nil || life == nil || status.state != .offline else {
            earlyOrders?.append(record)
            return
        }
        do throws(Rejection) {
            let order = try Order(record, longestLifetime: settings.longestLifetime)
            try dispatch(order)
        } catch {
            answer(record, .failed(PlatformError(name: error.name, text: error.text, source: .bridge)))
        }
    }

    /// The module has answered, or has not.
    func releaseEarlyOrders() {
        guard let early = earlyOrders else { return }
        earlyOrders = nil
        for record in early { order(record) }
        giveQueuedAnswers()
    }

    /// One that the store kept over the end of the bridge: nobody knows whether it was carried out.
    func orderInterrupted(_ record: CommandRecord) {
        answer(
            record,
            .failed(
                PlatformError(
                    name: "interrupted", text: "the bridge ended while the command was carried out", source: .bridge)))
    }

    private func dispatch(_ order: Order) throws(Rejection) {
        guard channel != nil, isShownOnline || status.state == .starting || status.state == .updating else {
            throw Rejection("offline", "the module is offline: \(status.error?.text ?? "it does not answer")")
        }
        if case .firmware(let firmwareOrder) = order.action, firmwareOrder.concernsRunning {
            guard firmware.isRunning else {
                throw Rejection("no_update", "no firmware update is under way")
            }
            guard !firmware.isInstalling else {
                throw Rejection("too_late", "the module installs the firmware, and must not be disturbed")
            }
        } else if firmware.isRunning {
            throw Rejection(Self.isUpdating.name, Self.isUpdating.text)
        }
        switch order.action {
        case .refresh: beside { await $0.refresh(order) }
        case .at(let command):
            guard settings.allowAT else {
                throw Rejection("not_allowed", "raw AT commands are off; allow_at = true turns them on")
            }
            beside { await $0.raw(command, order) }
        default:
            if !settings.hasCloud, order.action.needsCloud {
                throw Rejection("not_supported", "platform \(settings.platform.rawValue) has no registration")
            }
            if case .update = order.action, wish == .stopped {
                throw Rejection("stopped", "the module is deregistered; register it first")
            }
            if case .register = order.action { wish(.registered) }
            if case .deregister = order.action { wish(.stopped) }
            orders.append(order)
            retryNow.raise()
            doorbell.raise()
        }
    }

    private static let isUpdating = PlatformError(
        name: "updating", text: "the module's firmware is being updated; nothing may disturb it", source: .bridge)

    /// Those that were taken before it began, as if they came now: a second update would follow the first.
    func refuseOrdersForUpdate() {
        if !orders.isEmpty { failOrders(with: Self.isUpdating) }
    }

    /// Called by the serving loop.
    func carryOut(_ order: Order) async throws(SessionFailure) {
        do throws(SessionFailure) {
            try await perform(order)
        } catch {
            // A restart that the command itself has asked for is its success.
            if case .needsRestart = error {
                answer(order.record, .done([Detail("restarting", .flag(true))]))
            } else {
                answer(order.record, .failed(error.published))
            }
            if case .failed = error, isUntouched(by: order) { return }
            throw error
        }
        answer(order.record, .done([]))
    }

    /// An order that came to nothing and changed nothing: the module goes on as before.
    private func isUntouched(by order: Order) -> Bool {
        switch order.action {
        case .firmware, .sleep, .wake: break
        case .update: guard session?.maySend == true else { return false }
        case .register, .deregister, .refresh, .reboot, .at: return false
        }
        if status.state == .registering { setState(.ready) }
        return true
    }

    /// What needs no registration is not kept waiting for one that may never succeed.
    func carryOutUrgentOrders() async throws(SessionFailure) {
        while let index = orders.firstIndex(where: { $0.action.isUrgent }) {
            try await carryOut(orders.remove(at: index))
        }
    }

    private func perform(_ order: Order) async throws(SessionFailure) {
        switch order.action {
        case .register:
            guard let session, !session.maySend || status.state == .stopped else { return }
            try await join(session)
        case .deregister:
            try await session?.deregister()
            status.registration = session?.registration
            setState(.stopped)
        case .update(let lifetime):
            guard let session else { return }
            setState(.registering)
            do throws(SessionFailure) {
                try await session.update(lifetime: lifetime)
            } catch {
                // The restart that makes it take effect.
                if case .needsRestart = error, let lifetime { wish(lifetime: lifetime) }
                throw error
            }
            if let lifetime { wish(lifetime: lifetime) }
            registered(session)
        case .reboot:
            throw .needsRestart(reason: "asked for by a command")
        case .sleep:
            // One that refuses is not asked again by itself.
            try await letSleep()
            sleepWish = true
        case .wake:
            sleepWish = false
            try await stayAwake()
        case .firmware(let order):
            try await carryOut(order)
        case .refresh, .at:
            return
        }
    }

    private func refresh(_ order: Order) async {
        do throws(SessionFailure) {
            status.identity.imsi = nil
            try await identify()
            try await refreshDetails()
            answer(order.record, .done([]))
        } catch {
            answer(order.record, .failed(error.published))
        }
    }

    private func raw(_ text: String, _ order: Order) async {
        guard let channel else {
            let error = PlatformError(name: "offline", text: "the line was lost", source: .bridge)
            answer(order.record, .failed(error))
            return
        }
        do throws(CommandFailure) {
            let response = try await channel.perform(RawCommand.make(text), priority: .housekeeping)
            let final = response.final
            answer(
                order.record,
                final.isError
                    ? .failed(
                        PlatformError(code: final.code?.number, name: "refused", text: "\(final)", source: .module))
                    : .answered(lines: response.lines.map(\.text), final: final))
        } catch {
            answer(order.record, .failed(SessionFailure(error, of: nil).published))
        }
    }

    /// The line or the registration is lost: what waits for it is told so.
    func failOrders(with error: PlatformError? = nil) {
        let error = error ?? status.error ?? PlatformError(name: "offline", text: "the line was lost", source: .bridge)
        let failed = orders
        orders = []
        for order in failed { answer(order.record, .failed(error)) }
    }

    private func answer(_ record: CommandRecord, _ result: OrderResult) {
        let json = result.json
        if result.isSuccess { counters.commandsDone &+= 1 } else { counters.commandsFailed &+= 1 }
        note(.command, record.name, json)
        let topic = services.topics.commandResult(name, record.name)
        let journal = services.journal
        var messages = OutcomeMessages.make(json, topic: topic, reply: record.reply)
        let last = messages.removeLast()
        for message in messages { services.outbox.publish(message, acknowledged: nil) }
        services.outbox.publish(last) { _ in journal.record(.carriedOut(command: record.sequence), .whenever) }
    }
}

extension Order.Action {
    fileprivate var isUrgent: Bool {
        switch self {
        case .reboot, .deregister, .sleep, .wake, .firmware: true
        case .register, .update, .refresh, .at: false
        }
    }

    fileprivate var needsCloud: Bool {
        switch self {
        case .register, .deregister, .update: true
        case .refresh, .reboot, .sleep, .wake, .at, .firmware: false
        }
    }
}

extension SessionFailure {
    /// As a command's result shows it.
    var published: PlatformError {
        switch self {
        case .failed(let error): error
        case .lost(let loss): PlatformError(name: "line_lost", text: loss.description, source: .module)
        case .needsRestart(let reason): PlatformError(name: "restarting", text: reason, source: .bridge)
        }
    }
}
