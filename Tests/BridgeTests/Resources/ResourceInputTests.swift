import Bridge
import JSON
import Platforms
import Testing

/// What clients publish to `object/…/set` and `answer`.
@Suite struct ResourceInputTests {
    private let model = ResourceModel(objects: [
        ObjectDescription(
            id: 3303,
            resources: [
                ResourceDescription(id: 5700, kind: .float), ResourceDescription(id: 5701, kind: .string),
                ResourceDescription(id: 5500, kind: .boolean), ResourceDescription(id: 5822, kind: .integer),
                ResourceDescription(id: 5850, kind: .opaque), ResourceDescription(id: 5605, kind: .executable),
            ])
    ])

    private func read(_ path: String, _ payload: [UInt8]) throws -> [ResourceReading] {
        try ResourceInput.readings(payload, for: try #require(ObjectPath(path)), in: model)
    }

    @Test func `one resource takes its value as text, an opaque one as bytes`() throws {
        #expect(try read("3303/0/5700", Array("25.6".utf8)).map(\.value) == [.float(25.6)])
        let all = (0...255).map { UInt8($0) }
        #expect(try read("3303/0/5850", all).map(\.value) == [.opaque(all)])
    }

    @Test func `an instance takes an object of values, in its order`() throws {
        let readings = try read(
            "3303/0", Array(#"{"5701":"Cel","5700":25.6,"5500":true,"5822":-3,"5850":"00FF"}"#.utf8))
        #expect(readings.map(\.path.resource) == [5701, 5700, 5500, 5822, 5850])
        #expect(
            readings.map(\.value) == [.string("Cel"), .float(25.6), .boolean(true), .integer(-3), .opaque([0, 255])])
    }

    @Test(
        arguments: [
            (#"{"hex":"00ff"}"#, [0x00, 0xFF]), (#"{"base64":"AP8="}"#, [0x00, 0xFF]),
            (#"{"text":"ab"}"#, [0x61, 0x62]),
            (#""plain""#, Array("plain".utf8)), (#""6162""#, [0x61, 0x62]),
        ] as [(String, [UInt8])])
    func `opaque bytes have several spellings in JSON`(_ json: String, _ bytes: [UInt8]) throws {
        #expect(try read("3303/0", Array(#"{"5850":\#(json)}"#.utf8)).map(\.value) == [.opaque(bytes)])
    }

    @Test(arguments: [
        ("3303/0/5700", "warm", "bad_value", "3303/0/5700: the value is \"warm\"; a number is expected"),
        ("3303/0/5605", "1", "executable", "3303/0/5605 is executable; it has no value"),
        (
            "3303/0/1", "1", "unknown_resource",
            "there is no resource 3303/0/1: the object has 5700, 5701, 5500, 5822, 5850, 5605"
        ),
        ("3304/0/1", "1", "unknown_resource", "there is no resource 3304/0/1: the object is not in the configuration"),
        ("3303/0", "25.6", "not_an_object", #"an object such as {"5700":25.6} is expected"#),
        ("3303/0", "{}", "not_an_object", #"an object such as {"5700":25.6} is expected"#),
        ("3303/0", #"{"x":1}"#, "unknown_resource", #""x" is no resource id; 0 to 65535 is expected"#),
        ("3303/0", #"{"5700":"25"}"#, "bad_value", "3303/0/5700: the value is a string; a number is expected"),
        ("3303/0", #"{"5500":2}"#, "bad_value", "3303/0/5500: the value is a number; true or false is expected"),
        ("3303/0", #"{"5605":1}"#, "executable", "3303/0/5605 is executable; it has no value"),
        ("3303/0/5700", "0x10", "bad_value", "3303/0/5700: the value is \"0x10\"; a number is expected"),
        ("3303/0/5700", "nan", "bad_value", "3303/0/5700: the value is \"nan\"; a number is expected"),
        (
            "3303/0/5700", "1e39", "bad_value",
            "3303/0/5700: the value is \"1e39\"; a number from -3.4e38 to 3.4e38 is expected"
        ),
        (
            "3303/0", #"{"5700":-1e39}"#, "bad_value",
            "3303/0/5700: the value is -1e+39; a number from -3.4e38 to 3.4e38 is expected"
        ),
        (
            "3303/0/5822", "9223372036854775808", "bad_value",
            "3303/0/5822: the value is \"9223372036854775808\"; a number from -9223372036854775808 to 9223372036854775807"
                + " is expected"
        ),
        ("3303/0", #"{"5822":1.5}"#, "bad_value", "3303/0/5822: the value is 1.5; a whole number is expected"),
        (
            "3303/0", #"{"5822":1e30}"#, "bad_value",
            "3303/0/5822: the value is 1e+30; a number from -9223372036854775808 to 9223372036854775807 is expected"
        ),
        ("3303/0", #"{"5850":"abc"}"#, "odd_hex", "3303/0/5850: the value has 3 digits; an even number is expected"),
    ])
    func `what is wrong is said with the resource's name`(
        _ path: String, _ payload: String, _ name: String, _ text: String
    ) {
        #expect(throws: Rejection(name, text)) { try read(path, Array(payload.utf8)) }
    }

    @Test func `what is not JSON is refused`() {
        #expect { try read("3303/0", Array("{".utf8)) } throws: { ($0 as? Rejection)?.name == "not_json" }
    }

    // MARK: Answers

    /// Andlink's values are text, most of them JSON.
    @Test(
        arguments: [
            ("\"12\"", "12"), ("12", "12"), ("21.50", "21.50"), ("true", "true"), ("[1, 2]", "[1,2]"), ("{}", "{}"),
            (#"{"hex": "0"}"#, ""), (#"{"hex": "4142"}"#, "AB"), (#"{"text":"x"}"#, "x"),
            (#"{"outletStatus": "0"}"#, #"{"outletStatus":"0"}"#), (#"{"hex":"41","n":1}"#, #"{"hex":"41","n":1}"#),
        ])
    func `where opaque values are text, other JSON stands for itself`(_ json: String, _ text: String) throws {
        let value = try JSONValue(parsing: Array(json.utf8))
        let read = try? ResourceValue(json: value, kind: .opaque, opaqueIsText: true)
        #expect(read == (text.isEmpty ? nil : .opaque(Array(text.utf8))))
        #expect(throws: ResourceValue.Fault("the value is null; at most 1024 bytes is expected")) {
            try ResourceValue(json: JSONValue(parsing: Array("null".utf8)), kind: .opaque, longestOpaque: 1024)
        }
    }

    @Test(arguments: RequestAnswer.Code.allCases) func `every code has its name`(_ code: RequestAnswer.Code) throws {
        let answer = try ClientAnswer(parsing: Array(#"{"id":"a","code":"\#(code.rawValue)","value":1}"#.utf8))
        #expect(answer.code == code)
        #expect(answer.id == "a")
        #expect(answer.value?.integer == 1)
    }

    @Test(
        arguments: [
            ("x", "not_json", nil), ("[]", "not_an_object", nil), (#"{"code":"content"}"#, "no_id", nil),
            (#"{"id":"a"}"#, "bad_code", "a"), (#"{"id":"a","code":"ok"}"#, "bad_code", "a"),
            (#"{"id":"a","code":"content","result":1}"#, "unknown_member", "a"),
            // None of ours is that long, and it would be repeated in the outcome.
            (#"{"id":"\#(String(repeating: "a", count: 129))","code":"content"}"#, "no_id", nil),
        ] as [(String, String, String?)])
    func `an answer that is none is refused`(_ payload: String, _ name: String, _ id: String?) {
        #expect { try ClientAnswer(parsing: Array(payload.utf8)) } throws: { error in
            (error as? Rejection)?.name == name && (error as? Rejection)?.id == id
        }
    }
}
