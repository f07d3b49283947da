import AT
import Modem
import Platforms
import Reactor
import Serial

/// The life of a module: open the line, identify, prepare, attach, register, serve; and again, whenever a step fails.
/// There are no half-recovered states: the store makes it safe to start over.
extension Module {
    func live() async {
        var failures = 0
        while !isEnding {
            let failure = await liveOnALine()
            guard !isEnding else { break }
            guard let failure else { continue }
            let wasOnline = isShownOnline
            if wasOnline { counters.losses &+= 1 }
            goOffline(because: failure)
            failures = wasOnline ? 0 : failures + 1
            let delay = Backoff.delay(failures: failures, first: .milliseconds(500), longest: .seconds(30))
            status.retryAt = now + delay
            publishState()
            try? await services.time.sleep(for: delay)
            // It is being tried now.
            status.retryAt = nil
            publishState()
        }
    }

    private func goOffline(because failure: PlatformError) {
        // It is tried again and again; what comes of that is told when it is new.
        if isShownOnline || status.error?.text != failure.text {
            services.log.notice(name, "offline: \(failure.text)")
        }
        status.error = failure
        goOffline()
    }

    func goOffline() {
        setState(.offline)
        releaseEarlyOrders()
        status.network = NetworkStatus()
        status.registration = nil
        status.isAsleep = nil
    }

    /// From opening the line until it is lost; returns why, or nil where another rate is to be tried at once.
    private func liveOnALine() async -> PlatformError? {
        do throws(PortError) {
            try await openLine()
        } catch {
            closeLine()
            if rates.isSearching, error.speaksOfTheRate { return nothingHeard() }
            rates.startOver()
            return PlatformError(name: "port", text: error.description, source: .bridge)
        }
        defer { closeLine() }
        if rates.isSearching, let silence = await tryRate() { return silence.failure }
        var failures = 0
        while true {
            do throws(SessionFailure) {
                try await bringUp()
                failures = 0
                try await serve()
            } catch {
                switch error {
                case .lost(.reset(let banner)):
                    restarted(banner)
                case .lost(.unresponsive) where mayBeAtAnotherRate:
                    return nothingHeard()
                case .lost(let loss):
                    return PlatformError(name: "line_lost", text: loss.description, source: .module)
                case .needsRestart(let reason):
                    if let loss = await restart(because: reason) { return loss }
                case .failed(let error):
                    guard let loss = await waitAfterFailure(error, &failures) else { continue }
                    return loss
                }
            }
        }
    }

    private func openLine() async throws(PortError) {
        if case .device(let path) = settings.endpoint, PathWatch.target(of: path) == nil {
            try await waitForDevice(path)
        }
        // Behind a serial server the bytes' time on the line counts all the same.
        hasRestarted = false
        let modem = Modem(
            reactor: services.reactor, time: services.time,
            settings: .init(
                baud: rates.rate, rateIsUncertain: settings.endpoint.hasRate,
                longestPayload: settings.platform == .andlink ? AndlinkSession.uplinkLimit : 0),
            catalog: settings.reportCatalog, handlers: handlers())
        self.modem = modem
        let channel = ModuleChannel(modem: modem, time: services.time, meter: meter) { [weak self] in
            self?.assumeIsolated { $0.showRegistration() }
        }
        self.channel = channel
        isOpening = true
        session = wishedSettings.makeSession(channel: channel, resources: resources)
        let memory = LineMemory(number: number, services: services, modem: modem)
        self.memory = memory
        if firmware.isUnreported { session?.updateIsUnreported() }
        lateness = memory?.age ?? .zero
        memory?.replay()
        lateness = .zero
        let handlers = PortHandlers(
            received: { bytes in
                unsafe modem.hear(bytes)
                memory?.heard()
            },
            closed: { error in modem.assumeIsolated { $0.end(.closed(error.description)) } },
            inbox: memory?.inbox)
        await modem.attach(try await openPort(handlers))
        if mustListenFirst, !rates.isSearching { await modem.takeOver() }
        mustListenFirst = true
        isOpening = false
        giveQueuedAnswers()
    }

