import Platforms
import Store

/// How a module's resources are kept in its journal: values as clients write them, observations and attributes as text.
enum ResourceJournal {
    private static let values = "value/"
    private static let attributes = "attributes/"
    private static let observations = "observations"

    static func change(_ change: ResourceModel.Change, of model: ResourceModel, module: Int32) -> Change {
        switch change {
        case .value(let path):
            .journal(module: module, key: values + path.description, value: model.value(of: path)?.published)
        case .attributes(let path):
            .journal(
                module: module, key: attributes + path.description,
                value: model.attributes[path].map { Array($0.text.utf8) })
        case .observations:
            .journal(
                module: module, key: observations,
                value: model.observations.isEmpty ? nil : Array(text(of: model.observations.values).utf8))
        }
    }

    static func restore(_ model: ResourceModel, from journal: [String: [UInt8]]) {
        var readings: [ResourceReading] = []
        var own: [ObjectPath: NotificationAttributes] = [:]
        for (key, bytes) in journal {
            if key.hasPrefix(values), let path = ResourcePath(String(key.dropFirst(values.count))),
                let kind = model.kind(of: path),
                // What the cloud wrote may be longer than what clients may set.
                let value = try? ResourceValue(published: bytes, kind: kind, longestOpaque: ResourceValue.longestString)
            {
                readings.append(ResourceReading(path, value))
            } else if key.hasPrefix(attributes), let path = ObjectPath(String(key.dropFirst(attributes.count))) {
                own[path] = NotificationAttributes(String(decoding: bytes, as: UTF8.self))
            }
        }
        let observed = journal[observations].map { String(decoding: $0, as: UTF8.self) } ?? ""
        model.restore(
            values: readings, observations: observed.split(separator: "\n").compactMap(observation), attributes: own)
    }

    static func obsoleteKeys(of journal: [String: [UInt8]], in model: ResourceModel) -> [String] {
        journal.keys.filter { key in
            if key.hasPrefix(values) {
                return ResourcePath(String(key.dropFirst(values.count))).flatMap(model.kind(of:)) == nil
            }
            guard key.hasPrefix(attributes) else { return false }
            return ObjectPath(String(key.dropFirst(attributes.count))).map { model.resources(of: $0).isEmpty } ?? true
        }
    }

    private static func text(of observations: some Sequence<ResourceModel.Observation>) -> String {
        observations.map { "\($0.path) \($0.messageID)" }.sorted().joined(separator: "\n")
    }

    private static func observation(_ line: Substring) -> ResourceModel.Observation? {
        let parts = line.split(separator: " ")
        guard parts.count == 2, let path = ObjectPath(String(parts[0])), let id = Int(parts[1]) else { return nil }
        return ResourceModel.Observation(path: path, messageID: id)
    }
}
