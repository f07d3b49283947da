import Platforms
import Testing

/// Which acknowledgement belongs to which report (2.12, 3.7, 3.8).
@Suite struct LwM2MConfirmationTests {
    enum Step: Sendable {
        case announced(Int)
        case accepted
        case acknowledged(Int, Int)
    }

    private static func run(_ steps: [Step], on confirmation: inout LwM2MConfirmation) {
        for step in steps {
            switch step {
            case .announced(let id): confirmation.announce(id)
            case .accepted: confirmation.accept()
            case .acknowledged(let id, let code): confirmation.acknowledge(id, code: code)
            }
        }
    }

    @Test(
        arguments: [
            // Every order of the three.
            ([.announced(7), .accepted, .acknowledged(7, 0)], 0), ([.announced(7), .acknowledged(7, 0), .accepted], 0),
            ([.accepted, .announced(7), .acknowledged(7, 1)], 1), ([.accepted, .acknowledged(7, 0), .announced(7)], 0),
            ([.acknowledged(7, 5), .announced(7), .accepted], 5), ([.acknowledged(7, 0), .accepted, .announced(7)], 0),
            // Not yet.
            ([.announced(7), .accepted], nil), ([.announced(7), .acknowledged(7, 0)], nil), ([.accepted], nil),
            // Another's.
            ([.announced(7), .accepted, .acknowledged(6, 0)], nil),
            // The module reports something of its own in between.
            ([.announced(3), .announced(7), .accepted, .acknowledged(3, 0)], nil),
            ([.announced(7), .accepted, .announced(3), .acknowledged(3, 0)], nil),
            ([.announced(3), .announced(7), .accepted, .acknowledged(3, 1), .acknowledged(7, 0)], 0),
            // The number was lost on the line; an acknowledgement that comes twice.
            ([.accepted, .acknowledged(7, 0)], 0),
            ([.announced(7), .accepted, .acknowledged(7, 0), .acknowledged(7, 0)], 0),
        ] as [([Step], Int?)])
    func `an acknowledgement is matched by its number, in any order`(steps: [Step], code: Int?) {
        var confirmation = LwM2MConfirmation()
        confirmation.begin()
        Self.run(steps, on: &confirmation)
        #expect(confirmation.code == code)
    }

    @Test func `a late acknowledgement of an earlier report does not count`() {
        var confirmation = LwM2MConfirmation()
        confirmation.begin()
        Self.run([.announced(7), .accepted], on: &confirmation)
        confirmation.end()
        confirmation.announce(8)
        confirmation.begin()
        Self.run([.accepted, .acknowledged(7, 0), .acknowledged(8, 0)], on: &confirmation)
        #expect(confirmation.code == nil)
        Self.run([.announced(9), .acknowledged(9, 0)], on: &confirmation)
        #expect(confirmation.code == 0)
    }

    @Test func `memory is bounded whatever the module prints`() {
        var confirmation = LwM2MConfirmation()
        confirmation.begin()
        for id in 0..<100_000 { confirmation.acknowledge(id, code: 0) }
        confirmation.end()
        for id in 0..<1000 { confirmation.announce(id) }
        #expect(confirmation.knows(999) && !confirmation.knows(100))
    }
}
