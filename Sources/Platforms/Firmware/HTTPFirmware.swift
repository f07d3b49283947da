package import AT

/// The reports of an update by AT+QFOTADL (BC25 and BC32 note, chapters 2 and 4), and of builds that spell them otherwise.
package enum HTTPFirmware {
    private static let downloads: [Int: (name: String, text: String)] = [
        6500: ("unknown_error", "an error that the module does not name"),
        6501: ("bad_parameter", "the module did not accept a parameter"),
        6502: ("no_space", "the package is larger than the space in the module's file system"),
        6503: ("download_failed", "the package could not be downloaded"),
        6504: ("package_not_found", "the server has no such package"),
        6505: ("write_failed", "the package could not be written into the module's file system"),
        6506: ("no_package", "there is no package in the module's file system"),
        6507: ("bad_package", "the package did not pass the module's check"),
        6508: ("update_failed", "the update failed"),
        6509: ("out_of_memory", "the module has not enough memory"),
    ]

    /// Of HTTPEND, of `+CME ERROR` after AT+QFOTADL, and of END. Other numbers keep their value.
    package static func error(_ code: Int, isUpdate: Bool) -> PlatformError {
        if let known = downloads[code] {
            return PlatformError(code: code, name: known.name, text: known.text, source: .module)
        }
        return PlatformError(
            code: code, name: isUpdate ? "update_error_\(code)" : "download_error_\(code)",
            text: "the \(isUpdate ? "update" : "download") failed with result \(code)", source: .module)
    }

    /// Of AT+QFOTADL itself. Its own table has other numbers than the module's general errors.
    package static func refusal(_ code: Int?) -> PlatformError {
        if let code, downloads[code] != nil { return error(code, isUpdate: false) }
        return PlatformError(
            code: code, name: "refused", text: "the module refused to begin the update", source: .module)
    }

    /// Of the download that the cloud has begun (3.4.2).
    private static func cloudError(_ code: Int) -> PlatformError {
        let (name, text) =
            switch code {
            case 2: ("out_of_memory", "the module has not enough memory for the download")
            case 4: ("disconnected", "the connection broke while downloading")
            case 5: ("bad_package", "the package did not pass the module's check")
            case 7: ("invalid_url", "the platform gave an invalid URL")
            default: ("download_error_\(code)", "the download failed with result \(code)")
            }
        return PlatformError(code: code, name: name, text: text, source: .module)
    }

    /// An update by the cloud counts bytes where the others count percents.
    package static func understand(_ line: Line, byCloud: Bool = false) -> [SessionEvent] {
        let fields = Fields(line)
        guard fields[0]?.text == "FOTA", let step = fields[1]?.text else { return [] }
        switch step {
        case "HTTPSTART": return [.firmware(.downloadStarted)]
        case "DOWNLOAD START": return [.firmware(.downloadStarted)]
        case "DOWNLOADING" where byCloud && fields[2]?.text.hasSuffix("%") == false:
            return [.firmware(.downloading(bytes: fields[2]?.int, percent: nil))]
        case "DOWNLOAD":
            guard let code = fields[2]?.int else { return [] }
            return [.firmware(code == 0 ? .downloaded : .downloadFailed(cloudError(code)))]
        case "DOWNLOADING": return [.firmware(.downloading(bytes: nil, percent: percent(fields[2])))]
        case "HTTPEND": return result(fields[2], success: .downloaded, isUpdate: false)
        case "DOWNLOAD SUCCESS": return [.firmware(.downloaded)]
        case "FAIL":
            return [
                .firmware(
                    .downloadFailed(
                        PlatformError(name: "failed", text: "the module says that it failed", source: .module)))
            ]
        case "START": return [.firmware(.updateStarted)]
        case "UPDATING": return [.firmware(.updating(percent: percent(fields[2])))]
        case "END": return result(fields[2], success: .ended, isUpdate: true)
        default: return []
        }
    }

    private static func result(_ field: Field?, success: FirmwareReport, isUpdate: Bool) -> [SessionEvent] {
        guard let code = field?.int else { return [] }
        if code == 0 { return [.firmware(success)] }
        let error = error(code, isUpdate: isUpdate)
        return [.firmware(isUpdate ? .updateFailed(error) : .downloadFailed(error))]
    }

    /// `37%`, `37`, `"37%"`; what is more than all is all.
    private static func percent(_ field: Field?) -> Int? {
        field?.leadingInt.flatMap { $0 >= 0 ? min($0, 100) : nil }
    }
}
