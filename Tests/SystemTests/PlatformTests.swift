import JSON
import TestSupport
import Testing
import VirtualModules

/// What every platform does alike, against its own strict module.
@Suite struct PlatformTests {
    private static let thermometer = """
        [[module.object]]
        id = 3303
        resources = [{ id = 5700, type = "float", value = 21.5 }, { id = 5701, type = "string" }, { id = 5605, type = "executable" }]
        """

    private static func options(_ platform: ModuleOptions.Platform) -> RigOptions {
        var options = RigOptions()
        options.platform = platform
        if platform == .onenet { options.keys = "data_up = \"3200/0/5750\"\ndata_down = \"3200/0/5751\"" }
        return options
    }

    static let clouds: [ModuleOptions.Platform] = [
        .ctwing, .lwm2m(.ctIoT), .lwm2m(.ctAEP), .lwm2m(.cuDMP), .lwm2m(.andlink), .onenet, .andlink,
    ]

    @Test(arguments: clouds) func `a raw uplink reaches the cloud, confirmed or not`(
        _ platform: ModuleOptions.Platform
    ) async throws {
        try await withRig(Self.options(platform)) { rig in
            try await rig.up(json: #"{"id":"a","text":"plain"}"#)
            try await rig.outcome("a", "sent")
            try await rig.up(json: #"{"id":"b","text":"confirmed","confirm":true}"#)
            try await rig.outcome("b", "delivered")
            #expect(await rig.received() == ["plain", "confirmed"])
            let breaches = await rig.module.breaches
            #expect(breaches == [])
        }
    }
}
