import Platforms
import Reactor

/// How long an update may be silent before something is done about it.
enum FirmwareWatch {
    /// S3 4.1.2.2 names 30 minutes for a download, one for the order to install, ten for the installation; the other
    /// families name none, and get what lets no update hang. By HTTP every percent is told.
    static func limit(_ firmware: Firmware, platform: Platform, hasRestarted: Bool) -> Duration {
        switch firmware.state {
        // By HTTP or from its files, the first report follows at once.
        case .downloading where !firmware.isTold: .seconds(60)
        case .downloading where firmware.method != .platform: .seconds(600)
        // People take their time.
        case .downloading where firmware.awaitsDecision, .downloaded where firmware.awaitsDecision: .seconds(86_400)
        case .downloading: .seconds(1800)
        case .downloaded:
            switch platform {
            case .lwm2m: .seconds(60)
            case .andlink: .seconds(1800)
            case .ctwing, .onenet, .none: .seconds(600)
            }
        // Andlink's modules say so after their restart.
        case .updating where firmware.hasEnded && hasRestarted && platform == .andlink: .zero
        case .updating where firmware.hasEnded: .seconds(20)
        // It is back, with its old revision, and says nothing of going on.
        case .updating where hasRestarted: .seconds(30)
        case .updating: .seconds(600)
        case .idle, .succeeded, .failed: .zero
        }
    }

    /// Without a line to the module nobody looks; then this ends it.
    static let longestSilence = Duration.seconds(3600)

    static let noProgress = PlatformError(
        name: "no_progress", text: "nothing was heard of the update for too long; the module was restarted",
        source: .bridge)
    static let notTold = PlatformError(
        name: "not_begun", text: "the bridge ended before the module was told, and nothing was heard of the update",
        source: .bridge)
    static let lost = PlatformError(
        name: "module_lost", text: "nothing was heard of the update for an hour; the module does not answer",
        source: .bridge)
    /// What is only assumed, and may turn out otherwise.
    static let names = [noProgress.name, notTold.name, lost.name, unchanged.name]
    static let unchanged = PlatformError(
        name: "revision_unchanged", text: "the module came back with its old revision and without a result",
        source: .bridge)
}
