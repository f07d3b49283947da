/// An object, one of its instances, or one resource of that.
struct OneNETPath: Hashable, CustomStringConvertible {
    let object: Int
    let instance: Int?
    let resource: Int?

    init(_ object: Int, _ instance: Int? = nil, _ resource: Int? = nil) {
        (self.object, self.instance, self.resource) = (object, instance, resource)
    }

    /// `3303`, `3303/0` or `3303/0/5700`.
    init?(_ text: String) {
        let pieces = text.split(separator: "/", omittingEmptySubsequences: false)
        let numbers = pieces.compactMap { UInt16($0) }.map(Int.init)
        guard 1...3 ~= pieces.count, numbers.count == pieces.count else { return nil }
        self.init(numbers[0], numbers.count > 1 ? numbers[1] : nil, numbers.count > 2 ? numbers[2] : nil)
    }

    var description: String { [object, instance, resource].compactMap { $0.map(String.init) }.joined(separator: "/") }

    /// As reports have it: −1 is all.
    var fields: String { "\(object),\(instance ?? -1),\(resource ?? -1)" }

    func covers(_ other: OneNETPath) -> Bool {
        object == other.object && (instance == nil || instance == other.instance)
            && (resource == nil || resource == other.resource)
    }
}
