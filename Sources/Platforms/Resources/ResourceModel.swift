/// The resources that a module offers its cloud: what they hold, and what the cloud wants to know of them.
///
/// Shared by a module's session, which understands and answers in its own dialect, and by whoever keeps it on disk and
/// shows it. Belongs to the actor of both.
package final class ResourceModel {
    package enum Change: Equatable, Sendable {
        case value(ResourcePath)
        case observations
        case attributes(ObjectPath)
    }

    /// What the cloud observes, and the message with which it asked for that.
    package struct Observation: Equatable, Sendable {
        package var path: ObjectPath
        package var messageID: Int

        package init(path: ObjectPath, messageID: Int) {
            self.path = path
            self.messageID = messageID
        }
    }

    package let objects: [ObjectDescription]
    /// In bytes; how long a string may be is the same on all platforms.
    package let longestOpaque: Int
    private let kinds: [ResourcePath: ResourceKind]
    private var values: [ResourcePath: ResourceValue] = [:]
    package private(set) var observations: [ObjectPath: Observation] = [:]
    package private(set) var attributes: [ObjectPath: NotificationAttributes] = [:]
    /// Called after every change.
    package var changed: (Change) -> Void = { _ in }

    package init(objects: [ObjectDescription], longestOpaque: Int = ResourceValue.longestOpaque) {
        self.objects = objects
        self.longestOpaque = longestOpaque
        var kinds: [ResourcePath: ResourceKind] = [:]
        for object in objects {
            for resource in object.resources {
                kinds[object.path(resource)] = resource.kind
                values[object.path(resource)] = resource.value
            }
        }
        self.kinds = kinds
    }

    /// Nil for a resource that there is not.
    package func kind(of path: ResourcePath) -> ResourceKind? { kinds[path] }

    package func value(of path: ResourcePath) -> ResourceValue? { values[path] }

    /// Every resource that a path covers, in the order of the configuration.
    package func resources(of path: ObjectPath) -> [ResourcePath] {
        objects.flatMap { object in object.resources.map { object.path($0) } }.filter(path.covers)
    }

    /// What is known of the resources that a path covers.
    package func readings(of path: ObjectPath) -> [ResourceReading] {
        resources(of: path).compactMap { path in values[path].map { ResourceReading(path, $0) } }
    }

    /// The value must be of the resource's kind.
    package func set(_ value: ResourceValue, at path: ResourcePath) {
        guard kinds[path] == value.kind else { return }
        values[path] = value
        changed(.value(path))
    }

    // MARK: Observing

    /// The narrowest observation that a resource falls under.
    package func observation(of path: ResourcePath) -> Observation? {
        let paths = [
            ObjectPath(path), ObjectPath(object: path.object, instance: path.instance),
            ObjectPath(object: path.object),
        ]
        return paths.lazy.compactMap { self.observations[$0] }.first
    }

    package func observe(_ path: ObjectPath, messageID: Int) {
        observations[path] = Observation(path: path, messageID: messageID)
        changed(.observations)
    }

    package func cancelObservation(of path: ObjectPath) {
        guard observations.removeValue(forKey: path) != nil else { return }
        changed(.observations)
    }

    /// The registration under which they were made has ended.
    package func forgetObservations() {
        guard !observations.isEmpty else { return }
        observations = [:]
        changed(.observations)
    }

    package func setAttributes(_ new: NotificationAttributes, of path: ObjectPath) {
        attributes[path] = new == NotificationAttributes() ? nil : new
        changed(.attributes(path))
    }

    /// What the cloud has asked for a resource: the narrowest path has the last word, attribute by attribute.
    package func attributes(of path: ResourcePath) -> NotificationAttributes {
        let object = attributes[ObjectPath(object: path.object)] ?? NotificationAttributes()
        let instance = attributes[ObjectPath(object: path.object, instance: path.instance)]
        let resource = attributes[ObjectPath(path)]
        return object.overridden(by: instance).overridden(by: resource)
    }

    // MARK: From disk

    /// Takes over what was kept; says nothing of it to `changed`. What does not fit any more is left out.
    package func restore(
        values kept: [ResourceReading], observations: [Observation], attributes: [ObjectPath: NotificationAttributes]
    ) {
        for reading in kept where kinds[reading.path] == reading.value.kind { values[reading.path] = reading.value }
        for observation in observations where !resources(of: observation.path).isEmpty {
            self.observations[observation.path] = observation
        }
        for (path, own) in attributes where !resources(of: path).isEmpty { self.attributes[path] = own }
    }
}
