import AT
import Platforms
import Testing

/// Numbers and their meanings (2.1, 2.2, 2.14, 4.3 and chapter 6), and plans of objects (2.6).
@Suite struct LwM2MValueTests {
    @Test(
        arguments: [
            (20, 10_000), (21, 10_500), (29, 14_500), (30, 15_000), (31, 15_750), (50, 30_000), (51, 30_800),
            (100, 70_000), (101, 70_900), (300, 250_000), (301, 250_950), (86_400, 82_045_000),
            (31_536_000, 29_959_165_000), (Int.max, 29_959_165_000), (Int.min, 10_000),
        ])
    func `the interval of renewals follows from the lifetime`(lifetime: Int, milliseconds: Int) {
        #expect(LwM2MLifetime.renewalInterval(of: lifetime) == .milliseconds(milliseconds))
    }

    @Test(arguments: [((4, 4), 124), ((4, 5), 252), ((2, 0), 2), ((20, 8), 10_220), ((0, 99), 1022)])
    func `the end of retransmissions follows from their settings`(settings: (Int, Int), seconds: Int) {
        #expect(LwM2MRetransmission(timeout: settings.0, times: settings.1).limit == .seconds(seconds))
    }

    @Test(
        arguments: [
            (0, .notRegistered), (1, .registering), (2, .registered), (3, .deregistering), (4, .deregistered),
            (5, .invalid), (6, .resuming), (7, .needsResumption), (8, nil), (-1, nil),
        ] as [(Int, Registration?)])
    func `a state of QLASTATUS is known`(code: Int, registration: Registration?) {
        #expect(LwM2MStatus.registration(code) == registration)
    }

    @Test(
        arguments: [
            (0, "success", "done", .none),
            (1, "timeout", "the network has failed, or the platform did not answer", .tryLater),
            (2, "not_sent", "the packet was not sent", .tryLater),
            (
                3, "recovery_failed",
                "the session was not recovered: its lifetime is over, or the platform did not answer", .register
            ), (4, "update_failed", "the update failed: the lifetime was over since the last one", .askStatus),
            (5, "reset", "the platform answered with RST", .observationIsVoid),
            (400, "bad_request", "the platform answered 4.00: bad request", .giveUp),
            (403, "forbidden", "the platform answered 4.03: forbidden", .unknown),
            (404, "not_found", "the platform answered 4.04: not found", .register),
            (412, "precondition_failed", "the platform answered 4.12: precondition failed", .unknown),
            (900, "other_error", "no network, or an error inside the module", .unknown),
            (231, "continue", "the module waits for the next part", .none),
            (777, "result_777", "the module reported result 777", .unknown),
        ] as [(Int, String, String, LwM2MResult.Remedy)])
    func `a result has its name, its text and its remedy`(
        code: Int, name: String, text: String, remedy: LwM2MResult.Remedy
    ) {
        let result = LwM2MResult(code)
        #expect(result.published.code == code && result.published.name == name && result.published.text == text)
        #expect(result.remedy == remedy)
    }

    @Test(arguments: LwM2MService.allCases)
    func `a service has its platform`(service: LwM2MService) {
        let expected: [LwM2MService: (Int, Bool, Bool)] = [
            .ctIoT: (0, false, false), .ctAEP: (1, false, false), .cuDMP: (1, true, false), .andlink: (2, false, true),
        ]
        #expect(expected[service]?.0 == service.platform)
        #expect(expected[service]?.1 == service.acknowledgesObservations)
        #expect(expected[service]?.2 == service.takesData)
    }

    // MARK: Objects

    private static func object(_ id: UInt16, _ instance: UInt16, _ resources: UInt16...) -> LwM2MObject {
        LwM2MObject(id: id, instance: instance, resources: resources)
    }

    private static let wished = [object(19, 0, 0), object(19, 1, 0), object(3311, 0, 5850, 5851), object(3, 0, 17)]

