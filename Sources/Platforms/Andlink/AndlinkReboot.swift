/// Why a module has restarted, as it says before `Neul` (BC28 note, chapter 7, table 6).
package struct AndlinkReboot: Sendable, Equatable {
    /// The table's; nil for a cause that it does not have.
    package let number: Int?
    package let name: String
    package let text: String

    private static let table: [(name: String, text: String)] = [
        ("SECURITY_RESET_UNKNOWN", "the security core was reset for an unknown reason"),
        ("SECURITY_SYSRESETREQ", "the security core asked for a reset"),
        ("SECURITY_WATCHDOG", "the security core's watchdog"),
        ("SECURITY_SELF", "the security core reset itself"),
        ("SECURITY_ALTBOOT", "the security core booted its alternative image"),
        ("SECURITY_REG_0", "the security core, register 0"),
        ("SECURITY_REG_3", "the security core, register 3"),
        ("SECURITY_STANDARD_CHIP_WATCHDOG", "the chip's watchdog"),
        ("SECURITY_UPDATER_CHIP_WATCHDOG", "the chip's watchdog, during an update"),
        ("SECURITY_SCAN_ENTER_EXIT", "a scan mode was entered or left"),
        ("SECURITY_PMU_POWER_ON_RESET", "power was switched on"),
        ("SECURITY_RESET_PIN", "the reset pin"),
        ("SECURITY_REGIONS_UPDATED", "regions of the firmware were updated"),
        ("SECURITY_FOTA_UPGRADE", "a firmware update over the air"),
        ("PROTOCOL_SYSRESETREQ", "the protocol core asked for a reset"),
        ("PROTOCOL_WATCHDOG", "the protocol core's watchdog"),
        ("PROTOCOL_MONITOR_REBOOT_REQ", "the protocol core's monitor asked for it"),
        ("PROTOCOL_RPC_TIMEOUT", "a call of the protocol core was not answered"),
        ("APPLICATION_SYSRESETREQ", "the application core asked for a reset"),
        ("APPLICATION_WATCHDOG", "the application core's watchdog"),
        ("APPLICATION_AT", "an AT command"),
        ("APPLICATION_RPC_TIMEOUT", "a call of the application core was not answered"),
        ("PROTOCOL_IMSI_UPDATE", "the SIM's identity has changed"),
        ("UNKNOWN", "unknown"),
    ]

    private static let prefix = "REBOOT_CAUSE_"

    /// Nil for a banner that tells no cause, such as `Neul`.
    package static func cause(of banner: String) -> AndlinkReboot? {
        let banner = banner.prefix { $0 != " " }
        guard banner.hasPrefix(prefix) else { return nil }
        let name = String(banner.dropFirst(prefix.count))
        guard let index = table.firstIndex(where: { $0.name == name }) else {
            return AndlinkReboot(number: nil, name: String(banner), text: "a cause that the note does not have")
        }
        return AndlinkReboot(number: index + 1, name: String(banner), text: table[index].text)
    }

    /// `Boot: Unsigned`, `Security B.. Verified`: the boot loader's, before it tells the cause.
    package static func isBootText(_ line: String) -> Bool {
        line.hasPrefix("Boot: ")
            || line.hasSuffix(".. Verified") && ["Security B", "Protocol A", "Apps A"].contains { line.hasPrefix($0) }
    }

    /// As they are published, with the event of the restart.
    package var details: [Detail] {
        let number = number.map { [Detail("number", .number($0))] } ?? []
        return number + [Detail("name", .text(name)), Detail("text", .text(text))]
    }
}
