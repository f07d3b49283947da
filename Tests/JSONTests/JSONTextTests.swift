import JSON
import Testing

struct JSONTextTests {
    private func written(_ value: some JSONWritable) -> String {
        var text = JSONText()
        text.value(value)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test func `members and elements stand in the order they are written`() {
        let bytes = JSONText.object {
            $0.member("state", "ready")
            $0.member("since", time: 0)
            $0.object("network") {
                $0.member("attached", true)
                $0.member("ip", String?.none)
                $0.member("rssi_dbm", -71)
            }
            $0.array("list") {
                $0.element(1)
                $0.object { $0.member("a", 2) }
                $0.array { _ in }
                $0.null()
                $0.element(raw: Array("[ ]".utf8))
            }
            $0.object("empty") { _ in }
            $0.null("error")
            $0.member("raw", raw: Array("{ }".utf8))
            $0.member("hex", hex: [0x00, 0x9f, 0xA0])
            $0.member("until", time: nil)
        }
        let expected =
            #"{"state":"ready","since":"1970-01-01T00:00:00.000Z","network":{"attached":true,"ip":null,"rssi_dbm":-71},"#
            + #""list":[1,{"a":2},[],null,[ ]],"empty":{},"error":null,"raw":{ },"hex":"009fa0","until":null}"#
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test func `a text may be any value`() {
        var text = JSONText(capacity: 0)
        text.array { $0.element("x") }
        #expect(text.bytes == Array(#"["x"]"#.utf8))
        #expect(written([1, 2]) == "[1,2]")
        #expect(written([Int]()) == "[]")
    }

    @Test(arguments: [
        ("", #""""#),
        ("plain", #""plain""#),
        ("say \"no\"", #""say \"no\"""#),
        (#"back\slash"#, #""back\\slash""#),
        ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
        ("\0\u{1}\u{1F}", #""\u0000\u0001\u001f""#),
        // Delete and all beyond ASCII stand for themselves.
        ("\u{7F}é😀/", "\"\u{7F}é😀/\""),
    ])
    func `strings are escaped as little as JSON allows`(text: String, expected: String) {
        #expect(written(text) == expected)
    }

    @Test(arguments: [
        (0, "0"), (7, "7"), (10, "10"), (-1, "-1"), (1_234_567_890, "1234567890"),
        (Int.max, "9223372036854775807"), (Int.min, "-9223372036854775808"),
    ])
    func `integers are written whole`(value: Int, expected: String) {
        #expect(written(value) == expected)
    }

    @Test func `the widest and the narrowest integers are written too`() {
        #expect(written(UInt64.max) == "18446744073709551615")
        #expect(written(UInt8.max) == "255")
        #expect(written(Int32.min) == "-2147483648")
        #expect(written(UInt32.max) == "4294967295")
        #expect(written(UInt16.max) == "65535")
        #expect(written(Int64.min) == "-9223372036854775808")
    }

    @Test(arguments: [
        (0, "0"), (-0.0, "-0"), (1, "1"), (25.6, "25.6"), (0.1 + 0.2, "0.30000000000000004"), (-273.15, "-273.15"),
        (1e21, "1e+21"), (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
        (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
    ])
    func `doubles are written in their shortest form`(value: Double, expected: String) {
        #expect(written(value) == expected)
    }

    @Test func `every double that is written reads back as itself`() throws {
        var random = SplitMix(state: 7)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            let read = try JSONValue(parsing: Array(written(value).utf8)).double
            #expect(read?.bitPattern == value.bitPattern)
        }
    }

    @Test func `every string that is written reads back as itself`() throws {
        var random = SplitMix(state: 8)
        for _ in 0..<2000 {
            var text = ""
            for _ in 0..<Int.random(in: 0..<20, using: &random) {
                let plane = [0x20, 0x80, 0x800, 0x11_0000].randomElement(using: &random) ?? 0x80
                guard let scalar = Unicode.Scalar(UInt32.random(in: 0..<UInt32(plane), using: &random)) else {
                    continue
                }
                text.unicodeScalars.append(scalar)
            }
            let read = try JSONValue(parsing: Array(written(text).utf8)).string
            #expect(read.map { Array($0.utf8) } == Array(text.utf8))
        }
    }
}
