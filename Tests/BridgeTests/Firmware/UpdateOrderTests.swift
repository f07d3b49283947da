import JSON
import Platforms
import Reactor
import Testing
import VirtualModules

@testable import Bridge

/// The bridge died between the journal's word that an update begins and the module's that it does.
@Suite struct UpdateOrderTests {
    private static func begun(_ method: Firmware.Method) -> Firmware {
        var firmware = Firmware()
        firmware.installedVersion = "BC25PAR01A03"
        firmware.begin(method, at: start)
        return firmware
    }

    /// It is listened to, then asked who it is, then listened to again.
    private static func passUntilGivenUp(_ world: UpdateWorld) async throws {
        let (asked, before) = (await world.sent("AT+CSCON=1"), await world.virtual.log.count { $0.kind == .command })
        await world.pass(.seconds(29))
        #expect(await world.virtual.log.count { $0.kind == .command } == before)
        await world.pass(.seconds(2))
        await world.virtual.wait { $0.log.count { $0.text == "AT+CSCON=1" } > asked }
        // The serving loop answers.
        await world.order("firmware/interrupt")
        try await world.wait("command/firmware/interrupt/result", "an answer") { $0["ok"]?.bool == false }
        await world.pass(atMost: 90, until: "failed")
    }

    @Test(arguments: [Firmware.Method.http, .local, .file])
    func `an update that the module was not told of is soon given up, without a restart`(
        _ method: Firmware.Method
    ) async throws {
        try await withUpdateWorld(kept: Self.begun(method)) { world in
            try await Self.passUntilGivenUp(world)
            try await world.waitForFirmware("failed", error: "not_begun")
            try await world.waitForState("ready")
            #expect(await world.sent("AT+QRST=1") == 0)
        }
    }

    @Test func `a module that was told after all is let be`() async throws {
        try await withUpdateWorld(kept: Self.begun(.http)) { world in
            await world.pass(.seconds(20))
            await world.virtual.report(#"+QIND: "FOTA","DOWNLOADING",3%"#)
            try await world.wait("firmware", "3 %") { $0["progress"]?.integer == 3 }
            await world.pass(.seconds(300))
            #expect(world.state == "downloading")
        }
    }

    /// S1 2.2.2.1: it goes on from where it was when its power is back.
    @Test func `one that installs by force after all is believed`() async throws {
        try await withUpdateWorld(kept: Self.begun(.local)) { world in
            try await Self.passUntilGivenUp(world)
            try await world.waitForState("ready")
            await world.virtual.report(#"+QIND: "FOTA","UPDATING",40%"#)
            try await world.waitForFirmware("updating")
            try await world.waitForState("updating")
        }
    }

    @Test(arguments: ["wake", "refresh"]) func `an order that was given while the bridge was down finds the module`(
        _ order: String
    ) async throws {
        try await withUpdateWorld(early: order) { world in
            try await world.wait("command/\(order)/result", "its result") { $0["ok"]?.bool == true }
        }
    }

    @Test func `a second order, given while the first is prepared, does not wait for its end`() async throws {
        try await withUpdateWorld { world in
            let address = #"{"url":"http://224.168.203.81:3029/update.pack"}"#
            await world.virtual.plan(.with { ($0.stepPercent, $0.downloadHalts) = (50, true) })
            await world.order("firmware/http", address)
            await world.order("firmware/file", address)
            try await world.wait("command/firmware/file/result", "a refusal") {
                $0["error"]?["name"]?.string == "updating"
            }
            #expect(world.state == "downloading")
        }
    }

    @Test func `what the module has taken is not taken for untold`() async throws {
        try await withUpdateWorld { world in
            try await world.beginDownload()
            #expect(await world.module.firmware.isTold)
            await world.pass(.seconds(300))
            #expect(world.state == "downloading")
        }
    }
}
