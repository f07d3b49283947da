import AT
import Modem
import Platforms
import Reactor

/// From a line that is open to a module whose cloud takes data.
extension Module {
    /// How long a module may look for a network before that is called a failure.
    private static let attachLimit = Duration.seconds(300)

    func bringUp() async throws(SessionFailure) {
        try await waitForUpdate()
        try await findModule()
        setState(firmware.isRunning ? .updating : .starting)
        _ = try await ask(Inquiry.echoOff)
        _ = try await ask(Inquiry.errorCodes)
        try await identify()
        isShownOnline = true
        publishAvailability()
        try await noticeRestart()
        _ = try await ask(settings.family.stayAwake)
        maySleep = false
        await modem?.allowSleep(false)
        status.isAsleep = false
        for command in [settings.family.sleepReports, Inquiry.attachReports, Inquiry.connectionReports] {
            _ = try await ask(command)
        }
        isPrepared = false
        try await resolveFirmware()
        // No command for the cloud while an update is under way: the serving loop attends to it first.
        guard !firmware.isRunning else { return }
        try await carryOutUrgentOrders()
        guard !firmware.isRunning else { return }
        guard let session, wish == .registered else {
            try await refreshNetwork()
            // What was asked for while the module was away.
            if let session { try await session.deregister() }
            scheduleRefresh()
            refreshSoon()
            return
        }
        try await join(session)
    }

    /// From a module that answers to one that is registered.
    func join(_ session: any PlatformSession) async throws(SessionFailure) {
        try await attach()
        if !isPrepared {
            // What the module still holds from before is taken out before its settings are touched.
            try await fetch(session)
            // The module may have to tell the cloud of its new firmware first.
            if firmware.isUnreported { setState(.updating) }
            try await session.prepare()
            isPrepared = true
        }
        setState(.registering)
        try await session.register()
        registered(session)
    }

    /// A module that sleeps or has just been switched on misses the first commands; until one is answered it is
    /// offline. The modem gives up by itself.
    private func findModule() async throws(SessionFailure) {
        for _ in 0..<3 where try await ask(Inquiry.attention) != nil { return }
        throw .lost(.unresponsive)
    }

    func registered(_ session: any PlatformSession) {
        if firmware.isUnreported, !firmware.isRunning {
            // It was, or was waited for long enough.
            firmware.isUnreported = false
            firmwareChanged()
        }
        status.registration = session.registration
        status.error = nil
        status.retryAt = nil
        hold = Hold()
        setState(.ready)
        services.log.info(name, "registered")
        dataWaiting = true
        scheduleRefresh()
        scheduleRenewal()
        refreshSoon()
    }

    func identify() async throws(SessionFailure) {
        var identity = Identity()
        if let answer = try await ask(Inquiry.product) { Inquiry.readProduct(answer.lines, into: &identity) }
        if let answer = try await ask(Inquiry.revision), let revision = Inquiry.readRevision(answer.lines) {
            identity.revision = revision
        }
        identity.imei = Inquiry.readDigits(try await ask(Inquiry.imei)?.lines.first)
        identity.imsi = status.identity.imsi
        identity.iccid = status.identity.iccid
        status.identity = identity
        session?.identified(as: identity)
        await modem?.know(imei: identity.imei)
        if !firmware.isRunning, let revision = identity.revision, revision != firmware.installedVersion {
            firmware.installedVersion = revision
            firmwareChanged()
            // Shown before the module is, which would otherwise be ready with firmware that nobody knows.
            _ = await settled()
        }
        services.announce()
        services.tellHub(name, .identity)
    }

    func attach() async throws(SessionFailure) {
        setState(.attaching)
        var waited = Duration.zero
        var pause = Duration.seconds(1)
        while true {
            try await refreshNetwork()
            if status.network.attached == true { return }
            guard waited < Self.attachLimit else {
                throw .failed(
                    PlatformError(
                        name: "not_attached",
                        text: "the module has found no network within 300 s: check SIM, antenna and coverage",
                        source: .module))
            }
            if waited == .zero { try await switchRadioOn() }
            attachment.lower()
            _ = try await wait(for: attachment, atMost: pause)
            waited += pause
            pause = min(pause * 2, .seconds(10))
        }
    }

    private func switchRadioOn() async throws(SessionFailure) {
        let radio = try await ask(Inquiry.radio)?.lines.first.flatMap { Fields($0)[0]?.int }
        if radio == 0 { _ = try await ask(Inquiry.radioOn) }
    }

    /// Attached means: the network says so and there is an address. A module that does not tell one of the two is
    /// believed on the other.
    func refreshNetwork() async throws(SessionFailure) {
        var network = status.network
        let attached = Inquiry.readAttached(try await ask(Inquiry.attachment)?.lines.first)
        let answer = try await ask(settings.family.address)
        network.ip = answer.flatMap { Inquiry.readAddress($0.lines) }
        let hasAddress = answer?.lines.isEmpty == false ? network.ip != nil : nil
        network.attached =
            switch (attached, hasAddress) {
            case (nil, nil): nil
            case (let attached, let hasAddress): (attached ?? true) && (hasAddress ?? true)
            }
        status.network = network
        publishState()
    }

    /// What is worth knowing but not worth waiting for: asked after the first uplinks could go.
    func refreshDetails() async throws(SessionFailure) {
        try await refreshNetwork()
        guard !mustBeQuiet else { return publishState() }
        status.network.rssi = settings.family.readSignal(try await ask(settings.family.signal)?.lines ?? [])
        if status.identity.imsi == nil {
            status.identity.imsi = Inquiry.readDigits(try await ask(Inquiry.imsi)?.lines.first)
            status.identity.iccid = Inquiry.readDigits(try await ask(settings.family.iccid)?.lines.first)
        }
        guard !mustBeQuiet else { return publishState() }
        if let session, status.state == .ready || status.state == .asleep {
            try await session.refresh()
            status.registration = session.registration
            status.counters.droppedByModule = session.droppedByModule
        }
        publishState()
    }

    // MARK: Commands of the module's own, with the session's errors

    func demand(_ command: Command) async throws(SessionFailure) -> Response {
        guard let channel else { throw .lost(.stopped) }
        do throws(CommandFailure) {
            return try await channel.perform(command)
        } catch {
            throw SessionFailure(error, of: command)
        }
    }

    func ask(_ command: Command) async throws(SessionFailure) -> Response? {
        // It has begun to install since it was last looked at.
        if firmware.isInstalling, updateNews.heard > attendedSince { try await waitForUpdate() }
        guard let channel else { throw .lost(.stopped) }
        do throws(CommandFailure) {
            return try await channel.attempt(command)
        } catch {
            throw SessionFailure(error, of: command)
        }
    }

    func wait(for signal: Signal, atMost limit: Duration) async throws(SessionFailure) -> Bool {
        guard let channel else { throw .lost(.stopped) }
        do throws(CommandFailure) {
            return try await channel.wait(for: signal, atMost: limit)
        } catch {
            throw SessionFailure(error, of: nil)
        }
    }
}

extension SessionFailure {
    init(_ failure: CommandFailure, of command: Command?) {
        let shown = command?.description ?? "the command"
        self =
            switch failure {
            case .lost(let loss): .lost(loss)
            case .timedOut, .unprompted:
                .failed(PlatformError(name: "no_answer", text: "the module did not answer \(shown)", source: .module))
            case .refused(let code):
                .failed(
                    PlatformError(
                        code: code?.number, name: "refused", text: "the module refused \(shown)", source: .module))
            }
    }
}
