import JSON
import Platforms
import Reactor
import Testing
import VirtualModules

@testable import Bridge

/// No update is waited for without end: its watch, with minutes and hours that take no time.
@Suite struct UpdateWatchTests {
    @Test func `a download by HTTP that falls silent fails after ten minutes, and the module is restarted`()
        async throws
    {
        try await withUpdateWorld { world in
            try await world.beginDownload()
            await world.pass(.seconds(599))
            #expect(world.state == "downloading")
            #expect(await world.sent("AT+QRST=1") == 0)
            await world.pass(.seconds(2))
            try await world.waitForFirmware("failed", error: "no_progress")
            await world.virtual.wait { $0.log.contains { $0.text == "AT+QRST=1" } }
            try await world.comeBack()
            try await world.waitForState("ready")
        }
    }

    @Test(arguments: [Duration.seconds(7200), .seconds(-7200)])
    func `a clock that is set in the midst of it changes nothing`(_ step: Duration) async throws {
        try await withUpdateWorld { world in
            try await world.beginDownload()
            await world.pass(.seconds(300))
            world.world.time.setClock(forwardBy: step)
            await world.pass(.seconds(299))
            #expect(world.state == "downloading")
            await world.pass(.seconds(2))
            try await world.waitForFirmware("failed", error: "no_progress")
        }
    }

    @Test func `a download that says the same again and again has come no further`() async throws {
        try await withUpdateWorld { world in
            try await world.beginDownload()
            for minute in 1...9 {
                await world.pass(.seconds(60))
                await world.virtual.report(#"+QIND: "FOTA","DOWNLOADING",50%"#)
                let updated = "minute \(minute)"
                let now = world.world.time.timestamp.milliseconds
                try await world.wait("firmware", updated) { json in
                    json["updated_at"]?.string.map { $0.contains(":0\(minute):") } ?? false || now == 0
                }
            }
            await world.pass(.seconds(59))
            #expect(world.state == "downloading")
            await world.pass(.seconds(2))
            try await world.waitForFirmware("failed", error: "no_progress")
        }
    }

    @Test func `a download that comes further is waited for, however long it takes`() async throws {
        try await withUpdateWorld { world in
            try await world.beginDownload()
            for percent in 51...99 {
                await world.pass(.seconds(590))
                await world.virtual.report(#"+QIND: "FOTA","DOWNLOADING",\#(percent)%"#)
                try await world.wait("firmware", "\(percent) %") { $0["progress"]?.integer == percent }
            }
            #expect(world.state == "downloading")
            await world.virtual.report(#"+QIND: "FOTA","HTTPEND",0"#)
            try await world.waitForFirmware("downloaded")
        }
    }

    /// The times that S3 4.1.2.2 gives for a download that tells nothing of itself.
    @Test func `a download by the cloud is given half an hour`() async throws {
        try await withUpdateWorld { world in
            await world.virtual.report(#"+QIND: "FOTA","DOWNLOAD START""#)
            try await world.waitForFirmware("downloading")
            await world.pass(.seconds(1799))
            #expect(world.state == "downloading")
            await world.pass(.seconds(2))
            try await world.waitForFirmware("failed", error: "no_progress")
        }
    }

    @Test func `the order to install is waited for ten minutes`() async throws {
        try await withUpdateWorld { world in
            await world.virtual.report(#"+QIND: "FOTA","DOWNLOAD",0"#)
            try await world.waitForFirmware("downloaded")
            await world.pass(.seconds(599))
            #expect(world.state == "downloaded")
            await world.pass(.seconds(2))
            try await world.waitForFirmware("failed", error: "no_progress")
        }
    }

    /// S3 4.1.2.2: ten minutes, then a restart.
    @Test func `an installation that falls silent gets a restart after ten minutes, and nothing before`() async throws {
        try await withUpdateWorld { world in
            await world.virtual.report(#"+QIND: "FOTA","START""#)
            await world.virtual.report(#"+QIND: "FOTA","UPDATING",50%"#)
            try await world.wait("firmware", "half") { $0["progress"]?.integer == 50 }
            let before = await world.virtual.log.count { $0.kind == .command }
            await world.pass(.seconds(599))
            #expect(await world.virtual.log.count { $0.kind == .command } == before)
            await world.pass(.seconds(2))
            await world.virtual.wait { $0.log.contains { $0.text == "AT+QRST=1" } }
            #expect(world.state == "updating")
            // It comes back with its old revision and says nothing of going on: then it has failed.
            let asked = await world.sent("AT+CSCON=1")
            try await world.comeBack()
            await world.pass(.seconds(5))
            await world.virtual.wait { $0.log.count { $0.text == "AT+CSCON=1" } > asked }
            try await world.waitForState("updating")
            await world.pass(atMost: 60, until: "failed")
            try await world.waitForFirmware("failed", error: "revision_unchanged")
            try await world.waitForState("ready")
        }
    }

    @Test func `what a module says of other things does not prolong the wait for its installation`() async throws {
        try await withUpdateWorld { world in
            await world.virtual.report(#"+QIND: "FOTA","START""#)
            try await world.waitForFirmware("updating")
            await world.virtual.unplug()
            try await world.waitForState("offline")
            try await world.virtual.plugIn()
            await world.pass(.seconds(1))
            try await world.waitForState("updating")
            let asked = await world.sent("AT")
            for (state, event) in [(1, "radio_connected"), (0, "radio_released"), (1, "radio_connected")] {
                await world.pass(.seconds(9))
                await world.virtual.report("+CSCON: \(state)")
                try await world.wait("event", event) { $0["event"]?.string == event }
            }
            #expect(await world.sent("AT") == asked)
            await world.pass(.seconds(4))
            #expect(await world.virtual.wait { $0.log.count { $0.kind == .command && $0.text == "AT" } > asked })
        }
    }

    @Test func `an end without a restart is believed, and the module made ready again`() async throws {
        try await withUpdateWorld { world in
            await world.virtual.report(#"+QIND: "FOTA","START""#)
            await world.virtual.report(#"+QIND: "FOTA","END",0"#)
            try await world.wait("firmware", "the end") { $0["progress"]?.integer == 100 }
            let before = await world.sent("AT+CGMR")
            await world.pass(.seconds(21))
            try await world.waitForFirmware("succeeded")
            try await world.waitForState("ready")
            #expect(await world.sent("AT+CGMR") > before)
        }
    }

    @Test func `a module that never comes back is given up after an hour, and believed when it does`() async throws {
        try await withUpdateWorld { world in
            await world.virtual.report(#"+QIND: "FOTA","START""#)
            await world.virtual.report(#"+QIND: "FOTA","UPDATING",50%"#)
            try await world.wait("firmware", "half") { $0["progress"]?.integer == 50 }
            await world.virtual.cutPower()
            await world.virtual.unplug()
            try await world.waitForState("offline")
            await world.pass(.seconds(3598))
            #expect(world.state == "updating")
            await world.pass(.seconds(3))
            try await world.waitForFirmware("failed", error: "module_lost")
            try await world.virtual.plugIn()
            await world.virtual.powerOn()
            await world.virtual.report(#"+QIND: "FOTA","UPDATING",51%"#)
            // The line is looked for every two seconds, and the module is asked nothing before it is heard.
            await world.pass(.seconds(2))
            try await world.waitForFirmware("updating")
            #expect(world.firmware?["progress"]?.integer == 51)
        }
    }
}
