import JSON
import Testing

struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `the table of RFC 4648 is written and read`(plain: String, coded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == coded)
        #expect(Base64.decode(coded) == Array(plain.utf8))
    }

    @Test func `all bytes at all lengths come back`() {
        for length in 0..<300 {
            let data = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 151 + length) }
            #expect(Base64.decode(Base64.encode(data)) == data)
        }
        #expect(Base64.encode([0xFB, 0xEF, 0xFF]) == "++//")
    }

    @Test(arguments: [
        // Too short, too much padding, padding inside, stray bits, blanks, the other alphabet, not ASCII.
        "Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm=v", "Zh==", "Zm9=", "Zm9v\n", " Zm9", "-_-_", "Zmé",
    ])
    func `every other text is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
