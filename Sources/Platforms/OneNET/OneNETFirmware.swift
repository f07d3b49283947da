package import AT

/// The firmware reports of the China Mobile platform (5.7 to 5.10 and 6.3), and those of compatible firmware.
package enum OneNETFirmware {
    /// 5.10. Other numbers keep their value.
    package static func updateError(_ code: Int) -> PlatformError {
        code == 255
            ? error(code, "update_failed", "the update failed")
            : error(code, "update_error_\(code)", "the update failed with result \(code)")
    }

    private static func error(_ code: Int?, _ name: String, _ text: String) -> PlatformError {
        PlatformError(code: code, name: name, text: text, source: .module)
    }

    /// That the package is erased (48, 49) says nothing of the update (6.1.3).
    static func step(_ event: OneNETEvent) -> FirmwareReport? {
        switch event {
        case .firmwareDownloading: .downloadStarted
        case .firmwareDownloadFailed: .downloadFailed(error(event.code, "download_failed", "the download failed"))
        case .firmwareDownloaded: .downloaded
        case .firmwareUpdating: .updateStarted
        default: nil
        }
    }

    package static func understand(_ line: Line) -> [SessionEvent] {
        line.hasPrefix("+QIND") ? indication(Fields(line)) : words(line.text)
    }

    private static func indication(_ fields: Fields) -> [SessionEvent] {
        guard fields[0]?.text == "FOTA", let step = fields[1]?.text else { return [] }
        switch step {
        case "START": return [.firmware(.updateStarted)]
        case "UPDATING": return [.firmware(.updating(percent: fields[2]?.leadingInt.map { min(max($0, 0), 100) }))]
        case "END":
            guard let result = fields[2]?.int else { return [] }
            return [.firmware(result == 0 ? .ended : .updateFailed(updateError(result)))]
        default: return []
        }
    }

    /// `+FIRMWARE DOWNLOADING` and the like, with or without the sign.
    private static func words(_ text: String) -> [SessionEvent] {
        let words = text.split { $0 == " " || $0 == "+" || $0 == ":" }.dropFirst().joined(separator: " ")
        switch words {
        case "START": return [.other(name: "firmware_update_announced", detail: [])]
        case "DOWNLOADING": return [.firmware(.downloadStarted)]
        case "DOWNLOAD FAILED":
            return [.firmware(.downloadFailed(error(nil, "download_failed", "the download failed")))]
        case "DOWNLOADED", "DOWNLOAD SUCCESS": return [.firmware(.downloaded)]
        case "UPDATING": return [.firmware(.updateStarted)]
        case "UPDATE SUCCESS": return [.firmware(.ended)]
        case "UPDATE FAILED": return [.firmware(.updateFailed(error(nil, "update_failed", "the update failed")))]
        default: return []
        }
    }
}
