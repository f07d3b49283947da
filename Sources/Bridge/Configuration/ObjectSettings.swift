/// One `[[module.object]]`: an instance of an object of LwM2M that the module offers its cloud.
package struct ObjectSettings: Sendable, Equatable {
    package var id: UInt16
    package var instance: UInt16
    /// At least one, no id twice.
    package var resources: [ResourceSettings]

    package init(id: UInt16, instance: UInt16 = 0, resources: [ResourceSettings]) {
        self.id = id
        self.instance = instance
        self.resources = resources
    }
}

package struct ResourceSettings: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case string, opaque, integer, float, boolean, executable
    }

    /// A value fits its resource's kind.
    package enum Value: Sendable, Equatable {
        case string(String)
        case opaque([UInt8])
        case integer(Int64)
        case float(Double)
        case boolean(Bool)
    }

    package var id: UInt16
    package var kind: Kind
    /// What it is at the start; nil: not known before a client or the cloud says it.
    package var value: Value?

    package init(id: UInt16, kind: Kind, value: Value? = nil) {
        self.id = id
        self.kind = kind
        self.value = value
    }
}

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
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { part in
            UInt16(part).flatMap { String($0) == part ? $0 : nil }
        }
        guard parts.count == 3, let object = parts[0], let instance = parts[1], let resource = parts[2] else {
            return nil
        }
        self.init(object: object, instance: instance, resource: resource)
    }

    package var description: String { "\(object)/\(instance)/\(resource)" }
}
