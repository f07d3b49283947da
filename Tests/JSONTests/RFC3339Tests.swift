import JSON
import Testing

struct RFC3339Tests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_709_251_200_000, "2024-03-01T00:00:00.000Z"),
            // A century is a leap year only every fourth time.
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
            (1_767_225_599_007, "2025-12-31T23:59:59.007Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (-62_162_121_600_000, "0000-02-29T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `a time is written and read`(milliseconds: Int64, text: String) {
        #expect(RFC3339.text(milliseconds: milliseconds) == text)
        #expect(RFC3339.milliseconds(parsing: text) == milliseconds)
    }

    @Test func `a time that four digits cannot write becomes the nearest`() {
        #expect(RFC3339.text(milliseconds: .max) == "9999-12-31T23:59:59.999Z")
        #expect(RFC3339.text(milliseconds: .min) == "0000-01-01T00:00:00.000Z")
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:00z", 0), ("1970-01-01 00:00:00.5Z", 500),
            ("1970-01-01T00:00:00.0019999Z", 1), ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T18:30:00-05:30", 0),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000), ("2017-01-01T00:59:60+01:00", 1_483_228_800_000),
        ] as [(String, Int64)])
    func `every other spelling of a time is read too`(text: String, milliseconds: Int64) {
        #expect(RFC3339.milliseconds(parsing: text) == milliseconds)
    }

    @Test(arguments: [
        "", "1970-01-01", "1970-01-01T00:00:00", "1970-1-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-13-01T00:00:00Z",
        "1970-01-00T00:00:00Z", "1970-01-32T00:00:00Z", "1970-04-31T00:00:00Z", "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z",
        "1970-01-01T12:00:60Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+0100",
        "1970-01-01T00:00:00ZZ", "1970-01-01T00:00:00.000", "+970-01-01T00:00:00Z", "１970-01-01T00:00:00Z",
    ])
    func `what is no time is refused`(text: String) {
        #expect(RFC3339.milliseconds(parsing: text) == nil)
    }

    @Test func `every day of four centuries is written once, in order, and read back`() {
        var previous = ""
        for day in Int64(0)..<146_097 {
            let milliseconds = day * 86_400_000
            let text = RFC3339.text(milliseconds: milliseconds)
            guard text > previous, RFC3339.milliseconds(parsing: text) == milliseconds else {
                Issue.record("day \(day) is \(text), after \(previous)")
                return
            }
            previous = text
        }
        #expect(previous == "2369-12-31T00:00:00.000Z")
    }
}
