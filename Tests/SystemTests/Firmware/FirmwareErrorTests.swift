import JSON
import MQTT
import TestSupport
import Testing
import VirtualModules

/// Every error of every table, at its step: what is shown, and that the module works on.
@Suite struct FirmwareErrorTests {
    /// S1 4, table 2.
    static let downloads = [
        6500: "unknown_error", 6501: "bad_parameter", 6502: "no_space", 6503: "download_failed",
        6504: "package_not_found", 6505: "write_failed", 6506: "no_package", 6507: "bad_package", 6509: "out_of_memory",
    ]

    /// S1 4, tables 2 and 3; one of no table, and one of the module's general errors.
    static let refusals = downloads.merging([6508: "update_failed", 6599: "refused", 50: "refused"]) { $1 }

    @Test(arguments: [FirmwareWay(platform: .bc25, method: .http), .init(platform: .ctwing, method: .file)])
    func `a refused command is no update, and its result says why`(_ way: FirmwareWay) async throws {
        try await withRig(way.options()) { rig in
            for (code, name) in Self.refusals.sorted(by: { $0.key < $1.key }) {
                let mark = rig.mark
                await rig.module.plan(.with { $0.refusal = code })
                try await way.order(rig)
                let topic = "nb/m0/command/firmware/\(way.method.rawValue)/result"
                let result = try await rig.json(on: topic, since: mark) { _ in true }
                #expect(result["ok"]?.bool == false)
                #expect(result["error"]?["code"]?.integer == code)
                try await way.expectEnd(rig, since: mark, error: name, code: code)
            }
        }
    }

    @Test func `a refusal without a number is one too`() async throws {
        let way = FirmwareWay(platform: .bc25, method: .http)
        try await withRig(way.options()) { rig in
            let mark = rig.mark
            await rig.module.fail(Fault(.answer("ERROR"), on: "AT+QFOTADL"))
            try await way.order(rig)
            try await way.expectEnd(rig, since: mark, error: "refused")
        }
    }

    /// S1 table 2; S0 3.6; S1 3.4.2; S3 4.3.2; S2 6.3.
    @Test(
        arguments: [
            (FirmwareWay(platform: .bc25, method: .http), downloads),
            (.init(platform: .bc25, method: .file), downloads),
            (.init(platform: .ctwing, method: .http), downloads),
            (
                .init(platform: .ctwing, method: .platform),
                [
                    2: "out_of_memory", 4: "disconnected", 9: "invalid_url", 77: "download_error_77",
                ]
            ),
            (
                .init(platform: .bc25, method: .platform),
                [2: "out_of_memory", 4: "disconnected", 5: "bad_package", 7: "invalid_url", 9: "download_error_9"]
            ),
            (
                .init(platform: .lwm2m(.ctAEP), method: .platform),
                [
                    1: "unknown_error", 12: "download_failed", 13: "network_deactivated", 99: "network_unavailable",
                    100: "flash_write_error", 101: "flash_full", 77: "download_error_77",
                ]
            ),
            // Its event 41 says nothing more.
            (.init(platform: .onenet, method: .platform), [41: "download_failed"]),
        ] as [(FirmwareWay, [Int: String])])
    func `a download that fails says why`(_ way: FirmwareWay, _ errors: [Int: String]) async throws {
        try await withRig(way.options()) { rig in
            for (code, name) in errors.sorted(by: { $0.key < $1.key }) {
                let mark = rig.mark
                try await way.begin(rig, .init(stepTime: .milliseconds(500), downloadResult: code))
                try await way.expectEnd(rig, since: mark, error: name, code: code)
            }
        }
    }

    /// S1 table 3; S0 3.9, S3 4.3.5, S2 5.10: 255.
    @Test(
        arguments: [
            (FirmwareWay(platform: .bc25, method: .http), 6508, "update_failed"),
            (.init(platform: .bc25, method: .local), 6508, "update_failed"),
            (.init(platform: .bc32, method: .http, isInGSM: true), 6508, "update_failed"),
            (.init(platform: .ctwing, method: .http), 6508, "update_failed"),
            (.init(platform: .ctwing, method: .platform), 255, "update_failed"),
            (.init(platform: .lwm2m(.ctAEP), method: .platform), 255, "update_failed"),
            (.init(platform: .onenet, method: .platform), 255, "update_failed"),
            (.init(platform: .onenet, method: .platform), 7, "update_error_7"),
        ] as [(FirmwareWay, Int, String)])
    func `an installation that fails says why`(_ way: FirmwareWay, _ code: Int, _ name: String) async throws {
        try await withRig(way.options()) { rig in
            let mark = rig.mark
            try await way.begin(rig, .init(updateResult: code))
            try await way.expectEnd(rig, since: mark, error: name, code: code)
        }
    }

    @Test func `firmware of few words fails without a number`() async throws {
        let way = FirmwareWay(platform: .bc25, method: .http)
        try await withRig(way.options()) { rig in
            let mark = rig.mark
            try await way.begin(rig, .init(downloadResult: 6503, plan: { $0.words = .terse }))
            try await way.expectEnd(rig, since: mark, error: "failed")
        }
    }

    @Test func `without a package in the module there is nothing to install`() async throws {
        let way = FirmwareWay(platform: .bc25, method: .local)
        try await withRig(way.options { $0.prepare = { _ in } }) { rig in
            let mark = rig.mark
            try await way.order(rig)
            let result = try await rig.json(on: "nb/m0/command/firmware/local/result", since: mark) { _ in true }
            #expect(result["error"]?["name"]?.string == "no_package")
            #expect(result["error"]?["code"]?.integer == 6506)
            #expect(try await rig.retainedFirmware()["state"]?.string == "idle")
            await rig.expectBreaches()
        }
    }

    /// S1 2.2.2.1 and 2.2.2.3.
    @Test(arguments: [
        ("http", #"{"url":"https://h/x"}"#, "bad_url"), ("http", #"{"url":"http://h:0/x"}"#, "bad_url"),
        ("http", #"{"url":"http://h/a b"}"#, "bad_url"), ("http", #"{"url":"http://h/\"\r\nAT+QRST=1"}"#, "bad_url"),
        ("http", "{}", "no_url"), ("http", "", "no_url"), ("file", #"{"url":"http://h/x","name":"a/b"}"#, "bad_name"),
        ("file", #"{"url":"http://h/\#(String(repeating: "x", count: 64))"}"#, "bad_name"),
        ("http", #"{"url":"http://h/\#(String(repeating: "x", count: 503))"}"#, "bad_url"),
        ("dance", "", "unknown_command"),
    ])
    func `what no module could carry out is refused at once`(_ command: String, _ payload: String, _ error: String)
        async throws
    {
        let way = FirmwareWay(platform: .bc25, method: .http)
        try await withRig(way.options()) { rig in
            try await rig.order("firmware/\(command)", payload)
            let result = try await rig.json(on: "nb/m0/command/firmware/\(command)/result") { _ in true }
            #expect(result["error"]?["name"]?.string == error)
            #expect(await !rig.module.log.contains { $0.text.contains("QFOTADL") })
        }
    }
}
