package import AT

/// What the families of modules spell differently, whatever their cloud.
///
/// A class, so that a module that waits in the midst of its commands does not hold copies of all of them.
package final class ModuleFamily: Sendable {
    package let restart: Command
    package let stayAwake: Command
    package let maySleep: Command
    package let sleepReports: Command
    package let address: Command
    package let iccid: Command
    package let signal: Command
    /// What a banner says of the reason for the restart.
    package let reason: @Sendable (String) -> [Detail]
    /// What its boot loader prints before the banner: of no interest to anybody.
    package let isBootText: @Sendable (Line) -> Bool
    package let readSignal: @Sendable ([Line]) -> Int?

    private init(
        restart: Command, stayAwake: Command, maySleep: Command, sleepReports: Command, address: Command,
        iccid: Command, signal: Command, reason: @escaping @Sendable (String) -> [Detail],
        isBootText: @escaping @Sendable (Line) -> Bool, readSignal: @escaping @Sendable ([Line]) -> Int?
    ) {
        self.restart = restart
        self.stayAwake = stayAwake
        self.maySleep = maySleep
        self.sleepReports = sleepReports
        self.address = address
        self.iccid = iccid
        self.signal = signal
        self.reason = reason
        self.isBootText = isBootText
        self.readSignal = readSignal
    }

    /// BC260Y, BC25, BC32.
    package static let standard = ModuleFamily(
        restart: Inquiry.restart, stayAwake: Inquiry.stayAwake, maySleep: Inquiry.maySleep,
        sleepReports: Inquiry.sleepReports, address: Inquiry.address, iccid: Inquiry.iccid,
        signal: Inquiry.signal, reason: { _ in [] }, isBootText: { _ in false },
        readSignal: { Inquiry.readSignal($0.first) })

    /// BC28.
    package static let neul = ModuleFamily(
        restart: Inquiry.Neul.restart, stayAwake: Inquiry.Neul.stayAwake, maySleep: Inquiry.Neul.maySleep,
        sleepReports: Inquiry.Neul.sleepReports, address: Inquiry.Neul.address, iccid: Inquiry.Neul.iccid,
        signal: Inquiry.Neul.statistics, reason: { AndlinkReboot.cause(of: $0)?.details ?? [] },
        isBootText: { AndlinkReboot.isBootText($0.text) }, readSignal: { Inquiry.Neul.readSignal($0) })
}
