import Testing

@testable import Watch

/// Nothing that comes in a payload moves the cursor or the columns.
@Suite struct DisplayTextTests {
    @Test(arguments: [
        ("plain", "plain", 5),
        // Escape sequences, bells, returns and the control characters of eight bits.
        ("\u{1B}[31mred\u{7}", "·[31mred·", 9), ("a\r\nb\tc", "a  b c", 6), ("\u{9B}2J\u{7F}\u{0}", "·2J··", 5),
        ("two\nlines", "two lines", 9),
        // Two cells each.
        ("水表", "水表", 4), ("ｗｉｄｅ", "ｗｉｄｅ", 8), ("한국", "한국", 4), ("𠮷", "𠮷", 2), ("か゚", "か゚", 2),
        ("😀", "😀", 2), ("⚡", "⚡", 2),
        // None at all: an accent on its letter.
        ("e\u{301}", "e\u{301}", 1),
        // Joiners, variants, skins and flags, of which each terminal thinks otherwise.
        ("👨\u{200D}👩\u{200D}👧", "👨👩👧", 6), ("❤\u{FE0F}", "❤", 1), ("👍🏽", "👍", 2), ("🇨🇳", "CN", 2),
        // Directions turn the rest of the line around.
        ("\u{202E}evil\u{202C}", "evil", 4), ("a\u{2028}b\u{A0}c", "a b c", 5), ("\u{E000}\u{FFFF}", "··", 2),
    ])
    func `what is shown, and how wide it is`(_ raw: String, _ shown: String, _ width: Int) {
        let text = DisplayText(raw)
        #expect(text.text.unicodeScalars.elementsEqual(shown.unicodeScalars))
        #expect(text.width == width)
        #expect(DisplayText(text.text) == text)
    }

    @Test(
        arguments: [
            ([0x68, 0x69], "hi"), ([0xFF, 0x00, 0x1B], "0xff001b"), ([], ""), ([0xE6, 0xB0], "0xe6b0"),
            ([UInt8](repeating: 0xFE, count: 65), "0x" + String(repeating: "fe", count: 64) + "…"),
        ] as [([UInt8], String)])
    func `bytes are text or digits`(_ bytes: [UInt8], _ shown: String) {
        #expect(DisplayText(bytes: bytes).text == shown)
    }

    @Test(arguments: [
        ("abc", 5, "abc  "), ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("水表水", 6, "水表水"), ("水表水", 5, "水表…"),
        // A character that would be cut in half leaves its cell empty.
        ("水表水", 4, "水… "), ("水", 1, "…"), ("abc", 1, "…"), ("abc", 0, ""), ("", 2, "  "),
    ])
    func `a column is as wide as it says`(_ raw: String, _ columns: Int, _ shown: String) {
        let fitted = DisplayText(raw).fitted(to: columns)
        #expect(fitted == shown)
        #expect(DisplayText(fitted).width == columns)
    }

    @Test func `numbers stand at the right`() {
        #expect(DisplayText("7").fitted(to: 3, rightAligned: true) == "  7")
    }
}
