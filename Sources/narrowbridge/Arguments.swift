/// What stands behind a subcommand: options (`--name value` or `--name=value`), flags and plain words.
struct Arguments {
    private var words: [String]

    init(_ words: [String]) { self.words = words }

    /// The value of an option; nil if it is not there.
    mutating func option(_ name: String) throws(Failure) -> String? {
        if let index = words.firstIndex(of: name) {
            guard index + 1 < words.count else { throw Failure(.wrongUsage, "\(name) wants a value") }
            let value = words[index + 1]
            words.removeSubrange(index...(index + 1))
            return value
        }
        guard let index = words.firstIndex(where: { $0.hasPrefix(name + "=") }) else { return nil }
        return String(words.remove(at: index).dropFirst(name.count + 1))
    }

    /// The values of an option that may stand more than once.
    mutating func options(_ name: String) throws(Failure) -> [String] {
        var values: [String] = []
        while let value = try option(name) { values.append(value) }
        return values
    }

    /// A whole number within a range.
    mutating func number(_ name: String, in range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text = try option(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw Failure(.wrongUsage, "\(name) is \(text); \(range.lowerBound) to \(range.upperBound) is expected")
        }
        return value
    }

    mutating func flag(_ name: String) -> Bool {
        guard let index = words.firstIndex(of: name) else { return false }
        words.remove(at: index)
        return true
    }

    /// The next plain word; nil if there is none. To be asked for after all options.
    mutating func word() throws(Failure) -> String? {
        guard let word = words.first else { return nil }
        guard !word.hasPrefix("-") else { throw Self.unexpected(word) }
        return words.removeFirst()
    }

    /// All plain words that are left.
    mutating func rest() throws(Failure) -> [String] {
        var rest: [String] = []
        while let word = try word() { rest.append(word) }
        return rest
    }

    /// Nothing may be left over.
    func end() throws(Failure) {
        if let word = words.first { throw Self.unexpected(word) }
    }

    private static func unexpected(_ word: String) -> Failure {
        Failure(.wrongUsage, "\(word) is not expected; see --help")
    }
}
