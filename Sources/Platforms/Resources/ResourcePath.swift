/// A resource, written `object/instance/resource`.
package struct ResourcePath: Sendable, Hashable, CustomStringConvertible {
    package var object: UInt16
    package var instance: UInt16
    package var resource: UInt16

    package init(object: UInt16, instance: UInt16, resource: UInt16) {
        self.object = object
        self.instance = instance
        self.resource = resource
    }

    /// Three numbers without signs or leading zeros, so that a path has one spelling.
    package init?(_ text: String) {
        guard let path = ObjectPath(text), let instance = path.instance, let resource = path.resource else {
            return nil
        }
        self.init(object: path.object, instance: instance, resource: resource)
    }

    package var description: String { "\(object)/\(instance)/\(resource)" }
}

/// What a cloud speaks of: an object with all its instances, an instance with all its resources, or one resource.
package struct ObjectPath: Sendable, Hashable, CustomStringConvertible {
    package var object: UInt16
    package var instance: UInt16?
    /// Only with an instance.
    package var resource: UInt16?

    package init(object: UInt16, instance: UInt16? = nil, resource: UInt16? = nil) {
        self.object = object
        self.instance = instance
        self.resource = instance == nil ? nil : resource
    }

    package init(_ path: ResourcePath) {
        self.init(object: path.object, instance: path.instance, resource: path.resource)
    }

    /// The numbers of a report, where −1 or nothing at all means all; nil if one of them is no id.
    package init?(object: Int?, instance: Int?, resource: Int?) {
        guard let object = object.flatMap(UInt16.init(exactly:)) else { return nil }
        var ids: [UInt16?] = []
        for number in [instance ?? -1, resource ?? -1] {
            if number == -1 {
                ids.append(nil)
            } else if let id = UInt16(exactly: number) {
                ids.append(id)
            } else {
                return nil
            }
        }
        self.init(object: object, instance: ids[0], resource: ids[1])
    }

    /// `3303`, `3303/0` or `3303/0/5700`, without signs or leading zeros.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { part in
            UInt16(part).flatMap { String($0) == part ? $0 : nil }
        }
        let ids = parts.compactMap { $0 }
        guard ids.count == parts.count, (1...3).contains(ids.count) else { return nil }
        self.init(object: ids[0], instance: ids.count > 1 ? ids[1] : nil, resource: ids.count > 2 ? ids[2] : nil)
    }

    /// Set if it is one resource.
    package var single: ResourcePath? {
        guard let instance, let resource else { return nil }
        return ResourcePath(object: object, instance: instance, resource: resource)
    }

    package func covers(_ path: ResourcePath) -> Bool {
        object == path.object && (instance ?? path.instance) == path.instance
            && (resource ?? path.resource) == path.resource
    }

    package var description: String {
        [object, instance, resource].compactMap { $0.map(String.init) }.joined(separator: "/")
    }
}
