package import AT

/// The firmware reports of the standard LwM2M client (BC260Y-CN R01 note, 4.3).
package enum LwM2MFirmware {
    /// 4.3.2. Other numbers keep their value.
    package static func downloadError(_ code: Int) -> PlatformError {
        switch code {
        case 1: error(code, "unknown_error", "the download failed for an unknown reason")
        case 12: error(code, "download_failed", "the download failed")
        case 13: error(code, "network_deactivated", "the network connection was ended while downloading")
        case 99: error(code, "network_unavailable", "there is no network for the download")
        case 100: error(code, "flash_write_error", "the module could not write the package to its flash")
        case 101: error(code, "flash_full", "the module's flash has no room for the package")
        default: error(code, "download_error_\(code)", "the download failed with result \(code)")
        }
    }

    /// 4.3.5.
    package static func updateError(_ code: Int) -> PlatformError {
        code == 255
            ? error(code, "update_failed", "the update failed")
            : error(code, "update_error_\(code)", "the update failed with result \(code)")
    }

    private static func error(_ code: Int, _ name: String, _ text: String) -> PlatformError {
        PlatformError(code: code, name: name, text: text, source: .module)
    }

    package static func understand(_ line: Line) -> [SessionEvent] {
        let fields = Fields(line)
        guard fields[0]?.text == "FOTA", let step = fields[1]?.text else { return [] }
        switch step {
        case "COAPSTART": return [.firmware(.downloadStarted)]
        case "COAPEND":
            guard let result = fields[2]?.int else { return [] }
            return [.firmware(result == 0 ? .downloaded : .downloadFailed(downloadError(result)))]
        case "START": return [.firmware(.updateStarted)]
        // `20`, `20%` and `20%,1,1`.
        case "UPDATING":
            return [.firmware(.updating(percent: fields[2]?.leadingInt.map { min(max($0, 0), 100) }))]
        case "END":
            guard let result = fields[2]?.int else { return [] }
            return [.firmware(result == 0 ? .ended : .updateFailed(updateError(result)))]
        default: return []
        }
    }
}
