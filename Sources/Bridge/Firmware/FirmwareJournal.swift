import JSON
import Platforms
import Reactor
import Store

/// How an update is kept on disk: what is shown of it, and whether its end was told.
package enum FirmwareJournal {
    static let key = "firmware"

    static func change(_ firmware: Firmware, module: Int32) -> Change {
        .journal(module: module, key: key, value: encode(firmware))
    }

    package static func encode(_ firmware: Firmware) -> [UInt8] {
        JSONText.object(capacity: 384) { json in
            firmware.write(to: &json)
            json.member("phase", firmware.state.rawValue)
            json.optional("version_before", firmware.previousVersion)
            json.member("has_ended", firmware.hasEnded)
            json.member("is_told", firmware.isTold)
            json.optional("file", firmware.file)
            json.member("awaits_decision", firmware.awaitsDecision)
            json.member("is_unreported", firmware.isUnreported)
        }
    }

    /// What cannot be read is as if there were nothing: the module tells its revision anyway.
    package static func decode(_ bytes: [UInt8]) -> Firmware? {
        guard let json = try? JSONValue(parsing: bytes), let text = json["phase"]?.string ?? json["state"]?.string,
            let state = Firmware.State(rawValue: text)
        else { return nil }
        var firmware = Firmware()
        firmware.state = state
        firmware.method = json["method"]?.string.flatMap(Firmware.Method.init)
        firmware.progress = json["progress"]?.integer
        firmware.bytes = json["bytes"]?.integer
        firmware.installedVersion = json["installed_version"]?.string
        firmware.previousVersion = json["version_before"]?.string ?? json["previous_version"]?.string
        firmware.error = json["error"].flatMap(error)
        firmware.startedAt = json["started_at"].flatMap(time)
        firmware.updatedAt = json["updated_at"].flatMap(time)
        firmware.isTold = json["is_told"]?.bool ?? true
        firmware.file = json["file"]?.string
        firmware.hasEnded = json["has_ended"]?.bool ?? false
        firmware.awaitsDecision = json["awaits_decision"]?.bool ?? false
        firmware.isUnreported = json["is_unreported"]?.bool ?? false
        return firmware
    }

    private static func error(_ json: JSONValue) -> PlatformError? {
        guard let name = json["name"]?.string, let text = json["text"]?.string else { return nil }
        return PlatformError(
            code: json["code"]?.integer, name: name, text: text,
            source: json["source"]?.string.flatMap(PlatformError.Source.init) ?? .module)
    }

    private static func time(_ json: JSONValue) -> Timestamp? {
        json.string.flatMap { RFC3339.milliseconds(parsing: $0) }.map(Timestamp.init(milliseconds:))
    }
}
