import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Firmware under Andlink, in both modes, through everything that can happen to bridge and module meanwhile: the
/// retained topic is true afterwards, uplinks that waited go, and none goes before the module may be used.
@Suite(.long) struct AndlinkUpdateTests {
    enum Phase: String, Sendable {
        case offered, downloading, downloaded, installing, finishing

        /// What has been published when it is reached.
        var event: String {
            switch self {
            case .offered: "firmware_offered"
            case .downloading: "firmware_downloading"
            case .downloaded: "firmware_downloaded"
            case .installing: "firmware_updating"
            case .finishing: "firmware_update_success"
            }
        }
    }

    enum Mishap: String, Sendable { case none, kill, powerCut, killAndPowerCut, unplug }

    struct Case: Sendable, CustomTestStringConvertible {
        var mode: String
        var phase: Phase
        var mishap: Mishap
        var state: String
        var error: String?

        var isCutShort: Bool { phase == .downloading && [.powerCut, .killAndPowerCut].contains(mishap) }

        /// Nobody listens when the installation begins.
        var installsUnheard: Bool { mode == "automatic" && phase == .downloading && mishap == .unplug }

        /// What does not end while nobody listens.
        var held: FirmwarePhase? {
            switch phase {
            case .downloading: installsUnheard || isCutShort ? nil : .downloading
            case .offered, .downloaded, .installing: .installing
            case .finishing: nil
            }
        }

        var testDescription: String { "\(mode), \(phase): \(mishap)" }
    }

    private typealias Row = (phase: Phase, mishap: Mishap, state: String, error: String?)

    private static let rows: [Row] = [
        (.installing, .none, "succeeded", nil),
        // The module does not notice that nobody listens.
        (.offered, .kill, "succeeded", nil), (.downloading, .kill, "succeeded", nil),
        (.downloaded, .kill, "succeeded", nil), (.installing, .kill, "succeeded", nil),
        (.finishing, .kill, "succeeded", nil),
        // What was not begun to be installed is gone; what was, the module reports.
        (.offered, .powerCut, "failed", "interrupted"), (.downloading, .powerCut, "failed", "interrupted"),
        (.downloaded, .powerCut, "failed", "interrupted"), (.installing, .powerCut, "failed", "update_failed"),
        (.finishing, .powerCut, "succeeded", nil),
        // Nobody has seen the restart.
        (.offered, .killAndPowerCut, "failed", "interrupted"),
        (.downloading, .killAndPowerCut, "failed", "interrupted"),
        (.finishing, .killAndPowerCut, "succeeded", nil),
        (.downloading, .unplug, "succeeded", nil), (.finishing, .unplug, "succeeded", nil),
    ]

    static let cases: [Case] = cases(of: "automatic") + cases(of: "controlled")

    private static func cases(of mode: String) -> [Case] {
        // By itself a module goes on at once, so that what power interrupts is not known.
        let isLasting = { (row: Row) in row.phase != .offered && (row.phase, row.mishap) != (.downloaded, .powerCut) }
        return rows.filter { mode == "controlled" || isLasting($0) }.map { row in
            Case(mode: mode, phase: row.phase, mishap: row.mishap, state: row.state, error: row.error)
        }
    }

    static func options(_ mode: String) -> RigOptions {
        .andlink("firmware_mode = \"\(mode)\"") { $0.andlink.tellsStepsInAutomaticMode = false }
    }

    /// So many steps of the download take a third of a second each: many, where it is not to end by itself.
    static func task(_ outcome: FirmwareTask.Outcome, steps: Int = 4) -> FirmwareTask {
        var task = FirmwareTask(outcome)
        task.size = 512 * steps
        task.stepTime = .seconds(15)
        return task
    }

