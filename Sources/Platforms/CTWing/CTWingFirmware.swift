package import AT

/// The firmware reports of the China Telecom platform (BC260Y-CN R02 note, 3.4 to 3.9).
package enum CTWingFirmware {
    /// 3.6. Other numbers keep their value.
    package static func downloadError(_ code: Int) -> PlatformError {
        switch code {
        case 2: error(code, "out_of_memory", "the module has not enough memory for the download")
        case 4: error(code, "disconnected", "the connection broke while downloading")
        case 9: error(code, "invalid_url", "the platform gave an invalid URL")
        default: error(code, "download_error_\(code)", "the download failed with result \(code)")
        }
    }

    /// 3.9.
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
        case "DOWNLOAD START": return [.firmware(.downloadStarted)]
        case "DOWNLOADING": return [.firmware(progress(fields))]
        case "DOWNLOAD":
            guard let result = fields[2]?.int else { return [] }
            return [.firmware(result == 0 ? .downloaded : .downloadFailed(downloadError(result)))]
        case "START": return [.firmware(.updateStarted)]
        case "UPDATING": return [.firmware(.updating(percent: percent(fields[2]?.text)))]
        case "END":
            guard let result = fields[2]?.int else { return [] }
            return [.firmware(result == 0 ? .ended : .updateFailed(updateError(result)))]
        default: return []
        }
    }

    /// Bytes in the cloud's flow; a percent sign says otherwise.
    private static func progress(_ fields: Fields) -> FirmwareReport {
        let text = fields[2]?.text ?? ""
        return text.hasSuffix("%")
            ? .downloading(bytes: nil, percent: percent(text))
            : .downloading(bytes: fields[2]?.int.flatMap { $0 >= 0 ? $0 : nil }, percent: nil)
    }

    private static func percent(_ text: String?) -> Int? {
        text.flatMap { Int($0.filter { $0 >= "0" && $0 <= "9" }) }.map { min($0, 100) }
    }
}
