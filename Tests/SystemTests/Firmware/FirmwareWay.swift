import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// One way in which one kind of module gets new firmware or a file.
struct FirmwareWay: Sendable, CustomTestStringConvertible {
    enum Method: String, Sendable { case http, local, file, platform }

    let platform: ModuleOptions.Platform
    let method: Method
    var isInGSM = false

    var testDescription: String { "\(platform), \(method.rawValue)\(isInGSM ? ", GSM" : "")" }

    static let ordered =
        [Method.http, .local, .file].map { FirmwareWay(platform: .bc25, method: $0) }
        + [.http, .file].map { FirmwareWay(platform: .bc32, method: $0, isInGSM: true) }
        + [.http, .local, .file].map { FirmwareWay(platform: .ctwing, method: $0) }
        + [FirmwareWay(platform: .bc32, method: .http)]

    static let byCloud = [.bc25, .ctwing, .lwm2m(.ctAEP), .lwm2m(.ctIoT), .onenet].map {
        FirmwareWay(platform: $0, method: .platform)
    }

    static let all = ordered + byCloud

    /// None that the bridge speaks to, that is: a BC25 may be updated by one all the same (S1 3).
    var hasNoCloud: Bool { platform == .bc25 || platform == .bc32 }

    /// It has a time in which it downloads, and one in which it installs.
    var downloads: Bool { method != .local }
    var installs: Bool { method != .file }

    /// For its owner to put back: nothing of it is the default.
    static let psm = #"1,,,"01000011","00000100""#
    static let eDRX = #"1,5,"0101""#

    func options(_ change: (inout RigOptions) -> Void = { _ in }) -> RigOptions {
        var options = RigOptions()
        options.platform = platform
        if platform == .onenet { options.keys = "data_up = \"3200/0/5750\"\ndata_down = \"3200/0/5751\"" }
        let isInGSM = isInGSM
        options.module = { $0.isInGSM = isInGSM }
        options.prepare = { module in
            await module.savePower(psm: Self.psm, eDRX: Self.eDRX)
            await module.keep(ModuleFile("fota.pack", size: 20_135))
        }
        change(&options)
        return options
    }

    /// What the module will live through; the times are those of both courses.
    struct Course: Sendable {
        var stepTime = Duration.seconds(2)
        var downloadResult = 0
        var updateResult = 0
        var plan: @Sendable (inout FetchPlan) -> Void = { _ in }
        var task: @Sendable (inout FirmwareTask) -> Void = { _ in }
    }

    static let newRevision = "NEW01A09"

    /// Begins the update, and waits until it shows.
    func begin(_ rig: Rig, _ course: Course = Course()) async throws {
        let mark = rig.mark
        if method == .platform {
            var task = FirmwareTask(
                course.downloadResult != 0
                    ? .downloadFailure(course.downloadResult)
                    : course.updateResult != 0
                        ? .updateFailure(course.updateResult) : .success(revision: Self.newRevision))
            task.stepTime = course.stepTime
            course.task(&task)
            await rig.module.updateFirmware(task)
            // The cloud begins when it hears of the module; one that can reach it already begins at once.
            if await !rig.module.isDownloading { try await rig.up("here I am") }
        } else {
            var plan = FetchPlan()
            (plan.downloadResult, plan.installationResult) = (course.downloadResult, course.updateResult)
            (plan.stepTime, plan.revision) = (course.stepTime, Self.newRevision)
            course.plan(&plan)
            await rig.module.plan(plan)
            try await order(rig)
        }
        try await rig.firmware(since: mark) { $0["method"]?.string == method.rawValue && $0.isUpdating }
    }

    func order(_ rig: Rig) async throws {
        let payload =
            switch method {
            case .http: #"{"url":"http://224.168.203.81:3029/update.pack"}"#
            case .file: #"{"url":"http://224.168.203.81:3029/test.bin","name":"mcu.bin"}"#
            case .local, .platform: ""
            }
        try await rig.order("firmware/\(method.rawValue)", payload)
    }

    /// What every end must leave behind; nil for a success.
    func expectEnd(_ rig: Rig, since mark: Rig.Mark, error: String?, code: Int? = nil) async throws {
        let state = error == nil ? "succeeded" : "failed"
        try await rig.firmware(since: mark, limit: .seconds(100)) { $0["state"]?.string == state }
        // Now: it was ready before the update too, perhaps since the mark.
        try await rig.state("ready")
        // As somebody sees it who comes now.
        let shown = try await rig.retainedFirmware()
        let revision = await rig.module.revision
        #expect(shown["state"]?.string == state)
        #expect(shown["method"]?.string == method.rawValue)
        #expect(shown["error"]?["name"]?.string == error)
        #expect(shown["error"]?["code"]?.integer == code)
        #expect(shown["installed_version"]?.string == revision)
        if error == nil {
            #expect(shown["progress"]?.integer == 100)
            #expect((revision == Self.newRevision) == installs)
            if installs { #expect(shown["previous_version"]?.string != revision) }
        }
        #expect(shown["started_at"]?.isNull == false && shown["updated_at"]?.isNull == false)
        let saving = await rig.module.powerSaving
        #expect(saving.psm == Self.psm && saving.eDRX == Self.eDRX)
        if !hasNoCloud {
            try await rig.up(json: #"{"id":"after","text":"after"}"#)
            try await rig.outcome("after", "sent")
        }
        await rig.expectNoBreaches()
    }
}

extension JSONValue {
    var isUpdating: Bool { ["downloading", "downloaded", "updating"].contains(self["state"]?.string) }
}

extension Rig {
    @discardableResult
    func firmware(
        since mark: Mark? = nil, limit: Duration = .seconds(60),
        where condition: @escaping @Sendable (JSONValue) -> Bool
    ) async throws -> JSONValue {
        try await json(on: "nb/m0/firmware", since: mark, limit: limit, where: condition)
    }

    func expectNoBreaches(at location: SourceLocation = #_sourceLocation) async {
        // A session that finds a module for the first time closes what may be open there.
        await expectBreaches(where: { $0.hasPrefix("no MIPLCREATE before") }, at: location)
    }

    /// The retained message, as a new client gets it.
    func retainedFirmware() async throws -> JSONValue {
        let found = Observed<JSONValue?>(nil)
        try await withClient(of: broker, subscriptions: ["nb/m0/firmware"]) { client in
            let message = try await client.message(on: "nb/m0/firmware")
            let json = try JSONValue(parsing: message.payload)
            found.update { $0 = json }
        }
        return try #require(found.value)
    }

    /// The states that the module's status has gone through since then, each once in a row.
    func states(since mark: Mark) -> [String] {
        var states: [String] = []
        for message in client.record.value.messages[mark.messages...] where message.topic == "nb/m0/status" {
            guard let state = try? JSONValue(parsing: message.payload)["state"]?.string else { continue }
            if states.last != state { states.append(state) }
        }
        return states
    }
}
