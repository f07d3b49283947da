import Reactor
import TestSupport
import Testing
import VirtualModules

extension Rig {
    /// The host has done nothing wrong, but what is expected; else what led to it is told too.
    func expectBreaches(
        _ expected: [String] = [], where isExpected: (String) -> Bool = { _ in false },
        at location: SourceLocation = #_sourceLocation
    ) async {
        let breaches = await module.breaches.filter { !isExpected($0) }
        guard breaches != expected else { return }
        let log = await module.log
        var story: [String] = []
        for place in log.indices where log[place].kind == .note && log[place].text.hasPrefix("breach") {
            story += log[max(0, place - 12)...min(place + 4, log.count - 1)].map { entry in
                "\(entry.time.nanoseconds / 1_000_000) \(entry.kind) \(entry.text.prefix(70))"
            }
            story.append("")
        }
        let comment = Comment(rawValue: story.joined(separator: "\n"))
        #expect(breaches == expected, comment, sourceLocation: location)
    }
}
