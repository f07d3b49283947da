import JSON
import Testing

private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

struct JSONValueTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "12.50", "1e5", "1E+5", "1e-5", "-1.25e10", #""""#, #""x""#, "[]", "{}",
        "[1,[2,[3]]]", #"{"a":{"b":[]}}"#, #"{"":0}"#, #"["\u0000\/\b"]"#, "\"\u{7F}é😀\"",
        // Same letters, composed and not: two keys.
        "{\"\u{E9}\":1,\"e\u{301}\":2}",
        "1" + String(repeating: "0", count: 400), "1e999999999999", "0." + String(repeating: "0", count: 400) + "1",
    ])
    func `JSON is accepted, with or without blanks around it`(text: String) throws {
        let value = try parse(text)
        #expect(Array(value.source) == Array(text.utf8))
        #expect(try parse("\r\n\t " + text + " \n") == value)
    }

    @Test(arguments: [
        // Nothing, or too much.
        ("", 1, 1, "the text ends here", "a value"),
        (" \n ", 2, 2, "the text ends here", "a value"),
        ("1 2", 1, 3, "here is '2'", "the end of the text"),
        ("\u{FEFF}1", 1, 1, "here is the byte 0xEF", "a value"),
        ("1\0", 1, 2, "here is the byte 0x0", "the end of the text"),
        // Words.
        ("nul", 1, 4, "the text ends here", "the word null"),
        ("True", 1, 1, "here is 'T'", "a value"),
        ("falze", 1, 4, "here is 'z'", "the word false"),
        ("NaN", 1, 1, "here is 'N'", "a value"),
        // Numbers.
        ("01", 1, 2, "here is '1'", "no digit after a leading zero"),
        ("-", 1, 2, "the text ends here", "a digit"),
        ("+1", 1, 1, "here is '+'", "a value"),
        (".5", 1, 1, "here is '.'", "a value"),
        ("1.", 1, 3, "the text ends here", "a digit"),
        ("1.e5", 1, 3, "here is 'e'", "a digit"),
        ("1e", 1, 3, "the text ends here", "a digit"),
        ("1e+x", 1, 4, "here is 'x'", "a digit"),
        ("0x10", 1, 2, "here is 'x'", "the end of the text"),
        ("-Infinity", 1, 2, "here is 'I'", "a digit"),
        // Arrays and objects.
        ("[1,]", 1, 4, "here is ']'", "a value"),
        ("[1 2]", 1, 4, "here is '2'", "',' or ']'"),
        ("[", 1, 2, "the text ends here", "a value"),
        ("[1", 1, 3, "the text ends here", "',' or ']'"),
        ("]", 1, 1, "here is ']'", "a value"),
        (#"{"a"}"#, 1, 5, "here is '}'", "':'"),
        (#"{"a":}"#, 1, 6, "here is '}'", "a value"),
        (#"{"a":1,}"#, 1, 8, "here is '}'", "a key in quotes"),
        (#"{a:1}"#, 1, 2, "here is 'a'", "a key in quotes"),
        (#"{'a':1}"#, 1, 2, "here is '''", "a key in quotes"),
        (#"{"a":1 "b":2}"#, 1, 8, "here is '\"'", "',' or '}'"),
        ("{\"a\":1,\n \"é\":2, \"a\":3}", 2, 9, "the key \"a\" stands here a second time", "each key once"),
        ("{\"a\":1,\"\\u0061\":2}", 1, 8, "the key \"a\" stands here a second time", "each key once"),
        ("/* */1", 1, 1, "here is '/'", "a value"),
        // Strings.
        (#""abc"#, 1, 5, "the text ends here", "'\"' at the end of the string"),
        ("\"a\nb\"", 1, 3, "here is the byte 0xA", "no control character inside a string"),
        ("\"\\n\tb\"", 1, 4, "here is the byte 0x9", "no control character inside a string"),
        (#""\x""#, 1, 3, "here is 'x'", #"one of " \ / b f n r t u after a backslash"#),
        (#""\"#, 1, 3, "the text ends here", #"one of " \ / b f n r t u after a backslash"#),
        (#""\u12G4""#, 1, 6, "here is 'G'", #"four hexadecimal digits after \u"#),
        (#""\ud800""#, 1, 2, "a first half of a surrogate pair", "the second half after it"),
        (#""\ud800\n""#, 1, 2, "a first half of a surrogate pair", "the second half after it"),
        (#""é\ud800\u0041""#, 1, 3, "a first half of a surrogate pair", "the second half after it"),
        (#""\udc00\ud800""#, 1, 2, "a second half of a surrogate pair", "the first half before it"),
    ])
    func `what is not JSON is refused with its place`(
        text: String, line: Int, column: Int, found: String, expected: String
    ) {
        let error = #expect(throws: JSONError.self) { try parse(text) }
        #expect(error?.description == "line \(line), column \(column): \(found); expected \(expected)")
    }

    @Test(
        arguments: [
            // An overlong slash, a surrogate, beyond the last plane, a lone continuation, a sequence cut short.
            ([0x22, 0x61, 0xC0, 0xAF, 0x22], 2), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
            ([0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], 1),
            ([0x22, 0x61, 0x62, 0x80, 0x22], 3), ([0x22, 0x5C, 0x6E, 0x61, 0xC3, 0x22], 4),
        ] as [([UInt8], Int)])
    func `bytes that are not UTF-8 are refused at the first of them`(bytes: [UInt8], offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
        #expect(error?.offset == offset)
        #expect(error?.found == "bytes that are not UTF-8")
    }

    @Test(arguments: [
        (#""\ud83d\ude00""#, "😀"), (#""\uD834\uDD1E!""#, "𝄞!"), (#""\u00e9\u0000""#, "é\0"), (#""\uFFFF""#, "\u{FFFF}"),
        (#""\\u0041""#, #"\u0041"#), (#""a\"b\/c\\""#, #"a"b/c\"#), (#""é\tü""#, "é\tü"),
    ])
    func `escapes become their characters`(text: String, expected: String) throws {
        #expect(try parse(text).string.map { Array($0.utf8) } == Array(expected.utf8))
    }

    @Test func `nesting ends at the limit and no sooner`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
        }
        #expect(try JSONValue(parsing: nested(64)).array?.count == 1)
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: nested(65)) }
        #expect(error?.description == "line 1, column 65: this is nested too deeply; expected at most 64 levels")
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(1_000_000)) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(1_000_000), depthLimit: .max) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(1), depthLimit: 0) }
        #expect(try JSONValue(parsing: Array("1".utf8), depthLimit: 0).integer == 1)
    }

    @Test func `members keep their order, also where there are many`() throws {
        let keys = (0..<300).map { "key \($0 * 7919 % 300)" }
        let text = "{" + keys.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        #expect(try parse(text).members?.map(\.key) == keys)
        #expect(throws: JSONError.self) { try parse(text.dropLast() + ",\"key 299\":0}") }
        #expect(throws: JSONError.self) { try parse(text.dropLast() + ",\"\(keys[0])\":0}") }
    }

    @Test func `every value keeps the bytes it was written with`() throws {
        let value = try parse(#" { "body" : { "b" : 1.50, "a b" : [ 1E2 , "x \" y" ] } , "n" : 0.10 } "#)
        let body = try #require(value["body"])
        #expect(String(decoding: body.source, as: UTF8.self) == #"{ "b" : 1.50, "a b" : [ 1E2 , "x \" y" ] }"#)
        #expect(String(decoding: body.compacted, as: UTF8.self) == #"{"b":1.50,"a b":[1E2,"x \" y"]}"#)
        #expect(value["n"].map { Array($0.source) } == Array("0.10".utf8))
        #expect(JSONText.object { $0.member("n", value["n"]) } == Array(#"{"n":0.10}"#.utf8))
        #expect(try parse(#"["\\", "a b\\" , 1 ]"#).compacted == Array(#"["\\","a b\\",1]"#.utf8))
    }

    @Test(
        arguments: [
            ("0", 0, 0), ("-0", 0, -0.0), ("3.0", 3, 3), ("3e2", 300, 300), ("1.5", nil, 1.5), ("-12", -12, -12),
            ("9223372036854775807", .max, 0x1p63),
            ("-9223372036854775808", .min, -0x1p63),
            ("9223372036854775808", nil, 0x1p63), ("1e15", 1_000_000_000_000_000, 1e15),
            ("1e17", nil, 1e17), ("1e400", nil, nil), ("-1e400", nil, nil), ("1e-400", 0, 0), ("\"1\"", nil, nil),
        ] as [(String, Int?, Double?)])
    func `a number is read as an integer or a double where it fits`(text: String, integer: Int?, double: Double?) throws
    {
        let value = try parse(text)
        #expect(value.integer == integer)
        #expect(value.double == double)
    }

    @Test func `an accessor of another kind gives nil`() throws {
        let value = try parse(#"{"null":null,"bool":true,"number":1,"string":"x","array":[1],"object":{}}"#)
        #expect(value["null"]?.isNull == true && value["bool"]?.isNull == false)
        #expect(value["bool"]?.bool == true && value["string"]?.bool == nil)
        #expect(value["string"]?.string == "x" && value["number"]?.string == nil)
        #expect(value["array"]?.array?.first?.integer == 1 && value["object"]?.array == nil)
        #expect(value["object"]?.members?.isEmpty == true && value["array"]?.members == nil)
        #expect(value["missing"] == nil && value["array"]?["0"] == nil)
        let kinds = value.members?.map(\.value.kind)
        #expect(kinds == ["null", "a boolean", "a number", "a string", "an array", "an object"])
    }

    @Test func `values are equal by what they say, numbers by their digits`() throws {
        #expect(try parse(#"{"a": ["\u0041"]}"#) == parse(#"{"a":["A"]}"#))
        #expect(try parse("1.0") != parse("1"))
        #expect(try parse("true") != parse("1"))
        #expect(try parse("[1]") != parse("[1,1]"))
        #expect(try parse("null") == parse(" null") && parse("true") != parse("false"))
    }
}
