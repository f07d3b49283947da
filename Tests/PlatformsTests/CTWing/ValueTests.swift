import AT
import Platforms
import Testing

/// The values that the note's queries answer with.
@Suite struct ValueTests {
    @Test(
        arguments: [
            // 2.3.7.
            ("UNINITIALISED", .uninitialised), ("REGISTERING", .registering), ("REJECTED_BY_SERVER", .rejected),
            ("TIMEOUT", .timeout), ("REGISTERED", .registered), ("REGISTERED_AND_OBSERVED", .registeredAndObserved),
            ("DEREGISTERED", .deregistered), ("RESUMPTION_FAILED", .resumptionFailed),
            // Printed by real firmware.
            ("INIITIALISED", .uninitialised), ("INIITIALISING", .registering),
        ] as [(String, Registration)], ["+NMSTATUS: ", "+NMSTATUS:", "+NMSTATUS: \"", "+NMSTATUS="])
    func `a state of NMSTATUS is known`(state: (name: String, registration: Registration), head: String) {
        let line = Line(Array((head + state.name + (head.hasSuffix("\"") ? "\"" : "")).utf8))
        #expect(CTWingStatus(line) == .known(state.registration))
    }

    @Test(arguments: ["NO_UE_IP", "DEREG_FAILED", "registered", "0", ""])
    func `an unknown state of NMSTATUS keeps its name`(name: String) {
        #expect(CTWingStatus(Line(Array("+NMSTATUS: \(name)".utf8))) == .other(name))
    }

    @Test(arguments: [
        (Registration.uninitialised, "uninitialised"), (.registering, "registering"),
        (.rejected, "rejected_by_server"), (.timeout, "timeout"), (.registered, "registered"),
        (.registeredAndObserved, "registered_and_observed"), (.deregistered, "deregistered"),
        (.resumptionFailed, "resumption_failed"),
    ])
    func `a registration is published by its name`(registration: Registration, name: String) {
        #expect(registration.rawValue == name)
    }

    @Test(
        arguments: [
            // 2.3.8.
            (0, .notSent), (1, .awaitingResponse), (2, .failed), (3, .timedOut), (4, .delivered), (5, .reset),
            (6, .other(6)), (-1, .other(-1)),
        ] as [(Int, UplinkStatus)])
    func `a value of QLWULDATASTATUS is known`(code: Int, status: UplinkStatus) {
        #expect(UplinkStatus(code) == status)
    }

    @Test(arguments: [
        // 2.3.9 and 4.1.2 of the note.
        ("BUFFERED=0,RECEIVED=34,DROPPED=2", 0, 34, 2), ("BUFFERED=1,RECEIVED=1,DROPPED=0", 1, 1, 0),
        ("BUFFERED=0, RECEIVED=34, DROPPED=2", 0, 34, 2), ("+NQMGR: BUFFERED=8,RECEIVED=10,DROPPED=3", 8, 10, 3),
        ("+NQMGR:BUFFERED=8,RECEIVED=10,DROPPED=3", 8, 10, 3),
    ])
    func `the counts of NQMGR are read`(line: String, buffered: Int, received: Int, dropped: Int) throws {
        let counts = try #require(MessageCounts(Line(Array(line.utf8))))
        #expect(counts.buffered == buffered && counts.received == received && counts.dropped == dropped)
    }

    @Test(arguments: ["", "BUFFERED=1,RECEIVED=2", "BUFFERED=,RECEIVED=1,DROPPED=1", "BUFFERED=a,RECEIVED=1,DROPPED=1"])
    func `counts that are not all there are none`(line: String) {
        #expect(MessageCounts(Line(Array(line.utf8))) == nil)
    }

    @Test(arguments: [(0, 0), (1, 900), (899, 900), (900, 900), (901, 901), (86_400, 86_400), (2_592_000, 2_592_000)])
    func `a lifetime of 1 to 900 seconds means 900`(asked: Int, effective: Int) {
        #expect(CTWingCommand.effectiveLifetime(asked) == effective)
    }
}
