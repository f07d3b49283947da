import AT
import Platforms
import Testing

/// Firmware updates: the reports of table 1, the decisions of 3.8, and urgent data (3.14).
@Suite struct AndlinkFirmwareTests {
    private static let failed = AndlinkFirmware.downloadFailed

    @Test(
        arguments: [
            ("DOWNLOADING", "firmware_downloading", .downloadStarted),
            ("DOWNLOAD FAILED", "firmware_download_failed", .downloadFailed(failed)),
            ("DOWNLOADED", "firmware_downloaded", .downloaded),
            ("UPDATING", "firmware_updating", .updateStarted),
            ("UPDATE SUCCESS", "firmware_update_success", .ended),
            ("UPDATE FAILED", "firmware_update_failed", .updateFailed(AndlinkFirmware.updateFailed)),
            ("UPDATE OVER", "firmware_update_over", .closed),
        ] as [(String, String, FirmwareReport)], ["FIRMWARE ", "+FIRMWARE ", "FIRMWARE  ", "FIRMWARE: "])
    func `a step is understood in every spelling`(row: (String, String, FirmwareReport), head: String) {
        let (text, name, report) = row
        #expect(AndlinkWorld().hear(head + text) == [.other(name: name, detail: []), .firmware(report)])
    }

    private func reports(_ lines: [String], in world: AndlinkWorld = AndlinkWorld()) -> [FirmwareReport] {
        lines.flatMap(world.hear).compactMap { if case .firmware(let report) = $0 { report } else { nil } }
    }

    @Test(
        arguments: [
            (["UPDATING", "UPDATE SUCCESS", "UPDATE OVER"], true), (["UPDATING", "UPDATE OVER"], false),
            (["UPDATE SUCCESS", "UPDATE OVER"], true), (["UPDATING", "UPDATE FAILED", "UPDATE OVER"], false),
            (["DOWNLOAD FAILED", "UPDATE OVER"], false), (["UPDATE OVER"], false),
        ])
    func `the end is a success only where the module says so`(steps: [String], succeeds: Bool) {
        #expect(reports(steps.map { "FIRMWARE " + $0 }).filter { $0 == .ended }.count == (succeeds ? 1 : 0))
    }

    @Test(arguments: ["FIRMWARE", "FIRMWARE ", "FIRMWARE EXPLODING", "FIRMWARE UPDATE", "FIRMWAREDOWNLOADED"])
    func `a step that the note does not have is an event`(line: String) {
        #expect(AndlinkWorld().hear(line) == [.other(name: "firmware_report", detail: [Detail("line", .text(line))])])
    }

    @Test func `in controlled mode events 6 and 7 wait for a decision`() {
        let world = AndlinkWorld(.init(server: AndlinkWorld.server, firmwareMode: .controlled))
        #expect(reports(["+QLAEVTIND:5", "+QLAEVTIND:6"], in: world) == [.awaitsDecision])
        #expect(reports(["+QLAEVTIND:7"], in: world) == [.downloaded, .awaitsDecision])
    }

    @Test func `event 7 says that the download is complete, 5 and 6 only announce it`() {
        #expect(reports(["+QLAEVTIND:5", "+QLAEVTIND:6"]) == [])
        #expect(reports(["+QLAEVTIND:7"]) == [.downloaded])
    }

    @Test func `the controlled update of the note is followed to its end`() {
        let world = AndlinkWorld()
        let before = reports(
            [
                "+QLAEVTIND:0", "+QLAEVTIND:3", "+QLAEVTIND:5", "FIRMWARE DOWNLOADING", "+QLAEVTIND:6",
                "FIRMWARE DOWNLOADED", "+QLAEVTIND:7", "FIRMWARE UPDATING",
            ], in: world)
        #expect(before == [.downloadStarted, .downloaded, .downloaded, .updateStarted])
        world.session.moduleRestarted()
        let after = reports(
            ["FIRMWARE UPDATE SUCCESS", "+QLAEVTIND:0", "+QLAEVTIND:3", "FIRMWARE UPDATE OVER"], in: world)
        #expect(after == [.ended, .closed])
        #expect(world.session.maySend)
    }

    // MARK: The module is left alone until the platform has been told

    @Test func `after the restart of an update nothing is set before its end`() async throws {
        let world = AndlinkWorld()
        world.scriptSettings(status: "REGISTERED")
        _ = world.hear("FIRMWARE UPDATING")
        world.session.moduleRestarted()
        world.channel.report("FIRMWARE UPDATE SUCCESS", after: .seconds(5))
        world.channel.report("+QLAEVTIND:0", after: .seconds(20))
        world.channel.report("FIRMWARE UPDATE OVER", after: .seconds(40))
        try await world.session.prepare()
        // But it may be asked whether it waits to be registered.
        let first = world.channel.sent.first { $0.command != "AT+QLASTATUS?" }
        #expect(first.map { $0.at >= .seconds(40) } == true)
    }

