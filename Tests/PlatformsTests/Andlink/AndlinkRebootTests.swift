import Platforms
import Testing

/// Why a module has restarted (chapter 7, table 6).
@Suite struct AndlinkRebootTests {
    static let causes: [(number: Int, name: String)] = [
        (1, "REBOOT_CAUSE_SECURITY_RESET_UNKNOWN"), (2, "REBOOT_CAUSE_SECURITY_SYSRESETREQ"),
        (3, "REBOOT_CAUSE_SECURITY_WATCHDOG"), (4, "REBOOT_CAUSE_SECURITY_SELF"),
        (5, "REBOOT_CAUSE_SECURITY_ALTBOOT"), (6, "REBOOT_CAUSE_SECURITY_REG_0"), (7, "REBOOT_CAUSE_SECURITY_REG_3"),
        (8, "REBOOT_CAUSE_SECURITY_STANDARD_CHIP_WATCHDOG"), (9, "REBOOT_CAUSE_SECURITY_UPDATER_CHIP_WATCHDOG"),
        (10, "REBOOT_CAUSE_SECURITY_SCAN_ENTER_EXIT"), (11, "REBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET"),
        (12, "REBOOT_CAUSE_SECURITY_RESET_PIN"), (13, "REBOOT_CAUSE_SECURITY_REGIONS_UPDATED"),
        (14, "REBOOT_CAUSE_SECURITY_FOTA_UPGRADE"), (15, "REBOOT_CAUSE_PROTOCOL_SYSRESETREQ"),
        (16, "REBOOT_CAUSE_PROTOCOL_WATCHDOG"), (17, "REBOOT_CAUSE_PROTOCOL_MONITOR_REBOOT_REQ"),
        (18, "REBOOT_CAUSE_PROTOCOL_RPC_TIMEOUT"), (19, "REBOOT_CAUSE_APPLICATION_SYSRESETREQ"),
        (20, "REBOOT_CAUSE_APPLICATION_WATCHDOG"), (21, "REBOOT_CAUSE_APPLICATION_AT"),
        (22, "REBOOT_CAUSE_APPLICATION_RPC_TIMEOUT"), (23, "REBOOT_CAUSE_PROTOCOL_IMSI_UPDATE"),
        (24, "REBOOT_CAUSE_UNKNOWN"),
    ]

    @Test(arguments: causes, ["", " "])
    func `a cause has its number, its name and its text`(cause: (number: Int, name: String), ending: String) throws {
        let reboot = try #require(AndlinkReboot.cause(of: cause.name + ending))
        #expect(reboot.number == cause.number && reboot.name == cause.name && !reboot.text.isEmpty)
        #expect(
            reboot.details == [
                Detail("number", .number(cause.number)), Detail("name", .text(cause.name)),
                Detail("text", .text(reboot.text)),
            ])
    }

    @Test func `each cause has a text of its own`() {
        let texts = Self.causes.compactMap { AndlinkReboot.cause(of: $0.name)?.text }
        #expect(Set(texts).count == 24)
    }

    @Test func `an unknown cause keeps its name and has no number`() throws {
        let reboot = try #require(AndlinkReboot.cause(of: "REBOOT_CAUSE_COSMIC_RAY"))
        #expect(reboot.number == nil && reboot.name == "REBOOT_CAUSE_COSMIC_RAY")
        #expect(reboot.details.map(\.name) == ["name", "text"])
    }

    @Test(arguments: ["Neul", "Boot: Unsigned", "RDY", "", "REBOOTING", "end of the firmware update"])
    func `a banner without a cause has none`(banner: String) {
        #expect(AndlinkReboot.cause(of: banner) == nil)
    }

    @Test(arguments: ["Boot: Unsigned", "Security B.. Verified", "Protocol A.. Verified", "Apps A...... Verified"])
    func `what the boot loader prints is known`(line: String) {
        #expect(AndlinkReboot.isBootText(line))
    }

    @Test(arguments: ["Neul", "Verified", "Apps A", "Boot", "REBOOT_CAUSE_UNKNOWN", "Something else.. Verified", ""])
    func `nothing else is the boot loader's`(line: String) {
        #expect(!AndlinkReboot.isBootText(line))
    }
}
