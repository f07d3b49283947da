/// The text that Prometheus reads (format 0.0.4), appended byte by byte.
package struct Exposition: Sendable {
    package enum Kind: String, Sendable { case counter, gauge, histogram }

    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// All samples of a family stand together behind this.
    package mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        append("# HELP \(name) ")
        append(escaped: help, quotes: false)
        append("\n# TYPE \(name) \(kind.rawValue)\n")
    }

    package mutating func sample(_ name: String, _ labels: [Label], _ value: Int) {
        begin(name, labels)
        append(value)
        bytes.append(UInt8(ascii: "\n"))
    }

    package mutating func sample(_ name: String, _ labels: [Label], _ value: Double) {
        begin(name, labels)
        append(value.isNaN ? "NaN" : value.isFinite ? "\(value)" : value > 0 ? "+Inf" : "-Inf")
        bytes.append(UInt8(ascii: "\n"))
    }

    package mutating func sample(_ name: String, _ value: Int) { sample(name, [], value) }
    package mutating func sample(_ name: String, _ value: Double) { sample(name, [], value) }

    package mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
        family(name, .histogram, help)
        var total = 0
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            total += count
            sample(name + "_bucket", [Label("le", "\(bound / 1000)")], total)
        }
        total += histogram.counts.last ?? 0
        sample(name + "_bucket", [Label("le", "+Inf")], total)
        sample(name + "_sum", histogram.sum / 1000)
        sample(name + "_count", total)
    }

    /// A name and a value, escaped once and used often.
    package struct Label: Sendable {
        fileprivate let bytes: [UInt8]

        package init(_ name: String, _ value: String) {
            var text = Exposition()
            text.append(name)
            text.append("=\"")
            text.append(escaped: value, quotes: true)
            text.append("\"")
            bytes = text.bytes
        }
    }

    private mutating func begin(_ name: String, _ labels: [Label]) {
        append(name)
        if !labels.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            for index in labels.indices {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(contentsOf: labels[index].bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(_ number: Int) {
        guard number >= 10 || number < 0 else { return bytes.append(UInt8(ascii: "0") + UInt8(number)) }
        append(String(number))
    }

    private mutating func append(escaped text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where quotes: append("\\\"")
            default: bytes.append(byte)
            }
        }
    }
}
