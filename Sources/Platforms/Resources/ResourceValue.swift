/// What a resource holds.
package enum ResourceKind: String, Sendable, CaseIterable {
    case string, opaque, integer, float, boolean, executable
}

/// A value of one of the kinds; an executable has none.
package enum ResourceValue: Sendable, Equatable {
    case string(String)
    case opaque([UInt8])
    case integer(Int64)
    case float(Double)
    case boolean(Bool)

    package var kind: ResourceKind {
        switch self {
        case .string: .string
        case .opaque: .opaque
        case .integer: .integer
        case .float: .float
        case .boolean: .boolean
        }
    }

    /// For comparisons with limits and steps.
    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .float(let value): value
        case .string, .opaque, .boolean: nil
        }
    }

    /// The longest values that the modules carry, in bytes.
    package static let longestString = 1024
    package static let longestOpaque = 512
}

/// An instance of an object that the module offers its cloud.
package struct ObjectDescription: Sendable, Equatable {
    package var id: UInt16
    package var instance: UInt16
    /// At least one, no id twice.
    package var resources: [ResourceDescription]

    package init(id: UInt16, instance: UInt16 = 0, resources: [ResourceDescription]) {
        self.id = id
        self.instance = instance
        self.resources = resources
    }

    package func path(_ resource: ResourceDescription) -> ResourcePath {
        ResourcePath(object: id, instance: instance, resource: resource.id)
    }
}

package struct ResourceDescription: Sendable, Equatable {
    package var id: UInt16
    package var kind: ResourceKind
    /// What it is at the start; nil: not known before a client or the cloud says it.
    package var value: ResourceValue?

    package init(id: UInt16, kind: ResourceKind, value: ResourceValue? = nil) {
        self.id = id
        self.kind = kind
        self.value = value
    }
}

/// A resource and what it holds.
package struct ResourceReading: Sendable, Equatable {
    package var path: ResourcePath
    package var value: ResourceValue

    package init(_ path: ResourcePath, _ value: ResourceValue) {
        self.path = path
        self.value = value
    }
}
