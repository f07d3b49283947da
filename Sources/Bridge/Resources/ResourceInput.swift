package import JSON
package import Platforms

/// What clients publish to `object/…/set`, as values of the module's resources.
package enum ResourceInput {
    /// One resource: its value as text, or raw bytes for an opaque one. An instance: a JSON object of several.
    package static func readings(
        _ payload: [UInt8], for path: ObjectPath, in model: ResourceModel
    ) throws(Rejection) -> [ResourceReading] {
        if let single = path.single {
            let kind = try settable(single, model)
            do throws(ResourceValue.Fault) {
                let longest = model.longestOpaque
                return [
                    ResourceReading(
                        single, try ResourceValue(published: payload, kind: kind, longestOpaque: longest))
                ]
            } catch {
                throw Rejection("bad_value", "\(single): \(error)")
            }
        }
        return try members(of: payload).map { member throws(Rejection) in
            guard let id = UInt16(member.key), String(id) == member.key, let instance = path.instance else {
                throw Rejection(
                    "unknown_resource", "\"\(member.key.prefix(40))\" is no resource id; 0 to 65535 is expected")
            }
            let resource = ResourcePath(object: path.object, instance: instance, resource: id)
            let kind = try settable(resource, model)
            if kind == .opaque, let text = member.value.string, isOddHex(text) {
                throw Rejection(
                    "odd_hex", "\(resource): the value has \(text.utf8.count) digits; an even number is expected")
            }
            do throws(ResourceValue.Fault) {
                let longest = model.longestOpaque
                return ResourceReading(
                    resource, try ResourceValue(json: member.value, kind: kind, longestOpaque: longest))
            } catch {
                throw Rejection("bad_value", "\(resource): \(error)")
            }
        }
    }

    /// A digit was forgotten: taken as text, the value would be another than the client meant.
    private static func isOddHex(_ text: String) -> Bool {
        text.utf8.count % 2 == 1 && HexText.decode("0" + text) != nil
    }

    private static func members(of payload: [UInt8]) throws(Rejection) -> [JSONValue.Member] {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: payload)
        } catch {
            throw Rejection("not_json", "the payload is not JSON: \(error)")
        }
        guard let members = value.members, !members.isEmpty else {
            throw Rejection("not_an_object", "an object such as {\"5700\":25.6} is expected")
        }
        return members
    }

    private static func settable(_ path: ResourcePath, _ model: ResourceModel) throws(Rejection) -> ResourceKind {
        guard let kind = model.kind(of: path) else {
            let known = model.resources(of: ObjectPath(object: path.object, instance: path.instance))
            let ids = known.map { String($0.resource) }.joined(separator: ", ")
            let hint = known.isEmpty ? "the object is not in the configuration" : "the object has \(ids)"
            throw Rejection("unknown_resource", "there is no resource \(path): \(hint)")
        }
        guard kind != .executable else {
            throw Rejection("executable", "\(path) is executable; it has no value")
        }
        return kind
    }
}

extension ResourceValue {
    /// A value in JSON; an opaque one as hexadecimal digits, or as `{"hex":…}`, `{"base64":…}` or `{"text":…}`. One that
    /// is text may be any JSON, which stands for itself.
    package init(
        json: JSONValue, kind: ResourceKind, opaqueIsText: Bool = false, longestOpaque: Int = Self.longestOpaque
    ) throws(Fault) {
        let wanted = kind == .opaque ? "at most \(longestOpaque) bytes" : kind.expected
        let expected = Fault("the value is \(json.kind); \(wanted) is expected")
        switch kind {
        case .string:
            guard let text = json.string else { throw expected }
            try self.init(text: text, kind: .string)
        case .opaque:
            guard let bytes = Self.bytes(json, isText: opaqueIsText) else { throw expected }
            try self.init(published: bytes, kind: .opaque, longestOpaque: longestOpaque)
        case .integer:
            guard let number = json.integer else {
                guard let number = json.double else { throw expected }
                // Exact beyond what a double tells, but not that far.
                guard abs(number) < 0x1p63 else { throw Self.outOfRange("\(number)", kind) }
                throw Fault("the value is \(number); \(kind.expected) is expected")
            }
            self = .integer(Int64(number))
        case .float:
            guard let number = json.double else { throw expected }
            guard Float(number).isFinite else { throw Self.outOfRange("\(number)", kind) }
            self = .float(number)
        case .boolean:
            if let flag = json.bool {
                self = .boolean(flag)
            } else if let number = json.integer, number == 0 || number == 1 {
                self = .boolean(number == 1)
            } else {
                throw expected
            }
        case .executable:
            throw Fault("the resource is executable; it has no value")
        }
    }

    private static func bytes(_ json: JSONValue, isText: Bool) -> [UInt8]? {
        if let text = json.string { return (isText ? nil : HexText.decode(text)) ?? Array(text.utf8) }
        let itself = isText && !json.isNull ? json.compacted : nil
        guard let members = json.members, members.count == 1, let text = members[0].value.string else { return itself }
        return switch members[0].key {
        case "hex": HexText.decode(text)
        case "base64": Base64.decode(text)
        case "text": Array(text.utf8)
        default: itself
        }
    }

    /// As a member of a request or an answer.
    func write(to json: inout JSONText.Members, key: String, opaqueIsText: Bool) {
        switch self {
        case .string(let text): json.member(key, text)
        case .integer(let number): json.member(key, number)
        case .float(let number): json.member(key, number)
        case .boolean(let flag): json.member(key, flag)
        case .opaque(let bytes):
            if opaqueIsText, let text = String(validating: bytes, as: UTF8.self) {
                json.member(key, text)
            } else {
                json.member(key, hex: bytes)
            }
        }
    }
}
