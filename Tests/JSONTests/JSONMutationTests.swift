import JSON
import Testing

/// No input may end the daemon: whatever is parsed gives a value or an error with a place inside the text.
struct JSONMutationTests {
    private static let seeds = [
        #"{"id":"a-1","text":"héllo 😀","confirm":true,"rai":1,"ttl":3600,"priority":"high"}"#,
        #"{"5700":25.6,"5701":"Cel","nested":[[[{"a":[]}]]],"e":1.5e-7,"z":-0}"#,
        #"["\ud83d\ude00\u0041\\\"\/\b\f\n\r\t",null,false,[],{}]"#,
        "  [ 1 , 2.0 ,\n\t3e5 ]  ",
    ].map { Array($0.utf8) }
    private static let fragments = [
        "\"", "\\", "\\u", "\\ud800", "{", "}", "[", "]", ",", ":", "-", "0", "1e", ".", "\u{1}", "é",
    ]

    @Test func `a hundred thousand mutations never trap`() {
        var random = SplitMix(state: 1)
        var accepted = 0
        for round in 0..<100_000 {
            var bytes = Self.seeds[round % Self.seeds.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, using: &random) }
            do throws(JSONError) {
                let value = try JSONValue(parsing: bytes)
                accepted += 1
                // What is accepted is accepted again from its own bytes, and means the same.
                let again = try JSONValue(parsing: value.compacted)
                #expect(again == value)
                _ = (value.integer, value.double, value["id"], value.kind)
            } catch {
                #expect((0...bytes.count).contains(error.offset) && error.line >= 1 && error.column >= 1)
            }
        }
        #expect(accepted > 1000 && accepted < 99_000)
    }

    private func mutate(_ bytes: inout [UInt8], using random: inout SplitMix) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1 where place < bytes.count: bytes.remove(at: place)
        case 2: bytes.removeSubrange(place...)
        case 3:
            let end = Int.random(in: place...bytes.count, using: &random)
            bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        default:
            let fragment = Self.fragments.randomElement(using: &random) ?? ""
            bytes.insert(contentsOf: fragment.utf8, at: place)
        }
    }
}
