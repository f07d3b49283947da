import Platforms
import Store
import Testing

@testable import Bridge

/// Uplinks without a resource of their own: what of them fits.
@Suite struct RawUplinkTests {
    @Test(arguments: [(ResourceKind.opaque, 512), (.string, 1024)])
    func `a raw uplink is as long as the resource of data_up may be`(_ kind: ResourceKind, _ limit: Int) throws {
        let settings = ModuleSettings.thermometer { options in
            options.objects = [ObjectDescription(id: 19, resources: [ResourceDescription(id: 0, kind: kind)])]
        }
        let bytes = [UInt8](repeating: 0x41, count: limit)
        try settings.checkUplink(bytes, target: nil)
        #expect { try settings.checkUplink(bytes + [0x41], target: nil) } throws: {
            ($0 as? Rejection)?.name == "too_long"
        }
        #expect { try settings.checkUplink([], target: nil) } throws: { ($0 as? Rejection)?.name == "empty" }
    }

    /// A quotation mark makes bytes of a text, of which there may be fewer.
    @Test func `a text that the module cannot be told is refused before it is taken`() throws {
        let settings = ModuleSettings(
            name: "m", port: .device(path: "/x"), options: .lwm2m(LwM2MOptions()))
        let path = ResourcePath(object: 3303, instance: 0, resource: 5701)
        func readings(_ count: Int) -> [ResourceReading] {
            [ResourceReading(path, .string("\"" + String(repeating: "x", count: count - 1)))]
        }
        try settings.checkReport(readings(512))
        try settings.checkAnswer(readings(512))
        for check in [settings.checkReport, settings.checkAnswer] {
            #expect { try check(readings(513)) } throws: { error in
                (error as? Rejection)?.text
                    == "3303/0/5701: The string has a quotation mark at byte 0; a module would take that for its end."
                    + " With it at most 512 bytes are expected."
            }
        }
    }

    @Test(arguments: [ModuleSettings.thermometer { $0.objects = text }, onenet])
    func `bytes that are no text go into a resource for text too, if they are not too many`(
        _ settings: ModuleSettings
    ) throws {
        let bytes = [UInt8](repeating: 0xFF, count: 512)
        try settings.checkUplink(bytes, target: nil)
        #expect { try settings.checkUplink(bytes + [0xFF], target: nil) } throws: {
            ($0 as? Rejection)?.name == "too_long"
        }
    }

    private static let text = [ObjectDescription(id: 19, resources: [ResourceDescription(id: 0, kind: .string)])]
    private static let onenet = {
        var options = OneNETOptions()
        options.objects = text
        options.dataUp = ResourcePath(object: 19, instance: 0, resource: 0)
        return ModuleSettings(name: "m", port: .device(path: "/x"), options: .onenet(options))
    }()

    @Test func `without data_up a raw uplink has no place to go`() {
        let settings = ModuleSettings(name: "m", port: .device(path: "/x"), options: .onenet(OneNETOptions()))
        #expect { try settings.checkUplink([1], target: nil) } throws: { ($0 as? Rejection)?.name == "no_data_up" }
    }

    @Test func `a platform without objects has no resources to set`() {
        let settings = ModuleSettings(name: "m", port: .device(path: "/x"), options: .ctwing(CTWingOptions()))
        #expect { try settings.checkUplink([1], target: ObjectPath("1/2/3")) } throws: {
            ($0 as? Rejection)?.name == "no_objects"
        }
    }
}
