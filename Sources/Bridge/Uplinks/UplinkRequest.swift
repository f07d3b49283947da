import JSON
package import MQTT
package import Platforms

/// What a client asks to be sent, checked in itself; the module's defaults fill what it leaves out.
package struct UplinkRequest: Equatable, Sendable {
    package var id: String?
    package var payload: [UInt8]
    package var confirm: Bool?
    package var rai: UInt8?
    /// Seconds.
    package var ttl: Int?
    package var isHighPriority = false
    /// What the payload is a value of; nil for the data channel.
    package var target: ObjectPath?

    package init(payload: [UInt8]) { self.payload = payload }
}

/// Why an uplink was not accepted: published as the error of its `rejected` outcome.
package struct Rejection: Error, Equatable, Sendable {
    package var name: String
    package var text: String
    /// The client's own id, where it could be read.
    package var id: String?

    package init(_ name: String, _ text: String, id: String? = nil) {
        self.name = name
        self.text = text
        self.id = id
    }
}

extension UplinkRequest {
    package static let longestID = 128
    /// As in the configuration.
    package static let longestTTL = 365 * 86_400

    /// `B/M/up`: the payload is what is sent; with MQTT 5 its properties may say more.
    package init(raw payload: [UInt8], properties: Properties?) throws(Rejection) {
        self.init(payload: payload)
        try readID(properties)
        do throws(Rejection) {
            try apply(properties)
        } catch {
            throw Rejection(error.name, error.text, id: id)
        }
    }

    /// `B/M/object/O/I/R/set` and `B/M/object/O/I/set`.
    package init(set path: String, _ payload: [UInt8], properties: Properties?) throws(Rejection) {
        try self.init(raw: payload, properties: properties)
        guard let target = ObjectPath(path), target.instance != nil else {
            throw Rejection(
                "bad_path", "\(Self.shortened(path)) is no path; numbers as in 3303/0/5700 are expected", id: id)
        }
        self.target = target
    }

    /// `B/M/up/json`.
    package init(json payload: [UInt8], properties: Properties?) throws(Rejection) {
        self.init(payload: [])
        let object: JSONValue
        do throws(JSONError) {
            object = try JSONValue(parsing: payload)
        } catch {
            throw Rejection("not_json", "the payload is not JSON: \(error)")
        }
        guard let members = object.members else {
            throw Rejection("not_an_object", "the payload is \(object.kind); an object is expected")
        }
        // The id first: every later fault can then be told with it.
        if let id = object["id"] { self.id = try Self.id(from: id) } else { try readID(properties) }
        do throws(Rejection) {
            try apply(properties)
            try read(members)
        } catch {
            throw Rejection(error.name, error.text, id: id)
        }
    }

    private mutating func read(_ members: [JSONValue.Member]) throws(Rejection) {
        var body: String?
        for member in members {
            switch member.key {
            case "id": break
            case "text", "hex", "base64", "json":
                if let body {
                    throw Rejection("two_bodies", "\(body) and \(member.key): exactly one body is expected")
                }
                body = member.key
                payload = try Self.body(member)
            case "confirm":
                guard let value = member.value.bool else { throw Self.wrongType(member, "true or false") }
                confirm = value
            case "rai": rai = try Self.rai(member.value.integer, member.value.compactedText)
            case "ttl": ttl = try Self.ttl(member.value.integer, member.value.compactedText)
            case "priority": isHighPriority = try Self.priority(member.value.string, member.value.compactedText)
            default:
                throw Rejection(
                    "unknown_member",
                    "\(member.key) is not known; known are id, text, hex, base64, json, confirm, rai, ttl and priority")
            }
        }
        if body == nil { throw Rejection("no_body", "one of text, hex, base64 and json is expected") }
    }

    private static func body(_ member: JSONValue.Member) throws(Rejection) -> [UInt8] {
        if member.key == "json" { return member.value.compacted }
        guard let text = member.value.string else { throw wrongType(member, "a string") }
        switch member.key {
        case "hex":
            guard text.utf8.count % 2 == 0 else {
                throw Rejection("odd_hex", "hex has \(text.utf8.count) digits; an even number is expected")
            }
            guard let bytes = HexText.decode(text) else {
                throw Rejection("bad_hex", "hex holds something else than the digits 0 to 9 and a to f")
            }
            return bytes
        case "base64":
            guard let bytes = Base64.decode(text) else { throw Rejection("bad_base64", "base64 is not valid") }
            return bytes
        default:
            return Array(text.utf8)
        }
    }

    private mutating func readID(_ properties: Properties?) throws(Rejection) {
        if let id = properties?[user: "id"] { self.id = try Self.checked(id: id) }
    }

    /// MQTT 5: expiry is the ttl, and user properties say what the JSON form says.
    private mutating func apply(_ properties: Properties?) throws(Rejection) {
        guard let properties else { return }
        if let expiry = properties.expiry { ttl = Int(expiry) }
        for property in properties.user {
            let value = property.value
            switch property.name {
            case "confirm":
                guard let flag = ["true": true, "false": false, "1": true, "0": false][value] else {
                    throw Rejection(
                        "wrong_type", "the property confirm is \(Self.shortened(value)); true or false is expected")
                }
                confirm = flag
            case "rai": rai = try Self.rai(Int(value), Self.shortened(value))
            case "priority": isHighPriority = try Self.priority(value, Self.shortened(value))
            default: break
            }
        }
    }

    private static func id(from value: JSONValue) throws(Rejection) -> String {
        if let text = value.string { return try checked(id: text) }
        // A number is taken as it is written: many clients count.
        if value.isNumber { return try checked(id: value.compactedText) }
        throw Rejection("wrong_type", "id is \(value.kind); a string is expected")
    }

    private static func checked(id: String) throws(Rejection) -> String {
        guard !id.isEmpty, id.utf8.count <= longestID else {
            throw Rejection("bad_id", "the id has \(id.utf8.count) bytes; 1 to \(longestID) are expected")
        }
        return id
    }

    private static func rai(_ value: Int?, _ text: String) throws(Rejection) -> UInt8 {
        guard let value, (0...2).contains(value) else {
            throw Rejection("bad_rai", "rai is \(text); 0, 1 or 2 is expected")
        }
        return UInt8(value)
    }

    private static func ttl(_ value: Int?, _ text: String) throws(Rejection) -> Int {
        guard let value, (1...longestTTL).contains(value) else {
            throw Rejection("bad_ttl", "ttl is \(text); whole seconds from 1 to \(longestTTL) are expected")
        }
        return value
    }

    private static func priority(_ value: String?, _ text: String) throws(Rejection) -> Bool {
        switch value {
        case "high": return true
        case "normal": return false
        default: throw Rejection("bad_priority", "priority is \(text); \"normal\" or \"high\" is expected")
        }
    }

    /// For a message.
    private static func shortened(_ text: String) -> String { String(decoding: text.utf8.prefix(80), as: UTF8.self) }

    private static func wrongType(_ member: JSONValue.Member, _ expected: String) -> Rejection {
        Rejection("wrong_type", "\(member.key) is \(member.value.kind); \(expected) is expected")
    }
}

extension JSONValue {
    /// The value as it was written, shortened for a message.
    fileprivate var compactedText: String { String(decoding: compacted.prefix(80), as: UTF8.self) }
}