    @Test(arguments: cases) func `an update ends as it must`(_ row: Case) async throws {
        try await withRig(Self.options(row.mode)) { rig in
            // OVER comes so long after the observation.
            await rig.module.withCloud { $0.observationTime = .seconds(50) }
            let before = rig.mark
            if row.mishap != .none { await rig.module.holdFirmware(row.held) }
            await rig.module.updateFirmware(
                Self.task(.success(revision: "BC28JAR01A04"), steps: row.isCutShort ? 1000 : 4))
            try await rig.state("updating", since: before)
            try await rig.up(json: #"{"id":"held","text":"held"}"#)
            let decisions = row.mode == "controlled" ? Task { try await Self.decide(rig, row) } : nil
            if row.phase == .offered || decisions == nil { try await rig.event(row.phase.event) }
            if row.phase != .offered { try await decisions?.value }
            try await rig.event(row.phase.event)
            let struck = rig.mark
            try await Self.strike(row, rig)
            if row.mishap == .kill || row.mishap == .unplug, !row.installsUnheard {
                try await rig.state("updating", since: struck)
            }
            await rig.module.holdFirmware(nil)
            if row.mode == "controlled", row.state == "succeeded", row.phase != .installing, row.phase != .finishing {
                try await Self.goOn(rig)
            }
            let firmware = try await rig.json(on: "nb/m0/firmware", since: before) {
                $0["state"]?.string == row.state && (row.error == nil || $0["error"]?["name"]?.string == row.error)
            }
            #expect(firmware["previous_version"]?.string == (row.error == nil ? "BC28JAR01A03" : nil))
            try await rig.outcome("held", "sent")
            try await rig.status { $0["state"]?.string == "ready" && $0["queue"]?["waiting"]?.integer == 0 }
            let kept = try JSONValue(parsing: await rig.retained("nb/m0/firmware").payload)
            #expect(kept["state"]?.string == row.state)
            #expect(kept["error"]?["name"]?.string == row.error)
            #expect(kept["installed_version"]?.string == (row.error == nil ? "BC28JAR01A04" : "BC28JAR01A03"))
            #expect(kept["progress"]?.integer == (row.error == nil ? 100 : nil))
            #expect(Set(await rig.received()) == ["held"])
            var breaches = await rig.module.breaches
            if row.installsUnheard {
                // One AT asks whether there is a module.
                #expect((1...3).contains(breaches.count))
                breaches.removeAll { $0 == "a byte came while firmware is installed" }
            }
            #expect(breaches == [])
        }
    }

    /// Says yes until the phase is reached.
    private static func decide(_ rig: Rig, _ row: Case) async throws {
        if row.phase == .offered { return }
        try await rig.json(on: "nb/m0/firmware") { $0["awaits"]?.string == "download" }
        #expect(try await rig.result(of: "firmware/decide", #"{"action":"download"}"#)["ok"]?.bool == true)
        if row.phase == .downloading || row.phase == .downloaded { return }
        try await rig.json(on: "nb/m0/firmware") { $0["awaits"]?.string == "update" }
        #expect(try await rig.result(of: "firmware/decide", #"{"action":"update"}"#)["ok"]?.bool == true)
    }

    /// The decisions that are left, as the retained topic asks for them.
    private static func goOn(_ rig: Rig) async throws {
        while true {
            let firmware = try await rig.json(on: "nb/m0/firmware") {
                $0["awaits"] != nil || ["updating", "succeeded"].contains($0["state"]?.string)
            }
            guard let awaited = firmware["awaits"]?.string else { return }
            let mark = rig.mark
            #expect(try await rig.result(of: "firmware/decide", #"{"action":"\#(awaited)"}"#)["ok"]?.bool == true)
            try await rig.json(on: "nb/m0/firmware", since: mark) { $0["awaits"]?.string != awaited }
        }
    }

    private static func strike(_ row: Case, _ rig: Rig) async throws {
        switch row.mishap {
        case .none: return
        case .kill:
            try await rig.bridge.end(SIGKILL)
            try await rig.startBridgeAgain()
        case .powerCut:
            await rig.module.cutPower()
            await rig.module.powerOn()
        case .killAndPowerCut:
            try await rig.bridge.end(SIGKILL)
            await rig.module.cutPower()
            await rig.module.powerOn()
            try await rig.startBridgeAgain()
        case .unplug:
            await rig.module.unplug()
            try await rig.state("offline")
            if row.installsUnheard {
                await rig.module.holdFirmware(.installing)
                await rig.module.wait { $0.isInstalling }
            }
            try await rig.module.plugIn()
            if row.installsUnheard { await rig.module.wait { !$0.breaches.isEmpty } }
        }
    }
}
