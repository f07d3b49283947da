/// An object, an instance or a resource; what is missing stands as -1 in the commands and reports (S3 2.12, 3.2).
struct ObjectPath: Hashable, CustomStringConvertible {
    let object: Int
    let instance: Int?
    let resource: Int?

    init(_ object: Int, _ instance: Int? = nil, _ resource: Int? = nil) {
        self.object = object
        self.instance = instance
        self.resource = resource
    }

    /// `3303/0/5700`, `3303/0` or `3303`.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { UInt16($0) }
        guard 1...3 ~= parts.count, let object = parts[0], !parts.contains(nil) else { return nil }
        self.init(
            Int(object), parts.count > 1 ? parts[1].map(Int.init) : nil, parts.count > 2 ? parts[2].map(Int.init) : nil)
    }

    /// As three parameters of a command; -1 only for what is missing at the end.
    init?(_ parameters: ArraySlice<CommandLine.Parameter>) {
        var numbers: [Int?] = []
        for parameter in parameters {
            if parameter.bytes.elementsEqual("-1".utf8) {
                numbers.append(nil)
            } else {
                guard let number = parameter.number, number <= 65_535 else { return nil }
                numbers.append(number)
            }
        }
        guard numbers.count == 3, let object = numbers[0], numbers[1] != nil || numbers[2] == nil else { return nil }
        self.init(object, numbers[1], numbers[2])
    }

    var isResource: Bool { resource != nil }

    /// `3303,0,-1`.
    var fields: String { "\(object),\(instance ?? -1),\(resource ?? -1)" }

    var description: String {
        [object, instance, resource].compactMap { $0.map(String.init) }.joined(separator: "/")
    }

    func contains(_ other: ObjectPath) -> Bool {
        object == other.object && (instance == nil || instance == other.instance)
            && (resource == nil || resource == other.resource)
    }
}
