import Glibc
import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Power, cable, bridge or broker fail in the midst of an update: what is shown is true afterwards, and nothing hangs.
@Suite struct FirmwareMishapTests {
    enum Mishap: String, CaseIterable, Sendable {
        case powerCut, reset, unplugAndReturn, unpluggedUntilTheEnd, death, deathUntilTheEnd, brokerRestart

        /// The bridge hears no word of the end, and asks when it has heard nothing for half a minute.
        var hidesTheEnd: Bool { self == .unpluggedUntilTheEnd || self == .deathUntilTheEnd }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let way: FirmwareWay
        let phase: FirmwarePhase
        let mishap: Mishap
        let error: String?

        var testDescription: String {
            "\(way.testDescription): \(mishap.rawValue) while \(phase), \(error ?? "succeeds")"
        }
    }

    private static let ways: [FirmwareWay] = [
        .init(platform: .bc25, method: .http), .init(platform: .bc25, method: .local),
        .init(platform: .bc25, method: .file), .init(platform: .bc32, method: .http, isInGSM: true),
        .init(platform: .ctwing, method: .http), .init(platform: .ctwing, method: .platform),
        .init(platform: .lwm2m(.ctAEP), method: .platform), .init(platform: .onenet, method: .platform),
    ]

    static let cases: [Case] = ways.flatMap { way in
        [FirmwarePhase.downloading, .installing].filter { $0 == .downloading ? way.downloads : way.installs }.flatMap {
            phase in
            Mishap.allCases.compactMap { mishap in
                // A module that installs cannot be told to restart.
                if mishap == .reset, phase == .installing { return nil }
                let error: String? =
                    switch (mishap, phase) {
                    // A download does not go on (S2 6.2, S3 4.1.2.1), an installation does.
                    case (.powerCut, .downloading), (.reset, .downloading): "interrupted"
                    // S0 says nothing of it, so its module does not.
                    case (.powerCut, .installing) where way.platform == .ctwing && way.method == .platform:
                        "revision_unchanged"
                    default: nil
                    }
                return Case(way: way, phase: phase, mishap: mishap, error: error)
            }
        }
    }

    @Test(arguments: cases.filter { !$0.mishap.hidesTheEnd })
    func `a mishap leaves nothing untrue behind`(_ test: Case) async throws {
        try await Self.carryOut(test)
    }

    @Test(.long, arguments: cases.filter { $0.mishap.hidesTheEnd })
    func `an end that nobody heard is found out`(_ test: Case) async throws {
        try await Self.carryOut(test)
    }

    private static func carryOut(_ test: Case) async throws {
        try await withRig(test.way.options()) { rig in
            let mark = rig.mark
            await rig.module.holdFirmware(test.phase)
            try await test.way.begin(rig)
            try await Self.reach(test.phase, rig, test.way, since: mark)
            let struck = rig.mark
            try await Self.strike(test.mishap, rig, test.way)
            try await test.way.expectEnd(rig, since: struck, error: test.error)
        }
    }

    /// Into the midst of the phase, where progress is told at all.
    private static func reach(_ phase: FirmwarePhase, _ rig: Rig, _ way: FirmwareWay, since mark: Rig.Mark) async throws
    {
        try await rig.firmware(since: mark) { firmware in
            switch phase {
            case .downloading:
                firmware["state"]?.string == "downloading"
                    && (way.method == .platform || firmware["progress"]?.integer ?? 0 >= 20)
            case .installing: firmware["state"]?.string == "updating" && firmware["progress"]?.integer ?? 0 >= 10
            }
        }
    }

    private static func strike(_ mishap: Mishap, _ rig: Rig, _ way: FirmwareWay) async throws {
        let module = rig.module
        switch mishap {
        case .powerCut:
            await module.cutPower()
            await module.holdFirmware(nil)
            await module.powerOn()
        case .reset:
            await module.reset()
            await module.holdFirmware(nil)
        case .unplugAndReturn:
            await module.unplug()
            try await rig.state("offline")
            try await module.plugIn()
            await module.holdFirmware(nil)
        // What is told meanwhile is told to nobody.
        case .unpluggedUntilTheEnd:
            await module.unplug()
            await module.holdFirmware(nil)
            await module.wait(limit: .seconds(60)) { !$0.isDownloading && !$0.isInstalling }
            try await module.plugIn()
        case .death:
            try await rig.bridge.end(SIGKILL)
            try await rig.startBridgeAgain()
            await module.holdFirmware(nil)
        case .deathUntilTheEnd:
            try await rig.bridge.end(SIGKILL)
            await module.holdFirmware(nil)
            await module.wait(limit: .seconds(30)) { !$0.isDownloading && !$0.isInstalling }
            try await rig.startBridgeAgain()
        case .brokerRestart:
            rig.broker.stop(SIGTERM)
            try await rig.broker.start()
            await module.holdFirmware(nil)
        }
    }
}
