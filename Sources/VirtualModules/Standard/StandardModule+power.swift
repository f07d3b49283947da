import Reactor

/// Power, and the network that comes with it.
extension StandardModule {
    /// It has been on for long: no banner, the network is there.
    func startRunning() {
        power = .on
        started()
        memory.isAttached = true
        attached()
        allowSleep()
    }

    func powerOn() {
        if continueInstallation() || continueFetchedInstallation() { return }
        power = .on
        started()
        for line in banner { report(line) }
        attach()
        allowSleep()
    }

    func powerOff() {
        epoch += 1
        power = .off
        memory = Memory()
        heldStep = nil
        cloud.isRegistered = false
        powerIsGone()
        sleepTimer?.cancel()
        sleepTimer = nil
    }

    func attach() {
        reportNetwork(2)
        later(body.options.attachTime) { module in
            guard module.memory.radio == 1, !module.memory.isAttached else { return }
            module.memory.isAttached = true
            module.reportNetwork(1)
            module.attached()
            module.body.note("attached")
        }
    }

    func reportNetwork(_ state: Int) {
        if nvram.networkReports > 0 { report(networkReport(state)) }
    }

    /// The radio, as +CSCON shows it: released by the indication at once (1), after one answer (2), or when nothing has
    /// passed for long (0).
    func showSignalling(rai: Int) {
        if !memory.hasSignalling {
            memory.hasSignalling = true
            if memory.signallingReports { report("+CSCON:1") }
        }
        signallingEpoch += 1
        let epoch = signallingEpoch
        later(rai == 1 ? .milliseconds(100) : rai == 2 ? .seconds(1) : .seconds(20)) { module in
            guard module.signallingEpoch == epoch, module.memory.hasSignalling else { return }
            module.memory.hasSignalling = false
            if module.memory.signallingReports, module.power == .on { module.report("+CSCON:0") }
        }
    }
}
