/// Reads the keys of one table of the configuration and tells every fault it meets.
///
/// A key that was never asked for is unknown, so each key is named in one place only. After a fault the default is
/// given back and reading goes on: the log decides in the end.
final class TableReader {
    /// How the table is called in a fault, e.g. `[mqtt]`.
    let title: String
    let position: TOMLPosition
    let log: FaultLog
    private let entries: [String: TOMLNode.Entry]
    private var known: [String] = []

    init(title: String, position: TOMLPosition, entries: [TOMLNode.Entry], log: FaultLog) {
        self.title = title
        self.position = position
        self.log = log
        self.entries = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Says that a key belongs here, and gives its entry if it is there.
    func entry(_ key: String) -> TOMLNode.Entry? {
        known.append(key)
        return entries[key]
    }

    func has(_ key: String) -> Bool { entries[key] != nil }

    func hasEmptyList(_ key: String) -> Bool {
        if case .array(let elements) = entries[key]?.node.value { elements.isEmpty } else { false }
    }

    /// The place of a value that is there, else of the table.
    func position(of key: String) -> TOMLPosition { entries[key]?.node.position ?? position }

    /// A value as the closure understands it; a fault where the closure gives nil.
    func optional<Value>(_ key: String, expected: String, _ convert: (TOMLNode.Value) -> Value?) -> Value? {
        guard let node = entry(key)?.node else { return nil }
        if let value = convert(node.value) { return value }
        log.fault(at: node.position, found: "'\(key)' is \(node.shown)", expected: expected)
        return nil
    }

    /// The same for a key that may not be left out.
    func required<Value>(_ key: String, expected: String, _ convert: (TOMLNode.Value) -> Value?) -> Value? {
        if entries[key] == nil {
            known.append(key)
            log.fault(at: position, found: "\(title) has no '\(key)'", expected: expected)
            return nil
        }
        return optional(key, expected: expected, convert)
    }

    /// What is to be said of a key that nothing has asked for.
    enum Stray {
        case unknown
        case accepted
        case fault(found: String, expected: String)
    }

    /// Tells every key that nothing has asked for.
    func refuseUnknownKeys(judge: (String) -> Stray = { _ in .unknown }) {
        for entry in entries.values where !known.contains(entry.key) {
            switch judge(entry.key) {
            case .accepted: continue
            case .fault(let found, let expected): log.fault(at: entry.keyPosition, found: found, expected: expected)
            case .unknown:
                let hint = Spelling.nearest(to: entry.key, among: known).map { "'\($0)' (did you mean this?)" }
                log.fault(
                    at: entry.keyPosition, found: "'\(entry.key)' is unknown in \(title)",
                    expected: hint ?? "one of " + known.sorted().joined(separator: ", "))
            }
        }
    }
}

extension TableReader {
    func string(_ key: String, expected: String = "a string in quotes", where isValid: (String) -> Bool = { _ in true })
        -> String?
    {
        optional(key, expected: expected) { value in
            guard case .string(let text) = value, isValid(text) else { return nil }
            return text
        }
    }

    /// A string that a type of its own understands.
    func parsed<Value>(_ key: String, expected: String, _ parse: (String) -> Value?) -> Value? {
        optional(key, expected: expected) { value in
            guard case .string(let text) = value else { return nil }
            return parse(text)
        }
    }

    func integer(_ key: String, in range: ClosedRange<Int>, unit: String = "") -> Int? {
        let expected =
            "a whole number\(unit.isEmpty ? "" : " of \(unit)") from \(range.lowerBound) to \(range.upperBound)"
        return optional(key, expected: expected) { value in
            guard case .integer(let number) = value, let number = Int(exactly: number) else { return nil }
            return range.contains(number) ? number : nil
        }
    }

    func boolean(_ key: String) -> Bool? {
        optional(key, expected: "true or false") { value in
            guard case .boolean(let answer) = value else { return nil }
            return answer
        }
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, _: Choice.Type = Choice.self) -> Choice?
    {
        parsed(key, expected: Self.list(Choice.self), Choice.init(rawValue:))
    }

    func requiredChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _: Choice.Type = Choice.self
    ) -> Choice? {
        required(key, expected: Self.list(Choice.self)) { value in
            guard case .string(let text) = value else { return nil }
            return Choice(rawValue: text)
        }
    }

    private static func list<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type) -> String {
        let names = Choice.allCases.map { "\"\($0.rawValue)\"" }
        return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    }

    /// A table below this one; nil if it is not there.
    func table(_ key: String, title: String) -> TableReader? {
        optional(key, expected: "the table \(title)") { value in
            guard case .table(let entries) = value else { return nil }
            return TableReader(title: title, position: self.position(of: key), entries: entries, log: self.log)
        }
    }

    /// The tables of a list below this one.
    func tables(_ key: String, title: String) -> [TableReader] {
        guard let node = entry(key)?.node else { return [] }
        guard case .array(let elements) = node.value else {
            log.fault(at: node.position, found: "'\(key)' is \(node.shown)", expected: "\(title), in double brackets")
            return []
        }
        return elements.compactMap { element in
            guard case .table(let entries) = element.value else {
                log.fault(
                    at: element.position, found: "an element of '\(key)' is \(element.shown)", expected: "a table")
                return nil
            }
            return TableReader(title: title, position: element.position, entries: entries, log: log)
        }
    }
}