    private func waitForDevice(_ path: String) async throws(PortError) {
        let missing = PortError.noSuchDevice(path: path)
        goOffline(because: PlatformError(name: "port", text: missing.description, source: .bridge))
        publishState()
        guard (try? await PathWatch.waitUntilPresent(path, time: services.time)) != nil else { throw missing }
        status.error = nil
        publishState()
    }

    private func openPort(_ handlers: PortHandlers) async throws(PortError) -> any Port {
        let log = services.log
        let name = self.name
        guard log.isOn(.debug) else {
            return try await Ports.open(
                settings.endpoint, baud: rates.rate, on: services.reactor, connector: services.connector,
                handlers: handlers)
        }
        let (endpoint, baud, services) = (settings.endpoint, rates.rate, services)
        return try await TracingPort.open(
            handlers: handlers, time: services.time, redact: { Redaction.redact($0) },
            sink: { line in log.debug(name, "\(line.direction == .written ? ">" : "<") \(line.text)") },
            opening: { handlers throws(PortError) in
                try await Ports.open(
                    endpoint, baud: baud, on: services.reactor, connector: services.connector, handlers: handlers)
            })
    }

    private func closeLine() {
        fetching?.cancel()
        fetching = nil
        modem?.assumeIsolated { $0.end(.stopped) }
        modem = nil
        channel = nil
        session = nil
        isOpening = false
        memory = nil
        maySleep = false
        sleepRefusedUntil = nil
        isAttendingUpdate = false
        dropRequests()
        failOrders()
    }

    private func handlers() -> Modem.Handlers {
        Modem.Handlers(
            report: { [weak self] line in self?.assumeIsolated { $0.heard(line) } },
            unknown: { [weak self] line in self?.assumeIsolated { $0.heardUnknown(line) } },
            trouble: { [weak self] trouble in self?.assumeIsolated { $0.noticed(trouble) } },
            lost: { [weak self] loss in self?.assumeIsolated { $0.channel?.lose(loss) } })
    }

    /// The module has restarted by itself or because it was told to: a new epoch on the same line.
    func restarted(_ banner: String) {
        publishEvent("module_restarted", [Detail("banner", .text(banner))] + settings.family.reason(banner))
        counters.resets &+= 1
        channel?.beginEpoch()
        hasRestarted = true
        attendedSince = services.time.now
        isAttendingUpdate = false
        dropRequests()
        session?.moduleRestarted()
        maySleep = false
        sleepRefusedUntil = nil
        status.registration = nil
        status.network = NetworkStatus()
        status.isAsleep = nil
        setState(firmware.isRunning ? .updating : .starting)
        // In the middle of an update the state is as before, and the registration is not.
        publishState()
    }

    /// Restarts the module; nil when it is back.
    private func restart(because reason: String) async -> PlatformError? {
        services.log.info(name, "restarting the module: \(reason)")
        publishEvent("restarting_module", [Detail("reason", .text(reason))])
        setState(firmware.isRunning ? .updating : .starting)
        guard let channel else { return nil }
        do throws(CommandFailure) {
            _ = try await channel.attempt(settings.family.restart)
            // Its banner ends this wait by a loss; a module without one is simply brought up again.
            try await channel.pause(for: .seconds(10))
        } catch {
            guard case .lost(.reset(let banner)) = error else {
                return PlatformError(name: "line_lost", text: "\(error)", source: .module)
            }
            restarted(banner)
        }
        return nil
    }

    /// Shows the failure and waits until it is time for the next attempt; returns an error if the line is lost first.
    private func waitAfterFailure(_ error: PlatformError, _ failures: inout Int) async -> PlatformError? {
        let delay = Backoff.delay(failures: failures, first: .seconds(5), longest: .seconds(600))
        failures += 1
        services.log.warning(name, "\(error.text); next attempt in \(Int(delay.inSeconds)) s")
        status.registration = session?.registration
        status.error = error
        status.retryAt = now + delay
        setState(.failed)
        failOrders(with: error)
        retryNow.lower()
        do throws(CommandFailure) {
            _ = try await channel?.wait(for: retryNow, atMost: delay)
        } catch {
            guard case .lost(.reset(let banner)) = error else {
                return PlatformError(name: "line_lost", text: "\(error)", source: .module)
            }
            restarted(banner)
        }
        return nil
    }
}
