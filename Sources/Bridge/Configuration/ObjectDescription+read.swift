import Platforms

/// An object of the configuration, and where it stands.
struct ReadObject {
    var table: TableReader
    var object: ObjectDescription

    static func all(in module: TableReader) -> [ReadObject] {
        var seen: Set<[UInt16]> = []
        return module.tables("object", title: "[[module.object]]").compactMap { table in
            let id = table.resourceNumber("id", isRequired: true)
            let instance = table.resourceNumber("instance", isRequired: false) ?? 0
            let resources = ResourceDescription.read(table)
            table.refuseUnknownKeys()
            guard let id else { return nil }
            if !seen.insert([id, instance]).inserted {
                table.log.fault(
                    at: table.position(of: "id"), found: "the object \(id)/\(instance) stands here a second time",
                    expected: "each object and instance once")
            }
            return ReadObject(
                table: table, object: ObjectDescription(id: id, instance: instance, resources: resources))
        }
    }

    /// Values that the platform's commands cannot carry.
    func checkValues(_ fault: (ResourceReading) -> String?) {
        for resource in object.resources {
            guard let value = resource.value, let text = fault(ResourceReading(object.path(resource), value)) else {
                continue
            }
            table.log.fault(
                at: table.position(of: "resources"), found: text, expected: "a value that the module can be told")
        }
    }
}

extension LwM2MOptions {
    private static let mostObjects = 3
    private static let mostInstances = 4
    private static let mostResources = 14
    /// Those that the module has by itself (S3:550).
    private static let builtIn: Set<UInt16> = [0, 1, 3, 4, 5]

    /// What the module has room for; the data channel's objects count too.
    func checkLimits(_ own: [ReadObject]) {
        var objects = Set(allObjects.map(\.id)).subtracting(own.map(\.object.id))
        let channel = objects
        let added = allObjects.filter { object in
            !own.contains { $0.object.id == object.id && $0.object.instance == object.instance }
        }
        var instances = Dictionary(grouping: added, by: \.id).mapValues(\.count)
        for read in own {
            let (table, object) = (read.table, read.object)
            let position = table.position(of: "id")
            if Self.builtIn.contains(object.id) {
                table.log.fault(
                    at: position, found: "the object \(object.id) is built into the module",
                    expected: "another than 0, 1, 3, 4 and 5")
            }
            if objects.insert(object.id).inserted, objects.count > Self.mostObjects {
                let beside = channel.sorted().map { ", \($0) for the data channel included" }.joined()
                table.log.fault(
                    at: position, found: "the object \(object.id) is the module's fourth",
                    expected: "at most \(Self.mostObjects) objects\(beside)")
            }
            instances[object.id, default: 0] += 1
            if instances[object.id] == Self.mostInstances + 1 {
                table.log.fault(
                    at: position, found: "the object \(object.id) has a fifth instance",
                    expected: "at most \(Self.mostInstances) instances of an object"
                        + Self.mention(of: object.id, among: added))
            }
            if object.resources.count > Self.mostResources {
                table.log.fault(
                    at: table.position(of: "resources"), found: "'resources' lists \(object.resources.count)",
                    expected: "at most \(Self.mostResources) resources of an instance")
            }
        }
    }
}

extension LwM2MOptions {
    private static func mention(of id: UInt16, among added: [ObjectDescription]) -> String {
        added.filter { $0.id == id }.map { ", \($0.id)/\($0.instance) for the data channel included" }.joined()
    }

    /// Whether the objects for raw data can be added.
    func checkChannel(_ table: TableReader) {
        for (key, path) in [("data_up", dataUp), ("data_down", dataDown)]
        where table.has(key) && Self.builtIn.contains(path.object) {
            table.log.fault(
                at: table.position(of: key), found: "'\(key)': the object of \"\(path)\" is built into the module",
                expected: "another than 0, 1, 3, 4 and 5")
        }
    }
}

extension ResourceDescription {
    fileprivate static func read(_ object: TableReader) -> [ResourceDescription] {
        guard object.has("resources") else {
            _ = object.entry("resources")
            object.missing("resources", expected: "resources = [{ id = 0, type = \"string\" }]")
            return []
        }
        let tables = object.tables("resources", title: "resources = [{ id = …, type = … }]")
        if object.hasEmptyList("resources") {
            object.log.fault(
                at: object.position(of: "resources"), found: "'resources' is an empty list",
                expected: "at least one resource")
        }
        var seen: Set<UInt16> = []
        return tables.compactMap { table in
            let id = table.resourceNumber("id", isRequired: true)
            let kind = table.requiredChoice("type", ResourceKind.self)
            let value = kind.flatMap { kind in
                table.optional("value", expected: kind.expectedInTOML) { ResourceValue($0, kind: kind) }
            }
            if kind == nil { _ = table.entry("value") }
            table.refuseUnknownKeys()
            guard let id, let kind else { return nil }
            if !seen.insert(id).inserted {
                table.log.fault(
                    at: table.position(of: "id"), found: "the resource \(id) stands here a second time",
                    expected: "each resource once")
            }
            return ResourceDescription(id: id, kind: kind, value: value)
        }
    }
}

extension ResourceValue {
    /// The limits are the modules': 512 bytes for opaque, 1024 for string.
    fileprivate init?(_ value: TOMLNode.Value, kind: ResourceKind) {
        switch (kind, value) {
        case (.string, .string(let text)) where text.utf8.count <= 1024 && text.hasNoControlCharacters:
            self = .string(text)
        case (.opaque, .string(let text)):
            guard let bytes = text.hexBytes, bytes.count <= 512 else { return nil }
            self = .opaque(bytes)
        case (.integer, .integer(let number)): self = .integer(number)
        case (.float, .float(let number)) where Float(number).isFinite: self = .float(number)
        case (.float, .integer(let number)): self = .float(Double(number))
        case (.boolean, .boolean(let answer)): self = .boolean(answer)
        default: return nil
        }
    }
}

extension ResourceKind {
    fileprivate var expectedInTOML: String {
        switch self {
        case .string: "a string of at most 1024 bytes without control characters"
        case .opaque: "a string of hexadecimal digits, at most 512 bytes"
        case .integer: "a whole number"
        case .float: "a number from -3.4e38 to 3.4e38"
        case .boolean: "true or false"
        case .executable: "no value, since it is executable"
        }
    }
}

extension TableReader {
    fileprivate func resourceNumber(_ key: String, isRequired: Bool) -> UInt16? {
        guard !isRequired || has(key) else {
            _ = entry(key)
            missing(key, expected: "a whole number from 0 to 65535")
            return nil
        }
        return integer(key, in: 0...65_535).map { UInt16($0) }
    }
}