    @Test func `a module that waits for it is registered, so that the platform can be told`() async throws {
        let world = AndlinkWorld()
        world.scriptSettings(status: "REGISTERED")
        _ = world.hear("FIRMWARE UPDATING")
        world.session.moduleRestarted()
        world.channel.script("AT+QLASREGIND=0", .ok, after: [(.seconds(5), "FIRMWARE UPDATE OVER")])
        world.channel.report("REGISTERNOTIFY", after: .seconds(5))
        try await world.session.prepare()
        #expect(world.channel.commands.first == "AT+QLASREGIND=0")
        #expect(world.channel.now < .seconds(12))
    }

    @Test
    func `one that was not heard to wait for it is registered too, and where the end may be missed the wait is short`()
        async throws
    {
        let world = AndlinkWorld()
        world.scriptSettings()
        world.session.updateIsUnreported()
        world.channel.script("AT+QLASREGIND=0", .ok)
        try await world.session.prepare()
        #expect(world.channel.commands.prefix(2) == ["AT+QLASTATUS?", "AT+QLASREGIND=0"])
        #expect(world.channel.now >= .seconds(50) && world.channel.now < .seconds(70))
    }

    @Test(arguments: ["FIRMWARE UPDATE FAILED", "FIRMWARE UPDATE OVER"])
    func `an update that has ended holds up nothing`(line: String) async throws {
        let world = AndlinkWorld()
        world.scriptSettings()
        _ = world.hear("FIRMWARE UPDATING")
        _ = world.hear(line)
        try await world.session.prepare()
        #expect(world.channel.now < .seconds(1))
    }

    @Test func `an update that the bridge has given up holds up nothing`() async throws {
        let world = AndlinkWorld()
        world.scriptSettings()
        _ = world.hear("FIRMWARE UPDATING")
        world.session.moduleRestarted()
        world.session.updateWasGivenUp()
        try await world.session.prepare()
        #expect(world.channel.now < .seconds(1))
    }

    @Test func `an end that never comes is not waited for for ever`() async throws {
        let world = AndlinkWorld()
        world.scriptSettings(status: "REGISTERED")
        _ = world.hear("FIRMWARE UPDATING")
        world.session.moduleRestarted()
        try await world.session.prepare()
        #expect(world.channel.now >= .seconds(170) && world.channel.now < .seconds(190))
    }

    // MARK: Decisions

    @Test(
        arguments: [
            (.download, 2, nil), (.cancelDownload, 3, .downloadFailed(AndlinkFirmware.cancelled)), (.update, 4, nil),
            (.cancelUpdate, 5, .updateFailed(AndlinkFirmware.cancelled)),
        ] as [(FirmwareDecision, Int, FirmwareReport?)])
    func `a decision is one command`(decision: FirmwareDecision, type: Int, report: FirmwareReport?)
        async throws
    {
        let world = AndlinkWorld()
        world.channel.script("AT+QLAFOTAIND=\(type)", .ok, .code(529))
        #expect(try await world.session.decide(decision) == report)
        #expect(world.channel.commands == ["AT+QLAFOTAIND=\(type)"])
        let failure = await failure(of: { () throws(SessionFailure) in try await world.session.decide(decision) })
        #expect(failure?.name == "during_fota_updating")
    }

    @Test func `decisions have the names that clients use`() {
        #expect(
            FirmwareDecision.allCases.map(\.rawValue) == [
                "download", "cancel_download", "update", "cancel_update",
            ])
        #expect(AndlinkFirmware.Mode.allCases.map(\.rawValue) == ["automatic", "controlled"])
    }

    @Test(arguments: [(AndlinkFirmware.Mode.automatic, 0), (.controlled, 1)])
    func `the mode can be changed while the module is up`(mode: AndlinkFirmware.Mode, type: Int) async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLAFOTAIND=\(type)", .ok, .error)
        try await world.session.firmwareMode(mode)
        let failure = await failure(of: { () throws(SessionFailure) in try await world.session.firmwareMode(mode) })
        #expect(failure?.name == "ERROR")
    }

    @Test func `an update is stopped for urgent data, if the module lets it`() async throws {
        let world = AndlinkWorld()
        world.channel.script("AT+QLAFOTARESET=1", .ok, .error)
        #expect(try await world.session.interruptUpdate() == .downloadFailed(AndlinkFirmware.interrupted))
        let failure = await failure(of: { () throws(SessionFailure) in try await world.session.interruptUpdate() })
        #expect(failure?.name == "ERROR")
    }
}
