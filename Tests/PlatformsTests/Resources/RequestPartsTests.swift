import Platforms
import Testing

/// Writes in several parts: whole or not at all.
@Suite struct RequestPartsTests {
    private static func value(_ resource: UInt16) -> WrittenValue {
        WrittenValue(ResourcePath(object: 3311, instance: 0, resource: resource), [1], .bytes)
    }

    private static func part(_ messageID: Int, _ index: Int) -> RequestParts.Part {
        .init(messageID: messageID, value: value(UInt16(index)), index: index)
    }

    /// The parts as message id and index, what comes of each, and what is left after a second.
    @Test(
        arguments: [
            ([(1, 0)], [[RequestParts.Outcome.complete(messageID: 1, [value(0)])]], []),
            (
                [(1, 2), (1, 1), (1, 0)],
                [[.held], [.held], [.complete(messageID: 1, [value(2), value(1), value(0)])]], []
            ),
            // A lone index above 0 is a whole write of firmware that counts differently.
            ([(1, 2)], [[.held]], [.complete(messageID: 1, [value(2)])]),
            (
                [(1, 2), (2, 0)],
                [[.held], [.complete(messageID: 1, [value(2)]), .complete(messageID: 2, [value(0)])]], []
            ),
            // Said twice.
            ([(1, 1), (1, 1), (1, 0)], [[.held], [.held], [.complete(messageID: 1, [value(1), value(0)])]], []),
            // An end is missing.
            ([(1, 2), (1, 1)], [[.held], [.held]], [.broken(messageID: 1)]),
            // Another one begins in the middle.
            (
                [(1, 2), (1, 1), (2, 0)],
                [[.held], [.held], [.broken(messageID: 1), .complete(messageID: 2, [value(0)])]], []
            ),
            // A part is missing.
            (
                [(1, 3), (1, 2), (1, 0)], [[.held], [.held], [.broken(messageID: 1)]], []
            ),
            // A part is missing, and then all is told again.
            (
                [(1, 2), (1, 0), (1, 2), (1, 1), (1, 0)],
                [
                    [.held], [.broken(messageID: 1)], [.held], [.held],
                    [.complete(messageID: 1, [value(2), value(1), value(0)])],
                ], []
            ),
            // Told again in the middle.
            (
                [(1, 2), (1, 1), (1, 2), (1, 1), (1, 0)],
                [[.held], [.held], [.held], [.held], [.complete(messageID: 1, [value(2), value(1), value(0)])]], []
            ),
        ] as [([(Int, Int)], [[RequestParts.Outcome]], [RequestParts.Outcome])])
    func `parts make a whole`(
        _ parts: [(Int, Int)], _ outcomes: [[RequestParts.Outcome]], _ rest: [RequestParts.Outcome]
    ) {
        var request = RequestParts()
        #expect(parts.map { request.add(Self.part($0.0, $0.1)) } == outcomes)
        #expect(request.settle() == rest)
        #expect(request.isEmpty)
    }

    @Test func `what a restart interrupts is forgotten`() {
        var request = RequestParts()
        _ = request.add(Self.part(1, 1))
        request.forget()
        #expect(request.settle() == [])
    }
}
