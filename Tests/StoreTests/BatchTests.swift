import Testing

@testable import Store

@Suite struct `A batch` {
    @Test(
        arguments: [
            // (changes, touches the disk, must be there before anybody is told)
            ([], false, false),
            ([.accept(uplink(1))], true, true),
            ([.accept(uplink(1)), .end(sequence: 1, outcome: []), .published(sequence: 1)], false, false),
            ([.accept(uplink(1, id: "a")), .end(sequence: 1, outcome: []), .published(sequence: 1)], true, true),
            ([.published(sequence: 1)], true, false),
            ([.note(sequence: 1, outcome: [])], true, false),
            ([.attempted(sequence: 1, attempts: 1)], true, true),
            ([.received(downlink(1))], true, true),
            ([.received(downlink(1)), .handedOver(downlink: 1)], false, false),
            ([.handedOver(downlink: 1)], true, false),
            ([.carriedOut(command: 1)], true, true),
            ([.retain(topic: "a")], true, true),
            ([.release(topic: "a")], true, false),
            ([.journal(module: 1, key: "k", value: nil)], true, true),
        ] as [([Change], Bool, Bool)])
    func `does no more than it must`(changes: [Change], writes: Bool, waits: Bool) {
        let batch = Batch(changes)
        #expect(!batch.isEmpty == writes)
        #expect(batch.mustReachDisk == waits)
    }

    @Test func `keeps the last outcome, which is the one of the end`() {
        let batch = Batch([
            .note(sequence: 1, outcome: [1]), .note(sequence: 1, outcome: [2]), .end(sequence: 1, outcome: [3]),
            .note(sequence: 1, outcome: [4]),
        ])
        #expect(batch.uplinks.map(\.lastOutcome) == [[3]])
    }

    @Test func `knows the highest sequence it gave`() {
        let command = CommandRecord(sequence: 3, module: 1, name: "reboot", payload: [])
        let batch = Batch([.accept(uplink(5)), .received(downlink(8)), .ordered(command), .published(sequence: 99)])
        #expect(batch.highestSequence == 8)
    }
}
