import Bridge
import Testing

/// A slip of the keyboard may cost a fault, never the daemon: a reload reads the file while everything runs.
struct ConfigurationMutationTests {
    private static let seed = Array(
        """
        [mqtt]
        host = ["a:1", "b"]
        keepalive = 60
        [mqtt.tls]
        [bridge]
        http = ""
        [[module]]
        name = "m"
        port = "tcp://a:1"
        platform = "lwm2m"
        server = "192.0.2.1:5683"
        data_up = "19/0/0"
        [[module.object]]
        id = 19
        resources = [{ id = 0, type = "opaque", value = "00ff" }]
        [[module]]
        name = "n"
        port = "/dev/n"
        platform = "none"
        """.utf8)
    private static let fragments = [
        "\"", "'", "\"\"\"", "[", "]", "[[", "{", "}", "=", ".", ",", "\n", "#", "0x", "1e999", "-",
        "9999999999999999999",
        "1979-05-27T07:32:00Z", "inf", "\\u", "é", "module", "\0", "_",
    ]

    @Test func `no mutation of a configuration traps, and every fault has a place`() {
        var random = Seeded(state: 3)
        var refused = 0
        for _ in 0..<3000 {
            var text = Self.seed
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0...text.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0 where place < text.count: text[place] = UInt8.random(in: 0...255, using: &random)
                case 1 where place < text.count: text.remove(at: place)
                case 2: text.removeSubrange(place..<min(text.count, place + 12))
                default: text.insert(contentsOf: (Self.fragments.randomElement(using: &random) ?? "").utf8, at: place)
                }
            }
            do throws(ConfigurationErrors) {
                _ = try Configuration.parse(text, file: "f")
            } catch {
                refused += 1
                let lines = text.count { $0 == UInt8(ascii: "\n") } + 1
                for fault in error.faults where !(1...lines).contains(fault.line) || fault.column < 1 {
                    Issue.record("\(fault) in \(String(decoding: text, as: UTF8.self))")
                }
                if error.faults.isEmpty { Issue.record("no fault in \(String(decoding: text, as: UTF8.self))") }
            }
        }
        #expect(refused > 1000)
    }
}

/// A generator with a seed, so that a failure can be repeated.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
