import Platforms

/// What a module's configuration means in terms of resources.
extension ModuleSettings {
    /// Where raw uplinks go, if not by a command of their own.
    var dataUp: ResourcePath? {
        switch options {
        case .lwm2m(let lwm2m): lwm2m.dataUp
        case .onenet(let onenet): onenet.dataUp
        case .ctwing, .andlink, .none: nil
        }
    }

    /// What is written here is a downlink too.
    var dataDown: ResourcePath? {
        switch options {
        case .lwm2m(let lwm2m): lwm2m.dataDown
        case .onenet(let onenet): onenet.dataDown
        case .andlink(let andlink): andlink.dataDown
        case .ctwing, .none: nil
        }
    }

    /// Those of the configuration, and the data channel's where they are not among them.
    var objects: [ObjectDescription] {
        switch options {
        case .lwm2m(let lwm2m): lwm2m.allObjects
        case .onenet(let onenet): onenet.objects.adding([onenet.dataUp, onenet.dataDown])
        case .andlink(let andlink): [ObjectDescription].init().adding([andlink.dataDown])
        case .ctwing, .none: []
        }
    }

    /// What the platform carries of raw bytes in one answer.
    var longestOpaque: Int { platform == .andlink ? AndlinkSession.uplinkLimit : ResourceValue.longestOpaque }

    /// Whether an uplink may be sent at all: not empty, and no longer than the platform carries.
    func checkUplink(_ payload: [UInt8], target: ObjectPath?) throws(Rejection) {
        if let target {
            guard !objects.isEmpty else {
                throw Rejection("no_objects", "platform \(platform.rawValue) has no objects; \(target) cannot be set")
            }
            guard !payload.isEmpty else { throw Rejection("empty", "\(target): the value is empty") }
            return
        }
        let limit = try uplinkLimit(payload)
        guard !payload.isEmpty else {
            throw Rejection("empty", "the uplink is empty; 1 to \(limit) bytes are expected")
        }
        guard payload.count <= limit else {
            throw Rejection("too_long", "the uplink has \(payload.count) bytes; at most \(limit) are expected")
        }
    }

    private func uplinkLimit(_ payload: [UInt8]) throws(Rejection) -> Int {
        switch options {
        case .none: throw Rejection("no_cloud", "platform none has no cloud to send to")
        case .ctwing, .andlink: return 1024
        case .lwm2m(let lwm2m) where lwm2m.service == .andlink:
            return LwM2MSession.uplinkLimit(of: payload, as: .string)
        case .lwm2m, .onenet:
            guard let dataUp else {
                throw Rejection("no_data_up", "the configuration has no data_up; only resources can be set")
            }
            return try limit(of: dataUp, payload)
        }
    }

    /// By the kind of the resource, whose value the payload must be; bytes that are no text go into one for text as they are.
    private func limit(of path: ResourcePath, _ payload: [UInt8]) throws(Rejection) -> Int {
        let object = objects.first { $0.id == path.object && $0.instance == path.instance }
        var kind = object?.resources.first { $0.id == path.resource }?.kind ?? .opaque
        if kind == .string, String(validating: payload, as: UTF8.self) == nil { kind = .opaque }
        let limit =
            switch platform {
            case .lwm2m: LwM2MSession.uplinkLimit(of: payload, as: kind)
            case .onenet where kind != .opaque: OneNETLimit.bytes
            default: kind == .opaque ? ResourceValue.longestOpaque : ResourceValue.longestString
            }
        guard !payload.isEmpty, payload.count <= limit else { return limit }
        let value: ResourceValue
        do throws(ResourceValue.Fault) {
            value = try ResourceValue(published: payload, kind: kind)
        } catch {
            throw Rejection("bad_value", "\(path): \(error)")
        }
        try checkReport([ResourceReading(path, value)])
        return limit
    }

    /// Right values that the module could not be told as one report.
    func checkReport(_ readings: [ResourceReading]) throws(Rejection) {
        try check(readings, onOneNET: OneNETLimit.fault(ofReport:))
    }

    /// … or as the answer to a read.
    func checkAnswer(_ readings: [ResourceReading]) throws(Rejection) {
        try check(readings, onOneNET: OneNETLimit.fault(ofAnswer:))
    }

    private func check(
        _ readings: [ResourceReading], onOneNET oneNETFault: ([ResourceReading]) -> PlatformError?
    ) throws(Rejection) {
        let fault: PlatformError? =
            switch platform {
            case .lwm2m: LwM2MSession.fault(of: readings)
            case .onenet: oneNETFault(readings)
            case .ctwing, .andlink, .none: nil
            }
        if let fault { throw Rejection(fault.name, fault.text) }
    }
}

extension [ObjectDescription] {
    /// With resources for raw bytes at these paths, where there are none.
    func adding(_ paths: [ResourcePath?]) -> [ObjectDescription] {
        var objects = self
        for path in paths.compactMap({ $0 }) {
            let resource = ResourceDescription(id: path.resource, kind: .opaque)
            guard let index = objects.firstIndex(where: { $0.id == path.object && $0.instance == path.instance }) else {
                objects.append(ObjectDescription(id: path.object, instance: path.instance, resources: [resource]))
                continue
            }
            if !objects[index].resources.contains(where: { $0.id == path.resource }) {
                objects[index].resources.append(resource)
            }
        }
        return objects
    }
}

extension LwM2MOptions {
    /// Andlink has a command of its own for data, which needs no object.
    var allObjects: [ObjectDescription] {
        objects.adding(service == .andlink ? [dataDown] : [dataUp, dataDown])
    }
}
