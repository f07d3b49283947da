import AT
import Testing

@Suite struct `The fields of a line` {
    /// The line, its name, its fields; a quoted one is shown with its quotes.
    @Test(
        arguments: [
            ("+QLWEVTIND: 3", "+QLWEVTIND", ["3"]),
            ("+QLWEVTIND=3", "+QLWEVTIND", ["3"]),
            ("+CSQ:20,99", "+CSQ", ["20", "99"]),
            ("+NNMI", "+NNMI", []),
            ("+NNMI:", "+NNMI", []),
            ("+NNMI: ", "+NNMI", []),
            ("+NNMI: \"recv\",buff full", "+NNMI", ["\"recv\"", "buff full"]),
            ("+CGPADDR: 0,\"11.168.11.169\"", "+CGPADDR", ["0", "\"11.168.11.169\""]),
            ("+QIND: \"FOTA\", \"UPDATING\" , 2%,1,1 ", "+QIND", ["\"FOTA\"", "\"UPDATING\"", "2%", "1", "1"]),
            ("+X: a,,b,", "+X", ["a", "", "b", ""]),
            ("+X: ,", "+X", ["", ""]),
            ("+X: \"\"", "+X", ["\"\""]),
            ("+X: \"a,b\",c", "+X", ["\"a,b\"", "c"]),
            ("+X: \"a\"b\",c", "+X", ["\"a\"b\"", "c"]),
            ("+X: \"open,c", "+X", ["\"open,c\""]),
            ("+X: \"", "+X", ["\"\""]),
            ("+X: a\"b\",c", "+X", ["a\"b\"", "c"]),
            ("+QLAURC: \"binding_changed\",U", "+QLAURC", ["\"binding_changed\"", "U"]),
            ("BUFFERED=0,RECEIVED=34", "BUFFERED", ["0", "RECEIVED=34"]),
            ("867723030000001", "867723030000001", []),
            ("1,2:3", "", ["1", "2:3"]),
            ("\"a:b\",2", "", ["\"a:b\"", "2"]),
            ("", "", []),
            (":", "", []),
            (",", "", ["", ""]),
        ] as [(Line, String, [String])])
    func `come out from the left, from the right and by number`(_ line: Line, _ name: String, _ expected: [String]) {
        let fields = Fields(line)
        #expect(fields.name == name)
        #expect(fields.count == expected.count)
        #expect((0..<expected.count).map { fields[$0].map(show) } == expected)
        #expect(fields[expected.count] == nil)
        #expect(fields[-1] == nil)

        var fromLeft = fields
        var left: [String] = []
        while let field = fromLeft.next() { left.append(show(field)) }
        #expect(left == expected)
        #expect(!fromLeft.hasMore)
        #expect(fromLeft.last() == nil)
        #expect(fromLeft.tail.isEmpty)
    }

    @Test(
        arguments: [
            ("+X: 1,2,3", ["3", "2", "1"]), ("+X: 1,\"a,b\"", ["\"a,b\"", "1"]),
            ("+X: 1,\"a\" , 2", ["2", "\"a\"", "1"]),
            ("+X: ,", ["", ""]), ("+X: \"", ["\"\""]), ("+X: \"\"", ["\"\""]), ("+X", []), ("+X: a\"", ["a\""]),
        ] as [(Line, [String])])
    func `come out from the right`(_ line: Line, _ expected: [String]) {
        var fields = Fields(line)
        var right: [String] = []
        while let field = fields.last() { right.append(show(field)) }
        #expect(right == expected)
        #expect(fields.next() == nil)
    }

    @Test func `leave what stands between both ends`() {
        var fields = Fields("+QLAWRITE: 8096,\"6CBB\",{\"a\":\"1\",\"b\":2},\"q=1\"")
        #expect(fields.next()?.int == 8096)
        #expect(fields.next()?.hex == [0x6C, 0xBB])
        #expect(fields.last()?.text == "q=1")
        #expect(String(decoding: fields.tail, as: UTF8.self) == "{\"a\":\"1\",\"b\":2}")
    }

    @Test(
        arguments: [
            ("0", 0), ("-1", -1), ("+5", 5), ("007", 7), ("4294967296", 4_294_967_296), ("", nil), ("-", nil),
            ("1a", nil),
            ("1 2", nil), ("0x10", nil), ("9223372036854775807", .max), ("9223372036854775808", nil),
            ("-9223372036854775808", .min), ("-9223372036854775809", nil), ("\"5\"", 5), (" 5 ", 5),
        ] as [(String, Int?)])
    func `are numbers only as a whole`(_ text: String, _ number: Int?) {
        #expect(Fields(bare: Line(Array(text.utf8)))[0]?.int == number)
    }

