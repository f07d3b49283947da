import AT
import Testing

/// Texts that announce their length and hold what would otherwise end or fake a line.
@Suite struct `A text of announced length` {
    @Test(
        arguments: [
            "+QLAURC: \"write\",8096,19,1,0,1,20,\"{\"outletStatus\":\"1\"}\",0",
            "+QLAURC: \"write\",8096,19,1,0,1,12,\"one\r\nOK\r\ntwo\",0",
            "+QLAURC: \"write\",8096,19,1,0,1,4,\"\r\n\r\n\",0",
            "+QLAURC: \"write\",8096,19,1,0,1,8,\"\nRDY\nab\n\",0",
            "+QLAURC:\"write\",1,19,1,0,1,6,a\r\nb\r\n",
            "+MIPLEXECUTE: 0,36476,3303,0,5605,5,\"reset\"",
            "+MIPLEXECUTE: 0,36476,3303,0,5605,7,\"re\r\nset\"",
            "+MIPLEXECUTE: 0,36476,3303,0,5605,5,re\0 \u{7F}",
            "+MIPLEXECUTE: 0,36476,3303,0,5605,7, \"re\r\nset\"",
            "+MIPLEXECUTE: 0,36476,3303,0,5605",
            "+MIPLEXECUTE: 0,36476,3303,0,5605,5,ab   ",
        ])
    func `stays in one piece at every split`(_ text: String) {
        let bytes = Array("\r\n\(text)\r\n+CSCON:1\r\n".utf8)
        for split in bytes.indices {
            var conversation = Conversation()
            conversation.hear(Array(bytes[..<split]))
            conversation.hear(Array(bytes[split...]))
            #expect(conversation.events == [.report(Line(Array(text.utf8))), .report("+CSCON:1")])
        }
    }

    /// Numbers announce the size of the value, not of its text; hex has no line ends; a missing text is none.
    @Test(
        arguments: [
            "+QLAURC: \"write\",8096,19,1,0,3,8,5,0", "+QLAURC: \"write\",8096,19,1,0,2,7,\"51554354454C00\",0",
            "+QLAURC: \"read\",8095,19,1,0,1,9", "+QLAURC: \"write\",8096,19,1,0,1,99999,\"x\",0",
            "+QLAURC: \"write\",8096",
            "+MIPLEXECUTE: 0,1,2,3,4,x,5", "+MIPLEXECUTE: 0,1,2,3,4,5", "+QLAURC: \"write\",8096,19,1,0,1,0,\"\",0",
        ] as [Line])
    func `does not hold a line for anything else`(_ line: Line) {
        var conversation = Conversation()
        conversation.hear("\r\n\(line)\r\n")
        #expect(conversation.events == [.report(line)])
    }

    @Test func `is delivered as it is when the rest does not come`() {
        var conversation = Conversation()
        conversation.hear("\r\n+MIPLEXECUTE: 0,36476,3303,0,5605,9,\"rese\r\n")
        #expect(conversation.dialogue.isMidLine)
        #expect(conversation.events.isEmpty)
        conversation.flush()
        #expect(conversation.events == [.report("+MIPLEXECUTE: 0,36476,3303,0,5605,9,\"rese\r\n")])
        #expect(!conversation.dialogue.isMidLine)
    }

    @Test func `goes over a command that begins within it`() {
        var conversation = Conversation()
        conversation.hear("\r\n+MIPLEXECUTE: 0,36476,3303,0,5605,8,\"re\r\n")
        conversation.begin("AT")
        conversation.hear("OK\r\n\"\r\n\r\nOK\r\n")
        #expect(
            conversation.events == [
                .report("+MIPLEXECUTE: 0,36476,3303,0,5605,8,\"re\r\nOK\r\n\""),
                .completed(.answered(Response(final: .ok))),
            ])
    }
}
