import AT
import JSON
import Platforms
import Store

/// A command from MQTT, on its way through a module.
struct Order: Sendable {
    enum Action: Equatable, Sendable {
        case register
        case deregister
        case update(lifetime: Int?)
        case refresh
        case reboot
        case sleep
        case wake
        case at(String)
        case firmware(FirmwareOrder)
    }

    let record: CommandRecord
    let action: Action

    /// Reads name and payload; throws what the result shall say. The longest lifetime is the platform's.
    init(_ record: CommandRecord, longestLifetime: Int = 2_592_000) throws(Rejection) {
        self.record = record
        let payload = try Self.object(record.payload)
        switch record.name {
        case "register": action = .register
        case "deregister": action = .deregister
        case "refresh": action = .refresh
        case "reboot": action = .reboot
        case "sleep": action = .sleep
        case "wake": action = .wake
        case "update": action = .update(lifetime: try Self.lifetime(payload, longest: longestLifetime))
        case "at": action = .at(try Self.command(payload))
        case let name where name.hasPrefix("firmware/"):
            action = .firmware(try FirmwareOrder(String(name.dropFirst("firmware/".count)), payload))
        case let name:
            throw Rejection(
                "unknown_command",
                "\(name) is not known; known are register, deregister, update, refresh, reboot, sleep, wake, at and firmware/…"
            )
        }
    }

    var concernsRunningUpdate: Bool {
        if case .firmware(let order) = action { order.concernsRunning } else { false }
    }

    private static func object(_ payload: [UInt8]) throws(Rejection) -> JSONValue? {
        guard !payload.isEmpty else { return nil }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: payload)
        } catch {
            throw Rejection("not_json", "the payload is not JSON: \(error)")
        }
        // `null` is how some clients publish nothing.
        if value.isNull { return nil }
        guard value.members != nil else {
            throw Rejection("not_an_object", "the payload is \(value.kind); an object or nothing is expected")
        }
        return value
    }

    private static func lifetime(_ payload: JSONValue?, longest: Int) throws(Rejection) -> Int? {
        guard let value = payload?["lifetime"] else { return nil }
        guard let seconds = value.integer, (0...longest).contains(seconds) else {
            throw Rejection("bad_lifetime", "lifetime is to be 0 to \(longest) whole seconds")
        }
        return seconds
    }

    private static func command(_ payload: JSONValue?) throws(Rejection) -> String {
        guard let text = payload?["command"]?.string else {
            throw Rejection("no_command", "{\"command\":\"AT+CSQ\"} is expected")
        }
        guard text.uppercased().hasPrefix("AT"), text.utf8.count <= 2048,
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
        else {
            throw Rejection(
                "bad_command", "a command begins with AT and is one line of at most 2048 printable characters")
        }
        return text
    }
}

/// What a command's result says beside `ok`.
enum OrderResult: Sendable {
    case done([Detail])
    /// Lines that the module answered, and its final result.
    case answered(lines: [String], final: Final)
    case failed(PlatformError)

    var isSuccess: Bool {
        switch self {
        case .done: true
        case .answered(_, let final): !final.isError
        case .failed: false
        }
    }

    var json: [UInt8] {
        JSONText.object { json in
            switch self {
            case .done(let details):
                json.member("ok", isSuccess)
                for detail in details {
                    switch detail.value {
                    case .number(let value): json.member(detail.name, value)
                    case .text(let value): json.member(detail.name, value)
                    case .flag(let value): json.member(detail.name, value)
                    }
                }
            case .answered(let lines, let final):
                json.member("ok", isSuccess)
                json.array("lines") { json in for line in lines { json.element(line) } }
                json.member("final", "\(final)")
            case .failed(let error):
                json.member("ok", isSuccess)
                json.member(error: error)
            }
        }
    }
}