    @Test(arguments: [("37%", 37), (" 2 %", 2), ("-1,1", -1), ("%", nil)] as [(String, Int?)])
    func `may begin with a number`(_ text: String, _ number: Int?) {
        #expect(Fields(bare: Line(Array(text.utf8)))[0]?.leadingInt == number)
    }

    /// The length decides; quotes inside do not.
    @Test(
        arguments: [
            ("\"{\"outletStatus\":\"1\"}\",0", 20, "{\"outletStatus\":\"1\"}", "0"),
            ("{\"outletStatus\":\"1\"},0", 20, "{\"outletStatus\":\"1\"}", "0"),
            ("\"a\",\"b\",0", 5, "a\",\"b", "0"), ("\"a,b\" , 0", 3, "a,b", " 0"), (" \"ab\",0", 2, "ab", "0"),
            ("\"a\",0", 3, "\"a\"", "0"), ("\"\",0", 0, "", "0"), (",0", 0, "", "0"), ("abc", 3, "abc", ""),
            ("a\r\nb,0", 4, "a\r\nb", "0"),
            // A blank after the comma belongs to the text only if the length says so.
            (" abc, 0", 3, "abc", " 0"), (" abc, 0", 4, " abc", " 0"), (" \"abc\", 0", 3, "abc", " 0"),
        ] as [(String, Int, String, String)])
    func `give a text by its length`(_ rest: String, _ length: Int, _ text: String, _ tail: String) {
        var fields = Fields(Line(Array("+X: 1,\(rest)".utf8)))
        _ = fields.next()
        #expect(fields.text(length: length).map { String(decoding: $0, as: UTF8.self) } == text)
        #expect(String(decoding: fields.tail, as: UTF8.self) == tail)
    }

    @Test(arguments: [("abc", 4), ("abc", 2), ("\"abc\"", 6), ("", 1), ("abc", -1), ("abc", .max)] as [(String, Int)])
    func `take no text of another length`(_ rest: String, _ length: Int) {
        var fields = Fields(Line(Array("+X: 1,\(rest)".utf8)))
        _ = fields.next()
        #expect(fields.text(length: length) == nil)
        #expect(String(decoding: fields.tail, as: UTF8.self) == rest)
    }

    @Test(
        arguments: [
            ("68656C6C6F,0", 5, Array("hello".utf8)), ("\"68656c6C6F\",0", 5, Array("hello".utf8)),
            ("AAAA0000", 4, [170, 170, 0, 0]), (" 6f6C , 0", 2, [0x6F, 0x6C]), (" \"6f6C\", 0", 2, [0x6F, 0x6C]),
            ("\"\"", 0, []), ("686", 1, nil), ("68", 2, nil), ("6G", 1, nil), ("68", .max, nil), ("68", -1, nil),
            ("\"68", 1, nil),
        ] as [(String, Int, [UInt8]?)])
    func `give bytes by their length`(_ rest: String, _ length: Int, _ bytes: [UInt8]?) {
        var fields = Fields(Line(Array("+X: 1,\(rest)".utf8)))
        _ = fields.next()
        #expect(fields.hex(length: length) == bytes)
        if bytes == nil { #expect(String(decoding: fields.tail, as: UTF8.self) == rest) }
    }

    @Test func `are found by their key`() {
        let fields = Fields("BUFFERED=1,RECEIVED=34,DROPPED=2")
        #expect(fields.value(of: "BUFFERED")?.int == 1)
        #expect(fields.value(of: "RECEIVED")?.int == 34)
        #expect(fields.value(of: "DROPPED")?.int == 2)
        #expect(fields.value(of: "DROP") == nil)
        #expect(fields.value(of: "") == nil)
    }

    @Test func `never trap`() {
        var random = SplitMix(state: 7)
        let alphabet = Array("+X:=,\"\" 1-aF\r\n\0".utf8) + [0xFF]
        for _ in 0..<20_000 {
            let line = Line(
                (0..<Int.random(in: 0...14, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 })
            var fields = Fields(line)
            let count = fields.count
            var taken = 0
            while fields.hasMore {
                let length = Int.random(in: 0...6, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: if fields.text(length: length) == nil { _ = fields.next() }
                case 1: if fields.hex(length: length) == nil { _ = fields.next() }
                case 2: #expect(fields.next() != nil)
                default: #expect(fields.last() != nil)
                }
                taken += 1
            }
            #expect(taken <= line.bytes.count + 1)
            #expect((count == 0) == (taken == 0))
        }
    }

    private func show(_ field: Field) -> String {
        field.isQuoted ? "\"\(field.text)\"" : field.text
    }
}
