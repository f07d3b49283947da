import JSON
import Platforms

/// The resources of the configuration: what each is now, and a way to set it for those who switch that on.
extension HubModule {
    private var objects: [ObjectDescription] {
        switch settings.options {
        case .lwm2m(let options): options.objects
        case .onenet(let options): options.objects
        case .ctwing, .andlink, .none: []
        }
    }

    var resourceEntities: [HubEntity] {
        objects.flatMap { object in
            object.resources.filter { $0.kind != .executable }.flatMap { resource in
                let shown = ShownResource(object, resource, name: name(of: resource, in: object))
                return [value(shown), setter(shown)].compactMap { $0 }
            }
        }
    }

    /// The instance is told only where there are several.
    private func name(of resource: ResourceDescription, in object: ObjectDescription) -> String {
        let isAlone = objects.filter { $0.id == object.id }.count == 1
        let objectName = HubResourceNames.object(object.id)
        return [
            objectName ?? "Object \(object.id)", isAlone ? nil : "\(object.instance)",
            HubResourceNames.resource(resource.id, of: object.id) ?? "resource \(resource.id)",
        ].compactMap { $0 }.joined(separator: " ")
    }

    /// Values are current whether the module answers or not.
    private func value(_ resource: ShownResource) -> HubEntity {
        let topic = topics.module(name).object(ObjectPath(resource.path))
        return HubEntity(
            resource.kind == .boolean ? .binarySensor : .sensor, resource.id, resource.name, .withBridge
        ) { json in
            json.member("state_topic", topic)
            switch resource.kind {
            case .boolean:
                json.member("payload_on", "true")
                json.member("payload_off", "false")
            case .integer, .float:
                if let unit = resource.unit { json.member("unit_of_measurement", unit) }
                if resource.unit == "°C" { json.member("device_class", "temperature") }
                json.member("state_class", "measurement")
            case .opaque:
                // As bytes, for they need not be text.
                json.member("encoding", "")
                json.member("value_template", "{{ value.hex() \(HubTemplate.shortened) }}")
            case .string, .executable:
                json.member("value_template", "{{ value \(HubTemplate.shortened) }}")
            }
        }
    }

    /// The hub wants a range, refuses what is beyond, and reckons in doubles.
    private static let largest = 9_007_199_254_740_991

    private func setter(_ resource: ShownResource) -> HubEntity? {
        let kind: HubEntity.Kind
        switch resource.kind {
        case .boolean: kind = .toggle
        case .integer, .float: kind = .number
        case .string: kind = .text
        case .opaque, .executable: return nil
        }
        let topic = topics.module(name).object(ObjectPath(resource.path))
        return HubEntity(
            kind, "\(resource.id)_set", resource.name + " (set)", .withBridge, category: .config, isEnabled: false
        ) { json in
            json.member("state_topic", topic)
            json.member("command_topic", topic + "/set")
            switch resource.kind {
            case .boolean:
                json.member("payload_on", "true")
                json.member("payload_off", "false")
            case .integer, .float:
                json.member("min", -Self.largest)
                json.member("max", Self.largest)
                json.member("step", resource.kind == .integer ? 1 : 0.001)
                json.member("mode", "box")
                if let unit = resource.unit { json.member("unit_of_measurement", unit) }
            case .string, .opaque, .executable:
                json.member("min", 1)
                json.member("max", HubTemplate.longest)
                json.member("value_template", "{{ value \(HubTemplate.shortened) }}")
            }
        }
    }
}

/// One resource with what the hub must know of it.
private struct ShownResource {
    let path: ResourcePath
    let kind: ResourceKind
    let name: String
    let unit: String?

    var id: String { "object_\(path.object)_\(path.instance)_\(path.resource)" }

    init(_ object: ObjectDescription, _ resource: ResourceDescription, name: String) {
        path = object.path(resource)
        kind = resource.kind
        self.name = name
        unit = HubResourceNames.unit(of: resource, in: object)
    }
}
