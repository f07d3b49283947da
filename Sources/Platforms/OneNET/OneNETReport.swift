import AT

/// What the six requests of the platform say (5.1 to 5.6), read field by field.
///
///     +MIPLDISCOVER:  <ref>,<msgId>,<objId>
///     +MIPLOBSERVE:   <ref>,<msgId>,<flag>,<objId>,<insId>,<resId>
///     +MIPLREAD:      <ref>,<msgId>,<objId>,<insId>,<resId>
///     +MIPLWRITE:     <ref>,<msgId>,<objId>,<insId>,<resId>,<valueType>,<len>,<value>,<flag>,<index>
///     +MIPLEXECUTE:   <ref>,<msgId>,<objId>,<insId>,<resId>[,<len>,<arguments>]
///     +MIPLPARAMETER: <ref>,<msgId>,<objId>,<insId>,<resId>,<len>,<parameter>
///
/// An instance or resource of −1 means all of them.
package enum OneNETReport: Equatable, Sendable {
    case request(CloudRequest)
    /// The flag is 1 for an observation and 0 for its end; the session judges it.
    case observe(messageID: Int, ObjectPath, flag: Int)
    case part(messageID: Int, WrittenValue, index: Int)

    enum Kind { case discover, observe, read, write, execute, parameter }

    /// Every spelling of the note.
    static let kinds: [String: Kind] = [
        "+MIPLDISCOVER": .discover,
        "+MIPLOBSERVE": .observe, "+MIPLOBSEVE": .observe, "+MIPLOBERVE": .observe, "+MIPLOBSEIVE": .observe,
        "+MIPLOBSEVER": .observe,
        "+MIPLREAD": .read, "+MIPREAD": .read,
        "+MIPLWRITE": .write,
        "+MIPLEXECUTE": .execute,
        "+MIPLPARAMETER": .parameter,
    ]

    /// Where a report holds a raw text, and how long it is.
    static func text(of kind: Kind) -> CarriedText? {
        switch kind {
        case .write: CarriedText(lengthField: 6, typeField: 5)
        case .execute, .parameter: CarriedText(lengthField: 5)
        case .discover, .observe, .read: nil
        }
    }

    /// Nil for a report that cannot be understood.
    init?(_ kind: Kind, _ line: Line) {
        var fields = Fields(line)
        // The instance of the suite: there is only one.
        guard fields.next()?.int != nil, let messageID = fields.next()?.int, messageID >= 0 else { return nil }
        if kind == .observe {
            guard let flag = fields.next()?.int, flag == 0 || flag == 1, let path = Self.path(&fields) else {
                return nil
            }
            self = .observe(messageID: messageID, path, flag: flag)
            return
        }
        guard let path = Self.path(&fields) else { return nil }
        let action: CloudRequest.Action
        switch kind {
        case .discover: action = .discover
        case .read: action = .read
        case .execute:
            guard path.single != nil else { return nil }
            if fields.hasMore {
                guard let text = Self.carriedText(&fields) else { return nil }
                action = .execute(arguments: text.isEmpty ? nil : text)
            } else {
                action = .execute(arguments: nil)
            }
        case .parameter:
            guard let text = Self.carriedText(&fields) else { return nil }
            action = .writeAttributes(text)
        case .write:
            guard let resource = path.single, let part = Self.part(messageID, resource, &fields) else { return nil }
            self = part
            return
        case .observe: return nil
        }
        self = .request(CloudRequest(messageID: messageID, path: path, action: action))
    }

    /// Object, instance and resource; what is left out means all.
    private static func path(_ fields: inout Fields) -> ObjectPath? {
        var ids: [Int?] = []
        for _ in 0..<3 {
            guard let field = fields.next(), !field.isEmpty else {
                ids.append(nil)
                continue
            }
            guard let id = field.int else { return nil }
            ids.append(id)
        }
        return ObjectPath(object: ids[0], instance: ids[1], resource: ids[2])
    }

    /// `<len>,<text>`, raw between its quotes. Where the length is wrong, the quotes must at least be whole.
    private static func carriedText(_ fields: inout Fields) -> String? {
        guard let length = fields.next()?.int, length >= 0 else { return nil }
        if !fields.hasMore { return length == 0 ? "" : nil }
        if let text = fields.text(length: length) { return String(decoding: text, as: UTF8.self) }
        let quote = UInt8(ascii: "\"")
        let tail = fields.tail
        guard fields.count == 1, tail.count >= 2, tail.last == quote, let field = fields.next(), field.isQuoted else {
            return nil
        }
        return field.text
    }

    private static func part(_ messageID: Int, _ path: ResourcePath, _ fields: inout Fields) -> OneNETReport? {
        guard let type = fields.next()?.int, let lengthField = fields.next() else { return nil }
        guard let value = value(type, lengthField.int, path, &fields) else { return nil }
        // The flag is 0 in this version, whatever the place of the part; the index alone says what follows.
        guard let flag = fields.next() else { return .part(messageID: messageID, value, index: 0) }
        guard flag.int != nil, let index = fields.next()?.int, index >= 0 else { return nil }
        return .part(messageID: messageID, value, index: index)
    }

    /// Type 2 in the hexadecimal format of reception, any of the five in the text format. Of numbers the length is that of the
    /// value and not of its text.
    private static func value(
        _ type: Int, _ length: Int?, _ path: ResourcePath, _ fields: inout Fields
    ) -> WrittenValue? {
        switch type {
        case 1:
            guard let length else { return nil }
            if let text = fields.text(length: length) { return WrittenValue(path, Array(text), .text) }
            return fields.hex(length: length).map { WrittenValue(path, $0, .bytes) }
        case 2:
            guard let length else { return nil }
            return fields.hex(length: length).map { WrittenValue(path, $0, .bytes) }
        case 3, 4, 5:
            guard let field = fields.next(), !field.isEmpty else { return nil }
            return WrittenValue(path, Array(field.bytes), .text)
        default: return nil
        }
    }
}

extension CloudRequest {
    /// A write whose parts are all there. Its path is the narrowest that covers them.
    static func write(messageID: Int, _ values: [WrittenValue]) -> CloudRequest? {
        guard let first = values.first else { return nil }
        var path = ObjectPath(first.path)
        for value in values where !path.covers(value.path) {
            let isSameInstance = value.path.object == path.object && value.path.instance == path.instance
            path = ObjectPath(object: path.object, instance: isSameInstance ? path.instance : nil)
        }
        return CloudRequest(messageID: messageID, path: path, action: .write(values))
    }
}
