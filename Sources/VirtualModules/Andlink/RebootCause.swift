/// Why a BC28 restarted, in the words that it says before `Neul` (S4 7).
package enum RebootCause: String, Sendable, CaseIterable {
    case securityResetUnknown = "REBOOT_CAUSE_SECURITY_RESET_UNKNOWN"
    case securitySystemResetRequest = "REBOOT_CAUSE_SECURITY_SYSRESETREQ"
    case securityWatchdog = "REBOOT_CAUSE_SECURITY_WATCHDOG"
    case securitySelf = "REBOOT_CAUSE_SECURITY_SELF"
    case securityAlternativeBoot = "REBOOT_CAUSE_SECURITY_ALTBOOT"
    case securityRegister0 = "REBOOT_CAUSE_SECURITY_REG_0"
    case securityRegister3 = "REBOOT_CAUSE_SECURITY_REG_3"
    case securityStandardChipWatchdog = "REBOOT_CAUSE_SECURITY_STANDARD_CHIP_WATCHDOG"
    case securityUpdaterChipWatchdog = "REBOOT_CAUSE_SECURITY_UPDATER_CHIP_WATCHDOG"
    case securityScanEnterExit = "REBOOT_CAUSE_SECURITY_SCAN_ENTER_EXIT"
    case securityPowerOn = "REBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET"
    case securityResetPin = "REBOOT_CAUSE_SECURITY_RESET_PIN"
    case securityRegionsUpdated = "REBOOT_CAUSE_SECURITY_REGIONS_UPDATED"
    case securityFirmwareUpgrade = "REBOOT_CAUSE_SECURITY_FOTA_UPGRADE"
    case protocolSystemResetRequest = "REBOOT_CAUSE_PROTOCOL_SYSRESETREQ"
    case protocolWatchdog = "REBOOT_CAUSE_PROTOCOL_WATCHDOG"
    case protocolMonitorRequest = "REBOOT_CAUSE_PROTOCOL_MONITOR_REBOOT_REQ"
    case protocolCallTimeout = "REBOOT_CAUSE_PROTOCOL_RPC_TIMEOUT"
    case applicationSystemResetRequest = "REBOOT_CAUSE_APPLICATION_SYSRESETREQ"
    case applicationWatchdog = "REBOOT_CAUSE_APPLICATION_WATCHDOG"
    case applicationCommand = "REBOOT_CAUSE_APPLICATION_AT"
    case applicationCallTimeout = "REBOOT_CAUSE_APPLICATION_RPC_TIMEOUT"
    case protocolIdentityUpdate = "REBOOT_CAUSE_PROTOCOL_IMSI_UPDATE"
    case unknown = "REBOOT_CAUSE_UNKNOWN"
}

extension VirtualModule {
    /// A BC28 restarts by itself; any other module just restarts.
    package func reset(because cause: RebootCause) {
        (module as? AndlinkModule)?.nextCause = cause
        reset()
    }
}
