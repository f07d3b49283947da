import AT
import Testing

@Suite struct `Hex digits` {
    @Test(
        arguments: [([], ""), ([0], "00"), ([0x0A, 0xF5], "0AF5"), ([255, 128, 127], "FF807F")] as [([UInt8], String)])
    func `are written with capitals and read back`(_ bytes: [UInt8], _ text: String) {
        #expect(Hex.string(bytes) == text)
        #expect(Hex.decode(text) == bytes)
        #expect(Hex.decode(text.lowercased()) == bytes)
    }

    @Test func `cover every byte`() {
        let bytes = Array(0...255 as ClosedRange<UInt8>)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }

    @Test func `are sixteen of either case and no others`() {
        for byte in 0...255 as ClosedRange<UInt8> {
            let expected = Int(String(decoding: [byte], as: UTF8.self), radix: 16).map { [UInt8($0)] }
            #expect(Hex.decode([0x30, byte]) == expected)
            #expect(Hex.decode([byte, 0x30]) == expected.map { [$0[0] << 4] })
        }
    }

    @Test(arguments: ["0", "000", "0x", " 00", "00 ", "0G", "G0", "\"00\"", "-1", "é"])
    func `are refused when odd or foreign`(_ text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test func `go into a command that is being built`() {
        var command = Array("AT+NMGS=3,".utf8)
        Hex.encode(Array("ABC".utf8), into: &command)
        #expect(String(decoding: command, as: UTF8.self) == "AT+NMGS=3,414243")
    }

    @Test func `are read from the middle of a line`() {
        #expect(Hex.decode(Array("x4142".utf8)[1...]) == [0x41, 0x42])
    }
}

@Suite struct `A string parameter` {
    @Test(arguments: ["", "180.101.147.115", "a,b", "é OK"])
    func `stands between quotes`(_ text: String) throws {
        #expect(try Quoted.encode(text) == "\"\(text)\"")
    }

    @Test(
        arguments: [("a\"b", 0x22, 1), ("\r", 0x0D, 0), ("é\nx", 0x0A, 2), ("ab\0", 0, 2), ("a\r\nb", 0x0D, 1)]
            as [(String, UInt8, Int)])
    func `is refused if it would end early, and leaves the command as it was`(
        _ text: String, _ byte: UInt8, _ offset: Int
    ) {
        var command = Array("AT+X=".utf8)
        #expect(throws: Quoted.Refusal(byte: byte, offset: offset)) { try Quoted.encode(text, into: &command) }
        #expect(String(decoding: command, as: UTF8.self) == "AT+X=")
    }
}

@Suite struct `A line` {
    @Test func `is compared by bytes`() {
        let line: Line = "+NNMI: 4,AAAA0000"
        #expect(line.hasPrefix("+NNMI"))
        #expect(line.hasPrefix(""))
        #expect(!line.hasPrefix("+NNMI: 4,AAAA00000"))
        #expect(!line.hasPrefix("+nnmi"))
        #expect(Line(Array("+X\u{301}".utf8)).hasPrefix("+X"))
    }

    @Test(
        arguments: [("+NNMI", true), ("+NNMI: 1", true), ("+NNMI=1", true), ("+NNMIX: 1", false), ("+NNM", false)]
            as [(Line, Bool)])
    func `has a name`(_ line: Line, _ isNamed: Bool) {
        #expect(line.isNamed("+NNMI") == isNamed)
    }

    @Test func `is text even where it is none`() {
        #expect(Line([0x41, 0xFF]).text == "A\u{FFFD}")
    }
}
