import Bridge
import JSON
import Platforms
import Reactor
import Testing

/// The one state of an update, through every order of reports, restarts and crashes.
@Suite struct FirmwareTests {
    private static let failure = PlatformError(code: 255, name: "update_failed", text: "t", source: .module)
    private static let download = PlatformError(code: 4, name: "disconnected", text: "t", source: .module)

    /// What happens to an update, in order.
    enum Step: Sendable {
        case report(FirmwareReport)
        case restart(revision: String?)
        /// The bridge looks without a restart of the module.
        case look(revision: String?)
    }

    private static let loading: [Step] = [.report(.downloadStarted), .report(.downloading(bytes: 512, percent: nil))]
    private static let loaded = loading + [.report(.downloaded)]
    private static let installing = loaded + [.report(.updateStarted), .report(.updating(percent: 50))]

    @Test(
        arguments: [
            (loading, Firmware.State.downloading, nil), (loaded, .downloaded, nil), (installing, .updating, nil),
            (loading + [.report(.downloadFailed(download))], .failed, "disconnected"),
            // The end before the restart, after it, without it, and never.
            (installing + [.report(.ended)], .updating, nil),
            (installing + [.report(.ended), .restart(revision: "A02")], .succeeded, nil),
            (installing + [.restart(revision: "A02"), .report(.ended)], .succeeded, nil),
            (installing + [.restart(revision: "A02")], .succeeded, nil),
            // A package of the same revision: the module's word counts.
            (installing + [.report(.ended), .restart(revision: "A01")], .succeeded, nil),
            (installing + [.report(.ended), .restart(revision: nil)], .succeeded, nil),
            (installing + [.report(.updateFailed(failure))], .failed, "update_failed"),
            (installing + [.report(.updateFailed(failure)), .restart(revision: "A01")], .failed, "update_failed"),
            (installing + [.restart(revision: "A01"), .report(.updateFailed(failure))], .failed, "update_failed"),
            // The old revision alone says nothing yet: it may go on.
            (installing + [.restart(revision: "A01")], .updating, nil),
            (installing + [.restart(revision: "A01"), .report(.updateStarted)], .updating, nil),
            (
                installing + [
                    .restart(revision: "A01"), .report(.updateStarted), .report(.updating(percent: 60)),
                    .report(.ended),
                    .restart(revision: "A02"),
                ], .succeeded, nil
            ),
            // Power is lost before anything was installed.
            (loading + [.restart(revision: "A01")], .failed, "interrupted"),
            (loaded + [.restart(revision: "A01")], .failed, "interrupted"),
            (loaded + [.restart(revision: "A02")], .succeeded, nil),
            // The bridge was away.
            (loading + [.look(revision: "A01")], .downloading, nil),
            (installing + [.look(revision: "A01")], .updating, nil),
            (loading + [.look(revision: "A02")], .succeeded, nil),
            // A second one, after either end.
            (installing + [.report(.ended), .restart(revision: "A02"), .report(.downloadStarted)], .downloading, nil),
            (loading + [.report(.downloadFailed(download)), .report(.downloadStarted)], .downloading, nil),
        ] as [([Step], Firmware.State, String?)])
    func `the state follows what is known`(_ steps: [Step], _ state: Firmware.State, _ error: String?) {
        var firmware = Firmware()
        firmware.installedVersion = "A01"
        for step in steps {
            // Every state outlives a crash.
            firmware = FirmwareJournal.decode(FirmwareJournal.encode(firmware)) ?? Firmware()
            switch step {
            case .report(let report): firmware.apply(report, at: start)
            case .restart(let revision): _ = firmware.resolve(revision: revision, hasRestarted: true, at: start)
            case .look(let revision): _ = firmware.resolve(revision: revision, hasRestarted: false, at: start)
            }
        }
        #expect(firmware.state == state)
        #expect(firmware.error?.name == error)
        if state == .succeeded { #expect(firmware.progress == 100 && firmware.previousVersion == "A01") }
    }

    @Test func `a file for the device behind the module is done when it is there`() {
        var firmware = Firmware()
        firmware.begin(.file, at: start)
        firmware.apply(.downloadStarted, at: start)
        firmware.apply(.downloading(bytes: nil, percent: 40), at: start)
        #expect(firmware.method == .file && firmware.progress == 40 && firmware.isRunning)
        firmware.apply(.downloaded, at: start)
        #expect(firmware.state == .succeeded && firmware.progress == 100)
    }

    @Test func `what is shown as previous has been replaced`() throws {
        var firmware = Firmware()
        firmware.installedVersion = "A01"
        func shown(_ key: String) throws -> String? { try JSONValue(parsing: firmware.json)[key]?.string }
        firmware.begin(.local, at: start)
        // It is not downloaded, for it is there.
        #expect(try shown("state") == "updating" && shown("previous_version") == nil)
        #expect(FirmwareJournal.decode(FirmwareJournal.encode(firmware)) == firmware)
        firmware.apply(.updateFailed(Self.failure), at: start)
        #expect(try shown("state") == "failed" && shown("previous_version") == nil)
        firmware.begin(.local, at: start)
        firmware.apply(.ended, at: start)
        _ = firmware.resolve(revision: "A01", hasRestarted: true, at: start)
        #expect(try shown("state") == "succeeded" && shown("previous_version") == "A01")
        firmware.begin(.http, at: start)
        _ = firmware.resolve(revision: "A02", hasRestarted: true, at: start)
        #expect(try shown("installed_version") == "A02" && shown("previous_version") == "A01")
    }

    @Test func `a late end changes nothing, a late reason is taken`() {
        var firmware = Firmware()
        firmware.apply(.ended, at: start)
        #expect(firmware.state == .updating)
        firmware.fail(FirmwareTests.download, at: start)
        firmware.apply(.ended, at: start + .seconds(1))
        #expect(firmware.state == .failed && firmware.updatedAt == start)
        firmware.apply(.updateFailed(Self.failure), at: start + .seconds(2))
        #expect(firmware.state == .failed && firmware.error == Self.failure)
    }

    @Test func `a decision is awaited until it is made or the module goes on`() {
        var firmware = Firmware()
        for (report, awaits) in [
            (.awaitsDecision, true), (.downloadStarted, false), (.awaitsDecision, true), (.downloaded, false),
            (.awaitsDecision, true), (.downloaded, true), (.updateStarted, false),
        ] as [(FirmwareReport, Bool)] {
            firmware.apply(report, at: start)
            #expect(firmware.awaitsDecision == awaits && firmware.isRunning)
            #expect(FirmwareJournal.decode(FirmwareJournal.encode(firmware)) == firmware)
        }
    }

    @Test(arguments: [AndlinkFirmware.cancelled, AndlinkFirmware.interrupted])
    func `what was ended on request stays so, whatever the module says of it, before or after`(_ error: PlatformError) {
        let told: [FirmwareReport] = [
            .downloadFailed(AndlinkFirmware.downloadFailed), .updateFailed(AndlinkFirmware.updateFailed), .closed,
            .awaitsDecision,
        ]
        for report in told {
            var firmware = Firmware()
            firmware.apply(.downloadStarted, at: start)
            firmware.apply(.downloadFailed(error), at: start)
            firmware.apply(report, at: start + .seconds(1))
            #expect(firmware.state == .failed && firmware.error == error)
            firmware.apply(.downloadStarted, at: start)
            if case .awaitsDecision = report { continue }
            firmware.apply(report, at: start)
            firmware.apply(.downloadFailed(error), at: start)
            #expect(firmware.state == .failed && firmware.error == error)
        }
    }

    @Test(arguments: [(1999, false), (2000, true)])
    func `an offer after a cancelled update is another one, if it comes later`(milliseconds: Int, isNew: Bool) {
        var firmware = Firmware()
        firmware.apply(.awaitsDecision, at: start)
        firmware.apply(.downloadFailed(AndlinkFirmware.cancelled), at: start)
        firmware.apply(.awaitsDecision, at: start + .milliseconds(milliseconds))
        #expect(firmware.isRunning == isNew && firmware.awaitsDecision == isNew)
    }

    @Test func `the end is unreported until the cloud knows of it`() {
        var firmware = Firmware()
        firmware.installedVersion = "A01"
        firmware.apply(.updateStarted, at: start)
        _ = firmware.resolve(revision: "A02", hasRestarted: true, at: start)
        #expect(firmware.state == .succeeded && firmware.isUnreported)
        firmware.apply(.ended, at: start)
        #expect(firmware.state == .succeeded && firmware.isUnreported)
        #expect(FirmwareJournal.decode(FirmwareJournal.encode(firmware)) == firmware)
        firmware.apply(.closed, at: start)
        #expect(firmware.state == .succeeded && !firmware.isUnreported)
    }

    @Test(arguments: ["", "{", "{}", #"{"state":"dancing"}"#]) func `a journal that cannot be read is none`(
        _ text: String
    ) {
        #expect(FirmwareJournal.decode(Array(text.utf8)) == nil)
    }

    @Test func `the journal keeps everything`() throws {
        var firmware = Firmware()
        firmware.installedVersion = "A01"
        firmware.begin(.http, at: start)
        firmware.apply(.downloading(bytes: 7, percent: 8), at: start + .milliseconds(5))
        firmware.fail(Self.failure, at: start + .seconds(9))
        #expect(FirmwareJournal.decode(FirmwareJournal.encode(firmware)) == firmware)
        firmware.apply(.ended, at: start)
        firmware.begin(.local, at: start)
        firmware.apply(.ended, at: start)
        #expect(FirmwareJournal.decode(FirmwareJournal.encode(firmware)) == firmware)
    }
}
