import Reactor

/// One module's numbers at one moment.
struct ModuleSample: Sendable {
    var label: Exposition.Label
    var status: Status
    var counters: ModuleCounters
    var commands: CommandMeter
    var isAvailable: Bool
    var firmware: Firmware.State
    var firmwareProgress: Int?
    var now: Timestamp
}

extension Module {
    func sample(at now: Timestamp) -> ModuleSample {
        ModuleSample(
            label: Exposition.Label("module", name), status: status, counters: counters, commands: meter,
            isAvailable: isShownOnline, firmware: firmware.state,
            firmwareProgress: firmware.isRunning ? firmware.progress : nil, now: now)
    }
}
