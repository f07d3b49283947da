/// The values of +MIPLEVENT (5.7).
package enum OneNETEvent: Hashable, Sendable {
    case bootstrapStart, bootstrapSuccess, bootstrapFailed
    case connectSuccess, connectFailed
    case registrationSuccess, registrationFailed, registrationTimeout
    case lifetimeTimeout, statusHalt
    case updateSuccess, updateFailed, updateTimeout, updateNeed
    case deregistrationDone
    case responseFailed, responseSuccess
    case notifyFailed, notifySuccess
    case firmwareDownloading, firmwareDownloadFailed, firmwareDownloaded, firmwareUpdating
    case firmwareEraseSuccess, firmwareEraseFail
    case other(Int)

    package struct Row: Sendable {
        package let code: Int
        package let event: OneNETEvent
        /// As the note names it.
        package let title: String
        /// As it is published.
        package let name: String
    }

    package static let table: [Row] = [
        Row(code: 1, event: .bootstrapStart, title: "EVENT_BOOTSTRAP_START", name: "bootstrap_started"),
        Row(code: 2, event: .bootstrapSuccess, title: "EVENT_BOOTSTRAP_SUCCESS", name: "bootstrap_succeeded"),
        Row(code: 3, event: .bootstrapFailed, title: "EVENT_BOOTSTRAP_FAILED", name: "bootstrap_failed"),
        Row(code: 4, event: .connectSuccess, title: "EVENT_CONNECT_SUCCESS", name: "connected"),
        Row(code: 5, event: .connectFailed, title: "EVENT_CONNECT_FAILED", name: "connection_failed"),
        Row(code: 6, event: .registrationSuccess, title: "EVENT_REG_SUCCESS", name: "registered"),
        Row(code: 7, event: .registrationFailed, title: "EVENT_REG_FAILED", name: "registration_failed"),
        Row(code: 8, event: .registrationTimeout, title: "EVENT_REG_TIMEOUT", name: "registration_timed_out"),
        Row(code: 9, event: .lifetimeTimeout, title: "EVENT_LIFETIME_TIMEOUT", name: "lifetime_expired"),
        Row(code: 10, event: .statusHalt, title: "EVENT_STATUS_HALT", name: "halted"),
        Row(code: 11, event: .updateSuccess, title: "EVENT_UPDATE_SUCCESS", name: "update_succeeded"),
        Row(code: 12, event: .updateFailed, title: "EVENT_UPDATE_FAILED", name: "update_failed"),
        Row(code: 13, event: .updateTimeout, title: "EVENT_UPDATE_TIMEOUT", name: "update_timed_out"),
        Row(code: 14, event: .updateNeed, title: "EVENT_UPDATE_NEED", name: "update_needed"),
        Row(code: 15, event: .deregistrationDone, title: "EVENT_DEREG_DONE", name: "deregistered"),
        Row(code: 20, event: .responseFailed, title: "EVENT_RESPONSE_FAILED", name: "response_failed"),
        Row(code: 21, event: .responseSuccess, title: "EVENT_RESPONSE_SUCCESS", name: "response_succeeded"),
        Row(code: 25, event: .notifyFailed, title: "EVENT_NOTIFY_FAILED", name: "uplink_not_acknowledged"),
        Row(code: 26, event: .notifySuccess, title: "EVENT_NOTIFY_SUCCESS", name: "uplink_acknowledged"),
        Row(
            code: 40, event: .firmwareDownloading, title: "EVENT_FIRMWARE_DOWNLOADING", name: "firmware_downloading"),
        Row(
            code: 41, event: .firmwareDownloadFailed, title: "EVENT_FIRMWARE_DOWNLOAD_FAILED",
            name: "firmware_download_failed"),
        Row(code: 42, event: .firmwareDownloaded, title: "EVENT_FIRMWARE_DOWNLOADED", name: "firmware_downloaded"),
        Row(code: 43, event: .firmwareUpdating, title: "EVENT_FIRMWARE_UPDATING", name: "firmware_updating"),
        Row(
            code: 48, event: .firmwareEraseSuccess, title: "EVENT_FIRMWARE_ERASE_SUCCESS",
            name: "firmware_package_erased"),
        Row(
            code: 49, event: .firmwareEraseFail, title: "EVENT_FIRMWARE_ERASE_FAIL",
            name: "firmware_package_not_erased"),
    ]

    private static let byCode = Dictionary(uniqueKeysWithValues: table.map { ($0.code, $0) })
    private static let byEvent = Dictionary(uniqueKeysWithValues: table.map { ($0.event, $0) })

    package init(_ code: Int) { self = Self.byCode[code]?.event ?? .other(code) }

    package var code: Int {
        if case .other(let code) = self { return code }
        return Self.byEvent[self]?.code ?? 0
    }

    package var name: String { Self.byEvent[self]?.name ?? "module_event_\(code)" }

    /// Nil for one that the note does not have.
    package var title: String? { Self.byEvent[self]?.title }

    func error(_ text: String) -> PlatformError {
        PlatformError(code: code, name: name, text: text, source: .cloud)
    }
}
