import JSON
import Platforms
import Reactor
import Testing

@testable import Bridge

/// What the hub is told in each case, without a broker.
@Suite struct HubTests {
    private func module(
        _ options: PlatformOptions = .ctwing(CTWingOptions()), base: String = "narrowbridge",
        identity: Identity = Identity(), offer: Firmware.Offer? = nil,
        _ change: (inout ModuleSettings) -> Void = { _ in }
    ) -> HubModule {
        var settings = ModuleSettings(
            name: "Meter-1", port: .device(path: "/nowhere"), options: options,
            server: ServerAddress(host: "h", port: 5683))
        change(&settings)
        return HubModule(topics: Topics(base: base), settings: settings, identity: identity, offer: offer)
    }

    private func json(_ device: some HubDevice, _ id: String) throws -> JSONValue {
        let entity = try #require(device.entities.first { $0.id == id })
        return try JSONValue(parsing: device.payload(of: entity))
    }

    @Test func `a discovery message, byte for byte`() throws {
        let device = module(identity: Identity(model: "BC260Y-CN", revision: "R\"1", imei: "86"))
        let entity = try #require(device.entities.first { $0.id == "signal" })
        #expect(
            device.topic(of: entity, prefix: "homeassistant")
                == "homeassistant/sensor/narrowbridge_Meter-1/signal/config")
        #expect(
            String(decoding: device.payload(of: entity), as: UTF8.self)
                == #"{"name":"Signal","unique_id":"narrowbridge_Meter-1_signal","object_id":"meter_1_signal","#
                + #""default_entity_id":"sensor.meter_1_signal","entity_category":"diagnostic","#
                + #""state_topic":"narrowbridge/Meter-1/status","value_template":"{{ value_json.network.rssi_dbm }}","#
                + #""device_class":"signal_strength","unit_of_measurement":"dBm","state_class":"measurement","qos":1,"#
                + #""availability":[{"topic":"narrowbridge/bridge/state"},{"topic":"narrowbridge/Meter-1/availability"}],"#
                + #""availability_mode":"all","device":{"identifiers":["narrowbridge_Meter-1"],"name":"Meter-1","#
                + #""manufacturer":"Quectel","model":"BC260Y-CN","sw_version":"R\"1","serial_number":"86","#
                + #""via_device":"narrowbridge"},"origin":{"name":"narrowbridge","sw_version":"\#(Version.text)"}}"#)
    }

    @Test(arguments: [
        ("narrowbridge", "narrowbridge_m"),
        // Not legal in an id, and no two bases have the same.
        ("nb/cellar", "narrowbridge-1865eef1_m"), ("nb_cellar", "narrowbridge-a12031e1_m"),
        ("度量", "narrowbridge-a721e4d9_m"),
    ])
    func `ids are legal, of their own for each base, and for ever the same`(_ base: String, _ node: String) {
        let id = HubNames(base: base).module("m")
        #expect(id.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-_".utf8.contains($0) })
        #expect(id == node)
    }

    @Test(arguments: Platform.allCases) func `no two entities of a device share an id`(_ platform: Platform) {
        let devices = module(options(of: platform)) { $0.power = .deepSleep }
        let topics = devices.topics(prefix: "p")
        #expect(Set(topics).count == topics.count && topics.count > 7)
    }

    private func options(of platform: Platform) -> PlatformOptions {
        switch platform {
        case .ctwing: .ctwing(CTWingOptions())
        case .lwm2m: .lwm2m(Self.objects)
        case .onenet: .onenet(OneNETOptions())
        case .andlink: .andlink(AndlinkOptions())
        case .none: .none
        }
    }

    private static var objects: LwM2MOptions {
        var options = LwM2MOptions()
        options.objects = (0..<2).map { instance in
            ObjectDescription(
                id: 3303, instance: instance,
                resources: [
                    .init(id: 5700, kind: .float), .init(id: 5701, kind: .string, value: .string("Cel")),
                    .init(id: 5501, kind: .integer), .init(id: 5850, kind: .boolean), .init(id: 9, kind: .opaque),
                    .init(id: 5605, kind: .executable),
                ])
        }
        return options
    }

    @Test(arguments: [
        ("object_3303_0_5700", "sensor", "Temperature 0 value"), ("object_3303_1_5701", "sensor", "Temperature 1 unit"),
        ("object_3303_0_5501", "sensor", "Temperature 0 input counter"),
        ("object_3303_0_5850", "binary_sensor", "Temperature 0 on"),
        ("object_3303_0_9", "sensor", "Temperature 0 resource 9"),
        ("object_3303_0_5700_set", "number", "Temperature 0 value (set)"),
        ("object_3303_0_5701_set", "text", "Temperature 0 unit (set)"),
        ("object_3303_0_5850_set", "switch", "Temperature 0 on (set)"),
    ])
    func `a resource becomes what its type is`(_ id: String, _ kind: String, _ name: String) throws {
        let device = module(.lwm2m(Self.objects))
        let entity = try #require(device.entities.first { $0.id == id })
        #expect(entity.kind.rawValue == kind && entity.name == name)
        let json = try json(device, id)
        // Whoever wants to set values says so first.
        #expect((json["enabled_by_default"]?.bool == false) == id.hasSuffix("_set"))
        #expect((json["command_topic"]?.string?.hasSuffix("/set") == true) == id.hasSuffix("_set"))
    }

    @Test func `the unit of a value is what the configuration says beside it`() throws {
        let device = module(.lwm2m(Self.objects))
        #expect(try json(device, "object_3303_0_5700")["unit_of_measurement"]?.string == "°C")
        #expect(try json(device, "object_3303_0_5501")["unit_of_measurement"] == nil)
        #expect(!device.entities.contains { $0.id.contains("5605") || $0.id == "object_3303_0_9_set" })
    }

    @Test func `what is told while the module is away does not depend on it`() throws {
        for (id, topics) in [
            ("state", 1), ("connectivity", 1), ("queue", 1), ("firmware", 1), ("signal", 2), ("reboot", 2),
        ] {
            #expect(try json(module(), id)["availability"]?.array?.count == topics, "\(id)")
        }
        #expect(try json(HubBridge(topics: Topics(base: "b")), "state")["availability"] == nil)
    }

    @Test(arguments: [nil, Firmware.Offer.download, .update])
    func `an update can be begun when one waits for that`(_ offer: Firmware.Offer?) throws {
        let json = try json(module(offer: offer), "firmware")
        #expect(json["command_topic"]?.string == offer.map { _ in "narrowbridge/Meter-1/command/firmware/decide" })
        #expect(json["payload_install"]?.string == offer.map { #"{"action":"\#($0)"}"# })
    }

    @Test func `modules without a cloud have no messages, and those that may sleep can be woken`() {
        let none = Set(module(.none).entities.map(\.id))
        #expect(none.isDisjoint(with: ["last_uplink", "downlink", "queue", "register", "request", "wake"]))
        let sleeper = Set(module { $0.power = .deepSleep }.entities.map(\.id))
        #expect(sleeper.isSuperset(of: ["last_uplink", "downlink", "queue", "register", "wake", "sleep"]))
    }
}
