import JSON
import Platforms
import Reactor

/// What the hub's update entity is told. A key that the hub does not know, or a null where it expects a text, would make
/// it discard the whole message; a key that is missing keeps its old value there. So all are said every time.
extension Firmware {
    /// The hub compares versions, and those of modules are in no order that it knows: another word than the installed
    /// version's is a newer one to it. It is said only while there is one.
    /// The time tells it from the one before, which somebody may have chosen to skip.
    private var hubOffer: String {
        let time = startedAt.map { " of " + RFC3339.text(milliseconds: $0.milliseconds).prefix(16) }
        return "new firmware" + (time ?? "")
    }

    /// Nil until the installed version is known.
    package func hubUpdate(model: String?) -> [UInt8]? {
        guard let installedVersion else { return nil }
        // A file for the device behind the module is no firmware of the module.
        let isUpdate = isRunning && method != .file
        let isUnderWay = isUpdate && !awaitsDecision
        return JSONText.object { json in
            json.member("installed_version", installedVersion)
            json.member("latest_version", isUpdate ? hubOffer : installedVersion)
            json.member("title", model.map { "\($0) firmware" } ?? "Firmware")
            json.member("release_summary", hubSummary)
            json.member("in_progress", isUnderWay)
            json.member("update_percentage", isUnderWay ? progress.map { min(max($0, 0), 100) } : nil)
        }
    }

    /// At most 255 characters.
    private var hubSummary: String {
        switch (state, awaitsDecision) {
        case (.failed, _): String("The last update has failed: \(error?.text ?? "no reason is known")".prefix(255))
        case (.downloading, true): "The platform offers an update. Install begins its download."
        case (_, true): "An update has been downloaded. Install begins its installation."
        default: ""
        }
    }
}
