import Reactor

/// Deep sleep: when it begins, what it loses, and how it ends.
extension StandardModule {
    func lineWasUsed() { lastUse = body.clock.now }

    /// Arms the one timer that a module has for it.
    func allowSleep() {
        guard memory.sleepMode == 1, power == .on, sleepTimer == nil else { return }
        watchIdleness(after: body.options.sleepAfter)
    }

    func forbidSleep() {
        sleepTimer?.cancel()
        sleepTimer = nil
    }

    private func watchIdleness(after delay: Duration) {
        sleepTimer = body.clock.after(delay) { [weak self] in
            guard let self else { return }
            sleepTimer = nil
            guard memory.sleepMode == 1, power == .on else { return }
            let idle = (body.clock.now - lastUse) * body.clock.scale
            if idle < body.options.sleepAfter {
                watchIdleness(after: body.options.sleepAfter - idle)
            } else if staysAwake {
                watchIdleness(after: body.options.sleepAfter)
            } else {
                fallAsleep()
            }
        }
    }

    /// Unread messages and unfinished business keep it up.
    private var staysAwake: Bool {
        isBusy || memory.firmware != nil || body.running != nil
    }

    func fallAsleep() {
        guard power == .on else { return }
        forbidSleep()
        if let sleepReport { report(sleepReport) }
        power = .asleep
        memory.isReachable = false
        memory.hasSignalling = false
        body.note("asleep")
    }

    /// The first byte wakes it; what comes before it is awake is lost.
    func stir() {
        switch power {
        case .asleep:
            power = .waking
            later(body.options.wakeTime) { $0.wake() }
        case .updating:
            body.breach("a byte came while firmware is installed")
        case .off, .on, .waking: break
        }
    }

    private func wake() {
        power = .on
        lineWasUsed()
        started()
        if let wakeReport { report(wakeReport) }
        resume()
        body.note("awake")
        allowSleep()
    }
}