    @Test(
        arguments: [
            ([], [], Array(wished[...2]), false), (wished, [], [], false),
            (Array(wished[...1]), [], [wished[2]], false), ([wished[0], wished[2]], [], [wished[1]], false),
            // The order of the resources says nothing.
            ([wished[0], wished[1], object(3311, 0, 5851, 5850)], [], [], false),
            // Left over from another configuration, and of the module's own.
            (wished + [object(17, 0, 1), object(17, 1, 1), object(5, 0, 3)], [17], [], false),
            // Another resource, and one instance too many.
            ([wished[0], wished[1], object(3311, 0, 5850)], [3311], [wished[2]], true),
            (Array(wished[...2]) + [object(19, 2, 0)], [19], [wished[0], wished[1]], true),
        ] as [([LwM2MObject], [UInt16], [LwM2MObject], Bool)])
    func `a plan brings what is wished and no more`(
        shown: [LwM2MObject], deleted: [UInt16], added: [LwM2MObject], replaces: Bool
    ) {
        let plan = LwM2MObjectPlan(wished: Self.wished, shown: shown)
        #expect(plan.deleted == deleted)
        #expect(plan.added == added)
        #expect(plan.replacesObjects == replaces)
    }

    @Test(
        arguments: [
            ((1...3).map { LwM2MObject(id: 10 + $0, instance: 0, resources: [0]) }, true),
            ((1...4).map { LwM2MObject(id: 10 + $0, instance: 0, resources: [0]) }, false),
            ((0...3).map { LwM2MObject(id: 19, instance: $0, resources: [0]) }, true),
            ((0...4).map { LwM2MObject(id: 19, instance: $0, resources: [0]) }, false),
            ([LwM2MObject(id: 19, instance: 0, resources: Array(0..<14))], true),
            ([LwM2MObject(id: 19, instance: 0, resources: Array(0..<15))], false),
            ((0...5).map { LwM2MObject(id: $0, instance: 0, resources: [0]) }, true),
        ] as [([LwM2MObject], Bool)])
    func `a module takes 3 objects, 4 instances and 14 resources`(objects: [LwM2MObject], isSound: Bool) {
        #expect((LwM2MObjectPlan.fault(of: objects)?.name == nil) == isSound)
    }

    // MARK: Firmware

    @Test(
        arguments: [
            ("\"COAPSTART\"", .downloadStarted), ("\"COAPEND\",0", .downloaded), ("\"START\"", .updateStarted),
            ("\"UPDATING\",20%,1,1", .updating(percent: 20)), ("\"UPDATING\",100%,1,1", .updating(percent: 100)),
            ("\"UPDATING\",7", .updating(percent: 7)), ("\"UPDATING\",21%", .updating(percent: 21)),
            ("\"UPDATING\",250%", .updating(percent: 100)), ("\"UPDATING\"", .updating(percent: nil)),
            ("\"END\",0", .ended),
        ] as [(String, FirmwareReport)], ["+QIND: \"FOTA\",", "+QIND:\"FOTA\",", "+QIND: \"FOTA\", "])
    func `a step of an update is understood in every spelling`(
        step: (text: String, report: FirmwareReport), head: String
    ) {
        #expect(makeLwM2M().session.understand(.init(Array((head + step.text).utf8))) == [.firmware(step.report)])
    }

    @Test(
        arguments: [
            (1, "unknown_error"), (12, "download_failed"), (13, "network_deactivated"), (99, "network_unavailable"),
            (100, "flash_write_error"), (101, "flash_full"), (4, "download_error_4"),
        ])
    func `a download that failed has its name`(code: Int, name: String) {
        let events = makeLwM2M().session.understand(.init(Array("+QIND: \"FOTA\",\"COAPEND\",\(code)".utf8)))
        #expect(events == [.firmware(.downloadFailed(LwM2MFirmware.downloadError(code)))])
        #expect(LwM2MFirmware.downloadError(code).name == name && LwM2MFirmware.downloadError(code).code == code)
    }

    @Test(arguments: [(255, "update_failed"), (3, "update_error_3")])
    func `an update that failed has its name`(code: Int, name: String) {
        let events = makeLwM2M().session.understand(.init(Array("+QIND: \"FOTA\",\"END\",\(code)".utf8)))
        #expect(events == [.firmware(.updateFailed(LwM2MFirmware.updateError(code)))])
        #expect(LwM2MFirmware.updateError(code).name == name)
    }

    @Test(arguments: [
        "+QIND: \"FOTA\",\"COAPEND\"", "+QIND: \"FOTA\",\"END\",x", "+QIND: \"FOTA\"", "+QIND: \"SMS\",1",
    ])
    func `what is no step of an update is left to others`(line: String) {
        #expect(makeLwM2M().session.understand(.init(Array(line.utf8))).isEmpty)
    }
}
