import Platforms
import Testing

@testable import Bridge

@Suite struct ExpositionTests {
    @Test func `labels and help are escaped as the format wants it`() {
        var text = Exposition()
        text.family("a", .gauge, "one\\two\n\"three\"")
        text.sample("a", [.init("model", "back\\slash \"quoted\"\nnext line")], 7)
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == #"""
                # HELP a one\\two\n"three"
                # TYPE a gauge
                a{model="back\\slash \"quoted\"\nnext line"} 7

                """#)
    }

    @Test(arguments: [
        (Double.infinity, "+Inf"), (-Double.infinity, "-Inf"), (.nan, "NaN"), (0.5, "0.5"), (1e-7, "1e-07"),
        (1_795_274_059.458, "1795274059.458"),
    ])
    func `numbers are written as Prometheus reads them`(value: Double, shown: String) {
        var text = Exposition()
        text.sample("a", value)
        #expect(String(decoding: text.bytes, as: UTF8.self) == "a \(shown)\n")
    }

    @Test func `buckets of a histogram are cumulative, in seconds, and hold their bounds`() {
        var histogram = Histogram(.answer)
        for milliseconds in [0.1, 0.5, 0.6, 1, 99_999] { histogram.observe(milliseconds: milliseconds) }
        var text = Exposition()
        text.histogram("h", "help", histogram)
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(lines.contains(#"h_bucket{le="0.0005"} 2"#))
        #expect(lines.contains(#"h_bucket{le="0.001"} 4"#))
        #expect(lines.contains(#"h_bucket{le="30.0"} 4"#))
        #expect(lines.contains(#"h_bucket{le="+Inf"} 5"#))
        #expect(lines.contains("h_count 5"))
        #expect(lines.contains("h_sum 100.0012"))
    }

    @Test func `requests are counted by kind and answerer, and only those that there were are shown`() {
        var counters = ModuleCounters()
        counters.count(.read, answeredBy: .bridge)
        counters.count(.read, answeredBy: .bridge)
        counters.count(.writeAttributes("pmin=1"), answeredBy: .nobody)
        var shown: [String] = []
        counters.forEachRequest { kind, answerer, count in shown.append("\(kind) \(answerer) \(count)") }
        #expect(shown == ["read bridge 2", "write_attributes nobody 1"])
    }
}
