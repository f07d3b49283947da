package import AT

/// What the families of modules spell differently, whatever their cloud.
package struct ModuleFamily: Sendable {
    package let restart: Command
    package let stayAwake: Command
    package let maySleep: Command
    package let sleepReports: Command
    package let address: Command
    package let iccid: Command

    /// BC260Y, BC25, BC32.
    package static let standard = ModuleFamily(
        restart: Inquiry.restart, stayAwake: Inquiry.stayAwake, maySleep: Inquiry.maySleep,
        sleepReports: Inquiry.sleepReports, address: Inquiry.address, iccid: Inquiry.iccid)

    /// BC28.
    package static let neul = ModuleFamily(
        restart: Inquiry.Neul.restart, stayAwake: Inquiry.Neul.stayAwake, maySleep: Inquiry.Neul.maySleep,
        sleepReports: Inquiry.Neul.sleepReports, address: Inquiry.Neul.address, iccid: Inquiry.Neul.iccid)
}
