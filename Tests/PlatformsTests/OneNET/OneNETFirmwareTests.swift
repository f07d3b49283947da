import AT
import Testing

@testable import Platforms

/// The firmware reports of the note (5.7 to 5.10, 6.3), in every spelling.
@Suite struct OneNETFirmwareTests {
    private static func error(_ code: Int?, _ name: String, _ text: String) -> PlatformError {
        PlatformError(code: code, name: name, text: text, source: .module)
    }

    @Test(
        arguments: [
            (40, .downloadStarted), (41, .downloadFailed(error(41, "download_failed", "the download failed"))),
            (42, .downloaded), (43, .updateStarted), (48, nil), (49, nil),
        ] as [(Int, FirmwareReport?)])
    func `events 40 to 43 are steps, and 48 and 49 say nothing of the update`(code: Int, expected: FirmwareReport?) {
        let events = OneNETWorld().hear("+MIPLEVENT: 0,\(code)")
        #expect(events.first.map { if case .other = $0 { true } else { false } } == true)
        #expect(Array(events.dropFirst()) == (expected.map { [.firmware($0)] } ?? []))
    }

    @Test(
        arguments: [
            ("+QIND: \"FOTA\",\"START\"", .updateStarted), ("+QIND:\"FOTA\",\"START\"", .updateStarted),
            // 7.10.6.
            ("+QIND: \"FOTA\",\"UPDATING\",0%,1,1", .updating(percent: 0)),
            ("+QIND: \"FOTA\",\"UPDATING\",3%,1,1", .updating(percent: 3)),
            ("+QIND: \"FOTA\",\"UPDATING\",100%,1,1", .updating(percent: 100)),
            ("+QIND: \"FOTA\",\"UPDATING\",50", .updating(percent: 50)),
            ("+QIND: \"FOTA\", \"UPDATING\", 50%", .updating(percent: 50)),
            ("+QIND: \"FOTA\",\"UPDATING\",250%", .updating(percent: 100)),
            ("+QIND: \"FOTA\",\"UPDATING\",-1", .updating(percent: 0)),
            ("+QIND: \"FOTA\",\"UPDATING\"", .updating(percent: nil)),
            ("+QIND: \"FOTA\",\"END\",0", .ended),
            ("+QIND: \"FOTA\",\"END\",255", .updateFailed(error(255, "update_failed", "the update failed"))),
            (
                "+QIND: \"FOTA\",\"END\",7",
                .updateFailed(error(7, "update_error_7", "the update failed with result 7"))
            ),
            // Compatible firmware.
            ("+FIRMWARE DOWNLOADING", .downloadStarted), ("+FIRMWARE DOWNLOADED", .downloaded),
            ("+FIRMWARE DOWNLOAD FAILED", .downloadFailed(error(nil, "download_failed", "the download failed"))),
            ("+FIRMWARE UPDATING", .updateStarted), ("+FIRMWARE UPDATE SUCCESS", .ended),
            ("+FIRMWARE UPDATE FAILED", .updateFailed(error(nil, "update_failed", "the update failed"))),
            ("FIRMWARE DOWNLOADING", .downloadStarted), ("+FIRMWARE: UPDATING", .updateStarted),
        ] as [(String, FirmwareReport)])
    func `a step is understood in every spelling`(line: String, report: FirmwareReport) {
        #expect(OneNETWorld().hear(line) == [.firmware(report)])
    }

    @Test func `an update that is announced is an event`() {
        #expect(OneNETWorld().hear("+FIRMWARE START") == [.other(name: "firmware_update_announced", detail: [])])
    }

    @Test(arguments: [
        "+QIND: \"FOTA\"", "+QIND: \"FOTA\",\"END\"", "+QIND: \"FOTA\",\"END\",x", "+QIND: \"FOTA\",\"DANCING\",3",
        "+QIND: \"PSM\",\"START\"", "+QIND", "+FIRMWARE", "+FIRMWARE DANCING", "FIRMWARE",
    ])
    func `what is no step means nothing`(line: String) {
        #expect(OneNETWorld().hear(line) == [])
    }

    /// 7.10.6: the module restarts in between, and is registered again as from the beginning.
    @Test func `after an update the module is registered again`() async throws {
        let world = try await OneNETWorld.registered()
        for line in ["+MIPLEVENT: 0,40", "+MIPLEVENT: 0,42", "+MIPLEVENT: 0,43", "+QIND: \"FOTA\",\"START\""] {
            #expect(!world.hear(line).isEmpty)
        }
        #expect(world.session.maySend)
        world.session.moduleRestarted()
        #expect(world.hear("+QIND: \"FOTA\",\"END\",0") == [.firmware(.ended)])
        #expect(!world.session.maySend && world.session.registration == nil)
        try await world.session.register()
        #expect(world.channel.commands == OneNETWorld.beginning)
        #expect(world.hear("+MIPLEVENT: 0,48").count == 1)
        #expect(world.session.maySend)
    }
}
