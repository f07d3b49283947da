/// What a module that waits for decisions is told about its update.
package enum FirmwareDecision: String, Sendable, CaseIterable {
    case download
    case cancelDownload = "cancel_download"
    case update
    case cancelUpdate = "cancel_update"
}
