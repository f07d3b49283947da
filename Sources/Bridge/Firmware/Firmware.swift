import JSON
package import Platforms
package import Reactor

/// Everything that `B/M/firmware` says, and what must be known of an update after a crash.
package struct Firmware: Equatable, Sendable {
    package enum State: String, Sendable { case idle, downloading, downloaded, updating, succeeded, failed }
    package enum Method: String, Sendable { case platform, http, local, file }

    package var state = State.idle
    package var method: Method?
    package var progress: Int?
    package var bytes: Int?
    package var installedVersion: String?
    package var previousVersion: String?
    package var error: PlatformError?
    package var startedAt: Timestamp?
    package var updatedAt: Timestamp?
    /// The module has said that the update is done; what it has installed is known when it has restarted.
    package var hasEnded = false

    /// The module knows of it. What was ordered here is on disk before the module is told.
    package var isTold = true
    /// The file that a download for the device behind the module makes, unless there was one of that name before.
    package var file: String?
    /// It goes on when somebody has decided.
    package var awaitsDecision = false
    /// Its end is not known to the cloud yet, as far as the module has said.
    package var isUnreported = false

    package init() {}

    /// While this is true no data command may be sent.
    package var isRunning: Bool {
        switch state {
        case .downloading, .downloaded, .updating: true
        case .idle, .succeeded, .failed: false
        }
    }

    /// The module installs, and answers nothing meanwhile.
    package var isInstalling: Bool { state == .updating && !hasEnded }

    // MARK: Steps

    /// An update that was ordered here, before the module is told of it.
    package mutating func begin(_ method: Method, at now: Timestamp) {
        state = .downloading
        isTold = method == .platform
        self.method = method
        progress = nil
        bytes = nil
        error = nil
        hasEnded = false
        file = nil
        awaitsDecision = false
        isUnreported = false
        // A file for the device behind the module changes nothing of the module's own.
        previousVersion = method == .file ? nil : installedVersion
        startedAt = now
        updatedAt = now
    }

    /// A step that the module tells.
    package mutating func apply(_ report: FirmwareReport, at now: Timestamp) {
        if !isRunning {
            // The end may be told after the restart that has shown it already.
            switch report {
            case .updating(100) where state == .succeeded, .ended where state == .succeeded: return
            case .ended where error?.name == FirmwareWatch.unchanged.name:
                updatedAt = now
                end(.succeeded, nil)
                return
            case .ended where state == .failed: return
            case .closed:
                isUnreported = false
                return
            // Told of the one that was cancelled just now; later it is another's.
            case .awaitsDecision where isCancelled && updatedAt.map { now - $0 < .seconds(2) } != false: return
            // What was ended on request is told as a failure by some firmware.
            case .downloadFailed(let error) where isCancelled && error.source == .module: return
            case .updateFailed(let error) where isCancelled && error.source == .module: return
            case .updateFailed(let error) where state == .failed,
                .downloadFailed(let error) where state == .failed && error.isCancellation:
                self.error = error
                updatedAt = now
                return
            case .downloading where wasGivenUp, .downloaded where wasGivenUp, .updateStarted where wasGivenUp,
                .updating where wasGivenUp:
                // It goes on after all.
                error = nil
            default: begin(.platform, at: now)
            }
        }
        updatedAt = now
        isTold = true
        // It may say twice that it has downloaded.
        awaitsDecision = report == .awaitsDecision || awaitsDecision && report == .downloaded && state == .downloaded
        switch report {
        case .awaitsDecision: break
        case .downloadStarted:
            state = .downloading
        case .downloading(let bytes, let percent):
            state = .downloading
            if let bytes { self.bytes = bytes }
            if let percent { progress = percent }
        case .downloaded:
            if method == .file { end(.succeeded, nil) } else { state = .downloaded }
        case .updateStarted:
            state = .updating
            progress = nil
            hasEnded = false
            isUnreported = true
        case .updating(let percent):
            state = .updating
            progress = percent ?? progress
            hasEnded = false
        case .downloadFailed(let error), .updateFailed(let error):
            end(.failed, error)
        case .ended:
            state = .updating
            progress = 100
            hasEnded = true
            isUnreported = true
        case .closed:
            // Of a failure perhaps: the revision decides.
            isUnreported = false
        }
    }

    private var isCancelled: Bool { state == .failed && error?.isCancellation == true }

    /// Only the bridge says that it failed, and only for it heard nothing.
    private var wasGivenUp: Bool {
        state == .failed && FirmwareWatch.names.contains(error?.name ?? "")
    }

    package mutating func fail(_ error: PlatformError, at now: Timestamp) {
        updatedAt = now
        end(.failed, error)
    }

    private mutating func end(_ state: State, _ error: PlatformError?) {
        self.state = state
        self.error = error
        hasEnded = false
        awaitsDecision = false
        if state == .failed { isUnreported = false }
        if state == .succeeded { progress = 100 }
    }

    // MARK: After a restart

    package enum Resolution: Equatable, Sendable {
        case resolved
        /// The module has its old revision, and may yet say that it goes on or how it ended.
        case undecided
    }

    /// The module has told its revision, after a restart of its own or of ours.
    ///
    /// A new revision is a success, whatever was missed. The old one is none, unless the module has said so itself.
    package mutating func resolve(revision: String?, hasRestarted: Bool, at now: Timestamp) -> Resolution {
        installedVersion = revision ?? installedVersion
        guard isRunning else {
            // What the bridge has given up may have succeeded after all.
            if wasGivenUp, let revision, let previousVersion, revision != previousVersion {
                updatedAt = now
                end(.succeeded, nil)
            }
            return .resolved
        }
        if let revision, let previousVersion, revision != previousVersion {
            updatedAt = now
            end(.succeeded, nil)
            return .resolved
        }
        switch state {
        case .updating where hasEnded:
            updatedAt = now
            end(.succeeded, nil)
            return .resolved
        case .downloading where hasRestarted, .downloaded where hasRestarted:
            fail(
                PlatformError(
                    name: "interrupted", text: "the module restarted before the update was installed", source: .bridge),
                at: now)
            return .resolved
        default:
            return .undecided
        }
    }

    package var json: [UInt8] {
        JSONText.object(capacity: 320) { json in write(to: &json) }
    }

    /// A package that lies in the module already is not downloaded.
    private var shownState: State { method == .local && state == .downloading ? .updating : state }

    /// What the module has still is not its previous version, unless it says that it has installed the same again.
    private var replacedVersion: String? {
        state == .succeeded || previousVersion != installedVersion ? previousVersion : nil
    }

    func write(to json: inout JSONText.Members) {
        json.member("state", shownState.rawValue)
        json.optional("method", method?.rawValue)
        if awaitsDecision { json.member("awaits", state == .downloading ? "download" : "update") }
        json.optional("progress", progress)
        json.optional("bytes", bytes)
        json.optional("installed_version", installedVersion)
        json.optional("previous_version", replacedVersion)
        json.member(error: error)
        json.member("started_at", time: startedAt?.milliseconds)
        json.member("updated_at", time: updatedAt?.milliseconds)
    }
}

extension PlatformError {
    /// The update was ended by a command.
    fileprivate var isCancellation: Bool { self == AndlinkFirmware.cancelled || self == AndlinkFirmware.interrupted }
}
