import JSON
import Reactor

/// What the topics have told of one module.
package struct ModuleView: Sendable {
    package let name: String
    package var isOnline: Bool?
    package var state = "unknown"
    var since: Timestamp?
    var platform: String?
    var registration: String?
    var signal: Int?
    var address: String?
    var sleep: String?
    var model: String?
    var revision: String?
    var imei: String?
    var waiting = 0
    var inFlight = 0
    var counters = Counters()
    var error: String?
    var retryAt: Timestamp?
    package var firmware = FirmwareView()
    var lastUplink: Happening?
    var lastDownlink: Happening?
    var lastEvent: Happening?
    var resources: [String: String] = [:]

    struct Counters: Sendable, Equatable {
        var accepted = 0
        var sent = 0
        var delivered = 0
        var failed = 0
        var expired = 0
        var rejected = 0
        var downlinks = 0
        var droppedByModule = 0
    }

    /// Something that happened at a time.
    struct Happening: Sendable, Equatable {
        let time: Timestamp
        let text: String
    }

    package struct FirmwareView: Sendable, Equatable {
        package var state = "idle"
        package var progress: Int?
        var method: String?
        var error: String?
        var awaits: String?

        package var isRunning: Bool { ["downloading", "downloaded", "updating"].contains(state) }
    }

    init(name: String) { self.name = name }

    /// Of all kinds, the newest.
    var lastOfAll: Happening? { [lastUplink, lastDownlink, lastEvent].compactMap { $0 }.max { $0.time < $1.time } }

    // MARK: Reading

    mutating func read(status json: JSONValue) {
        state = json["state"]?.string ?? "unknown"
        since = json["since"]?.time
        platform = json["platform"]?.string
        registration = json["registration"]?.string
        signal = json["network"]?["rssi_dbm"]?.integer
        address = json["network"]?["ip"]?.string
        sleep = json["sleep"]?.string
        model = json["identity"]?["model"]?.string
        revision = json["identity"]?["revision"]?.string
        imei = json["identity"]?["imei"]?.string
        waiting = json["queue"]?["waiting"]?.integer ?? 0
        inFlight = json["queue"]?["in_flight"]?.integer ?? 0
        if let counts = json["counters"] { counters = Counters(counts) }
        error = json["error"]?.sentence
        retryAt = json["retry_at"]?.time
    }

    mutating func read(firmware json: JSONValue) {
        firmware = FirmwareView()
        firmware.state = json["state"]?.string ?? "idle"
        firmware.progress = json["progress"]?.integer.map { min(max($0, 0), 100) }
        firmware.method = json["method"]?.string
        firmware.error = json["error"]?.sentence
        firmware.awaits = json["awaits"]?.string
    }
}

extension ModuleView.Counters {
    fileprivate init(_ json: JSONValue) {
        accepted = json["accepted"]?.integer ?? 0
        sent = json["sent"]?.integer ?? 0
        delivered = json["delivered"]?.integer ?? 0
        failed = json["failed"]?.integer ?? 0
        expired = json["expired"]?.integer ?? 0
        rejected = json["rejected"]?.integer ?? 0
        downlinks = json["downlinks"]?.integer ?? 0
        droppedByModule = json["dropped_by_module"]?.integer ?? 0
    }
}

extension JSONValue {
    var time: Timestamp? { string.flatMap { RFC3339.milliseconds(parsing: $0) }.map(Timestamp.init(milliseconds:)) }

    /// An error as one sentence; nil for null.
    var sentence: String? {
        guard let text = self["text"]?.string else { return nil }
        return self["code"]?.integer.map { "\(text) (\($0))" } ?? text
    }
}
