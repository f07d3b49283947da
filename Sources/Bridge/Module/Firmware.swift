import JSON
package import Platforms
package import Reactor

/// Everything that `B/M/firmware` says.
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

    package init() {}

    /// While this is true no data command may be sent.
    package var isRunning: Bool {
        switch state {
        case .downloading, .downloaded, .updating: true
        case .idle, .succeeded, .failed: false
        }
    }

    /// The module has been asked for its revision. After a restart in the middle of an update that decides: reports may
    /// have been lost, and some firmware ends without a word.
    package mutating func resolve(revision: String?, at now: Timestamp) {
        installedVersion = revision
        guard isRunning else { return }
        updatedAt = now
        if state == .updating, let revision, revision != previousVersion {
            state = .succeeded
            progress = 100
        } else {
            state = .failed
            error = PlatformError(
                name: "interrupted", text: "the module restarted in the middle of the update, with its old revision",
                source: .bridge)
        }
    }

    package mutating func apply(_ report: FirmwareReport, at now: Timestamp) {
        if !isRunning {
            startedAt = now
            method = .platform
            error = nil
            progress = nil
            bytes = nil
            previousVersion = installedVersion
        }
        updatedAt = now
        switch report {
        case .downloadStarted:
            state = .downloading
        case .downloading(let bytes, let percent):
            state = .downloading
            if let bytes { self.bytes = bytes }
            if let percent { progress = percent }
        case .downloaded:
            state = .downloaded
        case .updateStarted:
            state = .updating
            progress = nil
        case .updating(let percent):
            state = .updating
            progress = percent
        case .downloadFailed(let error), .updateFailed(let error):
            state = .failed
            self.error = error
        case .ended:
            state = .succeeded
            progress = 100
        }
    }

    package var json: [UInt8] {
        JSONText.object(capacity: 320) { json in
            json.member("state", state.rawValue)
            json.optional("method", method?.rawValue)
            json.optional("progress", progress)
            json.optional("bytes", bytes)
            json.optional("installed_version", installedVersion)
            json.optional("previous_version", previousVersion)
            json.member(error: error)
            json.member("started_at", time: startedAt?.milliseconds)
            json.member("updated_at", time: updatedAt?.milliseconds)
        }
    }
}
