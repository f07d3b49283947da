package import AT

/// Firmware updates under Andlink (BC28 note, chapter 2, table 1, and 3.8).
package enum AndlinkFirmware {
    package enum Mode: String, Sendable, CaseIterable {
        case automatic
        /// Download and update wait for a decision each.
        case controlled

        var number: Int { self == .automatic ? 0 : 1 }
    }

    /// What the module says without a plus sign, and some builds with one.
    package enum Step: String, Sendable, CaseIterable {
        case downloading = "DOWNLOADING"
        case downloadFailed = "DOWNLOAD FAILED"
        case downloaded = "DOWNLOADED"
        case updating = "UPDATING"
        /// The platform does not know it yet.
        case updated = "UPDATE SUCCESS"
        case updateFailed = "UPDATE FAILED"
        /// The platform has been told; only now the module may be used again.
        case over = "UPDATE OVER"

        package init?(_ line: Line) {
            let words = line.text.split { " :\t".contains($0) }
            guard let name = words.first, name == "FIRMWARE" || name == "+FIRMWARE" else { return nil }
            self.init(rawValue: words.dropFirst().joined(separator: " "))
        }

        /// As an event: `firmware_update_over`.
        package var name: String { "firmware_" + rawValue.lowercased().split(separator: " ").joined(separator: "_") }
    }

    package static let downloadFailed = error("download_failed", "the module could not download the firmware")
    package static let updateFailed = error("update_failed", "the update failed")
    package static let cancelled = PlatformError(
        name: "cancelled", text: "the update was cancelled on request", source: .bridge)
    package static let interrupted = PlatformError(
        name: "interrupted", text: "the update was stopped for urgent data", source: .bridge)

    private static func error(_ name: String, _ text: String) -> PlatformError {
        PlatformError(name: name, text: text, source: .module)
    }
}

extension FirmwareDecision {
    /// The parameter of AT+QLAFOTAIND.
    var number: Int {
        switch self {
        case .download: 2
        case .cancelDownload: 3
        case .update: 4
        case .cancelUpdate: 5
        }
    }
}
